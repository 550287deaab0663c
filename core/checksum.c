// SPDX-License-Identifier: BSD-2-Clause
/*
 * CRC-32, eight bytes at a time. Its tables are made at the first use: zlib's
 * own lie in the file, and would be a tenth of it.
 */
#include "checksum.h"

#define POLYNOMIAL 0xedb88320 /* reflected */
#define STRIDE	   8

/* By how many bytes follow it in the stride, and by the byte. */
static u32 tables[STRIDE][256];

static void make_tables(void)
{
	for (u32 i = 0; i < 256; i++) {
		u32 crc = i;

		for (u32 bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? POLYNOMIAL : 0);
		tables[0][i] = crc;
	}
	for (u32 k = 1; k < STRIDE; k++)
		for (u32 i = 0; i < 256; i++) {
			u32 before = tables[k - 1][i];

			tables[k][i] = before >> 8 ^ tables[0][before & 0xff];
		}
}

static inline u32 two(u64 bytes, u32 k)
{
	return tables[k][(u8)bytes] ^ tables[k - 1][(u8)(bytes >> 8)];
}

/* Written out: -Oz keeps loops, and one would double the cost of a byte. */
static inline u32 stride(u64 bytes)
{
	return two(bytes, 7) ^ two(bytes >> 16, 5) ^ two(bytes >> 32, 3) ^
	       two(bytes >> 48, 1);
}

u32 checksum_crc32(u32 crc, struct view bytes)
{
	const u8 *at = bytes.at, *end = at + bytes.len;
	u64 next;

	if (!tables[0][1])
		make_tables();
	crc = ~crc;
	for (; end - at >= STRIDE; at += STRIDE) {
		__builtin_memcpy(&next, at, sizeof(next));
		crc = stride(next ^ crc);
	}
	for (; at < end; at++)
		crc = crc >> 8 ^ tables[0][(crc ^ *at) & 0xff];
	return ~crc;
}
