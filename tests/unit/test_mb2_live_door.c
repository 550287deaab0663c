// SPDX-License-Identifier: BSD-2-Clause
/*
 * mb2_live_door.c and base_relocs.c: gangway.efi as a Multiboot2 loader
 * starts it.
 */
#include "mb2_guest.h"

#include "base_relocs.h"
#include "efi_map.h"
#include "mb2_live_door.h"

#define TABLE  0x67f001018
#define HANDLE 0x67ec1b018

static const struct efi_descriptor firmware_map[] = {
	{ EFI_MAP_CONVENTIONAL, 0, 0, 0, 0x100, 15 },
	{ EFI_MAP_LOADER_DATA, 0, MIB, 0, (HOLE - MIB) / PAGE_SIZE, 15 },
};
static struct mb2_tags tags;

static void put_pointer(u32 type, u64 value)
{
	bool wide = type == MB2_TAG_EFI64 || type == MB2_TAG_EFI64_IH;

	put_tag(type, &value, wide ? 8 : 4);
}

static void put_module(phys start, phys end, const char *line)
{
	u8 payload[64];
	u32 fields[2] = { (u32)start, (u32)end };

	memcpy(payload, fields, sizeof(fields));
	memcpy(payload + sizeof(fields), line, strlen(line) + 1);
	put_tag(MB2_TAG_MODULE, payload, sizeof(fields) + strlen(line) + 1);
}

/* As GRUB writes them, less the end. */
static int setup(void **state)
{
	(void)state;
	mem = guest_new(0, 2 * MIB);
	start_tags();
	put_tag_string(MB2_TAG_CMDLINE, "some words");
	put_tag_string(MB2_TAG_BOOT_LOADER_NAME, "GRUB 2.06");
	put_module(MODULE_1, MODULE_1 + 5, "x=1 y");
	put_pointer(MB2_TAG_EFI64, TABLE);
	put_tag(MB2_TAG_EFI_BS, "", 0);
	return 0;
}

static why firmware(phys *image)
{
	phys table = 0;
	why bad;

	end_tags();
	assert_fine(mb2_tags_open(&mem, MB2_LOADER_MAGIC, INFO, &tags));
	bad = mb2_live_firmware(&tags, &table, image);
	reopen_tags();
	if (!bad)
		assert_int_equal(table, TABLE);
	return bad;
}

static why find(void)
{
	end_tags();
	assert_fine(mb2_tags_open(&mem, MB2_LOADER_MAGIC, INFO, &tags));
	info_init(&info, "multiboot2");
	info.loader = VIEW("EDK II");
	info.efi.memory_map =
		(struct view){ (const u8 *)firmware_map, sizeof(firmware_map) };
	info.efi.descriptor_size = sizeof(firmware_map[0]);
	reopen_tags();
	return mb2_live_read(&mem, &tags, &info);
}

static void the_firmware_is_where_the_tags_say(void **state)
{
	phys image = 0;

	(void)state;
	assert_why(firmware(&image), "there is no image handle");
	put_pointer(MB2_TAG_EFI32_IH, 0x5678);
	assert_fine(firmware(&image));
	assert_int_equal(image, 0x5678);
	put_pointer(MB2_TAG_EFI64_IH, HANDLE);
	assert_fine(firmware(&image));
	assert_int_equal(image, HANDLE);
}

static void without_boot_services_there_is_none(void **state)
{
	phys image;

	(void)state;
	put_pointer(MB2_TAG_EFI64_IH, HANDLE);
	put32(&mem, tag_at[MB2_TAG_EFI_BS], MB2_NR_TAGS);
	assert_why(firmware(&image), "the boot services have ended");
}

static void the_system_table_is_of_64_bits(void **state)
{
	static const u64 wrong[] = { 0, TABLE + 4 };
	phys image;

	(void)state;
	put_pointer(MB2_TAG_EFI64_IH, HANDLE);
	for (u32 i = 0; i < ARRAY_LEN(wrong); i++) {
		put64(&mem, tag_at[MB2_TAG_EFI64] + 8, wrong[i]);
		assert_why(firmware(&image), "there is no system table");
	}
	put32(&mem, tag_at[MB2_TAG_EFI64], MB2_TAG_EFI32);
	put64(&mem, tag_at[MB2_TAG_EFI64] + 8, (u32)TABLE);
	assert_why(firmware(&image), "there is no system table");
}

static void damaged_tags_tell_nothing(void **state)
{
	phys image;

	(void)state;
	put_pointer(MB2_TAG_EFI64_IH, HANDLE);
	put32(&mem, tag_at[MB2_TAG_EFI64_IH] + 4, 12);
	assert_says(firmware(&image), "a tag is too short for its type");
}

static void modules_and_words_are_the_loaders(void **state)
{
	(void)state;
	put_module(MODULE_2, MODULE_2 + 7, "");
	assert_fine(find());
	assert_view(info.cmdline, "some words");
	assert_view(info.loader, "GRUB 2.06");
	assert_int_equal(info.nr_modules, 2);
	assert_int_equal(info.modules[0].range.start, MODULE_1);
	assert_int_equal(info.modules[0].range.end, MODULE_1 + 5);
	assert_view(info.modules[0].line, "x=1 y");
	assert_view(info.modules[1].line, "");
	assert_held(&info, INFO, next + 8);
	assert_held(&info, MODULE_1, MODULE_1 + 5);
	assert_int_equal(info.nr_regions, 0);
}

static void another_loader_begins_strings_with_a_name(void **state)
{
	(void)state;
	put32(&mem, tag_at[MB2_TAG_BOOT_LOADER_NAME], MB2_NR_TAGS);
	put(&mem, tag_at[MB2_TAG_MODULE] + 16, "x-1", 3);
	assert_fine(find());
	assert_view(info.loader, "");
	assert_view(info.modules[0].name, "x-1");
	assert_view(info.modules[0].line, "y");
	assert_view(info.cmdline, "words");
}

static void modules_lie_in_the_firmwares_map(void **state)
{
	(void)state;
	put32(&mem, tag_at[MB2_TAG_MODULE] + 8, HOLE - 4);
	put32(&mem, tag_at[MB2_TAG_MODULE] + 12, HOLE);
	assert_fine(find());
	put32(&mem, tag_at[MB2_TAG_MODULE] + 12, HOLE + 1);
	assert_why(find(), "a module lies outside the firmware's map");
	put32(&mem, tag_at[MB2_TAG_MODULE] + 12, HOLE - 5);
	assert_says(find(), "a module ends before it starts");
	put32(&mem, tag_at[MB2_TAG_MODULE] + 8, 0); /* empty, and nowhere */
	put32(&mem, tag_at[MB2_TAG_MODULE] + 12, 0);
	assert_fine(find());
}

/* ---- relocations -------------------------------------------------------- */

#define DIR64(offset) (u16)(BASE_RELOC_DIR64 << 12 | (offset))

static const struct {
	struct base_reloc_block first;
	u16 entries[4];
	struct base_reloc_block second;
	u16 more[2];
	struct base_reloc_block end;
} blocks = {
	{ 0x1000, 16 }, { DIR64(0), DIR64(0xff8), 0, 0x3010 },
	{ 0x3000, 12 }, { DIR64(0x11), 0 },
	{ 0, 0 },
};

static struct view all_blocks(void)
{
	return (struct view){ (const u8 *)&blocks, sizeof(blocks) };
}

static void addresses_are_moved_and_nothing_else(void **state)
{
	static const u32 places[] = { 0x1000, 0x1ff8, 0x3011 };
	static u8 image[0x4000], wanted[0x4000];
	u64 value;

	(void)state;
	memset(image, 0xcc, sizeof(image));
	memset(wanted, 0xcc, sizeof(wanted));
	for (u32 i = 0; i < ARRAY_LEN(places); i++) {
		value = 0xfffffff0 + places[i];
		memcpy(image + places[i], &value, sizeof(value));
		value += 0x7654321000;
		memcpy(wanted + places[i], &value, sizeof(value));
	}
	base_relocs_apply(image, 0x7654321000, all_blocks());
	assert_memory_equal(image, wanted, sizeof(image));
}

static void blocks_end_with_their_room(void **state)
{
	static u8 image[0x4000];
	struct view part = all_blocks();

	(void)state;
	part.len = sizeof(blocks) - sizeof(blocks.end) - 1;
	base_relocs_apply(image, 1, part);
	assert_int_equal(image[0x1000], 1);
	assert_int_equal(image[0x1ff8], 1);
	assert_int_equal(image[0x3011], 0); /* the block is not whole */
	base_relocs_apply(image, 1, VIEW(""));
	assert_int_equal(image[0x1000], 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_firmware_is_where_the_tags_say),
		TEST(without_boot_services_there_is_none),
		TEST(the_system_table_is_of_64_bits),
		TEST(damaged_tags_tell_nothing),
		TEST(modules_and_words_are_the_loaders),
		TEST(another_loader_begins_strings_with_a_name),
		TEST(modules_lie_in_the_firmwares_map),
		cmocka_unit_test(addresses_are_moved_and_nothing_else),
		cmocka_unit_test(blocks_end_with_their_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
