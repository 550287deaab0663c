// SPDX-License-Identifier: BSD-2-Clause
/*
 * PE images: headers and sections.
 */
#include "pe.h"

#include "reason.h"

/* The headers of an image, and where the table of its sections begins. */
struct pe {
	struct pe_headers in;
	u64 table;
};

static bool read_headers(struct view image, struct pe *out)
{
	const struct pe_headers *in = &out->in;
	struct pe_dos dos;

	if (!view_read(image, 0, &dos, sizeof(dos)) ||
	    dos.magic != PE_DOS_MAGIC ||
	    !view_read(image, dos.headers_at, &out->in, sizeof(out->in)))
		return false;
	out->table = dos.headers_at + sizeof(in->head) + in->head.optional_len;
	return in->head.magic == PE_MAGIC && in->head.machine == PE_AMD64 &&
	       in->head.optional_len >= sizeof(in->optional) &&
	       in->optional.magic == PE_PLUS;
}

bool pe_claims(struct view file)
{
	struct pe pe;

	return read_headers(file, &pe) &&
	       pe.in.optional.subsystem == PE_APPLICATION;
}

u32 pe_image_version(struct view file)
{
	struct pe pe;

	return read_headers(file, &pe) ? pe.in.optional.major_image_version : 0;
}

/* A name as a section has it, whole. */
static u64 padded(struct view name)
{
	u64 out = 0;

	memcpy(&out, name.at, min_u64(name.len, sizeof(out)));
	return out;
}

/* The bytes of a table before the next section of a name; all, if there is
 * none. */
static u64 before(struct view table, u64 name)
{
	struct view left = table;

	while (view_find64(&left, name)) {
		u64 at = (u64)(left.at - table.at);

		if (at % sizeof(struct pe_section) == 0)
			return at;
		left = view_from(left, sizeof(name));
	}
	return table.len;
}

/* Leave out what is before the section of a name behind *nth others, which are
 * counted down; false, and nothing is left, if there is none. */
static bool seek(struct view *table, u64 name, u32 *nth)
{
	while (table->len) {
		*table = view_from(*table, before(*table, name));
		if (table->len && !(*nth)--)
			return true;
		*table = view_from(*table, sizeof(struct pe_section));
	}
	return false;
}

static u64 len_of(const struct pe_section *section, enum pe_form form)
{
	/* In a file, no more of the section than it has in memory. */
	return form == PE_FILE
		       ? min_u64(section->virtual_size, section->raw_size)
		       : section->virtual_size;
}

/* The headers may give their own size too small. */
static u64 headers_end(const struct pe *pe)
{
	return max_u64(pe->in.optional.size_of_headers,
		       pe->table + pe->in.head.nr_sections *
					   sizeof(struct pe_section));
}

/* The content of a section, which lies behind the headers. Empty if refused. */
static why cut(struct view image, enum pe_form form, u64 least,
	       const struct pe_section *section, struct view *out)
{
	u64 at = form == PE_FILE ? section->raw_at : section->virtual_address;
	u64 len = len_of(section, form);
	int shown;

	if (len && at >= least && view_cut(image, at, len, out))
		return NULL;
	*out = VIEW("");
	if (!len)
		return NULL;
	shown = (int)strnlen(section->name, sizeof(section->name));
	if (at < least)
		return reason_format("the section %.*s lies in the image's "
				     "headers",
				     shown, section->name);
	return reason_format("the section %.*s goes up to 0x%lx, and the image "
			     "ends at 0x%lx: is it cut off?",
			     shown, section->name, at + len, image.len);
}

/* Take apart the table of an image's sections. */
static why split(struct view image, const struct pe *pe, u32 profile,
		 struct pe_profile *out)
{
	const u64 next = padded(VIEW(".profile"));
	struct view own;
	u32 others = profile;

	if (pe->in.head.nr_sections > PE_SECTIONS_MAX)
		return "the image has too many sections";
	if (!view_cut(image, pe->table,
		      pe->in.head.nr_sections * sizeof(struct pe_section),
		      &own))
		return "the image's table of sections passes its end";
	out->shared = (struct view){ own.at, before(own, next) };
	if (!seek(&own, next, &others) && profile)
		return "the image does not have that profile";
	out->own = own;
	if (own.len)
		out->own.len =
			sizeof(struct pe_section) +
			before(view_from(own, sizeof(struct pe_section)), next);
	return NULL;
}

/* A section's header; false if there is none such. */
static bool find(const struct pe_profile *in, struct view name, u32 nth,
		 struct pe_section *out)
{
	const u64 wanted = padded(name);
	struct view left = in->own;

	if (name.len > sizeof(wanted))
		return false;
	if (!seek(&left, wanted, &nth)) {
		left = in->shared;
		if (!seek(&left, wanted, &nth))
			return false;
	}
	return view_read(left, 0, out, sizeof(*out));
}

why pe_open(struct view image, enum pe_form form, u32 profile,
	    struct pe_profile *out)
{
	struct pe pe;

	if (!read_headers(image, &pe))
		return "the image's PE headers are damaged";
	out->image = image;
	out->form = form;
	out->headers_end = headers_end(&pe);
	return split(image, &pe, profile, out);
}

why pe_find(const struct pe_profile *in, struct view name, u32 nth,
	    struct view *out)
{
	struct pe_section section;

	*out = VIEW("");
	return find(in, name, nth, &section)
		       ? cut(in->image, in->form, in->headers_end, &section,
			     out)
		       : NULL;
}

why pe_profile_section(struct view image, enum pe_form form, u32 profile,
		       struct view name, struct view *out)
{
	struct pe_profile opened;
	why bad = pe_open(image, form, profile, &opened);

	*out = VIEW("");
	return bad ? bad : pe_find(&opened, name, 0, out);
}

bool pe_each_section(struct view image, enum pe_form form, u32 i,
		     struct view *name, struct view *out)
{
	struct pe_section section;
	struct pe pe;

	if (!read_headers(image, &pe) || i >= pe.in.head.nr_sections ||
	    i >= PE_SECTIONS_MAX ||
	    !view_cut(image, pe.table + i * sizeof(section), sizeof(section),
		      name))
		return false;
	memcpy(&section, name->at, sizeof(section));
	name->len = strnlen(section.name, sizeof(section.name));
	(void)cut(image, form, headers_end(&pe), &section, out);
	return true;
}

why pe_section(struct view image, enum pe_form form, struct view name,
	       struct view *out)
{
	return pe_profile_section(image, form, 0, name, out);
}

bool pe_place(struct view beginning, struct view name, u64 *at, u64 *len)
{
	struct pe_profile first;
	struct pe_section section;
	struct pe pe;

	if (!read_headers(beginning, &pe) ||
	    pe.in.optional.subsystem != PE_APPLICATION ||
	    split(beginning, &pe, 0, &first) ||
	    !find(&first, name, 0, &section))
		return false;
	*at = section.raw_at;
	*len = len_of(&section, PE_FILE);
	return *len;
}

/* Where the certificates end; 0 if there are none. */
static u64 certificates_end(struct view file, const struct pe *pe)
{
	u64 at = pe->table - pe->in.head.optional_len;
	u32 nr, place[2] = { 0, 0 };

	if (pe->in.head.optional_len < PE_CERTIFICATES_AT + sizeof(place) ||
	    !view_read(file, at + PE_DIRECTORIES_AT, &nr, sizeof(nr)) ||
	    nr <= PE_CERTIFICATES ||
	    !view_read(file, at + PE_CERTIFICATES_AT, place, sizeof(place)))
		return 0;
	return (u64)place[0] + place[1];
}

bool pe_is_signed(struct view file)
{
	struct pe pe;

	return read_headers(file, &pe) && certificates_end(file, &pe);
}

struct view pe_trim(struct view file)
{
	struct pe_section section;
	struct pe pe;
	u64 end;

	if (!read_headers(file, &pe))
		return file;
	end = certificates_end(file, &pe);
	for (u32 i = 0; i < pe.in.head.nr_sections; i++) {
		if (!view_read(file, pe.table + i * sizeof(section), &section,
			       sizeof(section)))
			return file;
		end = max_u64(end, (u64)section.raw_at + section.raw_size);
	}
	file.len = min_u64(file.len, end);
	return file;
}
