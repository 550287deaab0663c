// SPDX-License-Identifier: BSD-2-Clause
/*
 * The Multiboot2 door, i386 entry: started by GRUB, Limine and the like
 * (Multiboot2 Specification 2.0, sections 3.5 and 3.6).
 */
#include "mb2_tags.h"

#include "acpi.h"
#include "door.h"
#include "efi_map.h"
#include "reason.h"

static void read_efi(const struct mb2_tags *tags, struct boot_info *info)
{
	struct efi_tables *efi = &info->efi;
	struct view map = tags->of[MB2_TAG_EFI_MMAP];
	struct mb2_tag_efi_mmap head;

	efi->system_table =
		mb2_tags_pointer(tags, MB2_TAG_EFI64, MB2_TAG_EFI32);
	/* Limine 7.5 gives the handle the other mode's type (its #357). */
	efi->image_handle =
		mb2_tags_pointer(tags, MB2_TAG_EFI64_IH, MB2_TAG_EFI32_IH);
	efi->is_64bit = tags->of[MB2_TAG_EFI64].len;
	efi->boot_services = tags->of[MB2_TAG_EFI_BS].len;
	if (!mb2_tags_get(tags, MB2_TAG_EFI_MMAP, &head, sizeof(head)))
		return;
	if (head.descriptor_size < sizeof(struct efi_descriptor)) {
		info_refuse(info,
			    "the EFI memory map's descriptors are too short");
		return;
	}
	map = view_from(map, sizeof(head));
	/* Kernels divide by a descriptor's size to count them: leave no
	 * remainder. */
	map.len -= map.len % head.descriptor_size;
	efi->memory_map = map;
	efi->descriptor_size = head.descriptor_size;
	efi->descriptor_version = head.descriptor_version;
}

static void read_mmap(struct view left, struct boot_info *info)
{
	struct mb2_tag_mmap mmap;
	struct mb2_mmap_entry entry;

	if (!view_read(left, 0, &mmap, sizeof(mmap)) ||
	    mmap.entry_size < sizeof(entry)) {
		info_refuse(info, "the memory map's entries are too short");
		return;
	}
	left = view_from(left, sizeof(mmap));
	while (left.len && !info->bad) {
		if (view_read(left, 0, &entry, sizeof(entry)))
			info_add_region(info, entry.base_addr, entry.length,
					entry.type);
		else
			info_refuse(info,
				    "the memory map ends inside an entry");
		left = view_from(left, mmap.entry_size);
	}
}

/* The map, or the little that tag 4 says, or what EFI's map amounts to. */
static void read_map(const struct mb2_tags *tags, struct boot_info *info)
{
	struct mb2_tag_basic_meminfo basic;

	if (tags->of[MB2_TAG_MMAP].len)
		read_mmap(tags->of[MB2_TAG_MMAP], info);
	else if (mb2_tags_get(tags, MB2_TAG_BASIC_MEMINFO, &basic,
			      sizeof(basic)))
		info_add_basic_memory(info, basic.mem_lower, basic.mem_upper);
	else if (info->efi.memory_map.len)
		efi_map_read(info);
	else
		info_refuse(info, "there is no memory map");
}

static struct view read_palette(struct view tag)
{
	struct view out = VIEW("");
	u16 num_colors;

	if (!view_read(tag, sizeof(struct mb2_tag_framebuffer), &num_colors,
		       sizeof(num_colors)) ||
	    !view_cut(tag,
		      sizeof(struct mb2_tag_framebuffer) + sizeof(num_colors),
		      3ull * num_colors, &out))
		return VIEW("");
	return out;
}

static void read_framebuffer(const struct mb2_tags *tags,
			     struct boot_info *info)
{
	struct mb2_tag_framebuffer fb;
	u8 color[MB2_COLOR_INFO_RGB_SIZE] = { 0 };

	if (!mb2_tags_get(tags, MB2_TAG_FRAMEBUFFER, &fb, sizeof(fb)) ||
	    fb.framebuffer_type > MB2_FRAMEBUFFER_TEXT)
		return;
	if (fb.framebuffer_type == MB2_FRAMEBUFFER_RGB &&
	    !view_read(tags->of[MB2_TAG_FRAMEBUFFER], sizeof(fb), color,
		       sizeof(color)))
		info_refuse(info, "the framebuffer's colors are missing");
	info->framebuffer = (struct framebuffer){
		.type = FRAMEBUFFER_INDEXED + fb.framebuffer_type,
		.at = fb.framebuffer_addr,
		.pitch = fb.framebuffer_pitch,
		.width = fb.framebuffer_width,
		.height = fb.framebuffer_height,
		.bits_per_pixel = fb.framebuffer_bpp,
		.red = { color[0], color[1] },
		.green = { color[2], color[3] },
		.blue = { color[4], color[5] },
	};
	if (fb.framebuffer_type == MB2_FRAMEBUFFER_INDEXED)
		info->palette = read_palette(tags->of[MB2_TAG_FRAMEBUFFER]);
}

/* What there is no place for in Multiboot 1 stays in info->tags. */
static void read_bios(const struct mb2_tags *tags, struct bios *bios)
{
	struct mb2_tag_bootdev device;
	struct view vbe = tags->of[MB2_TAG_VBE];
	u16 numbers[4];

	if (mb2_tags_get(tags, MB2_TAG_BOOTDEV, &device, sizeof(device))) {
		bios->has_device = true;
		bios->drive = device.biosdev;
		bios->partitions[0] = device.partition;
		bios->partitions[1] = device.sub_partition;
		bios->partitions[2] = ~0u;
	}
	if (!view_cut(tags->of[MB2_TAG_APM], sizeof(struct mb2_tag), APM_LEN,
		      &bios->apm))
		bios->apm = VIEW("");
	if (!view_cut(vbe, offsetof(struct mb2_tag_vbe, vbe_mode_info),
		      VBE_MODE_LEN, &bios->vbe_mode_info) ||
	    !view_cut(vbe, offsetof(struct mb2_tag_vbe, vbe_control_info),
		      VBE_CONTROL_LEN, &bios->vbe_control) ||
	    !view_read(vbe, offsetof(struct mb2_tag_vbe, vbe_mode), numbers,
		       sizeof(numbers)))
		return;
	bios->vbe_mode = numbers[0];
	memcpy(bios->vbe_interface, numbers + 1, sizeof(bios->vbe_interface));
}

/* A copy that is not sound is as good as none: kernels would believe it. */
static struct view read_rsdp_copy(const struct mb2_tags *tags)
{
	struct view new =
		view_from(tags->of[MB2_TAG_ACPI_NEW], sizeof(struct mb2_tag));
	struct view old =
		view_from(tags->of[MB2_TAG_ACPI_OLD], sizeof(struct mb2_tag));

	if (acpi_rsdp_valid(new))
		return new;
	return acpi_rsdp_valid(old) ? old : VIEW("");
}

/* The original where a BIOS leaves it. What is not equal to the copy is not
 * what it was made from: the loader knew better. */
static phys scan_for(const struct mem *mem, struct view copy)
{
	phys rsdp = acpi_find_rsdp(mem);
	struct view found;

	return mem_view(mem, rsdp, copy.len, &found) && view_equal(found, copy)
		       ? rsdp
		       : 0;
}

static phys find_rsdp(const struct mem *mem, const struct boot_info *info)
{
	const struct efi_tables *efi = &info->efi;
	struct range table;

	if (!efi->system_table && !efi->memory_map.len)
		/* kexec-tools tells nothing, whatever the machine is. */
		return info->rsdp_copy.len ? scan_for(mem, info->rsdp_copy)
					   : acpi_search(mem, info);
	if (!efi->is_64bit ||
	    !range_of(efi->system_table, EFI_SYSTEM_TABLE_SIZE, &table) ||
	    !info_readable(info, table))
		return 0;
	return acpi_from_efi(mem, efi->system_table);
}

static void read_tags(const struct mem *mem, const struct mb2_tags *tags,
		      struct boot_info *info)
{
	if (tags->bad)
		info_refuse(info, tags->bad);
	read_efi(tags, info);
	read_map(tags, info);
	if (!info->efi.system_table && !info->efi.memory_map.len)
		info_add_bios_memory(info);
	if (!info_readable(info, mem_range(mem, tags->all)))
		info_refuse(info,
			    reason_format("the boot information lies "
					  "outside memory: %lu "
					  "bytes at 0x%lx",
					  tags->all.len,
					  mem_range(mem, tags->all).start));
	mb2_tags_strings(tags, info);
	mb2_tags_modules(tags, info);
	read_framebuffer(tags, info);
	read_bios(tags, &info->bios);
	info->tags = tags->all;
	info->smbios =
		view_from(tags->of[MB2_TAG_SMBIOS], sizeof(struct mb2_tag));
	info->rsdp_copy = read_rsdp_copy(tags);
	info->rsdp = find_rsdp(mem, info);
}

static void mb2_read(const struct mem *mem, u32 magic, phys at,
		     struct boot_info *info)
{
	struct mb2_tags tags;
	why bad = mb2_tags_open(mem, magic, at, &tags);

	if (bad) {
		info_refuse(info, bad);
		return;
	}
	info_hold(info, at, tags.all.len);
	read_tags(mem, &tags, info);
}

DOOR(mb2_door)
= {
	.name = "multiboot2",
	.eax = MB2_LOADER_MAGIC,
	.read = mb2_read,
};
