// SPDX-License-Identifier: BSD-2-Clause
/*
 * What a program hands to pure code, for tests on the host.
 */
#include "machine_stub.h"

#define TABLE __attribute__((aligned(4096)))

u64 stub_top[STUB_TABLE_LEN] TABLE;
u64 stub_first[STUB_TABLE_LEN] TABLE;
u64 stub_pages[WINDOW_PDS * STUB_TABLE_LEN] TABLE;
struct paging stub_paging = {
	.window = &stub_top[WINDOW_SLOT],
	.first = stub_first,
	.pages = stub_pages,
	.no_execute = 1ull << 63,
	.nr_slots = 1,
};

static phys put_tables(const struct plan *plan, struct arena *arena)
{
	return paging_depart(&stub_paging, plan, arena);
}

static const u8 code[600] = { [0 ... 599] = 0xd5 };

const struct departure stub_departure = {
	.code = { code, sizeof(code) },
	.put_tables = put_tables,
};

u64 mem_find64(const u8 *values, u64 nr, u64 value)
{
	u64 i = 0;

	while (i < nr && memcmp(values + 8 * i, &value, 8))
		i++;
	return i;
}

u64 mem_find32(const u8 *values, u64 nr, u32 value)
{
	u64 i = 0;

	while (i < nr && memcmp(values + 4 * i, &value, 4))
		i++;
	return i;
}

struct xen_e820_entry stub_xen_map[STUB_XEN_ENTRIES];
u32 stub_xen_entries;

u32 stub_ask_xen(struct xen_e820_entry *entries, u32 max)
{
	u32 nr = stub_xen_entries < max ? stub_xen_entries : max;

	memcpy(entries, stub_xen_map, nr * sizeof(*entries));
	return nr;
}
