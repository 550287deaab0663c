// SPDX-License-Identifier: BSD-2-Clause
/*
 * PE images: whatever their headers say, the section that is found lies in
 * them. The search in their table stands for its contract, which pe_names.c
 * proves.
 */
#include "prove.h"

#include "pe.h"

static u64 before(struct view table, u64 name)
{
	u64 at = nondet_u64();

	(void)name;
	prove(!table.len || __CPROVER_r_ok(table.at, table.len));
	assume(at == table.len ||
	       (at < table.len && at % sizeof(struct pe_section) == 0));
	return at;
}

#include "../../formats/containers/pe.c"

void harness(void)
{
	struct view image = any_view(), out = VIEW("");
	enum pe_form form = nondet_bool() ? PE_FILE : PE_LOADED;
	struct pe_profile profile;
	u64 at, len;

	if (pe_place(image, VIEW(".linux"), &at, &len))
		prove(len && len <= ~0u && at <= ~0u);
	if (pe_open(image, form, nondet_u32(), &profile))
		return;
	prove(is_part(profile.own, image) && is_part(profile.shared, image));
	if (!pe_find(&profile, VIEW(".linux"), nondet_u32(), &out))
		prove(is_part(out, image));
}
