// SPDX-License-Identifier: BSD-2-Clause
/*
 * PE images: headers and sections.
 */
#include "pe.h"

#include "reason.h"

/* The headers of an image, and where the table of its sections begins. */
struct pe {
	struct pe_header head;
	struct pe_optional optional;
	u64 table;
};

static bool read_headers(struct view image, struct pe *out)
{
	u16 dos;
	u32 at;

	if (!view_read(image, 0, &dos, sizeof(dos)) || dos != PE_DOS_MAGIC ||
	    !view_read(image, PE_POINTER_AT, &at, sizeof(at)) ||
	    !view_read(image, at, &out->head, sizeof(out->head)) ||
	    !view_read(image, at + sizeof(out->head), &out->optional,
		       sizeof(out->optional)))
		return false;
	out->table = at + sizeof(out->head) + out->head.optional_len;
	return out->head.magic == PE_MAGIC && out->head.machine == PE_AMD64 &&
	       out->head.optional_len >= sizeof(out->optional) &&
	       out->optional.magic == PE_PLUS;
}

bool pe_claims(struct view file)
{
	struct pe pe;

	return read_headers(file, &pe) &&
	       pe.optional.subsystem == PE_APPLICATION;
}

u32 pe_image_version(struct view file)
{
	struct pe pe;

	return read_headers(file, &pe) ? pe.optional.major_image_version : 0;
}

static bool is_named(const struct pe_section *section, struct view name)
{
	char padded[sizeof(section->name)] = { 0 };

	if (name.len > sizeof(padded))
		return false;
	memcpy(padded, name.at, name.len);
	return !memcmp(section->name, padded, sizeof(padded));
}

/* Of the sections of a name behind so many sections .profile, the one behind
 * *nth others; *nth is counted down. *nr_profiles is how many were met. */
static why find_behind(struct view image, const struct pe *pe, u32 wanted,
		       struct view name, u32 *nth, u32 *nr_profiles,
		       struct pe_section *out)
{
	struct pe_section section;

	*nr_profiles = 0;
	for (u32 i = 0; i < pe->head.nr_sections; i++) {
		if (!view_read(image, pe->table + i * sizeof(section), &section,
			       sizeof(section)))
			return "the image's table of sections passes its end";
		if (is_named(&section, VIEW(".profile")))
			(*nr_profiles)++;
		if (*nr_profiles != wanted || !is_named(&section, name))
			continue;
		if (!(*nth)--) {
			*out = section;
			return NULL;
		}
	}
	return NULL;
}

/* The section of a name in a profile, or else before all profiles, behind so
 * many others; one of size 0 if there is none. */
static why find(struct view image, const struct pe *pe, u32 profile,
		struct view name, u32 nth, struct pe_section *out)
{
	u32 nr_profiles;
	why bad;

	*out = (struct pe_section){ .virtual_size = 0 };
	if (pe->head.nr_sections > PE_SECTIONS_MAX)
		return "the image has too many sections";
	bad = find_behind(image, pe, profile + 1, name, &nth, &nr_profiles,
			  out);
	if (bad || out->name[0])
		return bad;
	if (profile && profile >= nr_profiles)
		return "the image does not have that profile";
	return find_behind(image, pe, 0, name, &nth, &nr_profiles, out);
}

static u64 len_of(const struct pe_section *section, enum pe_form form)
{
	/* In a file, no more of the section than it has in memory. */
	return form == PE_FILE
		       ? min_u64(section->virtual_size, section->raw_size)
		       : section->virtual_size;
}

static why cut(struct view image, enum pe_form form, const struct pe *pe,
	       const struct pe_section *section, struct view *out)
{
	u64 at = form == PE_FILE ? section->raw_at : section->virtual_address;
	u64 len = len_of(section, form);
	int shown = (int)strnlen(section->name, sizeof(section->name));
	/* The headers may give their own size too small. */
	u64 table_end = pe->table + pe->head.nr_sections * sizeof(*section);

	if (!len)
		return NULL;
	if (at < pe->optional.size_of_headers || at < table_end)
		return reason_format("the section %.*s lies in the image's "
				     "headers",
				     shown, section->name);
	if (!view_cut(image, at, len, out))
		return reason_format("the section %.*s goes up to 0x%lx, and "
				     "the image ends at 0x%lx: is it cut off?",
				     shown, section->name, at + len, image.len);
	return NULL;
}

why pe_profile_section_nth(struct view image, enum pe_form form, u32 profile,
			   struct view name, u32 nth, struct view *out)
{
	struct pe_section section;
	struct pe pe;
	why bad;

	*out = VIEW("");
	if (!read_headers(image, &pe))
		return "the image's PE headers are damaged";
	bad = find(image, &pe, profile, name, nth, &section);
	return bad ? bad : cut(image, form, &pe, &section, out);
}

why pe_profile_section(struct view image, enum pe_form form, u32 profile,
		       struct view name, struct view *out)
{
	return pe_profile_section_nth(image, form, profile, name, 0, out);
}

bool pe_each_section(struct view image, enum pe_form form, u32 i,
		     struct view *name, struct view *out)
{
	struct pe_section section;
	struct pe pe;

	if (!read_headers(image, &pe) || i >= pe.head.nr_sections ||
	    i >= PE_SECTIONS_MAX ||
	    !view_cut(image, pe.table + i * sizeof(section), sizeof(section),
		      name))
		return false;
	memcpy(&section, name->at, sizeof(section));
	name->len = strnlen(section.name, sizeof(section.name));
	*out = VIEW("");
	if (cut(image, form, &pe, &section, out))
		*out = VIEW("");
	return true;
}

why pe_section(struct view image, enum pe_form form, struct view name,
	       struct view *out)
{
	return pe_profile_section(image, form, 0, name, out);
}

bool pe_place(struct view beginning, struct view name, u64 *at, u64 *len)
{
	struct pe_section section;
	struct pe pe;

	if (!read_headers(beginning, &pe) ||
	    find(beginning, &pe, 0, name, 0, &section))
		return false;
	*at = section.raw_at;
	*len = len_of(&section, PE_FILE);
	return *len;
}

/* Where the certificates end; 0 if there are none. */
static u64 certificates_end(struct view file, const struct pe *pe)
{
	u64 at = pe->table - pe->head.optional_len;
	u32 nr, place[2] = { 0, 0 };

	if (pe->head.optional_len < PE_CERTIFICATES_AT + sizeof(place) ||
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
	for (u32 i = 0; i < pe.head.nr_sections; i++) {
		if (!view_read(file, pe.table + i * sizeof(section), &section,
			       sizeof(section)))
			return file;
		end = max_u64(end, (u64)section.raw_at + section.raw_size);
	}
	file.len = min_u64(file.len, end);
	return file;
}
