// SPDX-License-Identifier: BSD-2-Clause
/*
 * ELF files: header, segments, sections, notes.
 */
#include "inspect.h"

#include <stdio.h>

#include "elf.h"
#include "start_info.h"
#include "text.h"

#define PF_X	   1u
#define PF_W	   2u
#define PF_R	   4u
#define SHT_NOBITS 8

#define XEN_FIRST_TEXT	 5 /* of Xen's notes these are strings */
#define XEN_LAST_TEXT	 11
#define XEN_PHYS32_RELOC 19

/* Notes of Xen's that decide something, by their types (elfnote.h). */
static const char *const xen_notes[] = {
	"INFO",		"ENTRY",	 "HYPERCALL_PAGE",
	"VIRT_BASE",	"PADDR_OFFSET",	 "XEN_VERSION",
	"GUEST_OS",	"GUEST_VERSION", "LOADER",
	"PAE_MODE",	"FEATURES",	 "BSD_SYMTAB",
	"HV_START_LOW", "L1_MFN_VALID",	 "SUSPEND_CANCEL",
	"INIT_P2M",	"MOD_START_PFN", "SUPPORTED_FEATURES",
	"PHYS32_ENTRY", "PHYS32_RELOC",
};

static const char *type_name(u16 type)
{
	static const char *const names[] = { "none", "relocatable",
					     "executable", "shared", "core" };

	return type < ARRAY_LEN(names) ? names[type] : "other";
}

static const char *segment_name(u32 type)
{
	static const char *const names[] = { "null", "load", "dynamic",
					     "interp", "note" };

	return type < ARRAY_LEN(names) ? names[type] : "other";
}

static void add_segments(json_t *facts, const struct elf *elf)
{
	for (u64 i = 0; i < elf->phnum; i++) {
		struct elf64_phdr segment = elf_segment(elf, i);
		json_t *one = fact_next(facts, "segments");

		fact_text(one, "type", "%s", segment_name(segment.p_type));
		fact_address(one, "offset", segment.p_offset);
		fact_address(one, "virtual", segment.p_vaddr);
		fact_address(one, "physical", segment.p_paddr);
		fact_address(one, "in_file", segment.p_filesz);
		fact_address(one, "in_memory", segment.p_memsz);
		fact_address(one, "align", segment.p_align);
		fact_text(one, "flags", "%s%s%s",
			  segment.p_flags & PF_R ? "r" : "-",
			  segment.p_flags & PF_W ? "w" : "-",
			  segment.p_flags & PF_X ? "x" : "-");
		if (!view_has(elf->file, segment.p_offset, segment.p_filesz))
			fact_damage(facts, segment.p_offset,
				    "the segment passes the end of the file");
	}
}

/* Text, maybe with a NUL behind it, which is taken off? */
static bool is_text(struct view *desc)
{
	struct view text = *desc;
	u64 i = 0;

	text.len -= text.len && !text.at[text.len - 1];
	while (i < text.len && text.at[i] >= ' ' && text.at[i] <= '~')
		i++;
	if (!i || i < text.len)
		return false;
	*desc = text;
	return true;
}

/* What a note of 4 or 8 bytes is, its type must say: an address may look like
 * text. */
static void add_description(json_t *note, struct view desc, bool is_number)
{
	u64 value = 0;

	if (!is_number && is_text(&desc)) {
		fact_view(note, "text", desc);
	} else if (desc.len == 4 || desc.len == 8) {
		memcpy(&value, desc.at, desc.len);
		fact_address(note, "value", value);
	} else {
		fact_bytes(note, "bytes", desc);
	}
}

/* Alignment, lowest and highest address, of which each may be left out. */
static void add_reloc(json_t *note, struct view desc)
{
	static const char *const names[] = { "align", "min", "max" };
	u32 value;

	for (u32 i = 0; i < ARRAY_LEN(names) &&
			view_read(desc, 4ul * i, &value, sizeof(value));
	     i++)
		fact_address(note, names[i], value);
}

static void add_note(json_t *facts, struct view owner, u32 type,
		     struct view desc)
{
	json_t *note = fact_next(facts, "notes");
	bool is_xen = view_equal(owner, VIEW("Xen"));
	bool is_number =
		is_xen && (type < XEN_FIRST_TEXT || type > XEN_LAST_TEXT);

	fact_view(note, "owner", owner);
	fact_number(note, "type", type);
	if (is_xen && type < ARRAY_LEN(xen_notes))
		fact_text(note, "name", "%s", xen_notes[type]);
	if (is_xen && type == XEN_PHYS32_RELOC)
		add_reloc(note, desc);
	else
		add_description(note, desc, is_number);
}

static void add_notes(json_t *facts, u64 at, struct view notes)
{
	struct elf_nhdr head;
	u64 offset = 0;

	while (view_read(notes, offset, &head, sizeof(head))) {
		u64 name_at = offset + sizeof(head);
		u64 desc_at = name_at + align_up(head.n_namesz, 4);
		struct view owner, desc;

		if (!view_cut(notes, name_at, head.n_namesz, &owner) ||
		    !view_cut(notes, desc_at, head.n_descsz, &desc)) {
			fact_damage(facts, at + offset,
				    "the note passes the end of its segment");
			return;
		}
		if (owner.len && !owner.at[owner.len - 1])
			owner.len--;
		add_note(facts, owner, head.n_type, desc);
		offset = desc_at + align_up(head.n_descsz, 4);
	}
}

static bool read_section(const struct elf *elf, u64 i, struct elf64_shdr *out)
{
	u64 at = elf->shoff + i * elf->shentsize;
	struct elf32_shdr small;

	if (elf->is_64)
		return view_read(elf->file, at, out, sizeof(*out));
	if (!view_read(elf->file, at, &small, sizeof(small)))
		return false;
	*out = (struct elf64_shdr){ .sh_name = small.sh_name,
				    .sh_type = small.sh_type,
				    .sh_addr = small.sh_addr,
				    .sh_offset = small.sh_offset,
				    .sh_size = small.sh_size };
	return true;
}

static void add_sections(json_t *facts, const struct elf *elf)
{
	struct elf64_shdr section, names = { 0 };

	if (elf->shnum && !read_section(elf, elf->shstrndx, &names))
		fact_damage(facts, elf->shoff,
			    "the section headers pass the "
			    "end of the file");
	for (u64 i = 1; i < elf->shnum && read_section(elf, i, &section); i++) {
		json_t *one = fact_next(facts, "sections");
		struct view text =
			view_from(elf->file, names.sh_offset + section.sh_name);

		text.len =
			strnlen((const char *)text.at, min_u64(text.len, 64));
		fact_view(one, "name", text);
		fact_address(one, "address", section.sh_addr);
		fact_address(one, "offset", section.sh_offset);
		fact_address(one, "size", section.sh_size);
		if (section.sh_type != SHT_NOBITS &&
		    !view_has(elf->file, section.sh_offset, section.sh_size))
			fact_damage(facts, section.sh_offset,
				    "the section passes the end of the file");
	}
}

/* Is it another machine's, and may be whole? */
static bool is_foreign(struct view file)
{
	struct elf64_ehdr hdr;

	return view_read(file, 0, &hdr, offsetof(struct elf64_ehdr, e_entry)) &&
	       (hdr.e_ident[5] != ELFDATA2LSB ||
		(hdr.e_machine != EM_386 && hdr.e_machine != EM_X86_64));
}

void inspect_elf(json_t *facts, struct view file)
{
	struct elf elf = { .phoff = 0 };
	json_t *tree;
	why bad;

	if (!elf_claims(file))
		return;
	tree = fact_tree(facts, "elf");
	bad = elf_open(file, &elf);
	if (bad && is_foreign(file))
		fact_text(tree, "not_read", "%s", bad);
	else if (bad)
		fact_damage(tree, elf.phoff, bad);
	if (bad)
		return;
	fact_number(tree, "bits", elf.is_64 ? 64 : 32);
	fact_text(tree, "machine", "%s",
		  elf.machine == EM_386 ? "i386" : "x86-64");
	fact_text(tree, "type", "%s", type_name(elf.type));
	fact_address(tree, "entry", elf.entry);
	add_segments(tree, &elf);
	for (u64 i = 0; i < elf.phnum; i++) {
		struct elf64_phdr segment = elf_segment(&elf, i);
		struct view notes;

		if (segment.p_type == PT_NOTE &&
		    view_cut(file, segment.p_offset, segment.p_filesz, &notes))
			add_notes(tree, segment.p_offset, notes);
	}
	add_sections(tree, &elf);
}
