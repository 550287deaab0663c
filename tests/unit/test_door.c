// SPDX-License-Identifier: BSD-2-Clause
/*
 * door.c: what a loader means that tells by magic numbers alone.
 */
#include "door.h"
#include "guest.h"
#include "mb1.h"
#include "mb2.h"
#include "start_info.h"

#define INFO 0x9000

extern const struct door mb1_door, mb2_door, pvh_door;

static const struct door *const doors[] = { &mb1_door, &mb2_door, &pvh_door };
static struct mem mem;

static int setup(void **state)
{
	(void)state;
	mem = guest_new(0, MIB);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	guest_free(&mem);
	return 0;
}

static const struct door *meant(u32 eax, phys at)
{
	return door_meant(doors, ARRAY_LEN(doors), &mem, eax, at);
}

static void each_magic_number_means_its_door(void **state)
{
	(void)state;
	assert_ptr_equal(meant(MB1_LOADER_MAGIC, INFO), &mb1_door);
	assert_ptr_equal(meant(MB2_LOADER_MAGIC, INFO), &mb2_door);
	put32(&mem, INFO, PVH_START_MAGIC);
	assert_ptr_equal(meant(0, INFO), &pvh_door);
}

/* qboot leaves one of Multiboot in EAX when it goes on by PVH. */
static void the_information_counts_for_more_than_eax(void **state)
{
	(void)state;
	put32(&mem, INFO, PVH_START_MAGIC);
	assert_ptr_equal(meant(MB1_LOADER_MAGIC, INFO), &pvh_door);
}

static void an_address_that_leads_nowhere_does_not_matter(void **state)
{
	(void)state;
	put32(&mem, MIB - 4, PVH_START_MAGIC);
	assert_ptr_equal(meant(0, MIB - 4), &pvh_door);
	for (phys at = MIB - 3; at < MIB + 2; at++)
		assert_ptr_equal(meant(MB1_LOADER_MAGIC, at), &mb1_door);
	assert_ptr_equal(meant(MB2_LOADER_MAGIC, 0xfffffffe), &mb2_door);
}

/* Nor is 0 a magic number, though some doors have none. */
static void what_is_no_magic_number_means_nothing(void **state)
{
	(void)state;
	assert_null(meant(0, INFO));
	assert_null(meant(MB1_LOADER_MAGIC + 1, INFO));
	put32(&mem, INFO, PVH_START_MAGIC ^ 1);
	assert_null(meant(0, INFO));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(each_magic_number_means_its_door),
		TEST(the_information_counts_for_more_than_eax),
		TEST(an_address_that_leads_nowhere_does_not_matter),
		TEST(what_is_no_magic_number_means_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
