/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ELF section headers as Multiboot kernels get them: the table, with the
 * addresses at which symbols and strings were put that are in no segment.
 */
#ifndef FORMATS_ELF_SECTIONS_H
#define FORMATS_ELF_SECTIONS_H

#include "elf.h"
#include "mem.h"

struct elf_sections {
	u32 nr; /* 0: the file has no table, or is no ELF file */
	u32 entry_size, string_index;
	phys at;
};

/* Find room for the symbol and string tables, if there is any: without it they
 * are left out. Sets plan->symbols. */
must_check why elf_symbols_plan(const struct elf *elf, phys file_at,
				struct plan *plan);

/* Bytes of arena that elf_sections_put() takes at most. */
u64 elf_sections_len(struct view file);

/* Put the table into the arena. Fails if the arena is too small. */
must_check why elf_sections_put(struct view file, const struct plan *plan,
				struct arena *arena, struct elf_sections *out);

#endif
