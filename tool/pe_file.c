// SPDX-License-Identifier: BSD-2-Clause
/*
 * Reading all of a PE image's headers.
 */
#include "pe_file.h"

#define IMAGE_BASE_AT	 24 /* in the optional header of PE32+ */
#define IMAGE_BASE_AT_32 28 /* of 32 bits there */
#define SECTION_ALIGN_AT 32
#define FILE_ALIGN_AT	 36
#define IMAGE_SIZE_AT	 56
#define LESS_IN_32	 16 /* before the directories */
#define PE_32		 0x010b

/* Where the signatures are, if there is such an entry in the directory. */
static void read_certificates(struct pe_file *pe)
{
	u32 nr, place[2], less = pe->is_plus ? 0 : LESS_IN_32;
	u64 at = pe->optional_at - less;

	if (pe->head.optional_len < PE_CERTIFICATES_AT - less + sizeof(place) ||
	    !view_read(pe->bytes, at + PE_DIRECTORIES_AT, &nr, sizeof(nr)) ||
	    nr <= PE_CERTIFICATES ||
	    !view_read(pe->bytes, at + PE_CERTIFICATES_AT, place,
		       sizeof(place)))
		return;
	pe->certificates_at = place[0];
	pe->certificates_len = place[1];
}

/* All of it is there. */
static void read_optional(struct pe_file *pe)
{
	const u8 *at = pe->bytes.at + pe->optional_at;

	memcpy(&pe->image_base,
	       at + (pe->is_plus ? IMAGE_BASE_AT : IMAGE_BASE_AT_32),
	       pe->is_plus ? 8 : 4);
	memcpy(&pe->section_align, at + SECTION_ALIGN_AT, 4);
	memcpy(&pe->file_align, at + FILE_ALIGN_AT, 4);
	memcpy(&pe->image_size, at + IMAGE_SIZE_AT, 4);
}

why pe_file_open(struct view bytes, struct pe_file *out)
{
	u16 dos;
	u32 at;

	*out = (struct pe_file){ .bytes = bytes };
	if (!view_read(bytes, 0, &dos, sizeof(dos)) || dos != PE_DOS_MAGIC ||
	    !view_read(bytes, PE_POINTER_AT, &at, sizeof(at)) ||
	    !view_read(bytes, at, &out->head, sizeof(out->head)) ||
	    out->head.magic != PE_MAGIC)
		return "it is no PE image";
	out->head_at = at;
	out->optional_at = at + sizeof(out->head);
	out->sections_at = out->optional_at + out->head.optional_len;
	if (out->head.optional_len < sizeof(out->optional) ||
	    !view_read(bytes, out->optional_at, &out->optional,
		       sizeof(out->optional)) ||
	    (out->optional.magic != PE_PLUS && out->optional.magic != PE_32))
		return "the PE image's optional header is damaged";
	out->is_plus = out->optional.magic == PE_PLUS;
	read_optional(out);
	read_certificates(out);
	return NULL;
}

why pe_file_stub(const struct pe_file *pe)
{
	if (pe->head.machine != PE_AMD64 || !pe->is_plus)
		return "the PE image is not for x86-64";
	if (pe->head.optional_len < PE_DIRECTORIES_AT + 4)
		return "the PE image's optional header is cut off";
	if (!is_power_of_two(pe->section_align) ||
	    !is_power_of_two(pe->file_align))
		return "its alignments are no powers of two";
	return NULL;
}

bool pe_file_section(const struct pe_file *pe, u32 i, struct pe_section *out)
{
	return i < pe->head.nr_sections &&
	       view_read(pe->bytes, pe->sections_at + i * sizeof(*out), out,
			 sizeof(*out));
}

struct view pe_section_name(const struct pe_section *section)
{
	return (struct view){ (const u8 *)section->name,
			      strnlen(section->name, sizeof(section->name)) };
}

why pe_file_content(const struct pe_file *pe, const struct pe_section *section,
		    struct view *out)
{
	u64 len = min_u64(section->raw_size, section->virtual_size);

	*out = VIEW("");
	if (len && !view_cut(pe->bytes, section->raw_at, len, out))
		return "the section passes the end of the file";
	return NULL;
}
