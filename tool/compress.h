/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What kernels are compressed with.
 */
#ifndef TOOL_COMPRESS_H
#define TOOL_COMPRESS_H

#include "view.h"

enum compression {
	COMPRESSION_NONE,
	COMPRESSION_GZIP,
	COMPRESSION_XZ,
	COMPRESSION_LZMA,
	COMPRESSION_LZ4,
	COMPRESSION_LZ4_LEGACY,
	COMPRESSION_ZSTD,
	COMPRESSION_BZIP2,
	COMPRESSION_LZO, /* is only recognised */
};

enum compression compression_of(struct view data);

const char *compression_name(enum compression compression);

/* What was unpacked: memory of our own. */
struct unpacked {
	u8 *at;
	u64 len, room;
};

/*
 * Unpack data up to max bytes. What is behind it in the same view is left
 * alone, as the size that Linux's build puts there. Fails if it is damaged, or
 * becomes longer than that; *out is to be freed in any case.
 */
must_check why decompress(struct view data, u64 max, struct unpacked *out);

void unpacked_free(struct unpacked *unpacked);

#endif
