// SPDX-License-Identifier: BSD-2-Clause
/*
 * The setup_data chain and the E820 table, which continues there.
 */
#include "bzimage.h"

#include "tell.h"

#define NODE_MAX (256 * KIB) /* what the kernel's early mapping can take */

void setup_data_put(struct linux_boot_params *params, struct arena *arena,
		    u32 type, struct view data)
{
	struct linux_setup_data node = {
		.next = params->hdr.setup_data,
		.type = type,
		.len = (u32)data.len,
	};
	phys at;
	u8 *host;

	/* 8: Linux reads a device tree where it lies. */
	host = arena_take(arena, sizeof(node) + data.len, 8, &at);
	if (!host)
		return;
	memcpy(host, &node, sizeof(node));
	memcpy(host + sizeof(node), data.at, data.len);
	params->hdr.setup_data = at;
}

bool setup_data_fits(struct view data)
{
	return data.len <= NODE_MAX - sizeof(struct linux_setup_data);
}

u64 e820_ext_len(const struct boot_info *info)
{
	/* Holding what the arena hands on may split regions. */
	return sizeof(struct linux_setup_data) + 8 +
	       (info->nr_regions + 4) * sizeof(struct linux_e820_entry);
}

static struct linux_e820_entry entry_of(struct region region)
{
	return (struct linux_e820_entry){ .addr = region.range.start,
					  .size = range_len(region.range),
					  .type = region.type };
}

/* What did not fit goes behind the node's header, whose length is set last. */
static void put_rest(const struct boot_info *info, const bool *chosen, u32 nr,
		     struct linux_boot_params *params, struct arena *arena)
{
	struct linux_e820_entry entry;
	struct linux_setup_data *node;
	phys at;
	u8 *host =
		arena_take(arena, sizeof(*node) + nr * sizeof(entry), 8, &at);

	if (!host)
		return;
	node = (void *)host;
	*node = (struct linux_setup_data){
		.next = params->hdr.setup_data,
		.type = LINUX_SETUP_E820_EXT,
		.len = (u32)(nr * sizeof(entry)),
	};
	host += sizeof(*node);
	for (u32 i = 0; i < info->nr_regions; i++) {
		if (chosen[i])
			continue;
		entry = entry_of(info->regions[i]);
		memcpy(host, &entry, sizeof(entry));
		host += sizeof(entry);
	}
	params->hdr.setup_data = at;
}

/* Kernels up to 6.12 take a table of one entry for none. */
static void split_single(struct linux_boot_params *params)
{
	struct linux_e820_entry *table = params->e820_table;
	u64 half = align_up(table[0].size / 2, PAGE_SIZE);

	if (half >= table[0].size)
		half = table[0].size / 2;
	table[1] = table[0];
	table[1].addr += half;
	table[1].size -= half;
	table[0].size = half;
	params->e820_entries = 2;
}

void e820_put(struct boot_info *info, struct linux_boot_params *params,
	      struct arena *arena)
{
	bool chosen[MAX_REGIONS];
	u32 nr = tell_regions(info, LINUX_E820_MAX, chosen);

	params->e820_entries = 0;
	for (u32 i = 0; i < info->nr_regions; i++)
		if (chosen[i])
			params->e820_table[params->e820_entries++] =
				entry_of(info->regions[i]);
	if (nr == 1)
		split_single(params);
	if (nr != info->nr_regions)
		put_rest(info, chosen, info->nr_regions - nr, params, arena);
}
