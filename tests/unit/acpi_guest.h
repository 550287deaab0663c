/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A machine whose ACPI tables are made by hand: RSDP, RSDT and XSDT that lead
 * to a MADT, which nobody asks for, and to the table that a test is about.
 * Offsets are the specification's, so that the structs are checked too.
 */
#ifndef TESTS_UNIT_ACPI_GUEST_H
#define TESTS_UNIT_ACPI_GUEST_H

#include "guest.h"

#define START 0x7fe0000 /* the RSDP; guest.h's points at the next two */
#define RSDT  0x7fe1000
#define XSDT  0x7fe2000
#define MADT  0x7fe3000
#define TABLE 0x7fe4000 /* the test's own */

static inline void put8(const struct mem *mem, phys at, u8 value)
{
	put(mem, at, &value, sizeof(value));
}

/* Make a table's sum right again. */
static inline void seal(const struct mem *mem, phys at)
{
	u32 len = 0;
	u8 sum = 0;

	assert_true(mem_read(mem, at + 4, &len, sizeof(len)));
	put8(mem, at + 9, 0);
	for (u32 i = 0; i < len; i++)
		sum = (u8)(sum + *guest_at(mem, at + i, 1));
	put8(mem, at + 9, (u8)-sum);
}

static inline void put_table(const struct mem *mem, phys at,
			     const char *signature, u8 revision, u32 len)
{
	memset(guest_at(mem, at, len), 0, len);
	put(mem, at, signature, 4);
	put32(mem, at + 4, len);
	put8(mem, at + 8, revision);
}

/* Memory of len bytes at START with all but TABLE. */
static inline struct mem acpi_guest_new(u64 len)
{
	struct mem mem = guest_new(START, len);

	put_rsdp(&mem, START, 2);
	put_table(&mem, RSDT, "RSDT", 1, 36 + 2 * 4);
	put32(&mem, RSDT + 36, MADT);
	put32(&mem, RSDT + 40, TABLE);
	seal(&mem, RSDT);
	put_table(&mem, XSDT, "XSDT", 1, 36 + 2 * 8);
	put64(&mem, XSDT + 36, MADT);
	put64(&mem, XSDT + 44, TABLE);
	seal(&mem, XSDT);
	put_table(&mem, MADT, "APIC", 1, 44);
	seal(&mem, MADT);
	return mem;
}

#endif
