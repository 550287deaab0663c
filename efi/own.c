// SPDX-License-Identifier: BSD-2-Clause
/*
 * gangway.efi where no firmware has loaded it as a PE file: the sections lie as
 * in the file, from its second page on, which has the headers. The first is
 * another's memory. So the second is made a file's beginning: nobody uses it
 * any more, once gangway runs.
 */
#include "own.h"

#include "packed.h"
#include "pe.h"
#include "sealed.h"
#include "settle.h"

#define SETUP_LEN ((u32)PAGE_SIZE)

/* The addresses in memory count from the first page too, but are of no use. */
static void put_sections(u8 *table, u32 nr)
{
	struct pe_section section;

	for (u32 i = 0; i < nr; i++) {
		u8 *at = table + i * sizeof(section);

		memcpy(&section, at, sizeof(section));
		section.raw_at -= SETUP_LEN;
		memcpy(at, &section, sizeof(section));
	}
}

static void put_headers(u8 *file)
{
	const u16 magic = PE_DOS_MAGIC;
	u8 *at = file + settle_self.headers;
	struct pe_optional optional;
	struct pe_header head;

	memcpy(file, &magic, sizeof(magic));
	memcpy(file + PE_POINTER_AT, &settle_self.headers, sizeof(u32));
	memcpy(&head, at, sizeof(head));
	at += sizeof(head);
	memcpy(&optional, at, sizeof(optional));
	optional.size_of_headers -= SETUP_LEN;
	memcpy(at, &optional, sizeof(optional));
	put_sections(at + head.optional_len, head.nr_sections);
}

why own_add(const struct mem *mem, struct boot_info *info)
{
	static bool is_seen;
	struct view file;
	u64 at, len;

	if (is_seen ||
	    !mem_view(mem, settle_self.home,
		      settle_self.file_end - settle_self.home, &file))
		return NULL;
	is_seen = true;
	put_headers(mem_writable(mem, file));
	/* A Multiboot loader may have left the sections in the file. */
	if (!pe_place(file, VIEW(".linux"), &at, &len) ||
	    !view_has(file, at, len))
		return NULL;
	if (pe_place(file, VIEW(PACKED_SEAL), &at, &len))
		sealed_forget(info, 0);
	return packed_put(mem, info, file);
}
