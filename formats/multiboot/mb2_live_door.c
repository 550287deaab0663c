// SPDX-License-Identifier: BSD-2-Clause
/*
 * Reading what was handed over: the same tags as at the i386 entry, less what
 * the firmware can be asked for.
 */
#include "mb2_live_door.h"

#include "efi_map.h"

#define TABLE_ALIGN 8

why mb2_live_firmware(const struct mb2_tags *tags, phys *table, phys *image)
{
	struct mb2_tag_efi64 tag;

	if (tags->bad)
		return tags->bad;
	if (!tags->of[MB2_TAG_EFI_BS].len)
		return "the boot services have ended";
	if (!mb2_tags_get(tags, MB2_TAG_EFI64, &tag, sizeof(tag)) ||
	    !tag.pointer || tag.pointer % TABLE_ALIGN)
		return "there is no system table";
	*table = tag.pointer;
	/* Some loaders give the handle the other mode's type. */
	*image = mb2_tags_pointer(tags, MB2_TAG_EFI64_IH, MB2_TAG_EFI32_IH);
	return *image ? NULL : "there is no image handle";
}

/* They are read before there is a plan: so they must be where memory is. */
static why check_modules(struct boot_info *info)
{
	why bad = NULL;

	info->nr_regions = 0;
	efi_map_read(info);
	for (u32 i = 0; i < info->nr_modules && !bad; i++)
		if (!info_covers(info, info->modules[i].range))
			bad = "a module lies outside the firmware's map";
	info->nr_regions = 0;
	return bad ? bad : info->bad;
}

why mb2_live_read(const struct mem *mem, const struct mb2_tags *tags,
		  struct boot_info *info)
{
	info_hold(info, mem_phys(mem, tags->all), tags->all.len);
	info->loader = VIEW("");
	mb2_tags_strings(tags, info);
	mb2_tags_modules(tags, info);
	info->tags = tags->all;
	if (info->bad)
		return info->bad;
	if (!info->nr_modules)
		return "there is no module";
	return check_modules(info);
}
