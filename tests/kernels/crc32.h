/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * CRC-32 as zlib counts it: the host computes the same with zlib.crc32().
 */
#ifndef KERNELS_CRC32_H
#define KERNELS_CRC32_H

#include <stdint.h>

/* Continue crc (0 to begin) over len bytes at a physical address. */
uint32_t crc32(uint32_t crc, uint64_t at, uint64_t len);

#endif
