// SPDX-License-Identifier: BSD-2-Clause
/*
 * What loaders for a BIOS tell by Multiboot besides: boot device, drives,
 * configuration table, APM, VBE, palettes, and the tags that gangway only hands
 * on. All of it arrives as it came, as far as the protocol has a place.
 */
#include "carriers.h"

#include "mb2_tags.h"

#define KERNEL_AT 8 * MIB
#define CONFIG_AT 0xfe6f5
#define TAGS_AT	  (11 * MIB)

static u8 control[VBE_CONTROL_LEN], mode_info[VBE_MODE_LEN], apm[APM_LEN];
static u8 palette[3 * 256], drives[33];

static const struct carrier *multiboot(u32 version)
{
	return &carriers[version - 1];
}

static void fill(u8 *bytes, u64 len, u8 start)
{
	for (u64 i = 0; i < len; i++)
		bytes[i] = (u8)(start + 7 * i);
}

static void know_the_bios(void)
{
	fill(control, sizeof(control), 1);
	fill(mode_info, sizeof(mode_info), 2);
	fill(apm, sizeof(apm), 3);
	fill(palette, sizeof(palette), 4);
	fill(drives, sizeof(drives), 5);
	info.bios = (struct bios){
		.has_device = true,
		.drive = 0x81,
		.partitions = { 2, 5, ~0u },
		.vbe_control = { control, sizeof(control) },
		.vbe_mode_info = { mode_info, sizeof(mode_info) },
		.vbe_mode = 0x4118,
		.vbe_interface = { 0xc000, 0x1234, 0x56 },
		.apm = { apm, sizeof(apm) },
		.drives = { drives, sizeof(drives) },
		.config_table = CONFIG_AT,
	};
	info.framebuffer = (struct framebuffer){ .type = FRAMEBUFFER_INDEXED,
						 .at = 0xfd000000,
						 .pitch = 640,
						 .width = 640,
						 .height = 480,
						 .bits_per_pixel = 8 };
	info.palette = (struct view){ palette, sizeof(palette) };
}

static void hop(u32 version)
{
	u64 len = carrier_put(multiboot(version), KERNEL_AT, 4 * MIB);

	info.nr_modules = 0;
	info_add_module(&info, KERNEL_AT, KERNEL_AT + len, VIEW("kernel"));
	carry(multiboot(version));
}

static void assert_bytes(struct view got, const u8 *bytes, u64 len)
{
	assert_int_equal(got.len, len);
	assert_memory_equal(got.at, bytes, len);
}

/* What both Multiboots have. */
static void assert_bios(u32 drive, const u32 *partitions)
{
	const struct bios *bios = &told.bios;

	assert_true(bios->has_device);
	assert_int_equal(bios->drive, drive);
	assert_memory_equal(bios->partitions, partitions,
			    sizeof(bios->partitions));
	assert_bytes(bios->vbe_control, control, sizeof(control));
	assert_bytes(bios->vbe_mode_info, mode_info, sizeof(mode_info));
	assert_int_equal(bios->vbe_mode, 0x4118);
	assert_int_equal(bios->vbe_interface[0], 0xc000);
	assert_int_equal(bios->vbe_interface[1], 0x1234);
	assert_int_equal(bios->vbe_interface[2], 0x56);
	assert_bytes(bios->apm, apm, sizeof(apm));
	assert_bytes(told.palette, palette, sizeof(palette));
}

static void all_that_a_bios_says_arrives(void **state)
{
	static const u32 partitions[] = { 2, 5, ~0u };

	for (u32 version = 1; version <= 2; version++) {
		kernel_setup(state);
		know_the_bios();
		hop(version);
		assert_bios(0x81, partitions);
		if (version == 2)
			continue;
		assert_bytes(told.bios.drives, drives, sizeof(drives));
		assert_int_equal(told.bios.config_table, CONFIG_AT);
	}
}

static void it_arrives_from_either_multiboot_by_the_other(void **state)
{
	static const u32 partitions[] = { 2, 5, ~0u };

	for (u32 version = 1; version <= 2; version++) {
		static struct boot_info first;

		kernel_setup(state);
		know_the_bios();
		hop(version);
		first = told;
		info = first;
		hop(3 - version);
		assert_bios(0x81, partitions);
	}
}

/* The third partition has a place in Multiboot 1 alone. */
static void qemus_boot_device_stays_what_it_is(void **state)
{
	kernel_setup(state);
	info.bios.has_device = true;
	info.bios.drive = 0x80;
	info.bios.partitions[0] = 0;
	info.bios.partitions[1] = ~0u;
	info.bios.partitions[2] = 3;
	hop(1);
	assert_int_equal(get32(handoff.ebx + 0x0c), 0x8000ff03);
	assert_int_equal(told.bios.partitions[1], ~0u);
	assert_int_equal(told.bios.partitions[2], 3);
}

static void what_is_not_known_is_not_told(void **state)
{
	for (u32 version = 1; version <= 2; version++) {
		kernel_setup(state);
		hop(version);
		assert_false(told.bios.has_device);
		assert_int_equal(told.bios.vbe_control.len, 0);
		assert_int_equal(told.bios.vbe_mode_info.len, 0);
		assert_int_equal(told.bios.apm.len, 0);
		assert_int_equal(told.bios.drives.len, 0);
		assert_int_equal(told.bios.config_table, 0);
		assert_int_equal(told.palette.len, 0);
	}
}

/* ---- tags that are handed on --------------------------------------------- */

static phys next_tag_at;

static void add_tag(u32 type, const void *bytes, u32 len)
{
	put32(&mem, next_tag_at, type);
	put32(&mem, next_tag_at + 4, 8 + len);
	put(&mem, next_tag_at + 8, bytes, len);
	next_tag_at = align_up(next_tag_at + 8 + len, 8);
}

static void end_tags(void)
{
	u64 len;

	add_tag(MB2_TAG_END, "", 0);
	len = next_tag_at - TAGS_AT;
	info.tags = (struct view){ guest_at(&mem, TAGS_AT, len), len };
}

static void begin_tags(void **state)
{
	kernel_setup(state);
	next_tag_at = TAGS_AT + sizeof(struct mb2_info);
}

/* The nth tag of a type that was told; empty if there are fewer. */
static struct view told_tag(u32 type, u32 n)
{
	struct view left = view_from(told.tags, sizeof(struct mb2_info)), tag;
	why bad = NULL;
	u32 found;

	do {
		found = mb2_tags_next(&left, &bad, &tag);
		if (tag.len && found == type && !n--)
			return view_from(tag, sizeof(struct mb2_tag));
	} while (tag.len);
	assert_null(bad);
	return VIEW("");
}

static void answers_of_dhcp_and_unknown_tags_are_handed_on(void **state)
{
	begin_tags(state);
	add_tag(MB2_TAG_CMDLINE, "of the loader's", 16);
	add_tag(MB2_TAG_NETWORK, "one answer", 10);
	add_tag(99, "from the future", 15);
	add_tag(MB2_TAG_NETWORK, "another", 7);
	end_tags();
	hop(2);
	assert_view(told_tag(MB2_TAG_NETWORK, 0), "one answer");
	assert_view(told_tag(MB2_TAG_NETWORK, 1), "another");
	assert_int_equal(told_tag(MB2_TAG_NETWORK, 2).len, 0);
	assert_view(told_tag(99, 0), "from the future");
	assert_int_equal(told_tag(MB2_TAG_CMDLINE, 1).len, 0);
}

static void both_smbios_are_handed_on_once(void **state)
{
	begin_tags(state);
	add_tag(MB2_TAG_SMBIOS, "\3\2......_SM_", 12);
	add_tag(MB2_TAG_SMBIOS, "\3\2......_SM3_", 13);
	end_tags();
	info.smbios = (struct view){ info.tags.at + 16, 12 };
	hop(2);
	assert_view(told_tag(MB2_TAG_SMBIOS, 0), "\3\2......_SM_");
	assert_view(told_tag(MB2_TAG_SMBIOS, 1), "\3\2......_SM3_");
	assert_int_equal(told_tag(MB2_TAG_SMBIOS, 2).len, 0);
}

/* Firmware may have two that differ. One that is damaged is none. */
static void both_roots_of_acpi_are_handed_on(void **state)
{
	struct acpi_rsdp old = make_rsdp(0), new = make_rsdp(2);

	begin_tags(state);
	add_tag(MB2_TAG_ACPI_OLD, &old, 20);
	add_tag(MB2_TAG_ACPI_NEW, &new, 36);
	end_tags();
	info.rsdp = RSDP_AT;
	hop(2);
	assert_bytes(told_tag(MB2_TAG_ACPI_OLD, 0), (u8 *)&old, 20);
	assert_bytes(told_tag(MB2_TAG_ACPI_NEW, 0), (u8 *)&new, 36);
	assert_int_equal(told_tag(MB2_TAG_ACPI_OLD, 1).len, 0);
	begin_tags(state);
	new.checksum++;
	add_tag(MB2_TAG_ACPI_NEW, &new, 36);
	end_tags();
	hop(2);
	assert_int_equal(told_tag(MB2_TAG_ACPI_NEW, 0).len, 0);
}

/* GRUB has it for each kernel, also where there are none. */
static void sections_are_told_of_where_there_are_none(void **state)
{
	struct kernel_file file = kernel_file(false, 4 * MIB, 0);

	kernel_setup(state);
	file.nr_sections = 0;
	kernel_write(&file, guest_at(&mem, KERNEL_AT, FILE_LEN));
	mb2_header_begin(KERNEL_AT + FILE_HEADER);
	mb2_header_end();
	info_add_module(&info, KERNEL_AT, KERNEL_AT + FILE_LEN, VIEW("k"));
	carry(multiboot(2));
	assert_int_equal(told_tag(MB2_TAG_ELF_SECTIONS, 0).len, 12);
}

#define TEST(f) cmocka_unit_test(f)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(all_that_a_bios_says_arrives),
		TEST(it_arrives_from_either_multiboot_by_the_other),
		TEST(qemus_boot_device_stays_what_it_is),
		TEST(what_is_not_known_is_not_told),
		TEST(answers_of_dhcp_and_unknown_tags_are_handed_on),
		TEST(both_smbios_are_handed_on_once),
		TEST(both_roots_of_acpi_are_handed_on),
		TEST(sections_are_told_of_where_there_are_none),
	};

	return cmocka_run_group_tests(tests, NULL, kernel_end);
}
