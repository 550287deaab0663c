// SPDX-License-Identifier: BSD-2-Clause
/*
 * Once the firmware has gone: page tables as a CPU walks them, those that
 * gangway goes on with and those that a kernel is entered with, and ACPI's
 * tables that lie in RAM.
 */
#include "boots.h"

#include "mb1.h"
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

/* ---- ACPI ------------------------------------------------------------------
 */

struct list {
	char signature[4];
	u32 length;
	u8 rest[28];
	u64 tables[2];
} wire_packed;

static u8 sum_of(const void *bytes, u64 len)
{
	u8 sum = 0;

	for (u64 i = 0; i < len; i++)
		sum = (u8)(sum + ((const u8 *)bytes)[i]);
	return sum;
}

static struct list *listed;

/* All of it in memory of the boot services; one table is said to lie in a hole,
 * where nothing may look. */
static void add_acpi(void)
{
	EFI_GUID guid;
	struct acpi_rsdp *rsdp = played_own(sizeof(*rsdp));
	struct list *table = played_own(sizeof(*table));

	listed = played_own(sizeof(*listed));
	memcpy(table->signature, "TEST", 4);
	table->length = sizeof(*table);
	memcpy(listed->signature, "XSDT", 4);
	listed->length = sizeof(*listed);
	listed->tables[0] = HOLE;
	listed->tables[1] = (u64)table;
	*rsdp = make_rsdp(2);
	rsdp->rsdt_address = 0;
	rsdp->xsdt_address = (u64)listed;
	rsdp->checksum = rsdp->extended_checksum = 0;
	rsdp->checksum = (u8)-sum_of(rsdp, ACPI_RSDP_V1_SIZE);
	rsdp->extended_checksum = (u8)-sum_of(rsdp, sizeof(*rsdp));
	memcpy(&guid, ACPI_20_GUID, sizeof(guid));
	played_add_table(guid, rsdp);
}

static void prepare_acpi(const void *context)
{
	prepare(context);
	played.equip = add_acpi;
}

/* What the kernel's map calls an address; 0: nothing. */
static u32 told_type(phys at)
{
	const struct mb1_info *info =
		(const struct mb1_info *)played.handoff.ebx;
	const u8 *next = (const u8 *)(u64)info->mmap_addr;
	const u8 *end = next + info->mmap_length;

	while (next < end) {
		struct mb1_mmap entry;

		memcpy(&entry, next, sizeof(entry));
		if (at >= entry.base_addr &&
		    at - entry.base_addr < entry.length)
			return entry.type;
		next += entry.size + sizeof(entry.size);
	}
	return 0;
}

static bool has_kept_acpi(const void *context, enum ending_of_boot how)
{
	(void)context;
	return how == LEFT && told_type((phys)listed) == 3 &&
	       told_type(LINK_AT) == 1;
}

static void acpi_tables_in_ram_are_kept(void **state)
{
	static const struct cpu cpu = { 0, 0 };

	(void)state;
	assert_true(boot_apart(prepare_acpi, has_kept_acpi, &cpu, NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(holes_are_not_mapped),
		cmocka_unit_test(acpi_tables_in_ram_are_kept),
	};

	put_kernel(kernel);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
