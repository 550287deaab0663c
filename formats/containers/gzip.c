// SPDX-License-Identifier: BSD-2-Clause
/*
 * gzip by zlib's inflateBack, which needs no more than one window of memory
 * and none of zlib's gzip and checksum code: half the size of inflate().
 */
#define ZLIB_CONST
#include "gzip.h"

#include <zlib.h>

#define MAGIC	       "\x1f\x8b\x08" /* ID1 ID2 CM, RFC 1952 section 2.3.1 */
#define FIXED_LEN      10
#define TRAILER_LEN    8 /* CRC32, ISIZE */
#define FLAG_HCRC      0x02
#define FLAG_EXTRA     0x04
#define FLAG_NAME      0x08
#define FLAG_COMMENT   0x10
#define FLAGS_UNKNOWN  0xe0
#define INPUT_MAX      0x40000000u /* zlib counts input in 32 bits */
#define STATE_LEN      8192	   /* zlib 1.2 and 1.3 need about 7,200 */
#define CRC_POLYNOMIAL 0xedb88320u

static u8 window[GZIP_PEEK_LEN] __attribute__((aligned(16)));

struct unpacking {
	struct view left; /* input not yet given to zlib */
	u8 *out;	  /* NULL: only peeking */
	u64 room, len;
	u32 crc;
	bool is_full;
};

/* Eight tables, for eight bytes at a time. Made when first needed: they would
 * be an eighth of the loader's file. */
static u32 crc_tables[8][256];

static void make_crc_tables(void)
{
	for (u32 i = 0; i < 256; i++) {
		u32 crc = i;

		for (u32 bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? CRC_POLYNOMIAL : 0);
		crc_tables[0][i] = crc;
	}
	for (u32 t = 1; t < 8; t++)
		for (u32 i = 0; i < 256; i++) {
			u32 crc = crc_tables[t - 1][i];

			crc_tables[t][i] = crc >> 8 ^ crc_tables[0][crc & 255];
		}
}

static u32 crc_add(u32 crc, const u8 *bytes, u64 len)
{
	u64 eight;

	for (; len >= 8; len -= 8, bytes += 8) {
		memcpy(&eight, bytes, 8);
		eight ^= crc;
		crc = crc_tables[7][eight & 255] ^
		      crc_tables[6][eight >> 8 & 255] ^
		      crc_tables[5][eight >> 16 & 255] ^
		      crc_tables[4][eight >> 24 & 255] ^
		      crc_tables[3][eight >> 32 & 255] ^
		      crc_tables[2][eight >> 40 & 255] ^
		      crc_tables[1][eight >> 48 & 255] ^
		      crc_tables[0][eight >> 56];
	}
	for (; len; len--)
		crc = crc >> 8 ^ crc_tables[0][(crc ^ *bytes++) & 255];
	return crc;
}

/* zlib's one allocation, its state; it is as short-lived as one call. */
static void *take_state(void *unused, unsigned items, unsigned size)
{
	static u8 state[STATE_LEN] __attribute__((aligned(16)));

	(void)unused;
	return (u64)items * size <= sizeof(state) ? state : NULL;
}

static void give_state(void *unused, void *state)
{
	(void)unused;
	(void)state;
}

static unsigned next_input(void *context, const unsigned char **bytes)
{
	struct unpacking *u = context;
	u64 len = min_u64(u->left.len, INPUT_MAX);

	*bytes = u->left.at;
	u->left = view_from(u->left, len);
	return (unsigned)len;
}

static int take_output(void *context, unsigned char *bytes, unsigned len)
{
	struct unpacking *u = context;

	if (!u->out) {
		u->len = len;
		return 1;
	}
	if (len > u->room - u->len) {
		u->is_full = true;
		return 1;
	}
	memcpy(u->out + u->len, bytes, len);
	u->crc = crc_add(u->crc, bytes, len);
	u->len += len;
	return 0;
}

bool gzip_claims(struct view file)
{
	return view_starts(file, VIEW(MAGIC));
}

static bool skip_string(struct view file, u64 *at)
{
	struct view rest = view_from(file, *at);
	const u8 *end = memchr(rest.at, 0, rest.len);

	if (!end)
		return false;
	*at += (u64)(end - rest.at) + 1;
	return true;
}

/* Find the deflate stream behind the member's header. */
static why skip_header(struct view file, u64 *at)
{
	u16 extra_len = 0;
	u8 flags;

	if (!view_read(file, 3, &flags, sizeof(flags)) ||
	    !view_has(file, 0, FIXED_LEN))
		return "the header is cut off";
	if (flags & FLAGS_UNKNOWN)
		return "the header has reserved flags";
	*at = FIXED_LEN;
	if (flags & FLAG_EXTRA) {
		if (!view_read(file, *at, &extra_len, sizeof(extra_len)))
			return "the extra field is cut off";
		*at += sizeof(extra_len) + extra_len;
	}
	if (flags & FLAG_NAME && !skip_string(file, at))
		return "the file name does not end";
	if (flags & FLAG_COMMENT && !skip_string(file, at))
		return "the comment does not end";
	if (flags & FLAG_HCRC)
		*at += 2;
	return *at <= file.len ? NULL : "the header passes the end of the file";
}

/* Unpack one deflate stream; u->left is then what follows it. */
static why unpack(struct unpacking *u)
{
	z_stream stream = { .zalloc = take_state, .zfree = give_state };
	int result;

	if (inflateBackInit(&stream, 15, window) != Z_OK)
		return "zlib wants more memory than it was given";
	result = inflateBack(&stream, next_input, u, take_output, u);
	u->left = (struct view){ stream.next_in ? stream.next_in : u->left.at,
				 stream.avail_in + u->left.len };
	if (result == Z_STREAM_END || (!u->out && u->len))
		return NULL;
	if (u->is_full)
		return "there is not enough free RAM to unpack into";
	if (result == Z_BUF_ERROR)
		return "the file is cut off";
	return "the compressed data is damaged";
}

why gzip_peek(struct view file, struct view *out)
{
	struct unpacking u = { .out = NULL };
	u64 at = 0;
	why bad = skip_header(file, &at);

	if (bad)
		return bad;
	u.left = view_from(file, at);
	bad = unpack(&u);
	if (bad)
		return bad;
	*out = (struct view){ window, u.len };
	return NULL;
}

static why open_member(struct unpacking *u)
{
	u64 at = 0, before = u->len;
	u32 trailer[2];
	why bad = skip_header(u->left, &at);

	if (bad)
		return bad;
	u->left = view_from(u->left, at);
	u->crc = ~0u;
	bad = unpack(u);
	if (bad)
		return bad;
	if (!view_read(u->left, 0, trailer, sizeof(trailer)))
		return "the checksum is cut off";
	if (trailer[0] != ~u->crc)
		return "the checksum is wrong";
	if (trailer[1] != (u32)(u->len - before))
		return "the length is wrong";
	u->left = view_from(u->left, TRAILER_LEN);
	return NULL;
}

why gzip_open(struct view file, u8 *out, u64 room, u64 *len)
{
	struct unpacking u = { .left = file, .out = out, .room = room };
	why bad;

	if (!crc_tables[0][1])
		make_crc_tables();
	do {
		bad = open_member(&u);
		if (bad)
			return bad;
	} while (gzip_claims(u.left));
	*len = u.len;
	return NULL;
}
