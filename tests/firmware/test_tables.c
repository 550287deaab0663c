// SPDX-License-Identifier: BSD-2-Clause
/*
 * Once the firmware has gone: page tables as a CPU walks them, those that
 * gangway goes on with and those that a kernel is entered with.
 */
#include "boots.h"

#include "paging.h"

#define FRAME	 0x000ffffffffff000ull
#define CR4_LA57 (1u << 12)
#define HAS_GIB	 (1u << 26)
#define HOLE	 (6 * GIB)

static u8 kernel[KERNEL_LEN];

struct cpu {
	u32 features;
	u64 cr4;
};

/* ---- memory ----------------------------------------------------------------
 */

static const struct played_piece pieces[] = {
	{ EfiConventionalMemory, 4 * GIB, GIB + 512 * MIB },
	{ EfiReservedMemoryType, 5 * GIB + 512 * MIB, 512 * MIB },
	{ EfiConventionalMemory, 7 * GIB, 2 * GIB },
	{ EfiACPIReclaimMemory, 9 * GIB, 2 * MIB },
	{ EfiMemoryMappedIO, 10 * GIB, GIB },
	{ EfiBootServicesData, 600 * GIB, GIB },
};

static void prepare(const void *context)
{
	const struct cpu *cpu = context;

	played_features = cpu->features;
	played_cr4 = cpu->cr4;
	memcpy(played.pieces, pieces, sizeof(pieces));
	played.options = "kernel=\\k";
	add_file("k", kernel, sizeof(kernel));
}

/* Where an address leads; 0: to a page fault, or not to itself. */
static bool is_mapped(u64 root, phys at)
{
	u32 shift = played_cr4 ? 48 : 39;

	for (;; shift -= 9) {
		u64 entry = ((const u64 *)root)[at >> shift & 511];
		u64 mask = (1ull << shift) - 1;

		if (!(entry & PTE_PRESENT) || !(entry & PTE_WRITABLE))
			return false;
		if (shift <= 30 && (shift == 12 || entry & PTE_LARGE))
			return (entry & FRAME) == (at & ~mask);
		root = entry & FRAME;
	}
}

static bool is_seen(phys at)
{
	return is_mapped(played.root, at) &&
	       is_mapped(played.handoff.tables, at);
}

static bool is_hidden(phys at)
{
	return !is_mapped(played.root, at) &&
	       !is_mapped(played.handoff.tables, at);
}

static bool has_no_holes(const void *context, enum ending_of_boot how)
{
	(void)context;
	return how == LEFT && is_seen(LINK_AT) && is_seen(4 * GIB) &&
	       is_seen(5 * GIB + 512 * MIB - 1) && is_seen(7 * GIB) &&
	       is_seen(9 * GIB) && is_seen(600 * GIB) &&
	       is_hidden(5 * GIB + 512 * MIB) && is_hidden(HOLE) &&
	       is_hidden(7 * GIB - 1) && is_hidden(9 * GIB + 2 * MIB) &&
	       is_hidden(10 * GIB) && is_hidden(599 * GIB) &&
	       is_hidden(601 * GIB) && is_mapped(played.root, 3 * GIB) &&
	       !is_mapped(played.handoff.tables, 3 * GIB);
}

static void holes_are_not_mapped(void **state)
{
	static const struct cpu cpus[] = {
		{ 0, 0 },
		{ HAS_GIB, 0 },
		{ 0, CR4_LA57 },
		{ HAS_GIB, CR4_LA57 },
	};

	(void)state;
	for (u32 i = 0; i < ARRAY_LEN(cpus); i++)
		assert_true(boot_apart(prepare, has_no_holes, &cpus[i], NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(holes_are_not_mapped),
	};

	put_kernel(kernel);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
