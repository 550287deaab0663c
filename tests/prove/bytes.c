// SPDX-License-Identifier: BSD-2-Clause
/* The C library's search, byte by byte. */
#include "prove.h"

void *memchr(const void *bytes, int value, size_t len)
{
	const u8 *at = bytes;

	for (size_t i = 0; i < len; i++)
		if (at[i] == (u8)value)
			return (void *)(at + i);
	return NULL;
}

size_t strnlen(const char *string, size_t max)
{
	size_t len = 0;

	while (len < max && string[len])
		len++;
	return len;
}
