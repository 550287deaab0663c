// SPDX-License-Identifier: BSD-2-Clause
/* Views: whatever offset and size are asked for, nothing outside is seen. */
#include "prove.h"

void harness(void)
{
	struct view v = any_view(), cut = { outside, 77 }, rest;
	u64 offset = nondet_u64(), size = nondet_u64();
	u8 out[8] = { 0 };

	prove(!view_has(v, offset, size) ||
	      (offset <= v.len && size <= v.len - offset));
	if (view_cut(v, offset, size, &cut))
		prove(is_inside(cut, v) && cut.len == size &&
		      cut.at == v.at + offset);
	else
		prove(cut.at == outside && cut.len == 77);
	rest = view_from(v, offset);
	prove(is_inside(rest, v) && rest.at + rest.len == v.at + v.len);
	assume(size <= sizeof(out));
	if (view_read(v, offset, out, size) && size)
		prove(out[size - 1] == v.at[offset + size - 1]);
}
