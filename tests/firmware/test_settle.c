// SPDX-License-Identifier: BSD-2-Clause
/*
 * settle.c: where gangway.efi goes before it runs by another door than UEFI's.
 * Memory is mapped at addresses that the 32-bit entry could have.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include <cmocka.h>

#include "bootparam.h"
#include "mb1.h"
#include "pe_layout.h"
#include "settle.h"

#define RAM	   0x20000000ul
#define RAM_LEN	   (16 * MIB)
#define HOME	   (RAM + 2 * MIB)
#define LOADED_LEN (128 * KIB)
#define IMAGE_LEN  (512 * KIB)
#define SELF_AT	   0x220
#define MB1_AT	   0x280
#define PE_AT	   0x300
#define RELOCS_AT  (64 * KIB)
#define FIXUPS_AT  (68 * KIB)
#define BASE_AT	   (32 * KIB)
#define PLACE_AT   (40 * KIB) /* of a 64-bit address */
#define PARAMS	   (RAM + 8 * MIB)

static u8 *const ram = (u8 *)RAM;
static struct linux_boot_params *const params = (void *)PARAMS;

static void put32(unsigned long at, u32 value)
{
	memcpy((u8 *)at, &value, sizeof(value));
}

static u32 get32(unsigned long at)
{
	u32 value;

	memcpy(&value, (u8 *)at, sizeof(value));
	return value;
}

static void put_image(unsigned long at)
{
	struct settle_image self = { .loaded_len = LOADED_LEN,
				     .len = IMAGE_LEN,
				     .headers = PE_AT,
				     .multiboot = MB1_AT,
				     .relocs = RELOCS_AT,
				     .relocs_len = 4096,
				     .fixups = FIXUPS_AT,
				     .fixups_end = FIXUPS_AT + 4,
				     .fixups_base = BASE_AT };
	struct pe_header head = { .magic = PE_MAGIC,
				  .nr_sections = 1,
				  .optional_len = 240 };
	struct pe_section section = { .raw_at = 0x1000,
				      .raw_size = LOADED_LEN };
	struct mb1_header mb1 = { .load_addr = MIB,
				  .load_end_addr = MIB + 4096 + LOADED_LEN };

	for (u64 i = 0; i < LOADED_LEN; i++)
		((u8 *)at)[i] = (u8)(i * 7);
	memset((u8 *)at + RELOCS_AT, 0, 8192);
	memcpy((u8 *)at + SELF_AT, &self, sizeof(self));
	memcpy((u8 *)at + MB1_AT, &mb1, sizeof(mb1));
	memcpy((u8 *)at + PE_AT, &head, sizeof(head));
	memcpy((u8 *)at + PE_AT + 24 + 240, &section, sizeof(section));
	/* Pages count from the file's beginning. */
	put32(at + RELOCS_AT, PLACE_AT + 4096);
	put32(at + RELOCS_AT + 4, 12);
	put32(at + RELOCS_AT + 8, 10 << 12);
	put32(at + FIXUPS_AT, 0x100);
	put32(at + BASE_AT + 0x100, 0x55);
	put32(at + PLACE_AT, 0x3000);
	put32(at + PLACE_AT + 4, 0);
}

/* Sections behind it in the file, of which the first begins there. */
static void pack(u32 at, u32 len)
{
	struct pe_section section = { .raw_at = 4096 + at, .raw_size = len };

	*((u16 *)(HOME + PE_AT) + 3) = 2;
	memcpy((u8 *)HOME + PE_AT + 24 + 240 + 40, &section, sizeof(section));
}

static void add_region(u64 addr, u64 size, u32 type)
{
	params->e820_table[params->e820_entries++] =
		(struct linux_e820_entry){ addr, size, type };
}

static int begin(void **state)
{
	(void)state;
	memset(ram, 0, RAM_LEN);
	put_image(HOME);
	add_region(0, 0x9fc00, 1);
	add_region(RAM, RAM_LEN, 1);
	return 0;
}

static const struct settle_image *self_at(unsigned long at)
{
	return (const void *)(at + SELF_AT);
}

static unsigned long go(u32 door)
{
	return settle(self_at(HOME), HOME, door, PARAMS);
}

/* As it was, with its addresses put right. */
static void check(unsigned long at)
{
	assert_int_equal(get32(at + BASE_AT + 0x100), at + BASE_AT + 0x55);
	assert_int_equal(get32(at + PLACE_AT), at - 4096 + 0x3000);
	assert_int_equal(self_at(at)->home, HOME);
	for (u64 i = 0; i < BASE_AT; i++)
		if (i < SELF_AT || i >= 4096)
			assert_int_equal(((u8 *)at)[i], (u8)(i * 7));
}

static void it_stays_where_it_can(void **state)
{
	(void)state;
	assert_int_equal(go(SETTLE_LINUX), HOME);
	check(HOME);
	assert_int_equal(self_at(HOME)->file_end, HOME + LOADED_LEN);
}

static void it_leaves_what_is_packed(void **state)
{
	unsigned long at;

	(void)state;
	pack(LOADED_LEN, 3 * MIB);
	at = go(SETTLE_LINUX);
	assert_int_equal(at, RAM);
	check(at);
	assert_int_equal(self_at(at)->file_end, HOME + LOADED_LEN + 3 * MIB);
}

static void it_stays_with_a_pack_behind_its_zeroes(void **state)
{
	(void)state;
	pack(IMAGE_LEN, 3 * MIB);
	assert_int_equal(go(SETTLE_LINUX), HOME);
	check(HOME);
	assert_int_equal(self_at(HOME)->file_end, HOME + IMAGE_LEN + 3 * MIB);
}

static void it_avoids_what_the_loader_left(void **state)
{
	struct linux_setup_data *node = (void *)(RAM + 9 * MIB);

	(void)state;
	pack(LOADED_LEN, 3 * MIB);
	params->hdr.ramdisk_image = RAM;
	params->hdr.ramdisk_size = MIB;
	params->hdr.cmd_line_ptr = RAM + MIB;
	add_region(RAM + MIB + 300 * KIB, KIB, 2);
	params->efi_info.memmap = RAM + 6 * MIB;
	params->efi_info.memmap_size = 8192;
	node->len = 100;
	params->hdr.setup_data = RAM + 9 * MIB;
	/* Behind the reserved page it fits, up to its own home. */
	assert_int_equal(go(SETTLE_LINUX), RAM + MIB + 304 * KIB);
	begin(state);
	pack(LOADED_LEN, 3 * MIB);
	params->hdr.ramdisk_image = RAM;
	params->hdr.ramdisk_size = 2 * MIB;
	params->efi_info.memmap = RAM + 6 * MIB;
	params->efi_info.memmap_size = 2 * MIB - 4096;
	params->hdr.cmd_line_ptr = PARAMS + 4096;
	node->len = 100;
	params->hdr.setup_data = RAM + 9 * MIB;
	assert_int_equal(go(SETTLE_LINUX), RAM + 5 * MIB + LOADED_LEN);
	begin(state);
	pack(LOADED_LEN, 6 * MIB - LOADED_LEN);
	params->hdr.ramdisk_image = RAM;
	params->hdr.ramdisk_size = 2 * MIB;
	params->hdr.cmd_line_ptr = PARAMS + 4096;
	node->len = MIB;
	node->next = 0;
	params->hdr.setup_data = RAM + 9 * MIB;
	assert_int_equal(go(SETTLE_LINUX), PARAMS + 4096 + 64 * KIB);
}

static void a_node_elsewhere_is_avoided(void **state)
{
	struct linux_setup_data *node = (void *)(RAM + 9 * MIB);
	struct linux_setup_indirect far = { .len = MIB, .addr = RAM };

	(void)state;
	pack(LOADED_LEN, 3 * MIB);
	node->type = LINUX_SETUP_INDIRECT;
	node->len = sizeof(far);
	memcpy(node + 1, &far, sizeof(far));
	params->hdr.setup_data = RAM + 9 * MIB;
	assert_int_equal(go(SETTLE_LINUX), RAM + MIB);
}

static void where_there_is_no_room_it_stays(void **state)
{
	(void)state;
	params->e820_entries = 0;
	assert_int_equal(go(SETTLE_LINUX), HOME);
	check(HOME);
}

static void multiboot_loads_all_or_what_it_says(void **state)
{
	(void)state;
	pack(IMAGE_LEN, MIB);
	assert_int_equal(go(SETTLE_MULTIBOOT), HOME);
	assert_int_equal(self_at(HOME)->file_end, HOME + LOADED_LEN);
	begin(state);
	pack(IMAGE_LEN, MIB);
	put32(HOME + MB1_AT + offsetof(struct mb1_header, load_end_addr),
	      (u32)(MIB + 4096 + IMAGE_LEN + MIB));
	assert_int_equal(go(SETTLE_MULTIBOOT), HOME);
	assert_int_equal(self_at(HOME)->file_end, HOME + IMAGE_LEN + MIB);
}

/* Each byte of what a loader or a file says, and many at a time. */
static void nonsense_ends(void **state)
{
	srandom(1);
	for (u32 i = 0; i < 500; i++) {
		unsigned long at;

		begin(state);
		if (i % 3)
			pack(LOADED_LEN, 3 * MIB);
		for (u32 n = 0; n <= i % 7; n++) {
			u32 where = (u32)random() % 0x2d0;

			((u8 *)PARAMS)[where] = (u8)random();
			where = (u32)random() % 344;
			((u8 *)HOME)[PE_AT + where] = (u8)random();
		}
		params->hdr.setup_data = 0; /* wherever it says, it is read */
		at = go(SETTLE_LINUX);
		assert_true(at == HOME ||
			    (at >= RAM && at + IMAGE_LEN <= RAM + RAM_LEN));
		assert_int_equal(at % PAGE_SIZE, 0);
	}
}

static int map_memory(void **state)
{
	(void)state;
	return mmap((void *)RAM, RAM_LEN, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1,
		    0) != (void *)RAM;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(it_stays_where_it_can, begin),
		cmocka_unit_test_setup(it_leaves_what_is_packed, begin),
		cmocka_unit_test_setup(it_stays_with_a_pack_behind_its_zeroes,
				       begin),
		cmocka_unit_test_setup(it_avoids_what_the_loader_left, begin),
		cmocka_unit_test_setup(a_node_elsewhere_is_avoided, begin),
		cmocka_unit_test_setup(where_there_is_no_room_it_stays, begin),
		cmocka_unit_test_setup(multiboot_loads_all_or_what_it_says,
				       begin),
		cmocka_unit_test(nonsense_ends),
	};

	return cmocka_run_group_tests(tests, map_memory, NULL);
}
