// SPDX-License-Identifier: BSD-2-Clause
/*
 * What Debian's libraries are compiled to call instead of ISO C's functions:
 * the compiler has told them how much room there is.
 */
#include <string.h>

#include "fail.h"

void *__memcpy_chk(void *to, const void *from, size_t len, size_t room);

void *__memcpy_chk(void *to, const void *from, size_t len, size_t room)
{
	if (len > room)
		fail(NULL, "run", "gangway", "a library overran its memory");
	return memcpy(to, from, len);
}
