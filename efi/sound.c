// SPDX-License-Identifier: BSD-2-Clause
/*
 * The first code to run. Firmware loads sections wherever the headers say, even
 * over each other, so all of gangway but its first page of code may be
 * overwritten. This code calls the firmware alone, and has its constants on
 * that page.
 */
#include <efi.h>

#include "pe.h"

#define FIRST __attribute__((section(".text.first"), noinline))
#define FIRST_WORDS                                                            \
	static const CHAR16 __attribute__((section(".text.first_words")))

FIRST_WORDS unsound_text[] = L"gangway: the section ";
FIRST_WORDS remedy_text[] =
	L" overlaps another or the headers: pack the image by gangway pack or "
	"ukify, which compute addresses\r\n";

FIRST_WORDS unmoved_text[] =
	L"gangway: the firmware has not applied the image's relocations, of "
	"which its headers do not tell\r\n";

extern const u8 _image[];

/* An address that needs one. */
static const u8 *const volatile moved_image = _image;

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

/* Say which section it is, whose name has no NUL if it is of 8 characters. */
FIRST __attribute__((no_stack_protector)) static void
tell(SIMPLE_TEXT_OUTPUT_INTERFACE *out, const struct pe_section *section)
{
	CHAR16 letter[2] = { 0, 0 };

	out->OutputString(out, (CHAR16 *)unsound_text);
	for (u32 i = 0; i < sizeof(section->name) && section->name[i]; i++) {
		letter[0] = (u8)section->name[i];
		out->OutputString(out, letter);
	}
	out->OutputString(out, (CHAR16 *)remedy_text);
}

/* Do the sections overlap neither the headers nor each other, and does code
 * know where it is? Otherwise print what is wrong. */
FIRST __attribute__((used)) bool image_is_sound(const u8 *image,
						EFI_SYSTEM_TABLE *table)
{
	u32 at = *(const u32 *)(image + PE_POINTER_AT);
	const struct pe_header *head = (const struct pe_header *)(image + at);
	const struct pe_section *sections =
		(const struct pe_section *)(image + at + sizeof(*head) +
					    head->optional_len);

	for (u32 i = 0; i < head->nr_sections; i++) {
		bool is_sound = sections[i].virtual_address >= 2 * PAGE_SIZE;

		for (u32 j = 0; j < i; j++)
			is_sound &= !overlap(&sections[i], &sections[j]);
		if (is_sound)
			continue;
		if (table->ConOut)
			tell(table->ConOut, &sections[i]);
		return false;
	}
	if (moved_image == image + PAGE_SIZE)
		return true;
	if (table->ConOut)
		table->ConOut->OutputString(table->ConOut,
					    (CHAR16 *)unmoved_text);
	return false;
}
