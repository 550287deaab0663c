// SPDX-License-Identifier: BSD-2-Clause
/*
 * SHA-256 by BearSSL, and lists of it.
 */
#include "hashes.h"

#include <bearssl/bearssl_hash.h>

/* 0 to 15; 16 for what is no digit. */
static u32 digit_of(u8 c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 'a' ^ 'A';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10u : 16;
}

/* Does a line begin with these bytes in hexadecimal, and then a blank, or
 * nothing? */
static bool begins_with(struct view line, const u8 hash[br_sha256_SIZE])
{
	u64 len = 2 * br_sha256_SIZE;

	if (line.len < len || (line.len > len && line.at[len] > ' '))
		return false;
	for (u64 i = 0; i < len; i++) {
		u32 half = i % 2 ? hash[i / 2] & 15u : hash[i / 2] >> 4;

		if (digit_of(line.at[i]) != half)
			return false;
	}
	return true;
}

bool hashes_have(struct view lines, struct view file)
{
	br_sha256_context context;
	u8 hash[br_sha256_SIZE];

	br_sha256_init(&context);
	br_sha256_update(&context, file.at, file.len);
	br_sha256_out(&context, hash);
	while (lines.len) {
		const u8 *end = memchr(lines.at, '\n', lines.len);
		struct view line = lines;

		if (end)
			line.len = (u64)(end - lines.at);
		if (begins_with(line, hash))
			return true;
		lines = view_from(lines, line.len + 1);
	}
	return false;
}
