// SPDX-License-Identifier: BSD-2-Clause
/*
 * lz4 files by liblz4: frames, and the older format of Linux's build, which has
 * neither checksums nor an end.
 */
#define LZ4F_STATIC_LINKING_ONLY
#include <lz4.h>
#include <lz4frame.h>

#include "stream.h"

#define MAGIC	       "\x04\x22\x4d\x18"
#define LEGACY_MAGIC   "\x02\x21\x4c\x18"
#define LEGACY_BLOCK   (8 * MIB)
#define LEGACY_LONGEST LZ4_COMPRESSBOUND(LEGACY_BLOCK) /* when it is packed */

static why reason_of(size_t result, struct stream *s)
{
	return LZ4F_getErrorCode(result) == LZ4F_ERROR_allocation_failed
		       ? stream_full(s)
		       : stream_damaged(s, LZ4F_getErrorName(result));
}

static why run(LZ4F_dctx *lz4, struct stream *s)
{
	static const LZ4F_decompressOptions_t stays = { .stableDst = 1 };
	size_t wanted = 1;

	while (wanted && s->len < s->enough) {
		size_t room, read = s->left.len;
		u8 *to = stream_slice(s, &room);
		bool is_full = !room;

		wanted = LZ4F_decompress(lz4, to, &room, s->left.at, &read,
					 &stays);
		if (LZ4F_isError(wanted))
			return reason_of(wanted, s);
		if (wanted && !room && !read)
			return is_full ? stream_full(s) : stream_cut_off(s);
		stream_advance(s, read, room);
	}
	return NULL;
}

static why read_frame(struct stream *s)
{
	LZ4F_CustomMem memory = { stream_take, NULL, stream_give, s };
	LZ4F_dctx *lz4 =
		LZ4F_createDecompressionContext_advanced(memory, LZ4F_VERSION);

	return lz4 ? run(lz4, s) : stream_full(s);
}

static why read_block(struct stream *s, u32 len)
{
	u64 room = min_u64(s->end - s->len, LEGACY_BLOCK);
	u64 wanted = min_u64(s->enough - s->len, room);
	const char *from = (const char *)s->left.at + sizeof(len);
	char *to = (char *)s->room->at + s->len;
	int got;

	if (!view_has(s->left, sizeof(len), len))
		return stream_cut_off(s);
	got = wanted < room
		      ? LZ4_decompress_safe_partial(from, to, (int)len,
						    (int)wanted, (int)wanted)
		      : LZ4_decompress_safe(from, to, (int)len, (int)room);
	if (got < 0)
		return room < LEGACY_BLOCK
			       ? stream_full(s)
			       : stream_damaged(s, "a block does not unpack");
	stream_advance(s, sizeof(len) + len, (u64)got);
	return NULL;
}

/* Blocks, each behind its length; what cannot be a length is the next stream's,
 * or of no stream. */
static why read_legacy(struct stream *s)
{
	why bad = NULL;
	u32 len;

	s->left = view_from(s->left, sizeof(len));
	while (!bad && s->len < s->enough &&
	       view_read(s->left, 0, &len, sizeof(len)) && len &&
	       len <= LEGACY_LONGEST)
		bad = read_block(s, len);
	return bad;
}

static bool is_frame(struct view file)
{
	return view_starts(file, VIEW(MAGIC));
}

static bool claims(struct view file)
{
	return is_frame(file) || view_starts(file, VIEW(LEGACY_MAGIC));
}

static bool is_next(struct view left)
{
	return claims(left) || stream_is_skipped(left);
}

static why read(struct stream *s)
{
	if (stream_skip(s))
		return NULL;
	return is_frame(s->left) ? read_frame(s) : read_legacy(s);
}

static const struct packing lz4 = {
	.name = "lz4",
	.mark = "gangway unpacks lz4",
	.claims = claims,
	.peeks_into_room = true,
	.peek = stream_peek,
	.open = stream_open,
	.read_stream = read,
	.is_next = is_next,
};

PACKING(lz4);
