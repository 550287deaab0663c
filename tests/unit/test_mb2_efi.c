// SPDX-License-Identifier: BSD-2-Clause
/*
 * mb2_door.c: the tags about EFI and ACPI.
 */
#include "mb2_guest.h"

#include "efi_map.h"

#define SYSTEM_TABLE 0x140000
#define RSDP	     0x142000

static void put_pointer(u32 type, u64 value)
{
	bool wide = type == MB2_TAG_EFI64 || type == MB2_TAG_EFI64_IH;

	put_tag(type, &value, wide ? 8 : 4);
}

static void put_efi_map(u32 descriptor_size, u32 extra)
{
	static const struct efi_descriptor list[] = {
		{ EFI_MAP_LOADER_CODE, 0, MIB, 0, (HOLE - MIB) / 4096, 15 },
		{ EFI_MAP_CONVENTIONAL, 0, 0, 0, 0x9f, 15 },
		{ EFI_MAP_BS_DATA, 0, 16 * MIB, 0, 16, EFI_MAP_SPECIAL },
		{ EFI_MAP_RUNTIME_DATA, 0, 17 * MIB, 0, 1, 15 },
		{ EFI_MAP_ACPI_RECLAIM, 0, 18 * MIB, 0, 2, 15 },
		{ EFI_MAP_ACPI_NVS, 0, 19 * MIB, 0, 3, 15 },
		{ EFI_MAP_UNUSABLE, 0, 20 * MIB, 0, 4, 15 },
		{ EFI_MAP_PERSISTENT, 0, 21 * MIB, 0, 5, 15 },
		{ EFI_MAP_UNACCEPTED, 0, 22 * MIB, 0, 6, 15 },
		{ EFI_MAP_NR_TYPES, 0, 23 * MIB, 0, 7, 15 },
		{ EFI_MAP_MMIO, 0, 4 * GIB, 0, ~0ull, 0 },
	};
	u8 payload[8 + ARRAY_LEN(list) * 64 + 8] = { 0 };

	memcpy(payload, &descriptor_size, 4);
	payload[4] = 1;
	for (u32 i = 0; i < ARRAY_LEN(list); i++)
		memcpy(payload + 8 + i * descriptor_size, &list[i], 40);
	put_tag(MB2_TAG_EFI_MMAP, payload,
		8 + ARRAY_LEN(list) * descriptor_size + extra);
}

static int setup(void **state)
{
	(void)state;
	mem = guest_new(0, 2 * MIB);
	put16(&mem, 0x40e, 0);
	restart_with_mmap();
	end_tags();
	return 0;
}

static void efi_tags_may_be_too_short(void **state)
{
	static const u32 types[] = { MB2_TAG_EFI32, MB2_TAG_EFI64,
				     MB2_TAG_EFI_MMAP, MB2_TAG_EFI32_IH,
				     MB2_TAG_EFI64_IH };
	static const u32 sizes[] = { 12, 16, 16, 12, 16 };

	(void)state;
	for (u32 i = 0; i < ARRAY_LEN(types); i++) {
		restart_with_mmap();
		put_tag(types[i], "0\0\0\0001111", sizes[i] - 8);
		end_tags();
		assert_fine(read());
		put32(&mem, tag_at[types[i]] + 4, sizes[i] - 1);
		assert_says(read(), "a tag is too short for its type");
	}
}

static void pitfall_70_strides_are_as_told(void **state)
{
	(void)state;
	start_tags();
	put_mmap(40);
	end_tags();
	assert_fine(read());
	assert_int_equal(info.nr_regions, 3);
	for (u32 size = 40; size <= 48; size += 8) {
		start_tags();
		put_efi_map(size, 0);
		end_tags();
		assert_fine(read());
		assert_int_equal(info.efi.descriptor_size, size);
		assert_int_equal(info.nr_regions, 11);
	}
}

static void pitfall_71_the_efi_map_has_whole_descriptors(void **state)
{
	(void)state;
	start_tags();
	put_efi_map(48, 7);
	end_tags();
	assert_fine(read());
	assert_int_equal(info.efi.memory_map.len, 11 * 48);
	assert_int_equal(info.efi.descriptor_version, 1);
	put32(&mem, tag_at[MB2_TAG_EFI_MMAP] + 8, 39);
	assert_why(read(), "the EFI memory map's descriptors are too short");
}

static void a_map_of_either_kind_may_be_too_long(void **state)
{
	static u8 payload[8 + (MAX_REGIONS + 1) * 40];
	struct efi_descriptor descriptor = { .number_of_pages = 1 };
	struct mb2_mmap_entry entry = { .length = 1, .type = 1 };

	(void)state;
	start_tags();
	payload[0] = 40;
	for (u32 i = 0; i <= MAX_REGIONS; i++) {
		descriptor.physical_start = i * 0x2000;
		memcpy(payload + 8 + i * 40, &descriptor, 40);
	}
	put_tag(MB2_TAG_EFI_MMAP, payload, sizeof(payload));
	end_tags();
	assert_why(read(), "the memory map has more than 1056 regions");
	reopen_tags();
	for (u32 i = 0; i <= MAX_REGIONS; i++) {
		entry.base_addr = i * 2;
		memcpy(payload + 8 + i * 40, &entry, sizeof(entry));
	}
	put_tag(MB2_TAG_MMAP, payload, sizeof(payload));
	end_tags();
	assert_why(read(), "the memory map has more than 1056 regions");
}

static void maps_are_taken_in_order_of_worth(void **state)
{
	(void)state;
	start_tags();
	put_efi_map(48, 0);
	put_tag(MB2_TAG_BASIC_MEMINFO, "\x7f\x02\0\0\0\x02\0\0", 8);
	end_tags();
	assert_fine(read());
	assert_int_equal(info.nr_regions, 2);
	assert_region(&info, 0, 0, 639 * KIB, REGION_RAM);
	assert_region(&info, 1, MIB, MIB + 512 * KIB, REGION_RAM);
	put32(&mem, tag_at[MB2_TAG_BASIC_MEMINFO], MB2_NR_TAGS);
	assert_fine(read());
	assert_region(&info, 0, 0, 0x9f000, REGION_RAM);
	assert_region(&info, 1, MIB, HOLE, REGION_RAM);
}

static void efi_types_become_regions(void **state)
{
	static const u32 types[] = {
		REGION_RAM,	 REGION_RAM,	  REGION_SOFT_RESERVED,
		REGION_RESERVED, REGION_ACPI,	  REGION_NVS,
		REGION_UNUSABLE, REGION_PMEM,	  REGION_RESERVED,
		REGION_RESERVED, REGION_RESERVED,
	};

	(void)state;
	start_tags();
	put_efi_map(48, 0);
	end_tags();
	assert_fine(read());
	for (u32 i = 0; i < ARRAY_LEN(types); i++)
		assert_int_equal(info.regions[i].type, types[i]);
	assert_int_equal(info.unknown_types, 1);
	assert_region(&info, 9, 23 * MIB, 23 * MIB + 7 * 4096, REGION_RESERVED);
	assert_region(&info, 10, 4 * GIB, PHYS_END, REGION_RESERVED);
}

static void put_rsdp_tags(void)
{
	struct acpi_rsdp old = make_rsdp(0), new = make_rsdp(2);

	reopen_tags();
	put_tag(MB2_TAG_ACPI_OLD, &old, ACPI_RSDP_V1_SIZE);
	put_tag(MB2_TAG_ACPI_NEW, &new, sizeof(new));
	end_tags();
}

static void the_newer_sound_copy_of_the_rsdp_is_taken(void **state)
{
	(void)state;
	put_rsdp_tags();
	assert_fine(read());
	assert_int_equal(mem_phys(&mem, info.rsdp_copy), tag_at[15] + 8);
	assert_int_equal(info.rsdp_copy.len, 36);
	*guest_at(&mem, tag_at[15] + 40, 1) ^= 1;
	assert_fine(read());
	assert_int_equal(mem_phys(&mem, info.rsdp_copy), tag_at[14] + 8);
	assert_int_equal(info.rsdp_copy.len, 20);
	*guest_at(&mem, tag_at[14] + 20, 1) ^= 1;
	assert_fine(read());
	assert_view(info.rsdp_copy, "");
}

static void without_efi_the_original_is_looked_for(void **state)
{
	(void)state;
	put_rsdp(&mem, 0xf0000, 0);
	assert_fine(read());
	assert_int_equal(info.rsdp, 0xf0000);
	put_rsdp_tags(); /* what lies there is not what was copied */
	assert_fine(read());
	assert_int_equal(info.rsdp, 0);
	put_rsdp(&mem, 0xf0000, 2);
	assert_fine(read());
	assert_int_equal(info.rsdp, 0xf0000);
}

static void put_efi_tables(phys system_table)
{
	put_efi_table(&mem, SYSTEM_TABLE, 1);
	put_efi_entry(&mem, SYSTEM_TABLE, 0, ACPI_20_GUID, RSDP);
	put_rsdp(&mem, RSDP, 2);
	put_rsdp(&mem, 0xf0000, 2);
	reopen_tags();
	put_pointer(MB2_TAG_EFI64, system_table);
	put_pointer(MB2_TAG_EFI32, 0x1234);
	put_pointer(MB2_TAG_EFI32_IH, 0x5678);
	put_tag(MB2_TAG_EFI_BS, "", 0);
	end_tags();
}

static void with_efi_the_tables_name_the_original(void **state)
{
	(void)state;
	put_efi_tables(SYSTEM_TABLE);
	assert_fine(read());
	assert_int_equal(info.efi.system_table, SYSTEM_TABLE);
	assert_true(info.efi.is_64bit);
	assert_true(info.efi.boot_services);
	assert_int_equal(info.efi.image_handle, 0x5678);
	assert_int_equal(info.rsdp, RSDP);
	put_efi_entry(&mem, SYSTEM_TABLE, 0, ACPI_20_GUID, 0);
	assert_fine(read());
	assert_int_equal(info.rsdp, 0);
}

static void with_efi_nothing_is_scanned(void **state)
{
	static const phys elsewhere[] = { HOLE, HOLE - 119, ~0ull - 64 };

	(void)state;
	for (u32 i = 0; i < ARRAY_LEN(elsewhere); i++) {
		put_efi_tables(SYSTEM_TABLE);
		put64(&mem, tag_at[MB2_TAG_EFI64] + 8, elsewhere[i]);
		memcpy(guest_at(&mem, HOLE - 119, 120),
		       guest_at(&mem, SYSTEM_TABLE, 120), 120);
		assert_fine(read());
		assert_int_equal(info.rsdp, 0);
		teardown(NULL);
		setup(NULL);
	}
	start_tags();
	put_rsdp(&mem, 0xf0000, 2);
	put_efi_map(48, 0);
	end_tags();
	assert_fine(read());
	assert_int_equal(info.rsdp, 0);
}

static void pitfall_69_the_handle_has_the_type_of_the_mode(void **state)
{
	(void)state;
	put_efi_tables(SYSTEM_TABLE);
	reopen_tags();
	put_pointer(MB2_TAG_EFI64_IH, 0x123456789a);
	end_tags();
	assert_fine(read());
	assert_int_equal(info.efi.image_handle, 0x123456789a);
	put32(&mem, tag_at[MB2_TAG_EFI64], MB2_NR_TAGS);
	assert_fine(read());
	assert_int_equal(info.efi.system_table, 0x1234);
	assert_false(info.efi.is_64bit);
	assert_int_equal(info.rsdp, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(efi_tags_may_be_too_short),
		TEST(pitfall_70_strides_are_as_told),
		TEST(pitfall_71_the_efi_map_has_whole_descriptors),
		TEST(a_map_of_either_kind_may_be_too_long),
		TEST(maps_are_taken_in_order_of_worth),
		TEST(efi_types_become_regions),
		TEST(the_newer_sound_copy_of_the_rsdp_is_taken),
		TEST(without_efi_the_original_is_looked_for),
		TEST(with_efi_the_tables_name_the_original),
		TEST(with_efi_nothing_is_scanned),
		TEST(pitfall_69_the_handle_has_the_type_of_the_mode),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
