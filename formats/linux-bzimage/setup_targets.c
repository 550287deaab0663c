// SPDX-License-Identifier: BSD-2-Clause
/*
 * Following the pointers in setup_data (Linux arch/x86/include/uapi/asm/
 * setup_data.h).
 */
#include "setup_targets.h"

#include "bootparam.h"

#define MAX_AREAS 512 /* one for each NUMA node, and two more */

static void keep_area(struct boot_info *info, struct view data)
{
	struct linux_area area;

	if (view_read(data, 0, &area, sizeof(area)))
		info_keep(info, area.addr, area.size);
}

/* How long what it points at is, nobody says: no more than a page each. */
static void keep_efi(struct boot_info *info, struct view data)
{
	struct linux_efi_setup_data efi;

	if (!view_read(data, 0, &efi, sizeof(efi)))
		return;
	info_keep(info, efi.fw_vendor, efi.fw_vendor ? PAGE_SIZE : 0);
	info_keep(info, efi.tables, efi.tables ? PAGE_SIZE : 0);
	info_keep(info, efi.smbios, efi.smbios ? PAGE_SIZE : 0);
}

static void keep_indirect(struct boot_info *info, struct view data)
{
	struct linux_setup_indirect indirect;

	if (view_read(data, 0, &indirect, sizeof(indirect)))
		info_keep(info, indirect.addr, indirect.len);
}

static void keep_cc_blob(const struct mem *mem, struct boot_info *info,
			 struct view data)
{
	struct linux_cc_blob blob;
	u32 at;

	if (!view_read(data, 0, &at, sizeof(at)))
		return;
	info_keep(info, at, sizeof(blob));
	if (!mem_read(mem, at, &blob, sizeof(blob)))
		return;
	info_keep(info, blob.secrets_phys, blob.secrets_len);
	info_keep(info, blob.cpuid_phys, blob.cpuid_len);
}

/* The next scratch area that ends behind an address. */
static struct linux_area next_area(struct view list, phys at)
{
	struct linux_area best = { ~0ull, 0 }, area;

	for (u64 i = 0; view_read(list, i, &area, sizeof(area));
	     i += sizeof(area))
		if (area.addr + area.size > at && area.addr < best.addr)
			best = area;
	return best;
}

/* With a handover any memory but the scratch areas may be what the last kernel
 * has preserved; the first MiB never is. Each area is met once, as the next one
 * ends further up. */
static void keep_preserved(const struct mem *mem, struct boot_info *info,
			   struct view data)
{
	struct linux_area area;
	struct linux_kho kho;
	struct view list;
	phys at = MIB;

	if (!view_read(data, 0, &kho, sizeof(kho)))
		return;
	info_keep(info, kho.fdt.addr, kho.fdt.size);
	info_keep(info, kho.scratch.addr, kho.scratch.size);
	if (!mem_view(mem, kho.scratch.addr, kho.scratch.size, &list) ||
	    list.len > MAX_AREAS * sizeof(area)) {
		info_refuse(info, "the scratch areas of a kexec handover "
				  "cannot be read");
		return;
	}
	do {
		area = next_area(list, at);
		if (area.addr > at)
			info_keep(info, at, area.addr - at);
		at = area.addr + area.size;
	} while (at != ~0ull && !info->bad);
}

void setup_targets_keep(const struct mem *mem, struct boot_info *info, u32 type,
			struct view data)
{
	switch (type) {
	case LINUX_SETUP_INDIRECT:
		keep_indirect(info, data);
		break;
	case LINUX_SETUP_EFI:
		keep_efi(info, data);
		break;
	case LINUX_SETUP_IMA:
		keep_area(info, data);
		break;
	case LINUX_SETUP_CC_BLOB:
		keep_cc_blob(mem, info, data);
		break;
	case LINUX_SETUP_KHO:
		keep_preserved(mem, info, data);
		break;
	}
}
