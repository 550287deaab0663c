// SPDX-License-Identifier: BSD-2-Clause
/*
 * Whole boots: every door, every kind of kernel that is not a bzImage, as it
 * is and in gzip, before and behind the other modules.
 */
#include "gzip_file.h"
#include "linux_checks.h"
#include "multiboot_file.h"
#include "start_info.h"

#define KERNEL_LINK (8 * MIB)
#define PVH_ENTRY   (KERNEL_LINK + 0x99)

static u8 zipped[FILE_LEN * 2];

/* Kernels are made in memory that no module lies in, where headers go. */
#define WORKSHOP (20 * MIB)

static struct kernel_file new_kernel(bool is_64)
{
	return kernel_file(is_64, KERNEL_LINK,
			   is_64 ? 0xffffffff80000000 : 0xc0000000);
}

static void make(const struct kernel_file *file)
{
	kernel_write(file, guest_at(&mem, WORKSHOP, FILE_LEN));
}

static void make_mb1(void)
{
	struct kernel_file file = new_kernel(false);

	make(&file);
	put_mb1_header(WORKSHOP + FILE_HEADER, 3);
}

/* The same pieces by address fields: not ELF, and in one piece. */
static void make_mb1_flat(void)
{
	struct kernel_file file = new_kernel(false);

	make(&file);
	put32(&mem, WORKSHOP, 0);
	put_mb1_header(WORKSHOP + FILE_HEADER, MB1_HEADER_ADDRESSES);
	put_mb1_addresses(WORKSHOP + FILE_HEADER, KERNEL_LINK + FILE_HEADER,
			  KERNEL_LINK, 0, 0, KERNEL_LINK + 0x11);
}

static void make_mb2(void)
{
	struct kernel_file file = new_kernel(true);

	make(&file);
	mb2_header_begin(WORKSHOP + FILE_HEADER);
	mb2_header_end();
}

static void make_mb2_high(void)
{
	struct kernel_file file = new_kernel(false);

	make(&file);
	mb2_header_begin(WORKSHOP + FILE_HEADER);
	MB2_HEADER_TAG(MB2_HEADER_TAG_RELOCATABLE, 0, 0, 16 * MIB, MIB,
		       MB2_PREFERENCE_HIGHEST);
	mb2_header_end();
}

static void make_pvh(void)
{
	struct kernel_file file = new_kernel(true);
	u64 entry = PVH_ENTRY;

	kernel_note(&file, "Xen", PVH_ELFNOTE_PHYS32_ENTRY, &entry, 8);
	make(&file);
}

static void make_linux(bool is_64)
{
	struct kernel_file file = new_kernel(is_64);

	kernel_note(&file, "Linux", 0x100, "", 0);
	make(&file);
}

static void make_linux64(void)
{
	make_linux(true);
}

static void make_linux32(void)
{
	make_linux(false);
}

static const struct kind {
	const char *format;
	void (*make)(void);
	phys at, entry; /* where it is, and is entered */
	u64 mode;
	bool is_flat, is_linux;
} kinds[] = {
	{ "multiboot1", make_mb1, KERNEL_LINK, KERNEL_LINK + ENTRY_OFFSET,
	  HANDOFF_PROTECTED, false, false },
	{ "multiboot1", make_mb1_flat, KERNEL_LINK, KERNEL_LINK + 0x11,
	  HANDOFF_PROTECTED, true, false },
	{ "multiboot2", make_mb2, KERNEL_LINK, KERNEL_LINK + ENTRY_OFFSET,
	  HANDOFF_PROTECTED, false, false },
	{ "multiboot2", make_mb2_high, 15 * MIB, 15 * MIB + ENTRY_OFFSET,
	  HANDOFF_PROTECTED, false, false },
	{ "pvh", make_pvh, KERNEL_LINK, PVH_ENTRY, HANDOFF_PROTECTED, false,
	  false },
	{ "vmlinux", make_linux64, KERNEL_LINK, KERNEL_LINK + ENTRY_OFFSET,
	  HANDOFF_LONG, false, true },
	{ "vmlinux32", make_linux32, KERNEL_LINK, KERNEL_LINK + ENTRY_OFFSET,
	  HANDOFF_LINUX32, false, true },
};

/* k: the kernel, 0 and 1: other modules. */
static const char *const orders[] = { "k", "k0", "0k", "0k1", "k01" };

static void put_kernel(const struct kind *kind, phys at, bool in_gzip)
{
	static u8 kernel[FILE_LEN];
	u64 len = FILE_LEN;

	kind->make();
	memcpy(kernel, guest_at(&mem, WORKSHOP, FILE_LEN), FILE_LEN);
	memset(guest_at(&mem, WORKSHOP, FILE_LEN), 0xcc, FILE_LEN);
	if (in_gzip)
		len = gzip_write(zipped, sizeof(zipped),
				 (struct view){ kernel, FILE_LEN }, NULL);
	machine_put(at, in_gzip ? zipped : kernel, len, "kernel its words");
}

static void put_modules(const struct kind *kind, const char *order,
			bool in_gzip, phys at)
{
	static u8 part[0x8000];

	for (const char *c = order; *c; c++) {
		u32 i = (u32)(*c - '0');

		if (*c == 'k') {
			put_kernel(kind, at, in_gzip);
		} else {
			part_write(part, i);
			machine_put(at, part, guest.part_len[i], "part line");
			guest.nr_parts++;
		}
		at = align_up(at + 0x8000, PAGE_SIZE) + 0x123;
	}
}

static void check_kernel(const struct kind *kind)
{
	const u8 *at = guest_at(&mem, plan.load, SPAN_LEN);

	assert_string_equal(boot.payload.format->name, kind->format);
	assert_int_equal(handoff.entry, plan.load + kind->entry - kind->at);
	assert_int_equal(handoff.mode, kind->mode);
	if (kind->mode == HANDOFF_LONG) /* makes way for an initrd */
		assert_int_equal((plan.load - kind->at) % (2 * MIB), 0);
	else
		assert_int_equal(plan.load, kind->at);
	if (kind->is_flat) {
		assert_file_bytes(at + FILE_TEXT, FILE_TEXT,
				  FILE_LEN - FILE_TEXT);
		return;
	}
	assert_file_bytes(at, FILE_TEXT, TEXT_LEN);
	assert_file_bytes(at + DATA_AT, FILE_DATA, DATA_LEN);
	assert_all(at + DATA_AT + DATA_LEN, 0, DATA_MEMSZ - DATA_LEN);
}

static void check_part(u32 i, phys at)
{
	u64 len = guest.part_len[i];

	assert_false(
		range_overlaps((struct range){ at, at + len }, plan.arena));
	for (u64 k = 0; k < len; k++)
		if (*guest_at(&mem, at + k, 1) != part_byte(i, k))
			fail_msg("part %u differs at 0x%lx", i, k);
}

/* Parts are in the order of their numbers in all orders. */
static void check_parts(const struct kind *kind)
{
	u64 at = plan.initrd.start;

	for (u32 i = 0; i < guest.nr_parts; i++) {
		if (!kind->is_linux) {
			assert_int_equal(plan.module_at[i] % PAGE_SIZE, 0);
			at = plan.module_at[i];
		}
		check_part(i, at);
		at = align_part(at + guest.part_len[i]);
	}
}

static void boot_one(const struct loader *loader, const struct kind *kind,
		     const char *order, bool in_gzip)
{
	why bad;

	for (phys at = 2 * MIB; at < 10 * MIB; at += 3 * MIB) {
		machine_new();
		memset(&guest, 0, sizeof(guest));
		guest.part_len[0] = 0x5003;
		guest.part_len[1] = 0x1000;
		put_modules(kind, order, in_gzip, at);
		bad = loader->load();
		if (bad)
			fail_msg("%s: %s", step, bad);
		machine_leave();
		check_kernel(kind);
		check_parts(kind);
		check_untouched();
	}
}

static void boot_all(bool in_gzip)
{
	for (u32 l = 0; l < ARRAY_LEN(loaders); l++)
		for (u32 k = 0; k < ARRAY_LEN(kinds); k++)
			for (u32 o = 0; o < ARRAY_LEN(orders); o++)
				if (strlen(orders[o]) <= loaders[l].max_modules)
					boot_one(&loaders[l], &kinds[k],
						 orders[o], in_gzip);
}

static void all_doors_start_all_kernels(void **state)
{
	(void)state;
	boot_all(false);
}

static void all_doors_start_all_kernels_in_gzip(void **state)
{
	(void)state;
	boot_all(true);
}

/* What the door's words say goes before what the file looks like. */
static void a_format_may_be_forced(void **state)
{
	(void)state;
	for (u32 l = 0; l < ARRAY_LEN(loaders); l++) {
		machine_new();
		memset(&guest, 0, sizeof(guest));
		machine.cmdline = "gangway.elf gangway.format=pvh";
		put_kernel(&kinds[4], 2 * MIB, false);
		put_mb1_header(2 * MIB + FILE_HEADER, 3);
		assert_null(loaders[l].load());
		machine_leave();
		assert_string_equal(boot.payload.format->name, "pvh");
		assert_int_equal(handoff.entry, PVH_ENTRY);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_doors_start_all_kernels),
		cmocka_unit_test(all_doors_start_all_kernels_in_gzip),
		cmocka_unit_test(a_format_may_be_forced),
	};

	return cmocka_run_group_tests(tests, NULL, machine_end);
}
