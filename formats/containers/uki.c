// SPDX-License-Identifier: BSD-2-Clause
/*
 * What a stub would take out of its own image, found without running it.
 */
#include "uki.h"

#include "cmdline.h"
#include "nodes.h"
#include "tree.h"

bool uki_claims(struct view file)
{
	u64 at, len;

	return pe_place(file, VIEW(".linux"), &at, &len);
}

/* It ends at a NUL, or where the section does, less what is no word. */
static struct view trim_line(struct view line)
{
	line.len = strnlen((const char *)line.at, line.len);
	while (line.len && line.at[line.len - 1] <= ' ')
		line.len--;
	return line;
}

struct view uki_board(struct view file)
{
	struct nodes nodes;
	struct view tree;
	u64 root;

	if (!tree_claims(file) || tree_check(file, &tree))
		return VIEW("");
	nodes = nodes_of(tree);
	return nodes_root(&nodes, &root)
		       ? nodes_string(&nodes, root, VIEW("compatible"))
		       : VIEW("");
}

struct view uki_tree_of(const struct pe_profile *in, struct view board)
{
	struct view tree;

	for (u32 n = 0; board.len && n < PE_SECTIONS_MAX; n++) {
		if (pe_find(in, VIEW(".dtbauto"), n, &tree) || !tree.len)
			break;
		if (view_equal(uki_board(tree), board))
			return tree;
	}
	return VIEW("");
}

why uki_open(struct view image, enum pe_form form, u32 profile,
	     struct view board, struct uki *out)
{
	const struct {
		struct view name, *section;
	} wanted[] = {
		{ VIEW(".linux"), &out->kernel },
		{ VIEW(".ucode"), &out->ucode },
		{ VIEW(".initrd"), &out->initrd },
		{ VIEW(".cmdline"), &out->line },
		{ VIEW(".dtb"), &out->devicetree },
	};
	struct pe_profile opened;
	struct view tree;
	why bad = pe_open(image, form, profile, &opened);

	for (u32 i = 0; i < ARRAY_LEN(wanted) && !bad; i++)
		bad = pe_find(&opened, wanted[i].name, 0, wanted[i].section);
	if (bad)
		return bad;
	tree = uki_tree_of(&opened, board);
	if (tree.len)
		out->devicetree = tree;
	/* ukify makes .linux as long as the kernel is in memory. */
	out->kernel = pe_trim(out->kernel);
	out->line = trim_line(out->line);
	return NULL;
}

/* Does a .profile section say ID=name? */
static bool has_id(struct view text, struct view name)
{
	struct view word;

	while (cmdline_next(&text, &word))
		if (view_starts(word, VIEW("ID=")) &&
		    view_equal(view_from(word, 3), name))
			return true;
	return false;
}

/* A number of at most as many digits as a table has sections. */
static bool read_number(struct view name, u32 *out)
{
	u32 number = 0;

	for (u64 i = 0; i < name.len; i++) {
		if (name.at[i] < '0' || name.at[i] > '9')
			return false;
		number = 10 * number + name.at[i] - '0';
	}
	*out = number;
	return name.len && name.len <= 2;
}

bool uki_profile(struct view image, enum pe_form form, struct view name,
		 u32 *out)
{
	struct view section, content;
	u32 nr = 0;

	if (read_number(name, out))
		return true;

	for (u32 i = 0; pe_each_section(image, form, i, &section, &content);
	     i++) {
		if (!view_equal(section, VIEW(".profile")))
			continue;
		if (has_id(content, name)) {
			*out = nr;
			return true;
		}
		nr++;
	}
	return false;
}

/* Of the stub's code, and what uki_open() takes. */
static bool is_used(struct view section)
{
	static const char names[][10] = { ".linux",   ".ucode",	  ".initrd",
					  ".cmdline", ".profile", ".text",
					  ".rodata",  ".data",	  ".reloc",
					  ".bss",     ".sdmagic" };

	for (u32 i = 0; i < ARRAY_LEN(names); i++)
		if (view_equal(section, view_string(names[i])))
			return true;
	return false;
}

u64 uki_unused(struct view file, u32 profile, struct view used_devicetree,
	       char *text, u64 room)
{
	struct line line = { .out = text, .room = room };
	struct view section, content;
	u32 nr_profiles = 0;

	for (u32 i = 0; pe_each_section(file, PE_FILE, i, &section, &content);
	     i++) {
		nr_profiles += view_equal(section, VIEW(".profile"));
		if (is_used(section) ||
		    (nr_profiles && nr_profiles != profile + 1) ||
		    (content.len && content.at == used_devicetree.at))
			continue;
		line_add(&line, section);
	}
	return min_u64(line.len, room);
}
