// SPDX-License-Identifier: BSD-2-Clause
/* Lines of Boot Loader Specification entries: keys and values lie in the text,
 * which ends. */
#include "prove.h"

#include "../../formats/bls/bls.c"

void harness(void)
{
	struct view text = any_view(), left = text, key, value;
	struct bls_entry entry = { .name = text };

	if (next_key(&left, &key, &value)) {
		prove(is_inside(key, text) && key.len);
		prove(is_inside(value, text) && value.len);
		prove(is_inside(left, text) &&
		      left.len + key.len + value.len < text.len);
	}
	if (has_name(text, VIEW("I"), &entry.version))
		prove(is_inside(entry.version, text));
}
