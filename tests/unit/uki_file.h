/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Unified kernel images for tests, with any sections in any order.
 */
#ifndef TESTS_UKI_FILE_H
#define TESTS_UKI_FILE_H

#include "pe.h"

#define UKI_HEAD_AT   0x40
#define UKI_TABLE_AT  (UKI_HEAD_AT + sizeof(struct pe_header) + 240)
#define UKI_HEADERS   0x800
#define UKI_ALIGNMENT 0x200 /* of sections in the file */

struct uki_section {
	const char *name;
	struct view content;
	u32 virtual_size; /* 0: that of the content */
};

/* Write one; its length. */
static inline u64 uki_write(u8 *out, const struct uki_section *sections, u32 nr)
{
	struct pe_header head = { .magic = PE_MAGIC,
				  .machine = PE_AMD64,
				  .nr_sections = (u16)nr,
				  .optional_len = 240 };
	struct pe_optional optional = { .magic = PE_PLUS,
					.size_of_headers = UKI_HEADERS,
					.subsystem = PE_APPLICATION };
	u32 at = UKI_HEADERS, head_at = UKI_HEAD_AT;
	u16 magic = PE_DOS_MAGIC;

	memset(out, 0, UKI_HEADERS);
	memcpy(out, &magic, sizeof(magic));
	memcpy(out + PE_POINTER_AT, &head_at, sizeof(head_at));
	memcpy(out + head_at, &head, sizeof(head));
	memcpy(out + head_at + sizeof(head), &optional, sizeof(optional));
	for (u32 i = 0; i < nr; i++) {
		struct view content = sections[i].content;
		u32 len = (u32)align_up(content.len, UKI_ALIGNMENT);
		struct pe_section section = { .virtual_size = (u32)content.len,
					      .virtual_address = at,
					      .raw_size = len,
					      .raw_at = at };

		if (sections[i].virtual_size)
			section.virtual_size = sections[i].virtual_size;
		memcpy(section.name, sections[i].name,
		       strnlen(sections[i].name, sizeof(section.name)));
		memcpy(out + UKI_TABLE_AT + i * sizeof(section), &section,
		       sizeof(section));
		memset(out + at, 0xee, len);
		memcpy(out + at, content.at, content.len);
		at += len;
	}
	return at;
}

#endif
