// SPDX-License-Identifier: BSD-2-Clause
/*
 * Reading a pack, wherever gangway with it was loaded, or from a file.
 */
#include "packed.h"

#include "reason.h"

bool packed_find(struct view beginning, struct packed_mark *out, u64 *at)
{
	struct view left = beginning;
	u64 first;

	memcpy(&first, PACKED_MAGIC, sizeof(first));
	left.len = min_u64(left.len, PACKED_WITHIN);
	while (view_find64(&left, first)) {
		struct packed_mark mark;

		if (view_read(left, 0, &mark, sizeof(mark)) &&
		    !memcmp(mark.magic, PACKED_MAGIC, sizeof(mark.magic)) &&
		    mark.version == PACKED_VERSION) {
			*out = mark;
			if (at)
				*at = (u64)(left.at - beginning.at);
			return true;
		}
		left = view_from(left, sizeof(first));
	}
	return false;
}

u32 packed_count(struct view pack)
{
	struct packed_head head;

	return view_read(pack, 0, &head, sizeof(head)) &&
			       view_has(pack, sizeof(head),
					head.nr * sizeof(struct packed_entry))
		       ? head.nr
		       : 0;
}

why packed_read(struct view pack, u32 i, struct packed_file *out)
{
	struct packed_entry entry;

	if (!view_read(pack, sizeof(struct packed_head) + i * sizeof(entry),
		       &entry, sizeof(entry)) ||
	    !view_cut(pack, entry.at, entry.len, &out->content) ||
	    !view_cut(pack, entry.string_at, entry.string_len, &out->string) ||
	    !view_cut(out->string, 0, entry.name_len, &out->name))
		return reason_format("the pack's entry %u leaves the file: is "
				     "it cut off?",
				     i);
	return NULL;
}

/* Add a file as the module before those from outside. */
static why add(const struct mem *mem, struct boot_info *info,
	       const struct packed_file *file)
{
	struct range range = mem_range(mem, file->content);
	u32 last = info->nr_modules, at = info->nr_packed;
	struct module *modules = info->modules, module;

	info_hold(info, mem_phys(mem, file->string), file->string.len);
	info_add_module(info, range.start, range.end, file->string);
	if (info->bad)
		return info->bad;
	module = modules[last];
	module.name = file->name;
	module.line = view_from(file->string, file->name.len + 1);
	if (!info->names.modules)
		module.string = module.line;
	memmove(modules + at + 1, modules + at, (last - at) * sizeof(module));
	modules[at] = module;
	info->nr_packed++;
	return NULL;
}

why packed_put(const struct mem *mem, struct boot_info *info,
	       struct view content)
{
	const struct packed_file file = { content, VIEW(""), VIEW("") };

	return add(mem, info, &file);
}

static why add_all(const struct mem *mem, struct boot_info *info,
		   struct view pack)
{
	u32 nr = packed_count(pack);
	struct packed_file file;
	why bad = nr ? NULL : "the pack has no entry";

	for (u32 i = 0; i < nr && !bad; i++) {
		bad = packed_read(pack, i, &file);
		if (!bad)
			bad = add(mem, info, &file);
	}
	return bad;
}

/* Words from outside do not say how that fails either. */
static why check_seal(struct boot_info *info)
{
	struct view words = info->cmdline;

	info->cmdline = VIEW("");
	if (words.len)
		return reason_format("this gangway is sealed, and takes no "
				     "words from outside: \"%.*s\"",
				     SHOW_WORD(words));
	if (info->nr_modules)
		return "this gangway is sealed, and takes no modules from "
		       "outside";
	return NULL;
}

why packed_add(const struct mem *mem, phys at, struct boot_info *info)
{
	struct packed_mark mark;
	struct view image, pack;
	why bad = NULL;

	if (!mem_view(mem, at, PACKED_WITHIN, &image) ||
	    !packed_find(image, &mark, NULL) || !mark.len)
		return NULL;
	if (!mem_view(mem, at + mark.image_len, mark.len, &pack))
		return "the pack is out of sight";
	if (mark.flags & PACKED_SEALED)
		bad = check_seal(info);
	return bad ? bad : add_all(mem, info, pack);
}
