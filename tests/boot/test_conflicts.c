// SPDX-License-Identifier: BSD-2-Clause
/*
 * Whole boots in which pieces lie in each other's way, or where the kernel
 * will run. Every byte of kernel and initrd is looked at afterwards.
 */
#include "linux_checks.h"

static u8 file[4 * MIB];

static int setup(void **state)
{
	machine_setup(state);
	memset(&guest, 0, sizeof(guest));
	guest.hdr = bzimage_header(0x20f);
	guest.hdr.pref_address = 4 * MIB;
	guest.hdr.init_size = 4 * MIB;
	guest.kernel_len = 1000003;
	guest.line = "outer words";
	return 0;
}

/* A map of these pieces of RAM behind the first MiB, and no others. */
static void ram_only(phys start1, phys end1, phys start2, phys end2)
{
	machine.regions[3] = (struct region){ { start1, end1 }, REGION_RAM };
	machine.regions[4] = (struct region){ { start2, end2 }, REGION_RAM };
	machine.nr_regions = end2 ? 5 : 4;
}

static void put_kernel(phys at)
{
	bzimage_write(file, guest.hdr, guest.kernel_len);
	machine_put(at, file, bzimage_len(&guest.hdr, guest.kernel_len), "k");
}

static void put_part(phys at, u64 len)
{
	u32 part = guest.nr_parts++;

	guest.part_len[part] = len;
	part_write(file, part);
	machine_put(at, file, len, "i");
}

/* Boot by the first door; the bytes that were moved. */
static u64 boot_it(void)
{
	why bad = load_mb1();

	if (bad)
		fail_msg("%s: %s", step, bad);
	check_linux();
	return plan_copied(&plan);
}

static void assert_refusal(const char *reason)
{
	why bad = load_mb1();

	assert_says(bad, reason);
	assert_string_equal(step, "plan");
}

static void initrd_then_kernel_moves_nothing(void **state)
{
	(void)state;
	put_part(2 * MIB, 1500001);
	put_kernel(4 * MIB);
	assert_int_equal(boot_it(), 0);
}

static void kernel_then_initrd_moves_the_kernel_if_it_is_smaller(void **state)
{
	(void)state;
	put_kernel(2 * MIB);
	put_part(4 * MIB, 3000001);
	assert_int_equal(boot_it(), guest.kernel_len);
	assert_int_equal(initrd_at(), 4 * MIB);
}

static void kernel_then_initrd_moves_the_initrd_if_it_is_smaller(void **state)
{
	(void)state;
	put_kernel(2 * MIB);
	put_part(4 * MIB, 900001);
	assert_int_equal(boot_it(), 900001);
}

static void the_window_may_cover_the_loaders_tables(void **state)
{
	(void)state;
	machine.info_at = 5 * MIB;
	put_kernel(2 * MIB);
	put_part(10 * MIB, 5000);
	assert_int_equal(boot_it(), 0);
	assert_true(range_overlaps(kernel_window(),
				   (struct range){ 5 * MIB, 5 * MIB + 64 }));
}

static void a_fixed_kernel_covers_gangway(void **state)
{
	(void)state;
	guest.hdr.relocatable_kernel = 0;
	guest.hdr.pref_address = MIB;
	put_kernel(2 * MIB);
	put_part(4 * MIB, 70001);
	boot_it();
	assert_int_equal(kernel_at(), MIB);
}

static void a_kernel_moves_by_less_than_its_length(void **state)
{
	(void)state;
	guest.hdr.relocatable_kernel = 0;
	put_kernel(4 * MIB - 3);
	boot_it();
	setup(state);
	guest.hdr.relocatable_kernel = 0;
	put_kernel(4 * MIB - 500 * KIB + 1);
	boot_it();
}

/* The kernel must go to where the initrd lies, and the initrd, for which there
 * is no other place below its limit, to where the kernel lies. */
static void put_circle(phys ram_end)
{
	ram_only(MIB, ram_end, 0, 0);
	guest.hdr.relocatable_kernel = 0;
	guest.hdr.pref_address = 2 * MIB;
	guest.hdr.init_size = MIB;
	guest.hdr.initrd_addr_max = (u32)(4 * MIB - 1);
	guest.hdr.xloadflags = 0;
	put_kernel(3 * MIB);
}

static void kernel_and_initrd_change_places(void **state)
{
	static const u64 spares[] = { 16 * MIB, 800 * KIB };

	for (u32 i = 0; i < ARRAY_LEN(spares); i++) {
		setup(state);
		put_circle(4 * MIB + spares[i]);
		put_part(2 * MIB, 800 * KIB);
		assert_int_equal(boot_it(), guest.kernel_len + 2 * 800 * KIB);
		assert_int_equal(initrd_at(), 4 * MIB - 800 * KIB);
	}
}

static void without_room_for_that_another_layout_is_found(void **state)
{
	(void)state;
	put_circle(4 * MIB + 800 * KIB - 4096);
	machine.regions[3].range.start += GANGWAY_LEN;
	put_part(2 * MIB, 800 * KIB);
	boot_it();
}

static void parts_in_a_circle_are_joined_all_the_same(void **state)
{
	for (u64 len = 1; len < 200 * KIB; len += 37 * KIB + 1) {
		setup(state);
		put_circle(8 * MIB);
		put_part(2 * MIB + 1, len);
		put_part(2 * MIB + 200 * KIB + 3, 800 * KIB + 1);
		put_part(1536 * KIB, 3);
		assert_true(boot_it() > guest.kernel_len + len + 800 * KIB + 4);
	}
}

static void too_little_ram_is_refused(void **state)
{
	(void)state;
	ram_only(MIB, 4 * MIB + 64 * KIB, 0, 0);
	put_kernel(2 * MIB);
	assert_refusal("no free RAM for the kernel and what it unpacks: ");
}

static void too_little_ram_for_the_initrd_is_refused(void **state)
{
	(void)state;
	ram_only(MIB, 8 * MIB, 0, 0);
	guest.hdr.relocatable_kernel = 0;
	guest.hdr.pref_address = 2 * MIB;
	guest.hdr.init_size = 5 * MIB;
	put_kernel(2 * MIB - 1536);
	put_part(3 * MIB + 4096, 3 * MIB);
	assert_refusal("no free RAM for the initrd below its limit: ");
}

static void ram_in_small_pieces_is_enough(void **state)
{
	(void)state;
	ram_only(MIB, 3 * MIB, 3 * MIB + 4096, 9 * MIB);
	put_kernel(MIB + 512 * KIB);
	put_part(4 * MIB, 100001);
	boot_it();
}

static void a_kernel_at_the_top_of_ram_is_moved_down(void **state)
{
	(void)state;
	put_part(20 * MIB, 2 * MIB);
	put_kernel(22 * MIB);
	assert_int_equal(boot_it(), guest.kernel_len);
	assert_int_equal(kernel_at(), 4 * MIB);
}

static void what_is_wrong_while_telling_is_found(void **state)
{
	struct acpi_rsdp rsdp = make_rsdp(2);
	struct range arena;
	phys at;

	(void)state;
	put_kernel(2 * MIB);
	assert_fine(load_mb1());
	arena = plan.arena;
	plan.arena.end = arena.start + PAGE_SIZE;
	assert_why(boot_tell(&boot, &plan, &stub_departure, &at),
		   "the arena is too small for what the kernel is told");
	plan.arena = arena;
	assert_fine(boot_tell(&boot, &plan, &stub_departure, &at));
	info.rsdp = 0;
	info.rsdp_copy = (struct view){ (const u8 *)&rsdp, sizeof(rsdp) };
	for (at = 8 * GIB; info.nr_regions < MAX_REGIONS; at += 2 * MIB)
		assert_fine(try_region(&info, at, MIB, REGION_RAM));
	plan_init(&plan, &info);
	assert_fine(boot.payload.format->plan(&boot, &plan));
	assert_why(boot_tell(&boot, &plan, &stub_departure, &at),
		   "the memory map has more than 1056 regions");
}

#define TEST(f) cmocka_unit_test_setup(f, setup)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(initrd_then_kernel_moves_nothing),
		TEST(kernel_then_initrd_moves_the_kernel_if_it_is_smaller),
		TEST(kernel_then_initrd_moves_the_initrd_if_it_is_smaller),
		TEST(the_window_may_cover_the_loaders_tables),
		TEST(a_fixed_kernel_covers_gangway),
		TEST(a_kernel_moves_by_less_than_its_length),
		TEST(kernel_and_initrd_change_places),
		TEST(without_room_for_that_another_layout_is_found),
		TEST(parts_in_a_circle_are_joined_all_the_same),
		TEST(too_little_ram_is_refused),
		TEST(too_little_ram_for_the_initrd_is_refused),
		TEST(ram_in_small_pieces_is_enough),
		TEST(a_kernel_at_the_top_of_ram_is_moved_down),
		TEST(what_is_wrong_while_telling_is_found),
	};

	return cmocka_run_group_tests(tests, NULL, machine_end);
}
