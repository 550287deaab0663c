// SPDX-License-Identifier: BSD-2-Clause
/*
 * Reading the address fields (Multiboot 0.6.96, 3.1.3; Multiboot2 2.0, 3.1.5).
 */
#include "kludge.h"

#include "reason.h"

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
		return reason_format("load_addr is above header_addr: 0x%lx "
				     "and 0x%x",
				     load, kludge->header_addr);
	if (kludge->header_addr - load > header_at)
		return reason_format("load_addr lies before the file begins: "
				     "it is 0x%lx, and header_addr 0x%x is "
				     "byte %lu of the file",
				     load, kludge->header_addr, header_at);
	out->flat = view_from(file, header_at - (kludge->header_addr - load));
	if (!end)
		end = load + out->flat.len;
	if (end <= load || end - load > out->flat.len)
		return reason_format("load_end_addr lies outside the file: it "
				     "is 0x%lx, and the file loads to "
				     "0x%lx-0x%lx",
				     end, load, load + out->flat.len);
	out->flat.len = end - load;
	if (!bss_end)
		bss_end = end;
	if (bss_end < end)
		return reason_format("bss_end_addr is below load_end_addr: "
				     "0x%lx and 0x%lx",
				     bss_end, end);
	if (bss_end > 4 * GIB)
		return reason_format("the kernel ends above 4 GiB: it is "
				     "0x%lx-0x%lx",
				     load, bss_end);
	if (kludge->entry_addr - load >= bss_end - load)
		return reason_format("entry_addr lies outside the kernel: it "
				     "is 0x%x, and the kernel 0x%lx-0x%lx",
				     kludge->entry_addr, load, bss_end);
	out->is_flat = true;
	out->span = (struct range){ load, bss_end };
	out->entry = kludge->entry_addr;
	return NULL;
}
