/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * CRC-32, eight bytes a step: whole initrds are checked by an emulated CPU.
 */
#include "crc32.h"

#define POLYNOMIAL 0xedb88320u

/* table[n][b]: what byte b adds when n bytes follow it in the same step. */
static uint32_t table[8][256];

static void fill_table(void)
{
	for (uint32_t byte = 0; byte < 256; byte++) {
		uint32_t crc = byte;

		for (int bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? POLYNOMIAL : 0);
		table[0][byte] = crc;
	}
	for (int n = 1; n < 8; n++)
		for (int byte = 0; byte < 256; byte++) {
			uint32_t crc = table[n - 1][byte];

			table[n][byte] = crc >> 8 ^ table[0][crc & 255];
		}
}

static uint32_t step(uint32_t crc, uint64_t bytes)
{
	bytes ^= crc;
	crc = 0;
	for (int n = 7; n >= 0; n--, bytes >>= 8)
		crc ^= table[n][bytes & 255];
	return crc;
}

uint32_t crc32(uint32_t crc, uint64_t at, uint64_t len)
{
	if (!table[0][1])
		fill_table();
	crc = ~crc;
	for (; len >= 8; len -= 8, at += 8)
		crc = step(crc, *(const uint64_t *)at);
	for (; len; len--, at++)
		crc = crc >> 8 ^ table[0][(crc ^ *(const uint8_t *)at) & 255];
	return ~crc;
}
