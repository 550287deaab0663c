// SPDX-License-Identifier: BSD-2-Clause
/*
 * Reading ELF files of both classes.
 */
#include "elf.h"

#include "place.h"
#include "reason.h"

bool elf_claims(struct view file)
{
	return view_starts(file, VIEW(ELF_MAGIC));
}

/* The classes differ in nothing but the width of three fields. */
static bool read_header(struct view file, struct elf64_ehdr *out)
{
	struct elf32_ehdr narrow;

	if (!view_read(file, 0, &narrow, sizeof(narrow)))
		return false;
	if (narrow.e_ident[4] == ELFCLASS64)
		return view_read(file, 0, out, sizeof(*out));
	memcpy(out, &narrow, offsetof(struct elf32_ehdr, e_entry));
	out->e_entry = narrow.e_entry;
	out->e_phoff = narrow.e_phoff;
	out->e_shoff = narrow.e_shoff;
	memcpy(&out->e_flags, &narrow.e_flags,
	       sizeof(narrow) - offsetof(struct elf32_ehdr, e_flags));
	return true;
}

why elf_open(struct view file, struct elf *out)
{
	struct elf64_ehdr hdr;
	u64 phentsize;

	if (!elf_claims(file) || !read_header(file, &hdr))
		return "the ELF header is cut off";
	if (hdr.e_ident[4] - 1u > 1 || hdr.e_ident[5] != ELFDATA2LSB)
		return "the ELF class or byte order is unknown";
	/* Some 64-bit images call themselves i386 (Cloud Hypervisor's EDK2). */
	if (hdr.e_machine != EM_386 && hdr.e_machine != EM_X86_64)
		return "the ELF file is not for x86";
	*out = (struct elf){
		.file = file,
		.is_64 = hdr.e_ident[4] == ELFCLASS64,
		.type = hdr.e_type,
		.machine = hdr.e_machine,
		.entry = hdr.e_entry,
		.phoff = hdr.e_phoff,
		.phentsize = hdr.e_phentsize,
		.phnum = hdr.e_phnum,
		.shoff = hdr.e_shoff,
		.shentsize = hdr.e_shentsize,
		.shnum = hdr.e_shnum,
		.shstrndx = hdr.e_shstrndx,
	};
	phentsize = out->is_64 ? sizeof(struct elf64_phdr)
			       : sizeof(struct elf32_phdr);
	if (out->phentsize < phentsize ||
	    !view_has(file, out->phoff, out->phnum * out->phentsize))
		return reason_format("the table of segments is not in the "
				     "file: %lu entries at byte %lu of %lu",
				     out->phnum, out->phoff, file.len);
	return NULL;
}

struct elf64_phdr elf_segment(const struct elf *elf, u64 i)
{
	const u8 *at = elf->file.at + elf->phoff + i * elf->phentsize;
	struct elf64_phdr out;
	struct elf32_phdr narrow;

	if (elf->is_64) {
		memcpy(&out, at, sizeof(out));
		return out;
	}
	memcpy(&narrow, at, sizeof(narrow));
	return (struct elf64_phdr){
		.p_type = narrow.p_type,
		.p_flags = narrow.p_flags,
		.p_offset = narrow.p_offset,
		.p_vaddr = narrow.p_vaddr,
		.p_paddr = narrow.p_paddr,
		.p_filesz = narrow.p_filesz,
		.p_memsz = narrow.p_memsz,
		.p_align = narrow.p_align,
	};
}

/* Search one PT_NOTE whose names and descriptions are padded. Each note takes
 * its header at least, so they end with the segment. */
static bool find_note(struct view notes, u64 padding, struct view owner,
		      u32 type, struct view *desc)
{
	struct elf_nhdr note;
	struct view name;

	while (view_read(notes, 0, &note, sizeof(note))) {
		u64 desc_at = align_up(sizeof(note) + note.n_namesz, padding);

		if (view_cut(notes, sizeof(note), note.n_namesz, &name) &&
		    name.len == owner.len + 1 && view_starts(name, owner) &&
		    !name.at[owner.len] && (!type || note.n_type == type))
			return view_cut(notes, desc_at, note.n_descsz, desc);
		notes = view_from(notes,
				  align_up(desc_at + note.n_descsz, padding));
	}
	return false;
}

bool elf_note(const struct elf *elf, struct view owner, u32 type,
	      struct view *desc)
{
	for (u64 i = 0; i < elf->phnum; i++) {
		struct elf64_phdr segment = elf_segment(elf, i);
		struct view notes;

		/* Linkers and tools are of two minds: 4 bytes always, or what
		 * p_align says. */
		if (segment.p_type == PT_NOTE &&
		    view_cut(elf->file, segment.p_offset, segment.p_filesz,
			     &notes) &&
		    (find_note(notes, 4, owner, type, desc) ||
		     find_note(notes, 8, owner, type, desc)))
			return true;
	}
	return false;
}

bool elf_is_linux(const struct elf *elf)
{
	struct view desc;

	if (elf_note(elf, VIEW("Linux"), 0, &desc))
		return true;
	return elf_note(elf, VIEW("Xen"), XEN_ELFNOTE_GUEST_OS, &desc) &&
	       view_starts(desc, VIEW("linux"));
}

why elf_span(const struct elf *elf, struct range *out)
{
	struct range span = { ~0ull, 0 };

	for (u64 i = 0; i < elf->phnum; i++) {
		struct elf64_phdr segment = elf_segment(elf, i);
		struct range r;

		if (segment.p_type != PT_LOAD ||
		    !(segment.p_memsz | segment.p_filesz))
			continue;
		if (segment.p_memsz < segment.p_filesz)
			return reason_format(
				"a segment has more bytes in the file than in "
				"memory: number %lu, 0x%lx and 0x%lx",
				i, segment.p_filesz, segment.p_memsz);
		if (!view_has(elf->file, segment.p_offset, segment.p_filesz))
			return reason_format(
				"a segment passes the end of the file: number "
				"%lu has 0x%lx bytes from 0x%lx on, and the "
				"file 0x%lx: it may be cut off",
				i, segment.p_filesz, segment.p_offset,
				elf->file.len);
		if (!range_of(segment.p_paddr, segment.p_memsz, &r))
			return reason_format(
				"a segment passes the end of memory: number "
				"%lu, 0x%lx bytes from 0x%lx on",
				i, segment.p_memsz, segment.p_paddr);
		span.start = min_u64(span.start, r.start);
		span.end = max_u64(span.end, r.end);
	}
	if (range_empty(span))
		return "there is no segment to load";
	*out = span;
	return NULL;
}

/* How much of what begins at an offset of the file is its own headers; a table
 * that lies elsewhere is not at the beginning. */
static u64 headers_from(const struct elf *elf, u64 offset)
{
	u64 end = elf->is_64 ? sizeof(struct elf64_ehdr)
			     : sizeof(struct elf32_ehdr);

	if (elf->phoff <= align_up(end, 16))
		end = max_u64(end, elf->phoff + elf->phnum * elf->phentsize);
	return offset < end ? end - offset : 0;
}

/* From the last segment to the first: what overlaps is the later one's, as if
 * they were loaded in order. */
why elf_place(const struct elf *elf, u64 delta, phys file_at, struct plan *plan)
{
	why bad = NULL;

	for (u64 i = elf->phnum; i-- && !bad;) {
		struct elf64_phdr segment = elf_segment(elf, i);
		phys start = segment.p_paddr + delta;
		struct range dst = { start, start + segment.p_memsz };
		struct piece piece = {
			.at = file_at + segment.p_offset,
			.bytes = view_from(elf->file, segment.p_offset),
			.headers = headers_from(elf, segment.p_offset),
		};

		if (segment.p_type != PT_LOAD || !segment.p_memsz)
			continue;
		piece.bytes.len = min_u64(piece.bytes.len, segment.p_filesz);
		bad = place_piece(plan, dst, &piece);
	}
	return bad;
}

bool elf_entry(const struct elf *elf, u64 entry, phys *out)
{
	bool found = false;

	for (u64 i = 0; i < elf->phnum; i++) {
		struct elf64_phdr segment = elf_segment(elf, i);

		if (segment.p_type != PT_LOAD)
			continue;
		if (entry - segment.p_vaddr < segment.p_memsz) {
			*out = entry - segment.p_vaddr + segment.p_paddr;
			return true;
		}
		if (entry - segment.p_paddr < segment.p_memsz) {
			*out = entry;
			found = true;
		}
	}
	return found;
}
