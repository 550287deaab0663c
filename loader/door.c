// SPDX-License-Identifier: BSD-2-Clause
/*
 * Finding the door that belongs to an entry symbol.
 */
#include "door.h"

extern const struct door *const __start_doors[], *const __stop_doors[];

const struct door *door_of(u32 number)
{
	for (const struct door *const *d = __start_doors; d < __stop_doors; d++)
		if ((*d)->number == number)
			return *d;
	return NULL;
}
