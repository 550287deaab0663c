// SPDX-License-Identifier: BSD-2-Clause
/*
 * bzip2 files by libbz2.
 */
#define BZ_NO_STDIO
#include <bzlib.h>

#include "stream.h"

#define MAGIC	  "BZh"
#define INPUT_MAX 0x40000000u /* libbz2 counts in 32 bits */

static void *take(void *stream, int nr, int size)
{
	return stream_take(stream, (size_t)nr * (size_t)size);
}

static why reason_of(int result, struct stream *s)
{
	return result == BZ_MEM_ERROR
		       ? stream_full(s)
		       : stream_damaged(s, "its contents or a checksum");
}

static why run(bz_stream *bz, struct stream *s)
{
	int result = BZ_OK;

	while (result == BZ_OK && s->len < s->enough) {
		u32 input = (u32)min_u64(s->left.len, INPUT_MAX);
		size_t room;

		bz->next_out = (char *)stream_slice(s, &room);
		bz->avail_out = (u32)room;
		bz->next_in = (char *)s->left.at;
		bz->avail_in = input;
		if (!room)
			return stream_full(s);
		result = BZ2_bzDecompress(bz);
		if (result < 0)
			return reason_of(result, s);
		if (result == BZ_OK && bz->avail_in == input &&
		    bz->avail_out == room)
			return stream_cut_off(s);
		stream_advance(s, input - bz->avail_in, room - bz->avail_out);
	}
	return NULL;
}

static why read(struct stream *s)
{
	bz_stream bz = { .bzalloc = take, .bzfree = stream_give, .opaque = s };

	return BZ2_bzDecompressInit(&bz, 0, 0) ? stream_full(s) : run(&bz, s);
}

static bool claims(struct view file)
{
	u8 level = 0;

	return view_starts(file, VIEW(MAGIC)) &&
	       view_read(file, sizeof(MAGIC) - 1, &level, sizeof(level)) &&
	       level >= '1' && level <= '9';
}

static const struct packing bzip2 = {
	.name = "bzip2",
	.mark = "gangway unpacks bzip2",
	.claims = claims,
	.peeks_into_room = true,
	.peek = stream_peek,
	.open = stream_open,
	.read_stream = read,
	.is_next = claims,
};

PACKING(bzip2);
