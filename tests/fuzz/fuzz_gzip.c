// SPDX-License-Identifier: BSD-2-Clause
/*
 * gzip files of any bytes: what zlib opens we open to the same, and nothing is
 * read or written outside of what was given.
 */
#define ZLIB_CONST
#include <zlib.h>

#include "gzip.h"
#include "oracle.h"

#define ROOM 65536

/* zlib's own gzip reader, member by member; false if it refuses one. */
static bool open_by_zlib(struct view file, u8 *out, u64 *len)
{
	z_stream stream = { .next_in = file.at,
			    .avail_in = (unsigned)file.len };
	int result;

	*len = 0;
	do {
		stream.next_out = out + *len;
		stream.avail_out = (unsigned)(ROOM - *len);
		assert(inflateInit2(&stream, 15 + 16) == Z_OK);
		result = inflate(&stream, Z_FINISH);
		*len = ROOM - stream.avail_out;
		inflateEnd(&stream);
	} while (result == Z_STREAM_END &&
		 gzip_claims((struct view){ stream.next_in, stream.avail_in }));
	return result == Z_STREAM_END;
}

int LLVMFuzzerTestOneInput(const u8 *bytes, size_t len)
{
	static u8 expected[ROOM];
	struct view file = { bytes, len }, peeked;
	u64 out_len = 0, expected_len;
	u8 *out = malloc(ROOM);
	why bad;

	if (gzip_claims(file)) {
		bad = gzip_peek(file, &peeked);
		assert(bad || peeked.len <= GZIP_PEEK_LEN);
		bad = gzip_open(file, out, ROOM, NULL, &out_len);
		if (open_by_zlib(file, expected, &expected_len)) {
			assert(!bad && out_len == expected_len);
			assert(!memcmp(out, expected, out_len));
		}
		assert(bad || out_len <= ROOM);
	}
	free(out);
	return 0;
}
