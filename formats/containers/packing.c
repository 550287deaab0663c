// SPDX-License-Identifier: BSD-2-Clause
/*
 * Which packings were linked.
 */
#include "packing.h"

#include "reason.h"

extern const struct packing *const __start_packings[], *const __stop_packings[];

const struct packing *packing_of(struct view file)
{
	for (const struct packing *const *p = __start_packings;
	     p < __stop_packings; p++)
		if ((*p)->claims(file))
			return *p;
	return NULL;
}

const struct packing *packing_named(struct view name)
{
	for (const struct packing *const *p = __start_packings;
	     p < __stop_packings; p++)
		if (view_equal(view_string((*p)->name), name))
			return *p;
	return NULL;
}

why packing_no_room(u64 len)
{
	return reason_format("there is not enough free RAM to unpack into: %lu "
			     "KiB are too little; give the machine more memory",
			     len / KIB);
}
