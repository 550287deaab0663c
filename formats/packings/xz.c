// SPDX-License-Identifier: BSD-2-Clause
/*
 * xz files, and those of the older lzma format, by liblzma. Its window is as
 * long as the file says.
 */
#include <lzma.h>

#include "reason.h"
#include "stream.h"

#define XZ_MAGIC      "\xfd\x37zXZ\0"
#define LZMA_MAGIC    "\x5d\0\0" /* lc=3 lp=0 pb=2, and a window of 64 KiB */
#define LZMA_HEAD_LEN 13

static void *take(void *stream, size_t nr, size_t size)
{
	return stream_take(stream, nr * size);
}

static why reason_of(lzma_ret result, lzma_stream *lzma, struct stream *s)
{
	switch (result) {
	case LZMA_MEMLIMIT_ERROR:
		return stream_check(s, lzma_memusage(lzma));
	case LZMA_MEM_ERROR:
		return stream_full(s);
	case LZMA_BUF_ERROR:
		return s->len == s->end ? stream_full(s) : stream_cut_off(s);
	case LZMA_FORMAT_ERROR:
		return stream_damaged(s, "its header");
	case LZMA_OPTIONS_ERROR:
	case LZMA_UNSUPPORTED_CHECK:
		return "the file asks for a filter or a check that liblzma "
		       "does not have";
	default:
		return stream_damaged(s, "its contents or its checksum");
	}
}

/* Unpack slice by slice. */
static lzma_ret run(lzma_stream *lzma, struct stream *s)
{
	lzma_ret result = LZMA_OK;

	while (result == LZMA_OK && s->len < s->enough) {
		size_t room;

		lzma->next_in = s->left.at;
		lzma->avail_in = s->left.len;
		lzma->next_out = stream_slice(s, &room);
		lzma->avail_out = room;
		result = lzma_code(lzma, LZMA_FINISH);
		if (result == LZMA_BUF_ERROR)
			break;
		stream_advance(s, s->left.len - lzma->avail_in,
			       room - lzma->avail_out);
	}
	return result;
}

static why read(struct stream *s)
{
	const lzma_allocator allocator = { take, stream_give, s };
	lzma_stream lzma = LZMA_STREAM_INIT;
	u64 limit = s->end - s->len;
	lzma_ret result;

	lzma.allocator = &allocator;
	result = view_starts(s->left, VIEW(XZ_MAGIC))
			 ? lzma_stream_decoder(&lzma, limit,
					       LZMA_TELL_UNSUPPORTED_CHECK)
			 : lzma_alone_decoder(&lzma, limit);
	if (result == LZMA_OK)
		result = run(&lzma, s);
	if (result != LZMA_OK && result != LZMA_STREAM_END)
		return reason_of(result, &lzma, s);
	return NULL;
}

static bool is_xz(struct view file)
{
	return view_starts(file, VIEW(XZ_MAGIC));
}

static bool is_lzma(struct view file)
{
	return view_starts(file, VIEW(LZMA_MAGIC)) && file.len > LZMA_HEAD_LEN;
}

static const struct packing xz = {
	.name = "xz",
	.mark = "gangway unpacks xz",
	.claims = is_xz,
	.peeks_into_room = true,
	.peek = stream_peek,
	.open = stream_open,
	.read_stream = read,
	.is_next = is_xz,
};

static const struct packing lzma = {
	.name = "lzma",
	.mark = "gangway unpacks lzma",
	.claims = is_lzma,
	.peeks_into_room = true,
	.peek = stream_peek,
	.open = stream_open,
	.read_stream = read,
};

PACKING(xz);
PACKING(lzma);
