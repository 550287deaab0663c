/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The CRC-32 of gzip (RFC 1952, section 8), of FIT images and of many others.
 */
#ifndef CORE_CHECKSUM_H
#define CORE_CHECKSUM_H

#include "view.h"

/* Go on with a checksum over more bytes; it begins as 0. */
u32 checksum_crc32(u32 crc, struct view bytes);

#endif
