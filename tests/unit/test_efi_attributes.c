// SPDX-License-Identifier: BSD-2-Clause
/*
 * efi/attributes.c, with a firmware that has the protocol: the one that the
 * machine tests run does not.
 */
#include "guest.h"

#include "attributes.c"

static struct memory_attribute firmware_protocol_of_test;
static bool is_there;
static EFI_STATUS answer;
static struct range cleared;
static u64 rights;

void *firmware_find(EFI_GUID guid)
{
	static const EFI_GUID wanted = MEMORY_ATTRIBUTE_GUID;

	assert_memory_equal(&guid, &wanted, sizeof(guid));
	return is_there ? &firmware_protocol_of_test : NULL;
}

static EFI_STATUS EFIAPI clear(struct memory_attribute *self,
			       EFI_PHYSICAL_ADDRESS at, UINT64 len,
			       UINT64 attributes)
{
	assert_ptr_equal(self, &firmware_protocol_of_test);
	cleared = (struct range){ at, at + len };
	rights = attributes;
	return answer;
}

static int setup(void **state)
{
	(void)state;
	is_there = true;
	answer = EFI_SUCCESS;
	cleared = (struct range){ 0, 0 };
	firmware_protocol_of_test.clear = clear;
	return 0;
}

static const struct range pages = { 0x200000, 0x205000 };

static void pages_become_code_and_data(void **state)
{
	(void)state;
	assert_fine(attributes_allow(pages));
	assert_int_equal(cleared.start, pages.start);
	assert_int_equal(cleared.end, pages.end);
	/* EFI_MEMORY_RP, _XP and _RO of UEFI 2.10, section 7.2.3 */
	assert_int_equal(rights, 0x2000 | 0x4000 | 0x20000);
}

static void firmware_may_refuse(void **state)
{
	(void)state;
	answer = EFI_ACCESS_DENIED;
	assert_why(attributes_allow(pages),
		   "the firmware does not make the kernel's memory "
		   "executable");
}

static void firmware_may_have_no_such_rights(void **state)
{
	(void)state;
	is_there = false;
	assert_fine(attributes_allow(pages));
	assert_int_equal(cleared.end, 0);
}

#define TEST(name) cmocka_unit_test_setup(name, setup)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(pages_become_code_and_data),
		TEST(firmware_may_refuse),
		TEST(firmware_may_have_no_such_rights),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
