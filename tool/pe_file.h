/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A PE image with all its sections, to be shown, taken apart and added to. What
 * the loader needs of one is in formats/containers/pe.h.
 */
#ifndef TOOL_PE_FILE_H
#define TOOL_PE_FILE_H

#include "pe.h"

#define PE_NAME_LEN 8

struct pe_file {
	struct view bytes;
	struct pe_header head;
	struct pe_optional optional; /* the same in PE32 and PE32+ */
	bool is_plus;
	u64 image_base;
	u32 image_size;
	u64 head_at, optional_at, sections_at;
	u32 section_align, file_align;
	u64 certificates_at, certificates_len; /* 0: not signed */
};

/* Fails if the headers are not in the file. They may be of any machine. */
must_check why pe_file_open(struct view bytes, struct pe_file *out);

/* Why it is no stub of a UKI's for x86-64; NULL: it is. */
why pe_file_stub(const struct pe_file *pe);

/* Section i; false if the table ends before it, or the file does. */
must_check bool pe_file_section(const struct pe_file *pe, u32 i,
				struct pe_section *out);

/* Its name, without the NULs behind it. */
struct view pe_section_name(const struct pe_section *section);

/* Its content: of a file no more than the section has in memory. Fails if it
 * passes the end of the file. */
must_check why pe_file_content(const struct pe_file *pe,
			       const struct pe_section *section,
			       struct view *out);

#endif
