// SPDX-License-Identifier: BSD-2-Clause
/*
 * gzip by zlib's inflateBack, which needs no more than one window of memory and
 * is half the size of inflate().
 */
#define ZLIB_CONST
#include "gzip.h"

#include "checksum.h"
#include "packing.h"

#include <zlib.h>

#define MAGIC	      "\x1f\x8b\x08" /* ID1 ID2 CM, RFC 1952 section 2.3.1 */
#define FIXED_LEN     10
#define TRAILER_LEN   8 /* CRC32, ISIZE */
#define FLAG_HCRC     0x02
#define FLAG_EXTRA    0x04
#define FLAG_NAME     0x08
#define FLAG_COMMENT  0x10
#define FLAGS_UNKNOWN 0xe0
#define INPUT_MAX     0x40000000u /* zlib counts input in 32 bits */
#define STATE_LEN     8192	  /* zlib 1.2 and 1.3 need about 7,200 */
#define SLICE	      (1 * MIB)	  /* of output, between two pauses */

static u8 window[GZIP_PEEK_LEN] __attribute__((aligned(16)));

struct unpacking {
	struct view left; /* input not yet given to zlib */
	u8 *out;	  /* NULL: only peeking */
	u64 room, len;
	u64 pause_at; /* the next, in bytes of output */
	void (*pause)(void);
	u32 crc;
	bool is_full;
};

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
	u->crc = checksum_crc32(u->crc, (struct view){ bytes, len });
	u->len += len;
	if (u->pause && u->len >= u->pause_at) {
		u->pause();
		u->pause_at = u->len + SLICE - sizeof(window);
	}
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
static why inflate_stream(struct unpacking *u)
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
		return packing_no_room(u->room);
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
	bad = inflate_stream(&u);
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
	u->crc = 0;
	bad = inflate_stream(u);
	if (bad)
		return bad;
	if (!view_read(u->left, 0, trailer, sizeof(trailer)))
		return "the checksum is cut off";
	if (trailer[0] != u->crc)
		return "the checksum is wrong";
	if (trailer[1] != (u32)(u->len - before))
		return "the length is wrong";
	u->left = view_from(u->left, TRAILER_LEN);
	return NULL;
}

why gzip_open(struct view file, u8 *out, u64 room, void (*pause)(void),
	      u64 *len)
{
	struct unpacking u = {
		.left = file,
		.out = out,
		.room = room,
		.pause_at = SLICE - sizeof(window),
		.pause = pause,
	};
	why bad;

	do {
		bad = open_member(&u);
	} while (!bad && gzip_claims(u.left));
	*len = u.is_full ? room + 1 : u.len;
	return bad;
}

static why peek(const struct packing *self, struct view file,
		const struct packing_room *room, struct view *out)
{
	(void)self;
	(void)room;
	return gzip_peek(file, out);
}

static why open(const struct packing *self, struct view file,
		const struct packing_room *room, u64 *len)
{
	(void)self;
	return gzip_open(file, room->at, room->len, room->pause, len);
}

static const struct packing gzip = {
	.name = "gzip",
	.claims = gzip_claims,
	.peek = peek,
	.open = open,
};

PACKING(gzip);
