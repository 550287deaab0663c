/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A fake machine for unit tests: memory that begins where the test likes, is
 * filled with 0xCC so that nothing is zero or ends a string by chance, and is
 * exactly as long as it says, so that ASan sees a step beyond it.
 */
#ifndef TESTS_GUEST_H
#define TESTS_GUEST_H

/* cmocka.h needs these before it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>

#include "acpi.h"
#include "boot_info.h"
#include "doors.h"
#include "mem.h"
#include "plan.h"

/* What cmocka has for this has one name in version 1 and another in 2. */
#define assert_between(value, low, high)                                       \
	do {                                                                   \
		u64 between = (value);                                         \
		if (between < (low) || between > (high))                       \
			fail_msg("%lu is not in %lu to %lu", between,          \
				 (u64)(low), (u64)(high));                     \
	} while (0)

static inline struct mem guest_new(phys start, u64 len)
{
	struct mem mem = { .host = malloc(len), .start = start, .len = len };

	assert_non_null(mem.host);
	memset(mem.host, 0xcc, len);
	return mem;
}

static inline void guest_free(struct mem *mem)
{
	free(mem->host);
	mem->host = NULL;
}

static inline u8 *guest_at(const struct mem *mem, phys at, u64 len)
{
	assert_true(mem_has(mem, at, len));
	return mem->host + (at - mem->start);
}

static inline void put(const struct mem *mem, phys at, const void *bytes,
		       u64 len)
{
	memcpy(guest_at(mem, at, len), bytes, len);
}

static inline void put16(const struct mem *mem, phys at, u16 value)
{
	put(mem, at, &value, sizeof(value));
}

static inline void put32(const struct mem *mem, phys at, u32 value)
{
	put(mem, at, &value, sizeof(value));
}

static inline void put64(const struct mem *mem, phys at, u64 value)
{
	put(mem, at, &value, sizeof(value));
}

/* With its NUL. */
static inline void putstr(const struct mem *mem, phys at, const char *string)
{
	put(mem, at, string, strlen(string) + 1);
}

/* A valid RSDP of a revision, with the sums it needs. */
static inline struct acpi_rsdp make_rsdp(u8 revision)
{
	struct acpi_rsdp rsdp = {
		.signature = { 'R', 'S', 'D', ' ', 'P', 'T', 'R', ' ' },
		.oem_id = "TEST",
		.revision = revision,
		.rsdt_address = 0x7fe1000,
		.length = sizeof(rsdp),
		.xsdt_address = 0x7fe2000,
	};
	const u8 *bytes = (const u8 *)&rsdp;
	u8 sum = 0;

	for (u32 i = 0; i < ACPI_RSDP_V1_SIZE; i++)
		sum = (u8)(sum + bytes[i]);
	rsdp.checksum = (u8)-sum;
	sum = 0;
	for (u32 i = 0; i < sizeof(rsdp); i++)
		sum = (u8)(sum + bytes[i]);
	rsdp.extended_checksum = (u8)-sum;
	return rsdp;
}

static inline void put_rsdp(const struct mem *mem, phys at, u8 revision)
{
	struct acpi_rsdp rsdp = make_rsdp(revision);

	put(mem, at, &rsdp, revision ? sizeof(rsdp) : ACPI_RSDP_V1_SIZE);
}

#define ACPI_20_GUID                                                           \
	"\x71\xe8\x68\x88\xf1\xe4\xd3\x11"                                     \
	"\xbc\x22\x00\x80\xc7\x3c\x88\x81"
#define ACPI_10_GUID                                                           \
	"\x30\x2d\x9d\xeb\x88\x2d\xd3\x11"                                     \
	"\x9a\x16\x00\x90\x27\x3f\xc1\x4d"

/* An EFI system table with room for its configuration tables behind it. */
static inline void put_efi_table(const struct mem *mem, phys at, u64 nr)
{
	put(mem, at, "IBI SYST", 8);
	put64(mem, at + 104, nr);
	put64(mem, at + 112, at + EFI_SYSTEM_TABLE_SIZE);
}

static inline void put_efi_entry(const struct mem *mem, phys system_table,
				 u32 i, const char *guid, phys table)
{
	phys at = system_table + EFI_SYSTEM_TABLE_SIZE + i * 24;

	put(mem, at, guid, 16);
	put64(mem, at + 16, table);
}

static inline struct arena arena_of(const struct mem *mem, phys start, phys end)
{
	return (struct arena){ .mem = mem, .next = start, .end = end };
}

static inline void assert_view(struct view v, const char *string)
{
	assert_non_null(v.at);
	assert_int_equal(v.len, strlen(string));
	assert_memory_equal(v.at, string, v.len);
}

static inline void assert_why(why bad, const char *reason)
{
	assert_non_null(bad);
	assert_string_equal(bad, reason);
}

/* The sentence begins so. */
static inline void assert_says(why bad, const char *beginning)
{
	assert_non_null(bad);
	if (strncmp(bad, beginning, strlen(beginning)))
		fail_msg("\"%s\" does not begin \"%s\"", bad, beginning);
}

static inline void assert_fine(why bad)
{
	if (bad)
		fail_msg("%s", bad);
}

/* Add to what the door told, and say what is wrong with it by then. */
static inline why try_region(struct boot_info *info, phys start, u64 len,
			     u32 type)
{
	info_add_region(info, start, len, type);
	return info->bad;
}

static inline why try_module(struct boot_info *info, phys start, phys end,
			     struct view string)
{
	info_add_module(info, start, end, string);
	return info->bad;
}

static inline why try_hold(struct boot_info *info, phys start, u64 len)
{
	info_hold(info, start, len);
	return info->bad;
}

/* The same for what a plan promises. */
static inline why try_keep(struct plan *plan, struct range range)
{
	plan_keep(plan, range);
	return plan->bad;
}

static inline why try_copy(struct plan *plan, struct range dst, phys src,
			   u64 len)
{
	plan_copy(plan, dst, src, len);
	return plan->bad;
}

/* A field, a value that makes it wrong, and what is said of it then. */
struct broken {
	phys at;
	u32 value;
	const char *reason;
};

static inline void assert_each_refused(const struct mem *mem,
				       const struct broken *list, u32 nr,
				       why (*read)(void))
{
	for (u32 i = 0; i < nr; i++) {
		u32 good = 0;

		assert_true(mem_read(mem, list[i].at, &good, sizeof(good)));
		put32(mem, list[i].at, list[i].value);
		assert_says(read(), list[i].reason);
		put32(mem, list[i].at, good);
		assert_fine(read());
	}
}

/* A door reads on after a refusal, but adds nothing and hides no reason. */
static inline void assert_refusal_stays(const struct door *door,
					const struct mem *mem, u32 magic,
					phys at)
{
	static struct boot_info info;

	info_init(&info, "test");
	info_refuse(&info, "refused before");
	door->read(mem, magic, at, &info);
	assert_why(info.bad, "refused before");
	assert_int_equal(info.nr_regions, 0);
	assert_int_equal(info.nr_modules, 0);
	assert_int_equal(info.nr_setup_data, 0);
}

static inline void assert_region(const struct boot_info *info, u32 i,
				 phys start, phys end, u32 type)
{
	assert_true(i < info->nr_regions);
	assert_int_equal(info->regions[i].range.start, start);
	assert_int_equal(info->regions[i].range.end, end);
	assert_int_equal(info->regions[i].type, type);
}

static inline void assert_held(const struct boot_info *info, phys start,
			       phys end)
{
	for (phys at = start; at < end; at++)
		assert_non_null(holds_first(&info->holds,
					    (struct range){ at, at + 1 },
					    UNTIL_TELL));
}

#endif
