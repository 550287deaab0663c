// SPDX-License-Identifier: BSD-2-Clause
/*
 * The Multiboot2 door, i386 entry: started by GRUB, Limine and the like
 * (Multiboot2 Specification 2.0, sections 3.5 and 3.6).
 */
#include "mb2.h"

#include "acpi.h"
#include "cmdline.h"
#include "door.h"
#include "efi_map.h"

/* The first tag of each type, whole; empty where there is none. */
struct tags {
	struct view of[MB2_NR_TAGS];
};

/* What a tag must have for its fields to be there. */
static const u8 least_size[MB2_NR_TAGS] = {
	[MB2_TAG_MODULE] = sizeof(struct mb2_tag_module),
	[MB2_TAG_BASIC_MEMINFO] = sizeof(struct mb2_tag_basic_meminfo),
	[MB2_TAG_MMAP] = sizeof(struct mb2_tag_mmap),
	[MB2_TAG_FRAMEBUFFER] = sizeof(struct mb2_tag_framebuffer),
	[MB2_TAG_EFI32] = sizeof(struct mb2_tag_efi32),
	[MB2_TAG_EFI64] = sizeof(struct mb2_tag_efi64),
	[MB2_TAG_SMBIOS] = sizeof(struct mb2_tag_smbios),
	[MB2_TAG_EFI_MMAP] = sizeof(struct mb2_tag_efi_mmap),
	[MB2_TAG_EFI32_IH] = sizeof(struct mb2_tag_efi32),
	[MB2_TAG_EFI64_IH] = sizeof(struct mb2_tag_efi64),
};

/* Take the next tag off the front. The end tag, which may have been left out,
 * is an empty view. */
static u32 next_tag(struct view *left, struct boot_info *info, struct view *tag)
{
	struct mb2_tag head;

	*tag = VIEW("");
	if (!view_read(*left, 0, &head, sizeof(head)))
		return MB2_TAG_END;
	if (head.size < sizeof(head))
		info_refuse(info, "a tag is shorter than its head");
	else if (head.type == MB2_TAG_END)
		return MB2_TAG_END;
	else if (head.type < MB2_NR_TAGS && head.size < least_size[head.type])
		info_refuse(info, "a tag is too short for its type");
	else if (!view_cut(*left, 0, head.size, tag))
		info_refuse(info,
			    "a tag passes the end of the boot information");
	*left = view_from(*left, align_up(head.size, MB2_ALIGN));
	return head.type;
}

/* Tags come in any order, but the map decides what may be read, and the
 * loader's name what strings mean: so they are sorted first. */
static void collect(struct view left, struct boot_info *info, struct tags *tags)
{
	struct view tag;
	u32 type;

	for (u32 i = 0; i < MB2_NR_TAGS; i++)
		tags->of[i] = VIEW("");
	do {
		type = next_tag(&left, info, &tag);
		if (type < MB2_NR_TAGS && !tags->of[type].len)
			tags->of[type] = tag;
	} while (tag.len);
}

/* Copy the fields of a tag out; false if there is none of that type. */
static bool get(const struct tags *tags, u32 type, void *out, u64 size)
{
	return view_read(tags->of[type], 0, out, size);
}

/* The NUL-terminated string at an offset of a tag; refused if it has no end. */
static struct view get_string(struct view tag, u64 offset,
			      struct boot_info *info, why reason)
{
	struct view string = view_from(tag, offset);
	const u8 *end = memchr(string.at, 0, min_u64(string.len, MAX_STRING));

	if (!end) {
		info_refuse(info, reason);
		return VIEW("");
	}
	return (struct view){ string.at, (u64)(end - string.at) };
}

/* The pointer of a tag in its 64-bit or else its 32-bit form, or 0. */
static phys get_pointer(const struct tags *tags, u32 type64, u32 type32)
{
	struct mb2_tag_efi64 wide;
	struct mb2_tag_efi32 narrow;

	if (get(tags, type64, &wide, sizeof(wide)))
		return wide.pointer;
	return get(tags, type32, &narrow, sizeof(narrow)) ? narrow.pointer : 0;
}

static void read_efi(const struct tags *tags, struct boot_info *info)
{
	struct efi_tables *efi = &info->efi;
	struct view map = tags->of[MB2_TAG_EFI_MMAP];
	struct mb2_tag_efi_mmap head;

	efi->system_table = get_pointer(tags, MB2_TAG_EFI64, MB2_TAG_EFI32);
	/* Limine 7.5 gives the handle the other mode's type (its #357). */
	efi->image_handle =
		get_pointer(tags, MB2_TAG_EFI64_IH, MB2_TAG_EFI32_IH);
	efi->is_64bit = tags->of[MB2_TAG_EFI64].len;
	efi->boot_services = tags->of[MB2_TAG_EFI_BS].len;
	if (!get(tags, MB2_TAG_EFI_MMAP, &head, sizeof(head)))
		return;
	if (head.descriptor_size < sizeof(struct efi_descriptor)) {
		info_refuse(info,
			    "the EFI memory map's descriptors are too short");
		return;
	}
	map = view_from(map, sizeof(head));
	/* Whoever divides to count descriptors is to be left no remainder. */
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
static void read_map(const struct tags *tags, struct boot_info *info)
{
	struct mb2_tag_basic_meminfo basic;

	if (tags->of[MB2_TAG_MMAP].len)
		read_mmap(tags->of[MB2_TAG_MMAP], info);
	else if (get(tags, MB2_TAG_BASIC_MEMINFO, &basic, sizeof(basic)))
		info_add_basic_memory(info, basic.mem_lower, basic.mem_upper);
	else if (info->efi.memory_map.len)
		efi_map_read(info);
	else
		info_refuse(info, "there is no memory map");
}

static void read_strings(const struct tags *tags, struct boot_info *info)
{
	struct view name = tags->of[MB2_TAG_BOOT_LOADER_NAME];
	struct view line = tags->of[MB2_TAG_CMDLINE];

	if (name.len)
		info->loader = get_string(name, sizeof(struct mb2_tag), info,
					  "the loader's name has no end");
	info->is_named = cmdline_is_named(info->loader);
	if (line.len)
		info_set_cmdline(info,
				 get_string(line, sizeof(struct mb2_tag), info,
					    "the command line has no end"));
}

static void read_modules(struct view left, struct boot_info *info)
{
	struct mb2_tag_module module;
	struct view tag;

	do {
		if (next_tag(&left, info, &tag) == MB2_TAG_MODULE &&
		    view_read(tag, 0, &module, sizeof(module)))
			info_add_module(
				info, module.mod_start, module.mod_end,
				get_string(tag, sizeof(module), info,
					   "a module's string has no end"));
	} while (tag.len && !info->bad);
}

static void read_framebuffer(const struct tags *tags, struct boot_info *info)
{
	struct mb2_tag_framebuffer fb;
	u8 color[MB2_COLOR_INFO_RGB_SIZE] = { 0 };

	if (!get(tags, MB2_TAG_FRAMEBUFFER, &fb, sizeof(fb)) ||
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
}

/* A copy that is not sound is as good as none: kernels would believe it. */
static struct view read_rsdp_copy(const struct tags *tags)
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

	if (!mem_view(mem, rsdp, copy.len, &found))
		return 0;
	return view_equal(found, copy) ? rsdp : 0;
}

static phys find_rsdp(const struct mem *mem, const struct boot_info *info)
{
	const struct efi_tables *efi = &info->efi;
	struct range table;

	if (!efi->system_table && !efi->memory_map.len)
		return scan_for(mem, info->rsdp_copy);
	if (!efi->is_64bit ||
	    !range_of(efi->system_table, EFI_SYSTEM_TABLE_SIZE, &table) ||
	    !info_readable(info, table))
		return 0;
	return acpi_from_efi(mem, efi->system_table);
}

static void read_tags(const struct mem *mem, struct view all,
		      struct boot_info *info)
{
	struct view left = view_from(all, sizeof(struct mb2_info));
	struct tags tags;

	collect(left, info, &tags);
	read_efi(&tags, info);
	read_map(&tags, info);
	if (!info_readable(info, mem_range(mem, all)))
		info_refuse(info, "the boot information lies outside memory");
	read_strings(&tags, info);
	read_modules(left, info);
	read_framebuffer(&tags, info);
	info->smbios =
		view_from(tags.of[MB2_TAG_SMBIOS], sizeof(struct mb2_tag));
	info->rsdp_copy = read_rsdp_copy(&tags);
	info->rsdp = find_rsdp(mem, info);
}

static void mb2_read(const struct mem *mem, u32 magic, phys at,
		     struct boot_info *info)
{
	struct mb2_info head;
	struct view all;

	if (magic != MB2_LOADER_MAGIC) {
		info_refuse(info, "EAX is not the magic number");
	} else if (!mem_read(mem, at, &head, sizeof(head))) {
		info_refuse(info, "the boot information cannot be reached");
	} else if (head.total_size < sizeof(head)) {
		info_refuse(info, "the boot information is too short");
	} else if (!mem_view(mem, at, head.total_size, &all)) {
		info_refuse(info,
			    "the boot information passes the end of memory");
	} else {
		info_hold(info, at, head.total_size);
		read_tags(mem, all, info);
	}
}

static const struct door mb2_door = {
	.name = "multiboot2",
	.number = DOOR_MULTIBOOT2,
	.read = mb2_read,
};
DOOR(mb2_door);
