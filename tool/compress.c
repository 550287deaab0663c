// SPDX-License-Identifier: BSD-2-Clause
/*
 * Unpacking with zlib, liblzma, liblz4 and libzstd, into memory that grows.
 */
#include "compress.h"

#include <lz4.h>
#include <lz4frame.h>
#include <lzma.h>
#include <stdlib.h>
#include <zlib.h>
#include <zstd.h>

#include "tool.h"

#define FIRST_ROOM	(16 * MIB)
#define LZMA_MEMORY	GIB
#define LZ4_LEGACY_STEP (8 * MIB)
#define LZ4_MAGIC_LEN	4
#define ANY_GZIP	(15 + 32) /* of zlib's inflate: find the head */

static const struct {
	const char *name;
	struct view magic;
} signs[] = {
	[COMPRESSION_GZIP] = { "gzip", { (const u8 *)"\x1f\x8b\x08", 3 } },
	[COMPRESSION_XZ] = { "xz", { (const u8 *)"\xfd\x37zXZ\0", 6 } },
	[COMPRESSION_LZMA] = { "lzma", { (const u8 *)"\x5d\0\0", 3 } },
	[COMPRESSION_LZ4] = { "lz4", { (const u8 *)"\x04\x22\x4d\x18", 4 } },
	[COMPRESSION_LZ4_LEGACY] = { "lz4-legacy",
				     { (const u8 *)"\x02\x21\x4c\x18", 4 } },
	[COMPRESSION_ZSTD] = { "zstd", { (const u8 *)"\x28\xb5\x2f\xfd", 4 } },
	[COMPRESSION_BZIP2] = { "bzip2", { (const u8 *)"BZh", 3 } },
	[COMPRESSION_LZO] = { "lzo", { (const u8 *)"\x89LZO\0\r\n", 7 } },
};

enum compression compression_of(struct view data)
{
	for (u32 i = COMPRESSION_GZIP; i < ARRAY_LEN(signs); i++)
		if (view_starts(data, signs[i].magic))
			return i;
	return COMPRESSION_NONE;
}

const char *compression_name(enum compression compression)
{
	return compression == COMPRESSION_NONE ? "none"
					       : signs[compression].name;
}

/* Twice the room, but not more than max; false if that is reached. */
static bool grow(struct unpacked *out, u64 max)
{
	u64 room = out->room ? min_u64(2 * out->room, max) : FIRST_ROOM;
	u8 *at;

	if (out->room >= max)
		return false;
	at = realloc(out->at, room);
	if (!at)
		refuse(NULL, "there is no memory to unpack %lu bytes", room);
	out->at = at;
	out->room = room;
	return true;
}

static why open_gzip(struct view data, u64 max, struct unpacked *out)
{
	z_stream stream = { .next_in = (Bytef *)data.at,
			    .avail_in = (uInt)min_u64(data.len, ~0u) };
	int got = inflateInit2(&stream, ANY_GZIP);

	while (got == Z_OK) {
		if (out->len == out->room && !grow(out, max))
			break;
		stream.next_out = out->at + out->len;
		stream.avail_out = (uInt)min_u64(out->room - out->len, GIB);
		got = inflate(&stream, Z_NO_FLUSH);
		out->len = (u64)(stream.next_out - out->at);
	}
	inflateEnd(&stream);
	if (got == Z_OK)
		return "gzip data that becomes too long";
	return got == Z_STREAM_END ? NULL : "damaged gzip data";
}

static why open_lzma(struct view data, u64 max, struct unpacked *out)
{
	lzma_stream stream = LZMA_STREAM_INIT;
	lzma_ret got = compression_of(data) == COMPRESSION_XZ
			       ? lzma_stream_decoder(&stream, LZMA_MEMORY, 0)
			       : lzma_alone_decoder(&stream, LZMA_MEMORY);

	stream.next_in = data.at;
	stream.avail_in = data.len;
	while (got == LZMA_OK) {
		if (out->len == out->room && !grow(out, max))
			break;
		stream.next_out = out->at + out->len;
		stream.avail_out = out->room - out->len;
		got = lzma_code(&stream, LZMA_RUN);
		out->len = (u64)(stream.next_out - out->at);
	}
	lzma_end(&stream);
	if (got == LZMA_OK)
		return "xz data that becomes too long";
	return got == LZMA_STREAM_END ? NULL : "damaged xz or lzma data";
}

static why open_zstd(struct view data, u64 max, struct unpacked *out)
{
	ZSTD_DStream *stream = ZSTD_createDStream();
	ZSTD_inBuffer in = { data.at, data.len, 0 };
	size_t left = 1;

	while (left && !ZSTD_isError(left)) {
		ZSTD_outBuffer to;

		if (out->len == out->room && !grow(out, max))
			break;
		to = (ZSTD_outBuffer){ out->at, out->room, out->len };
		left = ZSTD_decompressStream(stream, &to, &in);
		if (to.pos == out->len && in.pos == in.size)
			break; /* cut off */
		out->len = to.pos;
	}
	ZSTD_freeDStream(stream);
	return left ? "damaged zstd data, or data that becomes too long" : NULL;
}

static why open_lz4(struct view data, u64 max, struct unpacked *out)
{
	LZ4F_dctx *context = NULL;
	size_t left = LZ4F_createDecompressionContext(&context, LZ4F_VERSION);

	left = LZ4F_isError(left) ? left : 1;
	while (left && !LZ4F_isError(left)) {
		size_t wrote, read = data.len;

		if (out->len == out->room && !grow(out, max))
			break;
		wrote = out->room - out->len;
		left = LZ4F_decompress(context, out->at + out->len, &wrote,
				       data.at, &read, NULL);
		if (!wrote && !read)
			break;
		out->len += wrote;
		data = view_from(data, read);
	}
	LZ4F_freeDecompressionContext(context);
	return left ? "damaged lz4 data, or data that becomes too long" : NULL;
}

/* Blocks of 8 MiB, each behind its compressed length. Linux's build puts the
 * whole length behind the last, which is no length of a block. */
static why open_lz4_legacy(struct view data, u64 max, struct unpacked *out)
{
	struct view block;
	u32 len;

	data = view_from(data, LZ4_MAGIC_LEN);
	while (view_read(data, 0, &len, sizeof(len)) &&
	       view_cut(data, sizeof(len), len, &block)) {
		int got;

		if (out->room - out->len < LZ4_LEGACY_STEP && !grow(out, max))
			return "lz4 data that becomes too long";
		got = LZ4_decompress_safe(
			(const char *)block.at, (char *)out->at + out->len,
			(int)block.len,
			(int)min_u64(out->room - out->len, LZ4_LEGACY_STEP));
		if (got < 0)
			return "damaged lz4 data";
		out->len += (u64)got;
		data = view_from(data, sizeof(len) + len);
	}
	return data.len > sizeof(len) ? "lz4 data that is cut off" : NULL;
}

why decompress(struct view data, u64 max, struct unpacked *out)
{
	*out = (struct unpacked){ NULL, 0, 0 };
	switch (compression_of(data)) {
	case COMPRESSION_GZIP:
		return open_gzip(data, max, out);
	case COMPRESSION_XZ:
	case COMPRESSION_LZMA:
		return open_lzma(data, max, out);
	case COMPRESSION_LZ4:
		return open_lz4(data, max, out);
	case COMPRESSION_LZ4_LEGACY:
		return open_lz4_legacy(data, max, out);
	case COMPRESSION_ZSTD:
		return open_zstd(data, max, out);
	default:
		return "data that is compressed in a way that is not known "
		       "here";
	}
}

void unpacked_free(struct unpacked *unpacked)
{
	free(unpacked->at);
	unpacked->at = NULL;
}
