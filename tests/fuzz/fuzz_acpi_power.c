// SPDX-License-Identifier: BSD-2-Clause
/*
 * acpi_power.c: memory full of anything, with the input's tables made to add
 * up where it asks for that, so that what lies behind the sums is reached.
 * Input: the RSDP's offset, 8 offsets + 1 of tables to seal, memory from START.
 */
#include <assert.h>
#include <stdlib.h>

#include "acpi_power.h"

#define START 0x1000

int LLVMFuzzerTestOneInput(const u8 *bytes, size_t len);

static void add_up(u8 *table, u64 len, u64 sum_at)
{
	u8 sum = 0;

	table[sum_at] = 0;
	for (u64 i = 0; i < len; i++)
		sum = (u8)(sum + table[i]);
	table[sum_at] = (u8)-sum;
}

static void seal(struct mem *mem, u64 at)
{
	u8 *table = mem->host + at;
	u32 len;

	if (at + 36 > mem->len)
		return;
	memcpy(&len, table + 4, sizeof(len));
	if (len >= 36 && len <= mem->len - at)
		add_up(table, len, 9);
	if (memcmp(table, "RSD ", 4))
		return;
	add_up(table, 20, 8);
	add_up(table, 36, 32);
}

int LLVMFuzzerTestOneInput(const u8 *bytes, size_t len)
{
	struct mem mem = { .start = START };
	struct acpi_power power;
	u16 head[9];
	bool good;

	if (!view_read((struct view){ bytes, len }, 0, head, sizeof(head)))
		return 0;
	mem.len = len - sizeof(head);
	mem.host = malloc(mem.len);
	memcpy(mem.host, bytes + sizeof(head), mem.len);
	for (u32 i = 1; i < ARRAY_LEN(head) && head[i]; i++)
		seal(&mem, head[i] - 1u);
	good = !acpi_power_read(&mem, (phys)START + head[0], &power);
	assert(good == power.can_sleep && (!good || power.type_a <= 7));
	free(mem.host);
	return 0;
}
