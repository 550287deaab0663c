/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * gzip files for tests, made by zlib.
 */
#ifndef TESTS_GZIP_FILE_H
#define TESTS_GZIP_FILE_H

#include <zlib.h>

#include "guest.h"

/* Pack into room bytes at out; head may be NULL. Returns the file's length. */
static inline u64 gzip_write_as(int strategy, u8 *out, u64 room,
				struct view content, gz_header *head)
{
	z_stream stream = {
		.next_in = (u8 *)(uintptr_t)content.at,
		.avail_in = (unsigned)content.len,
		.next_out = out,
		.avail_out = (unsigned)room,
	};

	assert_int_equal(
		deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, strategy),
		Z_OK);
	if (head)
		assert_int_equal(deflateSetHeader(&stream, head), Z_OK);
	assert_int_equal(deflate(&stream, Z_FINISH), Z_STREAM_END);
	assert_int_equal(deflateEnd(&stream), Z_OK);
	return room - stream.avail_out;
}

static inline u64 gzip_write(u8 *out, u64 room, struct view content,
			     gz_header *head)
{
	return gzip_write_as(Z_DEFAULT_STRATEGY, out, room, content, head);
}

#endif
