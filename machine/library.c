// SPDX-License-Identifier: BSD-2-Clause
/*
 * What the libraries, as Debian packages them, need beside mem* and str*.
 */
#include "libraries.h"

#include <string.h>

#include "fail.h"

void *__memcpy_chk(void *to, const void *from, size_t len, size_t room);
void *malloc(size_t len);
void *calloc(size_t nr, size_t len);
void free(void *memory);
void library_stdio(void);

/* Where the linker collects them. */
extern void (*const __init_array_start[])(void);
extern void (*const __init_array_end[])(void);

void libraries_prepare(void)
{
	for (void (*const *init)(void) = __init_array_start;
	     init < __init_array_end; init++)
		(*init)();
}

/* Their default allocator, which those who call them replace by their own. */

void *malloc(size_t len)
{
	(void)len;
	return NULL;
}

void *calloc(size_t nr, size_t len)
{
	(void)nr;
	(void)len;
	return NULL;
}

void free(void *memory)
{
	(void)memory;
}

/* For all that machine/stdio.lds names. */
__attribute__((used)) void library_stdio(void)
{
	fail(NULL, "run", "gangway", "a library wants an operating system");
}

/* ISO C's, where the compiler knew how much room there is. */

void *__memcpy_chk(void *to, const void *from, size_t len, size_t room)
{
	if (len > room)
		fail(NULL, "run", "gangway", "a library overran its memory");
	return memcpy(to, from, len);
}
