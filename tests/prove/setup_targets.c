// SPDX-License-Identifier: BSD-2-Clause
/*
 * What nodes of setup_data point at: the scratch areas of a handover by kexec
 * end, however they overlap, and whatever they hold is the same each time.
 */
#include "prove.h"

#include "../../formats/linux-bzimage/setup_targets.c"

static struct boot_info info;
static struct view scratch;

u64 __CPROVER_uninterpreted_addr(u64 i);
u64 __CPROVER_uninterpreted_size(u64 i);

/* Areas are the same whenever they are looked at. */
bool view_read(struct view v, u64 offset, void *out, u64 size)
{
	if (!view_has(v, offset, size))
		return false;
	__CPROVER_havoc_slice(out, size);
	if (v.at == scratch.at && size == sizeof(struct linux_area))
		*(struct linux_area *)out = (struct linux_area){
			.addr = __CPROVER_uninterpreted_addr(offset),
			.size = __CPROVER_uninterpreted_size(offset),
		};
	return true;
}

bool mem_view(const struct mem *mem, phys at, u64 len, struct view *out)
{
	(void)mem;
	(void)at;
	if (len > BOUND || nondet_bool())
		return false;
	*out = scratch = any_file(BOUND);
	out->len = scratch.len = len;
	return true;
}

bool mem_read(const struct mem *mem, phys at, void *out, u64 len)
{
	(void)mem;
	(void)at;
	__CPROVER_havoc_slice(out, len);
	return nondet_bool();
}

void harness(void)
{
	struct mem mem = { .host = NULL };

	scratch = any_file(BOUND);
	setup_targets_keep(&mem, &info, nondet_u32(), any_file(64));
}
