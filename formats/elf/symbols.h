/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What both Multiboots tell an ELF kernel of itself: its section headers, and
 * where its symbols and strings have been loaded to, which no segment holds.
 */
#ifndef FORMATS_SYMBOLS_H
#define FORMATS_SYMBOLS_H

#include "boot.h"
#include "elf.h"
#include "plan.h"

/* Bytes of the table of section headers; 0 if there is none to tell: none in
 * the file, or one longer than 64 KiB. */
u64 symbols_len(const struct elf *elf);

/* Plan the contents of the symbol and string tables: plan->symbols. Where there
 * is no room for them, as the caller may know, they are left out. */
void symbols_plan(const struct boot *boot, const struct elf *elf, bool has_room,
		  struct plan *plan);

/* Write the table, with the addresses where everything is. to has
 * symbols_len() bytes. */
void symbols_tell(const struct elf *elf, const struct plan *plan, u8 *to);

#endif
