// SPDX-License-Identifier: BSD-2-Clause
/*
 * PE images of any bytes: every section that is found lies in the image and
 * behind its headers, and a beginning tells no other place than the whole.
 */
#include <assert.h>

#include "lies_in.h"
#include "pe.h"

#define MOST_PROFILES 3

static const struct view names[] = {
	{ (const u8 *)".linux", 6 },	{ (const u8 *)".cmdline", 8 },
	{ (const u8 *)".initrd", 7 },	{ (const u8 *)".osrel", 6 },
	{ (const u8 *)".longest1", 9 },
};

static void check_section(struct view image, enum pe_form form, u32 profile,
			  struct view name)
{
	struct view out;
	why bad = pe_profile_section(image, form, profile, name, &out);

	assert(out.at);
	if (bad || !out.len) {
		assert(!out.len);
		return;
	}
	assert(out.at > image.at && lies_in(image, out));
	assert(name.len <= 8);
}

static void check_place(struct view image, struct view name)
{
	struct view out, beginning = image;
	u64 at, len, at_2, len_2;

	beginning.len /= 2;
	if (!pe_place(image, name, &at, &len)) {
		assert(!pe_place(beginning, name, &at, &len));
		return;
	}
	assert(len);
	if (!pe_section(image, PE_FILE, name, &out))
		assert(out.at == image.at + at && out.len == len);
	if (pe_place(beginning, name, &at_2, &len_2))
		assert(at_2 == at && len_2 == len);
}

int LLVMFuzzerTestOneInput(const u8 *bytes, size_t len)
{
	struct view image = { len ? bytes : (const u8 *)"", len };

	assert(!pe_claims(image) || len >= PE_POINTER_AT);
	assert(pe_trim(image).at == image.at && pe_trim(image).len <= len);
	assert(!pe_image_version(image) || len >= PE_POINTER_AT);
	for (u32 i = 0; i < ARRAY_LEN(names); i++) {
		check_place(image, names[i]);
		for (u32 profile = 0; profile < MOST_PROFILES; profile++) {
			check_section(image, PE_FILE, profile, names[i]);
			check_section(image, PE_LOADED, profile, names[i]);
		}
	}
	return 0;
}
