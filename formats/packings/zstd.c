// SPDX-License-Identifier: BSD-2-Clause
/*
 * zstd files by libzstd, which needs no window where all that it unpacks stays
 * where it is.
 */
#define ZSTD_STATIC_LINKING_ONLY
#include <zstd.h>
#include <zstd_errors.h>

#include "stream.h"

#define MAGIC	   "\x28\xb5\x2f\xfd"
#define FIRST_READ 5 /* bytes that tell how many more the header has */

static why reason_of(size_t result, struct stream *s)
{
	switch (ZSTD_getErrorCode(result)) {
	case ZSTD_error_dictionary_wrong:
		return "the file needs a dictionary, which is not in it";
	case ZSTD_error_frameParameter_unsupported:
	case ZSTD_error_version_unsupported:
		return "the file's header asks for what libzstd does not have";
	case ZSTD_error_checksum_wrong:
		return stream_damaged(s, "its checksum is wrong");
	default:
		return stream_damaged(s, ZSTD_getErrorName(result));
	}
}

/* Give the decoder no more than it asks for: one block, which unpacks to 128
 * KiB at most. */
static why run(ZSTD_DStream *zstd, struct stream *s)
{
	ZSTD_outBuffer out = { s->room->at + s->len, s->end - s->len, 0 };
	size_t wanted = FIRST_READ;

	while (wanted && s->len < s->enough) {
		ZSTD_inBuffer in = { s->left.at, min_u64(wanted, s->left.len),
				     0 };
		u64 before = out.pos;

		if (!s->left.len)
			return stream_cut_off(s);
		wanted = ZSTD_decompressStream(zstd, &out, &in);
		if (ZSTD_isError(wanted) &&
		    out.size - out.pos < ZSTD_BLOCKSIZE_MAX)
			return stream_full(s);
		if (ZSTD_isError(wanted))
			return reason_of(wanted, s);
		stream_advance(s, in.pos, out.pos - before);
	}
	return NULL;
}

/* Does the header say that more will come out than there is room for? */
static bool is_too_long(const struct stream *s)
{
	unsigned long long len =
		ZSTD_getFrameContentSize(s->left.at, s->left.len);

	return len != ZSTD_CONTENTSIZE_UNKNOWN &&
	       len != ZSTD_CONTENTSIZE_ERROR && len > s->end - s->len;
}

static why read(struct stream *s)
{
	size_t size = ZSTD_estimateDStreamSize(ZSTD_BLOCKSIZE_MAX);
	ZSTD_DStream *zstd;
	why bad;

	if (stream_skip(s))
		return NULL;
	bad = stream_check(s, size);
	if (bad)
		return bad;
	zstd = ZSTD_initStaticDStream(stream_take(s, size), size);
	if (is_too_long(s))
		return stream_full(s);
	ZSTD_DCtx_setParameter(zstd, ZSTD_d_stableOutBuffer, 1);
	ZSTD_DCtx_setParameter(zstd, ZSTD_d_windowLogMax, ZSTD_WINDOWLOG_MAX);
	return run(zstd, s);
}

static bool claims(struct view file)
{
	return view_starts(file, VIEW(MAGIC));
}

static bool is_next(struct view left)
{
	return claims(left) || stream_is_skipped(left);
}

static const struct packing zstd = {
	.name = "zstd",
	.mark = "gangway unpacks zstd",
	.claims = claims,
	.peeks_into_room = true,
	.peek = stream_peek,
	.open = stream_open,
	.read_stream = read,
	.is_next = is_next,
};

PACKING(zstd);
