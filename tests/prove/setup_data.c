// SPDX-License-Identifier: BSD-2-Clause
/*
 * The chain of setup_data: circles end, and each node that is kept lies in
 * memory, which is the same whenever it is read.
 */
#include "prove.h"

#include "../../formats/linux-bzimage/bzimage_door.c"

static struct boot_info info;
static struct view bytes;

/* What lies at an address, and can it be read? */
u64 __CPROVER_uninterpreted_next(u64 at);
u32 __CPROVER_uninterpreted_type(u64 at);
u32 __CPROVER_uninterpreted_len(u64 at);
bool __CPROVER_uninterpreted_is_seen(u64 at, u64 len);

bool mem_view(const struct mem *mem, phys at, u64 len, struct view *out)
{
	u64 offset = nondet_u64();

	(void)mem;
	if (!__CPROVER_uninterpreted_is_seen(at, len))
		return false;
	assume(view_has(bytes, offset, len));
	*out = (struct view){ bytes.at + offset, len };
	return true;
}

bool mem_read(const struct mem *mem, phys at, void *out, u64 len)
{
	(void)mem;
	prove(len == sizeof(struct linux_setup_data));
	if (!__CPROVER_uninterpreted_is_seen(at, len))
		return false;
	*(struct linux_setup_data *)out = (struct linux_setup_data){
		.next = __CPROVER_uninterpreted_next(at),
		.type = __CPROVER_uninterpreted_type(at),
		.len = __CPROVER_uninterpreted_len(at),
	};
	return true;
}

bool info_readable(const struct boot_info *known, struct range range)
{
	(void)known;
	return __CPROVER_uninterpreted_is_seen(range.start, ~range.end);
}

/* The targets of nodes are a proof of their own. */
void setup_targets_keep(const struct mem *mem, struct boot_info *known,
			u32 type, struct view data)
{
	(void)mem;
	(void)known;
	(void)type;
	prove(is_inside(data, bytes));
}

void harness(void)
{
	struct mem mem = { .host = NULL };

	bytes = any_view();
	read_setup_data(&mem, nondet_u64(), &info);
	prove(info.nr_setup_data <= MAX_SETUP_DATA);
	for (u32 i = 0; i < info.nr_setup_data; i++)
		prove(is_inside(info.setup_data[i].data, bytes));
}
