// SPDX-License-Identifier: BSD-2-Clause
/*
 * Section headers of both classes. What is not in the file is as good as not
 * there: a stripped kernel starts as well.
 */
#include "elf_sections.h"

struct elf32_shdr {
	u32 sh_name, sh_type, sh_flags, sh_addr, sh_offset, sh_size;
	u32 sh_link, sh_info, sh_addralign, sh_entsize;
};
WIRE_SIZE(struct elf32_shdr, 40);

struct elf64_shdr {
	u32 sh_name, sh_type;
	u64 sh_flags, sh_addr, sh_offset, sh_size;
	u32 sh_link, sh_info;
	u64 sh_addralign, sh_entsize;
};
WIRE_SIZE(struct elf64_shdr, 64);

#define SYMBOL_ALIGN 16

/* The whole table; empty where the file has none. */
static struct view table_of(const struct elf *elf)
{
	u64 least = elf->is_64 ? sizeof(struct elf64_shdr)
			       : sizeof(struct elf32_shdr);
	struct view table = { elf->file.at, 0 };

	if (elf->shentsize < least ||
	    !view_cut(elf->file, elf->shoff, elf->shnum * elf->shentsize,
		      &table))
		table.len = 0;
	return table;
}

/* Is section i a table of symbols or strings that no segment loads? *bytes is
 * what it holds. */
static bool is_symbols(const struct elf *elf, struct view table, u64 i,
		       struct view *bytes)
{
	struct view entry = view_from(table, i * elf->shentsize);
	struct elf64_shdr wide = { .sh_type = 0 };
	struct elf32_shdr narrow = { .sh_type = 0 };

	if (elf->is_64 && !view_read(entry, 0, &wide, sizeof(wide)))
		return false;
	if (!elf->is_64) {
		if (!view_read(entry, 0, &narrow, sizeof(narrow)))
			return false;
		wide.sh_type = narrow.sh_type;
		wide.sh_addr = narrow.sh_addr;
		wide.sh_offset = narrow.sh_offset;
		wide.sh_size = narrow.sh_size;
	}
	return (wide.sh_type == SHT_SYMTAB || wide.sh_type == SHT_STRTAB) &&
	       !wide.sh_addr && wide.sh_size &&
	       view_cut(elf->file, wide.sh_offset, wide.sh_size, bytes);
}

why elf_symbols_plan(const struct elf *elf, phys file_at, struct plan *plan)
{
	struct room want = { .align = PAGE_SIZE, .min = MIB, .end = 4 * GIB };
	struct view table = table_of(elf), bytes;
	why bad = NULL;
	phys at;

	for (u64 i = 0; i < elf->shnum; i++)
		if (is_symbols(elf, table, i, &bytes))
			want.len += align_up(bytes.len, SYMBOL_ALIGN);
	if (!want.len || !plan_find(plan, &want, UNTIL_FOREVER, &plan->symbols))
		return NULL;
	at = plan->symbols.start;
	for (u64 i = 0; i < elf->shnum && !bad; i++) {
		struct range dst;

		if (!is_symbols(elf, table, i, &bytes))
			continue;
		dst = (struct range){ at, at + bytes.len };
		bad = plan_copy(plan, dst,
				file_at + (u64)(bytes.at - elf->file.at),
				bytes.len);
		at += align_up(bytes.len, SYMBOL_ALIGN);
	}
	return bad;
}

u64 elf_sections_len(struct view file)
{
	struct elf elf;

	return elf_open(file, &elf) ? 0 : table_of(&elf).len + SYMBOL_ALIGN;
}

why elf_sections_put(struct view file, const struct plan *plan,
		     struct arena *arena, struct elf_sections *out)
{
	phys at = plan->symbols.start;
	struct view table, bytes;
	struct elf elf;
	u8 *host;

	out->nr = 0;
	if (elf_open(file, &elf) || !table_of(&elf).len)
		return NULL;
	table = table_of(&elf);
	host = arena_take(arena, table.len, 8, &out->at);
	if (!host)
		return "the arena is too small for the section headers";
	memcpy(host, table.at, table.len);
	out->nr = (u32)elf.shnum;
	out->entry_size = (u32)elf.shentsize;
	out->string_index = (u32)elf.shstrndx;
	for (u64 i = 0; i < elf.shnum && at; i++) {
		u64 field = elf.is_64 ? offsetof(struct elf64_shdr, sh_addr)
				      : offsetof(struct elf32_shdr, sh_addr);

		if (!is_symbols(&elf, table, i, &bytes))
			continue;
		memcpy(host + i * elf.shentsize + field, &at,
		       elf.is_64 ? sizeof(u64) : sizeof(u32));
		at += align_up(bytes.len, SYMBOL_ALIGN);
	}
	return NULL;
}
