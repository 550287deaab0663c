// SPDX-License-Identifier: BSD-2-Clause
/*
 * Profiles out of another image: of ukify's "--profile" on an addon's stub, or
 * those of a whole UKI (UAPI.5, "Multi-Profile UKIs").
 */
#include "bundle.h"
#include "pe_file.h"
#include "tool.h"

/* What belongs to the stub beside a profile is not the profile's. */
static void add_section(struct bundle *bundle, u32 profile, const char *path,
			const struct pe_file *pe,
			const struct pe_section *section)
{
	enum part_kind kind = uki_part_kind(pe_section_name(section));
	struct view content;
	why bad = pe_file_content(pe, section, &content);

	if (bad)
		refuse(path, "at 0x%x: %s", section->raw_at, bad);
	if (kind != NR_PART_KINDS && kind != PART_SBAT)
		bundle_add(bundle, kind, profile, content)->path = path;
}

void bundle_join(struct bundle *bundle, u32 *profile, const char *path)
{
	struct input input = input_open(path);
	struct pe_section section;
	struct pe_file pe;
	why bad = pe_file_open(input.bytes, &pe);
	u32 before = *profile;

	if (bad)
		refuse(path, "%s", bad);
	for (u32 i = 0; pe_file_section(&pe, i, &section); i++) {
		*profile +=
			view_equal(pe_section_name(&section), VIEW(".profile"));
		if (*profile > before)
			add_section(bundle, *profile, path, &pe, &section);
	}
	if (*profile == before)
		refuse(path, "it has no profile, which a section .profile "
			     "begins");
}
