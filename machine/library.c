// SPDX-License-Identifier: BSD-2-Clause
/*
 * What the libraries, as Debian packages them, call beside mem* and str*.
 */
#include <string.h>

#include "fail.h"

void *__memcpy_chk(void *to, const void *from, size_t len, size_t room);
void *malloc(size_t len);
void free(void *memory);

/* zlib's default allocator, which gzip.c replaces by its own. */
void *malloc(size_t len)
{
	(void)len;
	return NULL;
}

void free(void *memory)
{
	(void)memory;
}

/* ISO C's, where the compiler knew how much room there is. */

void *__memcpy_chk(void *to, const void *from, size_t len, size_t room)
{
	if (len > room)
		fail(NULL, "run", "gangway", "a library overran its memory");
	return memcpy(to, from, len);
}
