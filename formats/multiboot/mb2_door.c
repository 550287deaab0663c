// SPDX-License-Identifier: BSD-2-Clause
/*
 * The Multiboot2 door, i386 entry: started by GRUB, Limine and the like
 * (Multiboot2 Specification 2.0, sections 3.5 and 3.6).
 */
#include "mb2.h"

#include "acpi.h"
#include "cmdline.h"
#include "door.h"

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
static why next_tag(struct view *left, u32 *type, struct view *tag)
{
	struct mb2_tag head;

	*tag = VIEW("");
	*type = MB2_TAG_END;
	if (!view_read(*left, 0, &head, sizeof(head)))
		return NULL;
	if (head.size < sizeof(head))
		return "a tag is shorter than its head";
	if (head.type < MB2_NR_TAGS && head.size < least_size[head.type])
		return "a tag is too short for its type";
	if (head.type != MB2_TAG_END && !view_cut(*left, 0, head.size, tag))
		return "a tag passes the end of the boot information";
	*type = head.type;
	*left = view_from(*left, align_up(head.size, MB2_ALIGN));
	return NULL;
}

/* Tags come in any order, but the map decides what may be read, and the
 * loader's name what strings mean: so they are sorted first. */
static why collect(struct view left, struct tags *tags)
{
	struct view tag;
	u32 type;
	why bad;

	for (u32 i = 0; i < MB2_NR_TAGS; i++)
		tags->of[i] = VIEW("");
	do {
		bad = next_tag(&left, &type, &tag);
		if (bad)
			return bad;
		if (type < MB2_NR_TAGS && !tags->of[type].len)
			tags->of[type] = tag;
	} while (tag.len);
	return NULL;
}

/* Copy the fields of a tag out; false if there is none of that type. */
static bool get(const struct tags *tags, u32 type, void *out, u64 size)
{
	return view_read(tags->of[type], 0, out, size);
}

/* The NUL-terminated string at an offset of a tag; false if it has no end. */
static bool get_string(struct view tag, u64 offset, struct view *out)
{
	struct view string = view_from(tag, offset);
	u64 max = min_u64(string.len, MAX_STRING);
	const u8 *end = memchr(string.at, 0, max);

	if (!end)
		return false;
	*out = (struct view){ string.at, (u64)(end - string.at) };
	return true;
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

static why read_efi(const struct tags *tags, struct efi_tables *efi)
{
	struct view map = tags->of[MB2_TAG_EFI_MMAP];
	struct mb2_tag_efi_mmap head;

	efi->system_table = get_pointer(tags, MB2_TAG_EFI64, MB2_TAG_EFI32);
	/* Limine 7.5 gives the handle the other mode's type (its #357). */
	efi->image_handle =
		get_pointer(tags, MB2_TAG_EFI64_IH, MB2_TAG_EFI32_IH);
	efi->is_64bit = tags->of[MB2_TAG_EFI64].len;
	efi->boot_services = tags->of[MB2_TAG_EFI_BS].len;
	if (!get(tags, MB2_TAG_EFI_MMAP, &head, sizeof(head)))
		return NULL;
	if (head.descriptor_size < sizeof(struct efi_descriptor))
		return "the EFI memory map's descriptors are too short";
	map = view_from(map, sizeof(head));
	/* Whoever divides to count descriptors is to be left no remainder. */
	map.len -= map.len % head.descriptor_size;
	efi->memory_map = map;
	efi->descriptor_size = head.descriptor_size;
	efi->descriptor_version = head.descriptor_version;
	return NULL;
}

static why read_mmap(const struct tags *tags, struct boot_info *info)
{
	struct view left = tags->of[MB2_TAG_MMAP];
	struct mb2_tag_mmap mmap = { .entry_size = 0 };
	struct mb2_mmap_entry entry;
	why bad = NULL;

	if (!get(tags, MB2_TAG_MMAP, &mmap, sizeof(mmap)) ||
	    mmap.entry_size < sizeof(entry))
		return "the memory map's entries are too short";
	left = view_from(left, sizeof(mmap));
	while (!bad && left.len) {
		if (!view_read(left, 0, &entry, sizeof(entry)))
			return "the memory map ends inside an entry";
		bad = info_add_region(info, entry.base_addr, entry.length,
				      entry.type);
		left = view_from(left, mmap.entry_size);
	}
	return bad;
}

/* What a descriptor is once the firmware's boot services have ended. */
static u32 type_of(const struct efi_descriptor *descriptor)
{
	static const u32 types[EFI_NR_TYPES] = {
		[EFI_LOADER_CODE] = REGION_RAM,
		[EFI_LOADER_DATA] = REGION_RAM,
		[EFI_BS_CODE] = REGION_RAM,
		[EFI_BS_DATA] = REGION_RAM,
		[EFI_CONVENTIONAL] = REGION_RAM,
		[EFI_UNUSABLE] = REGION_UNUSABLE,
		[EFI_ACPI_RECLAIM] = REGION_ACPI,
		[EFI_ACPI_NVS] = REGION_NVS,
		[EFI_PERSISTENT] = REGION_PMEM,
	};
	u32 type;

	if (descriptor->type >= EFI_NR_TYPES)
		return 0; /* no region_type: counted as unknown */
	type = types[descriptor->type];
	if (type == REGION_RAM && (descriptor->attribute & EFI_MEMORY_SP))
		type = REGION_SOFT_RESERVED;
	return type ? type : REGION_RESERVED;
}

static why read_efi_map(const struct efi_tables *efi, struct boot_info *info)
{
	struct view left = efi->memory_map;
	struct efi_descriptor descriptor;
	why bad = NULL;

	while (!bad && view_read(left, 0, &descriptor, sizeof(descriptor))) {
		u64 nr_pages = min_u64(descriptor.number_of_pages,
				       ~0ull >> EFI_PAGE_SHIFT);

		bad = info_add_region(info, descriptor.physical_start,
				      nr_pages << EFI_PAGE_SHIFT,
				      type_of(&descriptor));
		left = view_from(left, efi->descriptor_size);
	}
	return bad;
}

/* The map, or the little that tag 4 says, or what EFI's map amounts to. */
static why read_map(const struct tags *tags, struct boot_info *info)
{
	struct mb2_tag_basic_meminfo basic;
	why bad;

	if (tags->of[MB2_TAG_MMAP].len)
		return read_mmap(tags, info);
	if (!get(tags, MB2_TAG_BASIC_MEMINFO, &basic, sizeof(basic))) {
		if (info->efi.memory_map.len)
			return read_efi_map(&info->efi, info);
		return "there is no memory map";
	}
	bad = info_add_region(info, 0, basic.mem_lower * KIB, REGION_RAM);
	if (bad)
		return bad;
	return info_add_region(info, MIB, basic.mem_upper * KIB, REGION_RAM);
}

static why read_strings(const struct tags *tags, struct boot_info *info)
{
	struct view name = tags->of[MB2_TAG_BOOT_LOADER_NAME];
	struct view line = tags->of[MB2_TAG_CMDLINE];

	if (name.len &&
	    !get_string(name, sizeof(struct mb2_tag), &info->loader))
		return "the loader's name has no end";
	if (!line.len)
		return NULL;
	if (!get_string(line, sizeof(struct mb2_tag), &line))
		return "the command line has no end";
	info_set_cmdline(info, line, cmdline_is_named(info->loader));
	return NULL;
}

static why read_module(struct view tag, struct boot_info *info)
{
	struct mb2_tag_module module;
	struct view string;

	if (!view_read(tag, 0, &module, sizeof(module)) ||
	    !get_string(tag, sizeof(module), &string))
		return "a module's string has no end";
	if (module.mod_start == module.mod_end)
		return NULL;
	return info_add_module(info, module.mod_start, module.mod_end, string,
			       cmdline_is_named(info->loader));
}

static why read_modules(struct view left, struct boot_info *info)
{
	struct view tag;
	u32 type;
	why bad;

	do {
		bad = next_tag(&left, &type, &tag);
		if (!bad && type == MB2_TAG_MODULE)
			bad = read_module(tag, info);
	} while (!bad && tag.len);
	return bad;
}

static why read_framebuffer(const struct tags *tags, struct framebuffer *out)
{
	struct mb2_tag_framebuffer fb;
	u8 color[MB2_COLOR_INFO_RGB_SIZE] = { 0 };

	if (!get(tags, MB2_TAG_FRAMEBUFFER, &fb, sizeof(fb)) ||
	    fb.framebuffer_type > MB2_FRAMEBUFFER_TEXT)
		return NULL;
	if (fb.framebuffer_type == MB2_FRAMEBUFFER_RGB &&
	    !view_read(tags->of[MB2_TAG_FRAMEBUFFER], sizeof(fb), color,
		       sizeof(color)))
		return "the framebuffer's colors are missing";
	*out = (struct framebuffer){
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
	return NULL;
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

static why read_tags(const struct mem *mem, struct view all,
		     struct boot_info *info)
{
	struct view left = view_from(all, sizeof(struct mb2_info));
	struct tags tags;
	why bad = collect(left, &tags);

	if (!bad)
		bad = read_efi(&tags, &info->efi);
	if (!bad)
		bad = read_map(&tags, info);
	if (!bad && !info_readable(info, mem_range(mem, all)))
		bad = "the boot information lies outside memory";
	if (!bad)
		bad = read_strings(&tags, info);
	if (!bad)
		bad = read_modules(left, info);
	if (!bad)
		bad = read_framebuffer(&tags, &info->framebuffer);
	if (bad)
		return bad;
	info->smbios = view_from(tags.of[MB2_TAG_SMBIOS],
				 sizeof(struct mb2_tag_smbios));
	info->rsdp_copy = read_rsdp_copy(&tags);
	info->rsdp = find_rsdp(mem, info);
	return NULL;
}

static why mb2_read(const struct mem *mem, u32 magic, phys at,
		    struct boot_info *info)
{
	struct mb2_info head;
	struct view all;
	why bad;

	if (magic != MB2_LOADER_MAGIC)
		return "EAX is not the magic number";
	if (!mem_read(mem, at, &head, sizeof(head)))
		return "the boot information cannot be reached";
	if (head.total_size < sizeof(head))
		return "the boot information is too short";
	if (!mem_view(mem, at, head.total_size, &all))
		return "the boot information passes the end of memory";
	bad = info_hold(info, at, head.total_size);
	return bad ? bad : read_tags(mem, all, info);
}

static const struct door mb2_door = {
	.name = "multiboot2",
	.number = DOOR_MULTIBOOT2,
	.read = mb2_read,
};
DOOR(mb2_door);
