// SPDX-License-Identifier: BSD-2-Clause
/*
 * Unpacking as the loader does it, by its own packings.
 */
#include "compress.h"

#include <sys/mman.h>

#include "packing.h"
#include "reason.h"
#include "tool.h"

#define MAX_WINDOW GIB /* of what a library takes besides */

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

/* As much as data may become, and a window: memory that is not touched costs
 * nothing. */
static struct packing_room take_room(u64 max)
{
	u64 len = max + MAX_WINDOW;
	void *at = mmap(NULL, len, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (at == MAP_FAILED)
		refuse(NULL, "there is no memory to unpack %lu bytes", max);
	return (struct packing_room){ at, len, NULL };
}

why decompress(struct view data, u64 max, struct unpacked *out)
{
	const struct packing *packing = packing_of(data);
	struct packing_room room;
	why bad;

	*out = (struct unpacked){ NULL, 0, 0 };
	if (!packing)
		return "data that is compressed in a way that is not known "
		       "here";
	room = take_room(max);
	*out = (struct unpacked){ room.at, 0, room.len };
	bad = packing->open(packing, data, &room, &out->len);
	if (out->len > max)
		return reason_format("%s data that becomes longer than %lu MiB",
				     packing->name, max / MIB);
	return bad ? reason_format("%s data, but %s", packing->name, bad)
		   : NULL;
}

void unpacked_free(struct unpacked *unpacked)
{
	if (unpacked->at)
		munmap(unpacked->at, unpacked->room);
	unpacked->at = NULL;
}
