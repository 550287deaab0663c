// SPDX-License-Identifier: BSD-2-Clause
/* PE images: all their sections, and what is behind them. */
#include "prove.h"

#include "pe.h"

void harness(void)
{
	struct view image = any_view(), out = VIEW(""), name = VIEW("");
	enum pe_form form = nondet_bool() ? PE_FILE : PE_LOADED;

	if (pe_each_section(image, form, nondet_u32(), &name, &out))
		prove(is_part(out, image) && is_part(name, image));
	prove(is_inside(pe_trim(image), image));
	(void)pe_is_signed(image);
	(void)pe_image_version(image);
}
