/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Files for tests that are packed in each way that a library is linked for.
 */
#ifndef TESTS_PACKED_FILE_H
#define TESTS_PACKED_FILE_H

#define LZ4F_STATIC_LINKING_ONLY
#include <bzlib.h>
#include <lz4.h>
#include <lz4frame.h>
#include <lzma.h>
#include <zstd.h>

#include "guest.h"
#include "packing.h"

#define XZ_LEVEL     1
#define LEGACY_BLOCK (8 * MIB)

/* Each returns the file's length. */
typedef u64 (*packer)(u8 *out, u64 room, struct view content);

static inline u64 pack_xz(u8 *out, u64 room, struct view content,
			  lzma_check check, u32 dict_size)
{
	lzma_options_lzma options;
	lzma_filter filters[] = { { LZMA_FILTER_X86, NULL },
				  { LZMA_FILTER_LZMA2, &options },
				  { LZMA_VLI_UNKNOWN, NULL } };
	size_t len = 0;

	assert_false(lzma_lzma_preset(&options, XZ_LEVEL));
	options.dict_size = dict_size;
	assert_int_equal(lzma_stream_buffer_encode(filters, check, NULL,
						   content.at, content.len, out,
						   &len, room),
			 LZMA_OK);
	return len;
}

static inline u64 pack_xz_crc32(u8 *out, u64 room, struct view content)
{
	return pack_xz(out, room, content, LZMA_CHECK_CRC32, MIB);
}

static inline u64 pack_xz_crc64(u8 *out, u64 room, struct view content)
{
	return pack_xz(out, room, content, LZMA_CHECK_CRC64, MIB);
}

static inline u64 pack_xz_sha256(u8 *out, u64 room, struct view content)
{
	return pack_xz(out, room, content, LZMA_CHECK_SHA256, MIB);
}

static inline u64 pack_lzma(u8 *out, u64 room, struct view content)
{
	lzma_stream lzma = LZMA_STREAM_INIT;
	lzma_options_lzma options;

	assert_false(lzma_lzma_preset(&options, XZ_LEVEL));
	assert_int_equal(lzma_alone_encoder(&lzma, &options), LZMA_OK);
	lzma.next_in = content.at;
	lzma.avail_in = content.len;
	lzma.next_out = out;
	lzma.avail_out = room;
	assert_int_equal(lzma_code(&lzma, LZMA_FINISH), LZMA_STREAM_END);
	lzma_end(&lzma);
	return room - lzma.avail_out;
}

static inline u64 pack_bzip2(u8 *out, u64 room, struct view content)
{
	unsigned len = (unsigned)room;

	assert_int_equal(BZ2_bzBuffToBuffCompress((char *)out, &len,
						  (char *)(uintptr_t)content.at,
						  (unsigned)content.len, 1, 0,
						  0),
			 BZ_OK);
	return len;
}

static inline u64 pack_zstd(u8 *out, u64 room, struct view content)
{
	ZSTD_CCtx *zstd = ZSTD_createCCtx();
	size_t len;

	ZSTD_CCtx_setParameter(zstd, ZSTD_c_checksumFlag, 1);
	len = ZSTD_compress2(zstd, out, room, content.at, content.len);
	assert_false(ZSTD_isError(len));
	ZSTD_freeCCtx(zstd);
	return len;
}

static inline u64 pack_lz4_as(u8 *out, u64 room, struct view content,
			      LZ4F_frameInfo_t info)
{
	LZ4F_preferences_t preferences = { .frameInfo = info };
	size_t len = LZ4F_compressFrame(out, room, content.at, content.len,
					&preferences);

	assert_false(LZ4F_isError(len));
	return len;
}

static inline u64 pack_lz4(u8 *out, u64 room, struct view content)
{
	return pack_lz4_as(
		out, room, content,
		(LZ4F_frameInfo_t){ .contentChecksumFlag =
					    LZ4F_contentChecksumEnabled,
				    .contentSize = content.len });
}

static inline u64 pack_lz4_blocks(u8 *out, u64 room, struct view content)
{
	return pack_lz4_as(
		out, room, content,
		(LZ4F_frameInfo_t){ .blockSizeID = LZ4F_max4MB,
				    .blockMode = LZ4F_blockIndependent,
				    .contentChecksumFlag =
					    LZ4F_contentChecksumEnabled });
}

static inline u64 pack_lz4_legacy(u8 *out, u64 room, struct view content)
{
	u64 at = 4;

	memcpy(out, "\x02\x21\x4c\x18", at);
	while (content.len) {
		u64 step = min_u64(content.len, LEGACY_BLOCK);
		int len = LZ4_compress_default((const char *)content.at,
					       (char *)out + at + 4, (int)step,
					       (int)(room - at - 4));

		assert_true(len > 0);
		memcpy(out + at, &len, 4);
		at += 4 + (u64)len;
		content = view_from(content, step);
	}
	return at;
}

#endif
