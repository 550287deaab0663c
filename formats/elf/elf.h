/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ELF files (System V ABI, gABI 4.1; 32 and 64 bits, little-endian): segments
 * and notes, and no policy. The layouts of both classes are read into one.
 */
#ifndef FORMATS_ELF_H
#define FORMATS_ELF_H

#include "base.h"
#include "plan.h"
#include "view.h"

#define ELF_MAGIC                                                              \
	"\x7f"                                                                 \
	"ELF"
#define ELFCLASS32  1
#define ELFCLASS64  2
#define ELFDATA2LSB 1
#define ET_REL	    1
#define ET_EXEC	    2
#define ET_DYN	    3
#define EM_386	    3
#define EM_X86_64   62
#define PT_LOAD	    1
#define PT_INTERP   3
#define PT_NOTE	    4
#define SHT_SYMTAB  2
#define SHT_STRTAB  3

#define XEN_ELFNOTE_GUEST_OS 6

struct elf32_ehdr {
	u8 e_ident[16];
	u16 e_type, e_machine;
	u32 e_version;
	u32 e_entry, e_phoff, e_shoff;
	u32 e_flags;
	u16 e_ehsize, e_phentsize, e_phnum, e_shentsize, e_shnum, e_shstrndx;
};
WIRE_SIZE(struct elf32_ehdr, 52);

struct elf64_ehdr {
	u8 e_ident[16];
	u16 e_type, e_machine;
	u32 e_version;
	u64 e_entry, e_phoff, e_shoff;
	u32 e_flags;
	u16 e_ehsize, e_phentsize, e_phnum, e_shentsize, e_shnum, e_shstrndx;
};
WIRE_SIZE(struct elf64_ehdr, 64);

struct elf32_phdr {
	u32 p_type, p_offset, p_vaddr, p_paddr, p_filesz, p_memsz, p_flags;
	u32 p_align;
};
WIRE_SIZE(struct elf32_phdr, 32);

struct elf64_phdr {
	u32 p_type, p_flags;
	u64 p_offset, p_vaddr, p_paddr, p_filesz, p_memsz, p_align;
};
WIRE_SIZE(struct elf64_phdr, 56);

struct elf32_shdr {
	u32 sh_name, sh_type, sh_flags, sh_addr, sh_offset, sh_size, sh_link;
	u32 sh_info, sh_addralign, sh_entsize;
};
WIRE_SIZE(struct elf32_shdr, 40);
WIRE_AT(struct elf32_shdr, sh_addr, 12);

struct elf64_shdr {
	u32 sh_name, sh_type;
	u64 sh_flags, sh_addr, sh_offset, sh_size;
	u32 sh_link, sh_info;
	u64 sh_addralign, sh_entsize;
};
WIRE_SIZE(struct elf64_shdr, 64);
WIRE_AT(struct elf64_shdr, sh_addr, 16);

struct elf_nhdr {
	u32 n_namesz, n_descsz, n_type;
};
WIRE_SIZE(struct elf_nhdr, 12);

/* A file whose header and table of segments are in it. */
struct elf {
	struct view file;
	bool is_64;
	u16 type, machine;
	u64 entry;
	u64 phoff, phentsize, phnum;
	u64 shoff, shentsize, shnum, shstrndx; /* not checked */
};

/* Does the file begin as ELF does? */
bool elf_claims(struct view file);

/* Read the header. Fails if it, or the table of segments, is not in the file,
 * or if it is not for x86. */
must_check why elf_open(struct view file, struct elf *out);

/* Segment i (below phnum) in the 64-bit layout. */
struct elf64_phdr elf_segment(const struct elf *elf, u64 i);

/* The description of the first note with this owner and type in any PT_NOTE;
 * type 0 is any type. False, and desc untouched, if there is none. */
must_check bool elf_note(const struct elf *elf, struct view owner, u32 type,
			 struct view *desc);

/* Is it Linux, by its notes? */
bool elf_is_linux(const struct elf *elf);

/*
 * The memory that the PT_LOAD segments take by their p_paddr, from the lowest
 * to the highest byte. Fails if there are none, or a segment passes the end of
 * the file or of memory, or has more file than memory.
 */
must_check why elf_span(const struct elf *elf, struct range *out);

/*
 * Plan all PT_LOAD segments, which elf_span() has found sound, moved by delta
 * (modulo 2^64) from their p_paddr; where they overlap, the later one counts.
 * file_at is where the file lies. Fails where memory is not free.
 */
must_check why elf_place(const struct elf *elf, u64 delta, phys file_at,
			 struct plan *plan);

/*
 * The physical address of an entry point that is virtual in some kernels and
 * physical in others: looked up in the segments' p_vaddr first. False if it
 * lies in none.
 */
must_check bool elf_entry(const struct elf *elf, u64 entry, phys *out);

#endif
