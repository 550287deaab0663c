// SPDX-License-Identifier: BSD-2-Clause
/*
 * Finding and checking the tags.
 */
#include "mb2_tags.h"

#include "reason.h"

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

u32 mb2_tags_next(struct view *left, why *bad, struct view *tag)
{
	struct mb2_tag head;
	why reason = NULL;

	*tag = VIEW("");
	if (!view_read(*left, 0, &head, sizeof(head)))
		return MB2_TAG_END;
	if (head.size < sizeof(head))
		reason = "a tag is shorter than its head";
	else if (head.type == MB2_TAG_END)
		return MB2_TAG_END;
	else if (head.type < MB2_NR_TAGS && head.size < least_size[head.type])
		reason = "a tag is too short for its type";
	else if (!view_cut(*left, 0, head.size, tag))
		reason = "a tag passes the end of the boot information";
	if (reason && !*bad)
		*bad = reason_format("%s: type %u, %u bytes", reason, head.type,
				     head.size);
	*left = view_from(*left, align_up(head.size, MB2_ALIGN));
	return head.type;
}

/* Tags come in any order, but the map decides what may be read, and the
 * loader's name what strings mean: so they are sorted first. */
static void collect(struct mb2_tags *tags)
{
	struct view left = view_from(tags->all, sizeof(struct mb2_info)), tag;
	u32 type;

	for (u32 i = 0; i < MB2_NR_TAGS; i++)
		tags->of[i] = VIEW("");
	tags->bad = NULL;
	do {
		type = mb2_tags_next(&left, &tags->bad, &tag);
		if (type < MB2_NR_TAGS && !tags->of[type].len)
			tags->of[type] = tag;
	} while (tag.len);
}

why mb2_tags_open(const struct mem *mem, u32 magic, phys at,
		  struct mb2_tags *out)
{
	struct mb2_info head;

	if (magic != MB2_LOADER_MAGIC)
		return reason_format("EAX is not the magic number, but 0x%x",
				     magic);
	if (!mem_read(mem, at, &head, sizeof(head)))
		return "the boot information cannot be reached";
	if (head.total_size < sizeof(head))
		return "the boot information is too short";
	if (!mem_view(mem, at, head.total_size, &out->all))
		return "the boot information passes the end of memory";
	collect(out);
	return NULL;
}

bool mb2_tags_get(const struct mb2_tags *tags, u32 type, void *out, u64 size)
{
	return view_read(tags->of[type], 0, out, size);
}

phys mb2_tags_pointer(const struct mb2_tags *tags, u32 type64, u32 type32)
{
	struct mb2_tag_efi64 wide;
	struct mb2_tag_efi32 narrow;

	if (mb2_tags_get(tags, type64, &wide, sizeof(wide)))
		return wide.pointer;
	return mb2_tags_get(tags, type32, &narrow, sizeof(narrow))
		       ? narrow.pointer
		       : 0;
}

/* The NUL-terminated string at an offset of a tag; refused if it has no end. */
static struct view get_string(struct view tag, u64 offset,
			      struct boot_info *info, const char *what)
{
	struct view string = view_from(tag, offset);
	const u8 *end = memchr(string.at, 0, min_u64(string.len, MAX_STRING));

	if (!end) {
		info_refuse(info, reason_format("%s has no end in its tag of "
						"%lu bytes",
						what, tag.len));
		return VIEW("");
	}
	return (struct view){ string.at, (u64)(end - string.at) };
}

void mb2_tags_strings(const struct mb2_tags *tags, struct boot_info *info)
{
	struct view name = tags->of[MB2_TAG_BOOT_LOADER_NAME];
	struct view line = tags->of[MB2_TAG_CMDLINE];

	if (name.len)
		name = get_string(name, sizeof(struct mb2_tag), info,
				  "the loader's name");
	info_set_loader(info, name);
	if (line.len)
		info_set_cmdline(info, get_string(line, sizeof(struct mb2_tag),
						  info, "the command line"));
}

void mb2_tags_modules(const struct mb2_tags *tags, struct boot_info *info)
{
	struct view left = view_from(tags->all, sizeof(struct mb2_info)), tag;
	struct mb2_tag_module module;
	why bad = NULL; /* collect() has said it */

	do {
		if (mb2_tags_next(&left, &bad, &tag) == MB2_TAG_MODULE &&
		    view_read(tag, 0, &module, sizeof(module)))
			info_add_module(info, module.mod_start, module.mod_end,
					get_string(tag, sizeof(module), info,
						   "a module's string"));
	} while (tag.len && !info->bad);
}
