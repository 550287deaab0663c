// SPDX-License-Identifier: BSD-2-Clause
/*
 * gangway.elf, and what is packed into it.
 */
#include "inspect.h"

#include "packed.h"

static void add_entry(json_t *facts, u64 at, struct view pack, u32 i, u32 depth)
{
	json_t *one = fact_next(facts, "files");
	struct packed_file file;
	why bad = packed_read(pack, i, &file);

	if (bad) {
		fact_damage(one, at, bad);
		return;
	}
	fact_view(one, "name", file.name);
	fact_view(one, "words",
		  view_from(file.string,
			    min_u64(file.name.len + 1, file.string.len)));
	fact_address(one, "offset", at + (u64)(file.content.at - pack.at));
	fact_content(one, file.content);
	if (!i && depth < INSPECT_DEPTH)
		inspect_file(fact_tree(one, "file"), file.content, depth + 1);
}

void inspect_pack(json_t *facts, struct view file, u32 depth)
{
	struct packed_mark mark;
	struct view pack;
	json_t *tree;
	u64 at;

	if (!packed_find(file, &mark, &at))
		return;
	tree = fact_tree(facts, "pack");
	fact_address(tree, "mark", at);
	fact_number(tree, "version", mark.version);
	fact_flag(tree, "sealed", mark.flags & PACKED_SEALED);
	fact_address(tree, "image_size", mark.image_len);
	fact_number(tree, "size", mark.len);
	if (!mark.len)
		return;
	if (!view_cut(file, mark.image_len, mark.len, &pack)) {
		fact_damage(tree, file.len,
			    "what is packed passes the end of "
			    "the file");
		pack = view_from(file, min_u64(mark.image_len, file.len));
	}
	if (pack.len && !packed_count(pack))
		fact_damage(tree, mark.image_len,
			    "the list of what is packed is damaged");
	for (u32 i = 0; i < packed_count(pack); i++)
		add_entry(tree, mark.image_len, pack, i, depth);
}
