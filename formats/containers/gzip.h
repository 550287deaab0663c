/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * gzip files (RFC 1952), opened with zlib's inflate.
 */
#ifndef FORMATS_GZIP_H
#define FORMATS_GZIP_H

#include "base.h"
#include "view.h"

/* The longest beginning that gzip_peek() shows. */
#define GZIP_PEEK_LEN 32768

/* Does the file begin as a gzip member does? */
bool gzip_claims(struct view file);

/*
 * See up to GZIP_PEEK_LEN bytes of what is inside, in a buffer of gzip's own
 * that the next call overwrites. Fails if not even that can be unpacked.
 */
must_check why gzip_peek(struct view file, struct view *out);

/*
 * Unpack all members into out, which has room bytes, and check their CRC and
 * length. Bytes behind the last member that are no further member are left
 * alone. *len is what was written, or, if it fails for want of room, more than
 * that; on failure out may be partly filled. pause, if not NULL, is called
 * after each MiB of output at the latest.
 */
must_check why gzip_open(struct view file, u8 *out, u64 room,
			 void (*pause)(void), u64 *len);

#endif
