// SPDX-License-Identifier: BSD-2-Clause
/*
 * The first code to run. Firmware loads sections wherever the headers say, even
 * over each other, so all of gangway but its first page of code may be
 * overwritten. This code calls nothing and has its constants on that page.
 */
#include <efi.h>

#include "pe.h"

#define FIRST __attribute__((section(".text.first"), noinline))

/* On the same page as the code. */
static const CHAR16 unsound_text[]
	__attribute__((section(".text.first_words"))) =
		L"gangway: sections of its image overlap\r\n";

bool image_is_sound(const u8 *image, EFI_SYSTEM_TABLE *table);

/* By their sizes in memory. */
static inline __attribute__((always_inline)) bool
overlap(const struct pe_section *a, const struct pe_section *b)
{
	u64 a_len = a->virtual_size ? a->virtual_size : a->raw_size;
	u64 b_len = b->virtual_size ? b->virtual_size : b->raw_size;

	return a_len && b_len &&
	       a->virtual_address < b->virtual_address + b_len &&
	       b->virtual_address < a->virtual_address + a_len;
}

/* Do the sections overlap neither the headers nor each other? If they do, print
 * that. */
FIRST __attribute__((used)) bool image_is_sound(const u8 *image,
						EFI_SYSTEM_TABLE *table)
{
	u32 at = *(const u32 *)(image + PE_POINTER_AT);
	const struct pe_header *head = (const struct pe_header *)(image + at);
	const struct pe_section *sections =
		(const struct pe_section *)(image + at + sizeof(*head) +
					    head->optional_len);
	bool is_sound = true;

	for (u32 i = 0; i < head->nr_sections; i++) {
		is_sound &= sections[i].virtual_address >= 2 * PAGE_SIZE;
		for (u32 j = 0; j < i; j++)
			is_sound &= !overlap(&sections[i], &sections[j]);
	}
	if (!is_sound && table->ConOut)
		table->ConOut->OutputString(table->ConOut,
					    (CHAR16 *)unsound_text);
	return is_sound;
}
