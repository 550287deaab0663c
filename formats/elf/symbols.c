// SPDX-License-Identifier: BSD-2-Clause
/*
 * Telling an ELF kernel of its sections. The contents of the symbol and string
 * tables go into one piece of memory, one behind the other.
 */
#include "symbols.h"

#define TABLE_MAX    (64 * KIB)
#define ALIGN	     16
#define CONTENTS_MAX 16 /* symbol and string tables; usual are three */

/* The fields of a section header that matter, whatever its class. */
struct section {
	u32 type;
	u64 addr, offset, size;
};

u64 symbols_len(const struct elf *elf)
{
	u64 least = elf->is_64 ? sizeof(struct elf64_shdr)
			       : sizeof(struct elf32_shdr);
	u64 len = elf->shnum * elf->shentsize;

	if (elf->shentsize < least || len > TABLE_MAX ||
	    !view_has(elf->file, elf->shoff, len))
		return 0;
	return len;
}

static struct section section_of(const struct elf *elf, u64 i)
{
	const u8 *at = elf->file.at + elf->shoff + i * elf->shentsize;
	struct elf64_shdr wide;
	struct elf32_shdr narrow;

	if (elf->is_64) {
		memcpy(&wide, at, sizeof(wide));
		return (struct section){ wide.sh_type, wide.sh_addr,
					 wide.sh_offset, wide.sh_size };
	}
	memcpy(&narrow, at, sizeof(narrow));
	return (struct section){ narrow.sh_type, narrow.sh_addr,
				 narrow.sh_offset, narrow.sh_size };
}

/* Does the section hold symbols or strings that no segment loads? */
static bool is_wanted(const struct elf *elf, const struct section *section)
{
	return (section->type == SHT_SYMTAB || section->type == SHT_STRTAB) &&
	       !section->addr &&
	       view_has(elf->file, section->offset, section->size);
}

void symbols_plan(const struct boot *boot, const struct elf *elf, bool has_room,
		  struct plan *plan)
{
	struct room want = { .align = PAGE_SIZE, .min = MIB, .end = 4 * GIB };
	phys at, file_at = mem_phys(boot->mem, elf->file);
	struct section section;
	u32 nr = 0;

	if (elf->shnum && !symbols_len(elf))
		plan->odd = "the kernel is not told of its ELF sections: "
			    "their headers are damaged, or longer than 64 KiB";
	if (!symbols_len(elf))
		return;
	for (u64 i = 0; i < elf->shnum; i++) {
		section = section_of(elf, i);
		if (!is_wanted(elf, &section))
			continue;
		want.len += align_up(section.size, ALIGN);
		nr++;
	}
	if (!nr)
		return;
	if (nr > CONTENTS_MAX || !has_room ||
	    !plan_find(plan, &want, UNTIL_FOREVER, &plan->symbols)) {
		plan->wanted.len = 0;
		plan->odd = "the kernel does not get its symbols: there is no "
			    "room for them, or more than " DIGITS_OF(
				    CONTENTS_MAX) " tables";
		return;
	}
	at = plan->symbols.start;
	for (u64 i = 0; i < elf->shnum; i++) {
		section = section_of(elf, i);
		if (!is_wanted(elf, &section))
			continue;
		plan_copy(plan, (struct range){ at, at + section.size },
			  file_at + section.offset, section.size);
		at += align_up(section.size, ALIGN);
	}
}

static void put_address(const struct elf *elf, u8 *header, u64 addr)
{
	if (elf->is_64)
		memcpy(header + offsetof(struct elf64_shdr, sh_addr), &addr,
		       sizeof(u64));
	else
		memcpy(header + offsetof(struct elf32_shdr, sh_addr), &addr,
		       sizeof(u32));
}

void symbols_tell(const struct elf *elf, const struct plan *plan, u8 *to)
{
	phys at = plan->symbols.start;

	memcpy(to, elf->file.at + elf->shoff, elf->shnum * elf->shentsize);
	for (u64 i = 0; i < elf->shnum; i++, to += elf->shentsize) {
		struct section section = section_of(elf, i);

		if (section.addr) {
			put_address(elf, to, section.addr + plan->delta);
		} else if (at && is_wanted(elf, &section)) {
			put_address(elf, to, at);
			at += align_up(section.size, ALIGN);
		}
	}
}
