// SPDX-License-Identifier: BSD-2-Clause
/*
 * Through every door to every kind of kernel and back through its door: gangway
 * starts a kernel A, and as A it starts a kernel B. What B finds is what both
 * protocols carry of the machine.
 */
#include "carriers.h"

#define A_AT	 (8 * MIB)
#define B_AT	 (9 * MIB)
#define PARTS_AT (10 * MIB)
#define A_LINK	 (4 * MIB)
#define B_LINK	 (6 * MIB)
#define ST_AT	 (RAM_END + 0x1000) /* EFI's system table */
#define NR_PARTS 2
#define PART_LEN (0x2001 + 0x1001 * i) /* of part i */

static u8 pristine[KERNEL_MAX]; /* B's file */
static u64 b_len;

static int setup(void **state)
{
	return kernel_setup(state);
}

static void know_everything(void)
{
	static u8 map[2 * 48];
	static const struct framebuffer fb = {
		.type = FRAMEBUFFER_RGB,
		.at = 0x47fd000000,
		.pitch = 5120,
		.width = 1280,
		.height = 1024,
		.bits_per_pixel = 32,
		.red = { 16, 8 },
		.green = { 8, 8 },
		.blue = { 0, 8 },
	};

	memset(map, 0x3c, sizeof(map));
	put_efi_table(&mem, ST_AT, 1);
	put_efi_entry(&mem, ST_AT, 0, ACPI_20_GUID, RSDP_AT);
	info.framebuffer = fb;
	info.efi = (struct efi_tables){ .system_table = ST_AT,
					.image_handle = 0x7654321,
					.is_64bit = true,
					.memory_map = { map, sizeof(map) },
					.descriptor_size = 48,
					.descriptor_version = 1 };
	info.rsdp = RSDP_AT;
	info.smbios = VIEW("\3\2......_SM3_");
	info.pvh_flags = 3;
	info.subarch = 4;
	info.nr_setup_data = 1;
	info.setup_data[0] = (struct setup_node){ 3, VIEW("PCI") };
	info.cmdline = VIEW("outer gangway.log=quiet \"a  b\"");
	guest_map(5 * GIB, 6 * GIB, REGION_RAM);
	guest_map(6 * GIB, 7 * GIB, REGION_PMEM);
}

/* A, B, and parts of an initrd unless A's protocol has but one. */
static void put_modules(const struct carrier *a, const struct carrier *b)
{
	u64 a_len = carrier_put(a, A_AT, A_LINK);

	b_len = carrier_put(b, B_AT, B_LINK);
	assert_true(b_len <= KERNEL_MAX);
	memcpy(pristine, guest_at(&mem, B_AT, b_len), b_len);
	info_set_loader(&info, VIEW("Syslinux"));
	info_add_module(&info, A_AT, A_AT + a_len, VIEW("a.elf a-words"));
	info_add_module(&info, B_AT, B_AT + b_len, VIEW("b.elf b-words"));
	for (u32 i = 0; i < NR_PARTS && a->has_lines; i++) {
		phys at = PARTS_AT + i * MIB;

		info_add_module(&info, at, at + PART_LEN,
				i ? VIEW("2.img") : VIEW("1.img 1-words"));
		for (u64 k = 0; k < PART_LEN; k++)
			*guest_at(&mem, at + k, 1) = module_byte(i, k);
	}
	assert_fine(info.bad);
}

/* Part i lies there as it was. */
static void assert_part(u32 i, phys at)
{
	for (u64 k = 0; k < PART_LEN; k++)
		if (*guest_at(&mem, at + k, 1) != module_byte(i, k))
			fail_msg("part %u differs at 0x%lx", i, k);
}

static void assert_lines(u32 i, bool has_names, bool has_lines,
			 const char *name, const char *line)
{
	assert_view(told.modules[i].name, has_names ? name : "");
	assert_view(told.modules[i].line, has_lines ? line : "");
}

/* What A's door found: B's file and the parts, each on pages of its own. */
static void check_a(const struct carrier *a)
{
	assert_view(told.cmdline, "a-words outer \"a  b\"");
	assert_view(told.name, a->has_names ? "a.elf" : "");
	assert_int_equal(told.nr_modules, a->has_lines ? 1 + NR_PARTS : 1);
	assert_lines(0, a->has_names, a->has_lines, "b.elf", "b-words");
	assert_int_equal(range_len(told.modules[0].range), b_len);
	assert_memory_equal(guest_at(&mem, told.modules[0].range.start, b_len),
			    pristine, b_len);
	for (u32 i = 1; i < told.nr_modules; i++)
		assert_part(i - 1, told.modules[i].range.start);
}

/* Names that A's protocol lost are made up by B. */
static void check_b(const struct carrier *a, const struct carrier *b)
{
	assert_view(told.cmdline, a->has_lines
					  ? "b-words a-words outer \"a  b\""
					  : "a-words outer \"a  b\"");
	if (b->has_names)
		assert_view(told.name, a->has_names ? "b.elf" : "kernel");
	if (!a->has_lines) {
		assert_int_equal(told.nr_modules, 0);
		return;
	}
	assert_int_equal(told.nr_modules, b->has_lines ? NR_PARTS : 1);
	assert_part(0, told.modules[0].range.start);
	if (!b->has_lines) { /* one initrd, each part padded to 4 bytes */
		assert_part(1, told.modules[0].range.start + 0x2004);
		return;
	}
	assert_lines(0, b->has_names, true, a->has_names ? "1.img" : "module1",
		     "1-words");
	assert_lines(1, b->has_names, true, a->has_names ? "2.img" : "module2",
		     "");
	assert_part(1, told.modules[1].range.start);
}

static void trip(const struct carrier *a, const struct carrier *b)
{
	static struct boot_info left;

	put_modules(a, b);
	left = info;
	carry(a);
	forget_what_is_lost(a, &left);
	assert_carried(&left);
	check_a(a);
	info = told;
	carry(b);
	forget_what_is_lost(b, &left);
	assert_carried(&left);
	check_b(a, b);
}

static void every_door_to_every_kernel(void **state)
{
	for (u32 a = 0; a < ARRAY_LEN(carriers); a++)
		for (u32 b = 0; b < ARRAY_LEN(carriers); b++) {
			kernel_setup(state);
			know_everything();
			trip(&carriers[a], &carriers[b]);
		}
}

static void the_same_with_next_to_nothing_known(void **state)
{
	for (u32 a = 0; a < ARRAY_LEN(carriers); a++)
		for (u32 b = 0; b < ARRAY_LEN(carriers); b++) {
			kernel_setup(state);
			info.cmdline = VIEW("outer \"a  b\"");
			info.rsdp = RSDP_AT; /* which a search would find */
			trip(&carriers[a], &carriers[b]);
		}
}

static void firmware_of_32_bits_is_of_no_use_to_a_64_bit_linux(void **state)
{
	for (u32 a = 0; a < ARRAY_LEN(carriers); a++) {
		kernel_setup(state);
		know_everything();
		info.efi.is_64bit = false;
		put_modules(&carriers[a], &carriers[0]);
		carry(&carriers[a]);
		if (carriers[a].has_handle) {
			assert_int_equal(told.efi.system_table, ST_AT);
			assert_int_equal(told.efi.image_handle, 0x7654321);
			assert_false(told.efi.is_64bit);
		} else {
			assert_int_equal(told.efi.system_table, 0);
		}
	}
}

/* Five gangways: all but the last by protocols that keep modules apart. */
#define LINKS	   5
#define APART	   3 /* the first of the carriers[] */
#define LINK_FILE  (8 * MIB)
#define LINK_LINK  (3 * MIB)
#define LAST_PARTS (14 * MIB)

/* The strings of loaders that begin them with names, or do not. */
static const struct strings {
	struct view loader;
	const char *gangway, *kernel, *parts[NR_PARTS];
} loaders[] = {
	{ VIEW("Syslinux"),
	  "gangway.elf",
	  "k.elf  k-words",
	  { "1.img \"1  words\"", "2.img" } },
	{ VIEW("GRUB 2.06"), "", "k-words", { "\"1  words\"", "" } },
};

static void put_links(const u32 by[LINKS], const struct strings *strings)
{
	info_set_loader(&info, strings->loader);
	for (u64 i = 0; i < LINKS; i++) {
		phys at = LINK_FILE + i * MIB;
		u64 len =
			carrier_put(&carriers[by[i]], at, LINK_LINK + i * MIB);

		info_add_module(&info, at, at + len,
				view_string(i + 1 < LINKS ? strings->gangway
							  : strings->kernel));
	}
	for (u64 i = 0; i < NR_PARTS; i++) {
		phys at = LAST_PARTS + i * MIB;

		info_add_module(&info, at, at + PART_LEN,
				view_string(strings->parts[i]));
		for (u64 k = 0; k < PART_LEN; k++)
			*guest_at(&mem, at + k, 1) = module_byte((u32)i, k);
	}
	assert_fine(info.bad);
}

/* What the first was told: its words behind the kernel's, and the parts. */
static void check_last(const struct carrier *last,
		       const struct strings *strings, bool is_multiboot)
{
	assert_view(told.cmdline, "k-words outer \"a  b\"");
	assert_part(0, told.modules[0].range.start);
	if (!last->has_lines) {
		assert_int_equal(told.nr_modules, 1);
		assert_part(1, told.modules[0].range.start + 0x2004);
		return;
	}
	assert_int_equal(told.nr_modules, NR_PARTS);
	assert_part(1, told.modules[1].range.start);
	assert_view(told.modules[0].line, "\"1  words\"");
	if (!is_multiboot)
		return;
	assert_true(view_starts(told.loader, strings->loader));
	assert_view(view_from(told.loader, strings->loader.len),
		    " gangway " GANGWAY_VERSION);
	for (u32 i = 0; i < NR_PARTS; i++)
		assert_view(told.modules[i].string, strings->parts[i]);
}

static void chain(const u32 by[LINKS], const struct strings *strings)
{
	static struct boot_info left;
	bool is_multiboot = true;

	kernel_setup(NULL);
	know_everything();
	put_links(by, strings);
	left = info;
	for (u32 i = 0; i < LINKS; i++) {
		const struct carrier *link = &carriers[by[i]];

		if (i)
			info = told;
		carry(link);
		forget_what_is_lost(link, &left);
		assert_carried(&left);
		is_multiboot = is_multiboot && link->has_names;
	}
	check_last(&carriers[by[LINKS - 1]], strings, is_multiboot);
}

/* Every order in which no two neighbours are of the same kind. */
static void five_in_a_row(void **state)
{
	u32 by[LINKS], nr = 0;

	(void)state;
	for (u32 which = 0;
	     which < APART * APART * APART * APART * ARRAY_LEN(carriers);
	     which++) {
		u32 rest = which / ARRAY_LEN(carriers);
		bool alternates = true;

		by[LINKS - 1] = which % ARRAY_LEN(carriers);
		for (u32 i = LINKS - 1; i--; rest /= APART) {
			by[i] = rest % APART;
			alternates = alternates && by[i] != by[i + 1];
		}
		if (!alternates)
			continue;
		for (u32 i = 0; i < ARRAY_LEN(loaders); i++)
			chain(by, &loaders[i]);
		nr++;
	}
	assert_int_equal(nr, 3 * 2 * 2 * 2 * (ARRAY_LEN(carriers) - 1));
}

#define TEST(f) cmocka_unit_test_setup(f, setup)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(every_door_to_every_kernel),
		TEST(the_same_with_next_to_nothing_known),
		TEST(firmware_of_32_bits_is_of_no_use_to_a_64_bit_linux),
		TEST(five_in_a_row),
	};

	return cmocka_run_group_tests(tests, NULL, kernel_end);
}
