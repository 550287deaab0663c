// SPDX-License-Identifier: BSD-2-Clause
/*
 * Headers of Multiboot 1 and 2, wherever their specifications let them be.
 */
#include "inspect.h"

#include "mb1.h"
#include "mb2.h"
#include "print.h"

static const char *const tag_names[] = {
	[MB2_HEADER_TAG_INFO_REQUEST] = "information request",
	[MB2_HEADER_TAG_ADDRESS] = "address",
	[MB2_HEADER_TAG_ENTRY] = "entry",
	[MB2_HEADER_TAG_CONSOLE_FLAGS] = "console flags",
	[MB2_HEADER_TAG_FRAMEBUFFER] = "framebuffer",
	[MB2_HEADER_TAG_MODULE_ALIGN] = "module alignment",
	[MB2_HEADER_TAG_EFI_BS] = "EFI boot services",
	[MB2_HEADER_TAG_ENTRY_EFI32] = "EFI i386 entry",
	[MB2_HEADER_TAG_ENTRY_EFI64] = "EFI amd64 entry",
	[MB2_HEADER_TAG_RELOCATABLE] = "relocatable",
};

static void add_mb1(json_t *facts, u64 at, const struct mb1_header *header)
{
	json_t *tree = fact_tree(facts, "multiboot1");

	fact_address(tree, "at", at);
	fact_address(tree, "flags", header->flags);
	if (header->flags & MB1_HEADER_VIDEO) {
		fact_number(tree, "mode_type", header->mode_type);
		fact_number(tree, "width", header->width);
		fact_number(tree, "height", header->height);
		fact_number(tree, "depth", header->depth);
	}
	if (header->flags & MB1_HEADER_ADDRESSES) {
		fact_address(tree, "header_addr", header->header_addr);
		fact_address(tree, "load_addr", header->load_addr);
		fact_address(tree, "load_end_addr", header->load_end_addr);
		fact_address(tree, "bss_end_addr", header->bss_end_addr);
		fact_address(tree, "entry_addr", header->entry_addr);
	}
}

static void find_mb1(json_t *facts, struct view file)
{
	struct view left = file;
	struct mb1_header header = { 0 };

	left.len = min_u64(left.len, MB1_HEADER_SEARCH);
	while (view_find32(&left, MB1_HEADER_MAGIC)) {
		u64 at = (u64)(left.at - file.at);
		u64 len = min_u64(sizeof(header), file.len - at);

		memcpy(&header, left.at, len);
		if (len >= 12 &&
		    !(header.magic + header.flags + header.checksum)) {
			add_mb1(facts, at, &header);
			return;
		}
		left = view_from(left, MB1_HEADER_ALIGN);
	}
}

/* What a tag's values are called. */
static const char *const value_names[][4] = {
	[MB2_HEADER_TAG_ADDRESS] = { "header_addr", "load_addr",
				     "load_end_addr", "bss_end_addr" },
	[MB2_HEADER_TAG_ENTRY] = { "entry_addr" },
	[MB2_HEADER_TAG_CONSOLE_FLAGS] = { "console_flags" },
	[MB2_HEADER_TAG_FRAMEBUFFER] = { "width", "height", "depth" },
	[MB2_HEADER_TAG_ENTRY_EFI32] = { "entry_addr" },
	[MB2_HEADER_TAG_ENTRY_EFI64] = { "entry_addr" },
	[MB2_HEADER_TAG_RELOCATABLE] = { "min_addr", "max_addr", "align",
					 "preference" },
};

static const char *name_of(u32 type, u32 i)
{
	return type < ARRAY_LEN(value_names) && i < ARRAY_LEN(value_names[0])
		       ? value_names[type][i]
		       : NULL;
}

/* A tag's values, all of 4 bytes. */
static void add_tag(json_t *tree, struct mb2_header_tag head, struct view tag)
{
	json_t *one = fact_next(tree, "tags");
	bool is_known =
		head.type < ARRAY_LEN(tag_names) && tag_names[head.type];
	char key[16];
	u32 value;

	fact_number(one, "type", head.type);
	if (is_known)
		fact_text(one, "name", "%s", tag_names[head.type]);
	fact_flag(one, "optional", head.flags & MB2_HEADER_TAG_OPTIONAL);
	for (u32 i = 0; view_read(tag, sizeof(head) + 4 * i, &value, 4); i++) {
		const char *name = is_known ? name_of(head.type, i) : NULL;

		key[format_into(key, sizeof(key) - 1, "value%u", i)] = 0;
		fact_address(one, name ? name : key, value);
	}
}

static void add_mb2(json_t *facts, u64 at, struct view header)
{
	json_t *tree = fact_tree(facts, "multiboot2");
	struct mb2_header_tag head;
	u64 offset = sizeof(struct mb2_header);
	struct view tag;

	fact_address(tree, "at", at);
	fact_number(tree, "length", header.len);
	while (view_read(header, offset, &head, sizeof(head)) &&
	       head.type != MB2_HEADER_TAG_END) {
		if (head.size < sizeof(head) ||
		    !view_cut(header, offset, head.size, &tag)) {
			fact_damage(tree, at + offset,
				    "the tag passes the end of the header");
			return;
		}
		add_tag(tree, head, tag);
		offset += align_up(head.size, MB2_ALIGN);
	}
}

static void find_mb2(json_t *facts, struct view file)
{
	struct view left = file, header;
	struct mb2_header head;

	left.len = min_u64(left.len, MB2_HEADER_SEARCH);
	while (view_find32(&left, MB2_HEADER_MAGIC)) {
		u64 at = (u64)(left.at - file.at);

		if (at % MB2_ALIGN == 0 &&
		    view_read(left, 0, &head, sizeof(head)) &&
		    !(head.magic + head.architecture + head.header_length +
		      head.checksum) &&
		    view_cut(file, at, head.header_length, &header)) {
			add_mb2(facts, at, header);
			return;
		}
		left = view_from(left, 4);
	}
}

void inspect_multiboot(json_t *facts, struct view file)
{
	find_mb1(facts, file);
	find_mb2(facts, file);
}
