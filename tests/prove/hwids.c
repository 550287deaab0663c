// SPDX-License-Identifier: BSD-2-Clause
/*
 * Lists of machines: what is found for a machine, of any strings, lies in the
 * list. The hashes are any.
 */
#include "prove.h"

#include "../../formats/containers/hwids.c"

void br_sha1_init(br_sha1_context *context)
{
	prove(__CPROVER_w_ok(context, sizeof(*context)));
}

void br_sha1_update(br_sha1_context *context, const void *data, size_t len)
{
	(void)context;
	prove(!len || __CPROVER_r_ok(data, len));
}

void br_sha1_out(const br_sha1_context *context, void *out)
{
	(void)context;
	__CPROVER_havoc_slice(out, br_sha1_SIZE);
}

void harness(void)
{
	struct view section = any_view(), fields[HWIDS_NR_FIELDS];
	u32 type = nondet_u32();
	u8 id[16];

	for (u32 i = 0; i < HWIDS_NR_FIELDS; i++)
		fields[i] = any_file(2);
	assume(type >= 3 && type < ARRAY_LEN(made_of));
	(void)hwids_id(fields, type, id);
	prove(is_part(compatible_of(section, id), section));
}
