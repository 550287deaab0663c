// SPDX-License-Identifier: BSD-2-Clause
/*
 * Reading the address fields (Multiboot 0.6.96, 3.1.3; Multiboot2 2.0, 3.1.5).
 */
#include "kludge.h"

enum claim kludge_claim(u64 header_at, u32 header_addr, u32 load_addr)
{
	return load_addr == MB2_LOAD_FILE_START ||
			       header_addr - load_addr == header_at
		       ? CLAIM_FLAT
		       : CLAIM_INSIDE;
}

why kludge_open(struct view file, u64 header_at, const struct kludge *kludge,
		struct image *out)
{
	u64 load = kludge->load_addr, end = kludge->load_end_addr;
	u64 bss_end = kludge->bss_end_addr;

	memset(out, 0, sizeof(*out));
	if (load == MB2_LOAD_FILE_START)
		load = kludge->header_addr - header_at;
	if (load > kludge->header_addr)
		return "load_addr is above header_addr";
	if (kludge->header_addr - load > header_at)
		return "load_addr lies before the file begins";
	out->flat = view_from(file, header_at - (kludge->header_addr - load));
	if (!end)
		end = load + out->flat.len;
	if (end <= load || end - load > out->flat.len)
		return "load_end_addr lies outside the file";
	out->flat.len = end - load;
	if (!bss_end)
		bss_end = end;
	if (bss_end < end)
		return "bss_end_addr is below load_end_addr";
	if (bss_end > 4 * GIB)
		return "the kernel ends above 4 GiB";
	if (kludge->entry_addr - load >= bss_end - load)
		return "entry_addr lies outside the kernel";
	out->is_flat = true;
	out->span = (struct range){ load, bss_end };
	out->entry = kludge->entry_addr;
	return NULL;
}
