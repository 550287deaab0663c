/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ELF kernels for tests, of both classes: a text and a data segment with a gap
 * between them, sections, and room for headers and notes. Every other byte
 * tells where in the file it lies.
 */
#ifndef TESTS_KERNEL_FILE_H
#define TESTS_KERNEL_FILE_H

#include "elf.h"
#include "guest.h"

/* Where in the file things are. */
#define FILE_NOTES    0x200
#define FILE_SECTIONS 0x400
#define FILE_HEADER   0x800 /* of Multiboot */
#define FILE_TEXT     0x1000
#define FILE_DATA     0x1900
#define FILE_SYMBOLS  0x1b00
#define FILE_STRINGS  0x1c03
#define FILE_LEN      0x1d00

/* What the segments take of the file and, from the link address on, of
 * memory. */
#define TEXT_LEN     0x8f1
#define DATA_AT	     0x2000
#define DATA_LEN     0x105
#define DATA_MEMSZ   0x1234
#define SPAN_LEN     (DATA_AT + DATA_MEMSZ)
#define ENTRY_OFFSET 0x40
#define SYMBOLS_LEN  0x8d
#define STRINGS_LEN  0x35

#define MAX_SEGMENTS 6
#define MAX_SECTIONS 8

struct kernel_file {
	bool is_64;
	u16 type, machine;
	u64 entry;
	u32 nr_segments, nr_sections;
	u16 shentsize; /* 0: as it should be */
	u32 shoff;
	u32 notes_len;
	struct elf64_phdr segments[MAX_SEGMENTS];
	struct elf64_shdr sections[MAX_SECTIONS];
	u8 notes[0x180];
};

enum { SEGMENT_TEXT, SEGMENT_DATA, SEGMENT_NOTES };
enum { SECTION_NULL, SECTION_TEXT, SECTION_SYMBOLS, SECTION_STRINGS };

static inline u8 kernel_byte(u64 i)
{
	return (u8)(i * 11 + i / 256 * 3 + 0x41);
}

/* Linked to a physical address, with virtual from that to the virtual one. */
static inline struct kernel_file kernel_file(bool is_64, phys link, u64 virtual)
{
	return (struct kernel_file){
		.is_64 = is_64,
		.type = ET_EXEC,
		.machine = is_64 ? EM_X86_64 : EM_386,
		.entry = virtual + link + ENTRY_OFFSET,
		.nr_segments = 2,
		.nr_sections = 4,
		.shoff = FILE_SECTIONS,
		.segments = {
			{ PT_LOAD, 5, FILE_TEXT, virtual + link, link, TEXT_LEN,
			  TEXT_LEN, PAGE_SIZE },
			{ PT_LOAD, 6, FILE_DATA, virtual + link + DATA_AT,
			  link + DATA_AT, DATA_LEN, DATA_MEMSZ, PAGE_SIZE },
			{ PT_NOTE, 4, FILE_NOTES, 0, 0, 0, 0, 4 },
		},
		.sections = {
			{ 0 },
			{ .sh_type = 1, .sh_addr = virtual + link,
			  .sh_offset = FILE_TEXT, .sh_size = TEXT_LEN },
			{ .sh_type = SHT_SYMTAB, .sh_offset = FILE_SYMBOLS,
			  .sh_size = SYMBOLS_LEN, .sh_link = SECTION_STRINGS },
			{ .sh_type = SHT_STRTAB, .sh_offset = FILE_STRINGS,
			  .sh_size = STRINGS_LEN },
		},
	};
}

/* Add a note; its name is given without the NUL. */
static inline void kernel_note(struct kernel_file *file, const char *owner,
			       u32 type, const void *desc, u32 len)
{
	u32 name_len = (u32)strlen(owner) + 1;
	struct elf_nhdr head = { name_len, len, type };
	u8 *to = file->notes + file->notes_len;

	file->notes_len +=
		(u32)(sizeof(head) + align_up(name_len, 4) + align_up(len, 4));
	assert_true(file->notes_len <= sizeof(file->notes));
	memcpy(to, &head, sizeof(head));
	memcpy(to + sizeof(head), owner, name_len);
	memcpy(to + sizeof(head) + align_up(name_len, 4), desc, len);
	file->nr_segments = 3;
	file->segments[SEGMENT_NOTES].p_filesz = file->notes_len;
}

static inline u64 kernel_ehdr(const struct kernel_file *file, u8 *out)
{
	struct elf64_ehdr wide = {
		.e_ident = { 0x7f, 'E', 'L', 'F', ELFCLASS64, ELFDATA2LSB, 1 },
		.e_type = file->type,
		.e_machine = file->machine,
		.e_entry = file->entry,
		.e_phoff = sizeof(wide),
		.e_shoff = file->shoff,
		.e_phentsize = sizeof(struct elf64_phdr),
		.e_phnum = (u16)file->nr_segments,
		.e_shentsize = sizeof(struct elf64_shdr),
		.e_shnum = (u16)file->nr_sections,
		.e_shstrndx = SECTION_STRINGS,
	};
	struct elf32_ehdr narrow = { .e_entry = (u32)file->entry,
				     .e_phoff = sizeof(narrow),
				     .e_shoff = file->shoff };

	if (!file->is_64) {
		wide.e_ident[4] = ELFCLASS32;
		wide.e_phentsize = sizeof(struct elf32_phdr);
		wide.e_shentsize = sizeof(struct elf32_shdr);
	}
	if (file->shentsize)
		wide.e_shentsize = file->shentsize;
	memcpy(&narrow, &wide, offsetof(struct elf32_ehdr, e_entry));
	memcpy(&narrow.e_flags, &wide.e_flags, 16);
	if (file->is_64)
		memcpy(out, &wide, sizeof(wide));
	else
		memcpy(out, &narrow, sizeof(narrow));
	return file->is_64 ? sizeof(wide) : sizeof(narrow);
}

static inline void kernel_shdr(bool is_64, struct elf64_shdr s, u8 *out, u32 i)
{
	struct elf32_shdr low = {
		s.sh_name,	   s.sh_type,	     (u32)s.sh_flags,
		(u32)s.sh_addr,	   (u32)s.sh_offset, (u32)s.sh_size,
		s.sh_link,	   s.sh_info,	     (u32)s.sh_addralign,
		(u32)s.sh_entsize,
	};

	if (is_64)
		memcpy(out + i * sizeof(s), &s, sizeof(s));
	else
		memcpy(out + i * sizeof(low), &low, sizeof(low));
}

/* Write FILE_LEN bytes. */
static inline void kernel_write(const struct kernel_file *file, u8 *out)
{
	u8 *table = out;

	for (u64 i = 0; i < FILE_LEN; i++)
		out[i] = kernel_byte(i);
	memset(out, 0, FILE_SECTIONS);
	table += kernel_ehdr(file, out);
	for (u32 i = 0; i < file->nr_segments; i++) {
		struct elf64_phdr s = file->segments[i];
		u32 low[] = { s.p_type,	      (u32)s.p_offset, (u32)s.p_vaddr,
			      (u32)s.p_paddr, (u32)s.p_filesz, (u32)s.p_memsz,
			      s.p_flags,      (u32)s.p_align };

		memcpy(table, file->is_64 ? (void *)&s : low,
		       file->is_64 ? sizeof(s) : sizeof(low));
		table += file->is_64 ? sizeof(s) : sizeof(low);
	}
	for (u32 i = 0; i < file->nr_sections; i++)
		kernel_shdr(file->is_64, file->sections[i], out + FILE_SECTIONS,
			    i);
	memcpy(out + FILE_NOTES, file->notes, file->notes_len);
}

/* The bytes of a file from an offset on. */
static inline void assert_file_bytes(const u8 *bytes, u64 offset, u64 len)
{
	for (u64 i = 0; i < len; i++)
		if (bytes[i] != kernel_byte(offset + i))
			fail_msg("the file differs at 0x%lx", offset + i);
}

static inline void assert_all(const u8 *bytes, u8 value, u64 len)
{
	for (u64 i = 0; i < len; i++)
		if (bytes[i] != value)
			fail_msg("byte 0x%lx is 0x%02x, not 0x%02x", i,
				 bytes[i], value);
}

#endif
