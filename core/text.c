// SPDX-License-Identifier: BSD-2-Clause
/*
 * UTF-16 to UTF-8 and back.
 */
#include "text.h"

#include "cmdline.h"

#define BYTE_ORDER_MARK 0xfeff
#define REPLACEMENT	0xfffd
#define NO_TEXT		0xffffffff
#define HIGH_SURROGATE	0xd800
#define LOW_SURROGATE	0xdc00
#define SURROGATE_END	0xe000
#define PLANE_1		0x10000
#define UNICODE_END	0x110000
#define CONTROLS_END	0xa0
#define NONCHARACTER	0xfffe /* the last two of each plane */

/* Take one character off the front of UTF-16; 0 at its end. */
static u32 take_utf16(struct view *left)
{
	u16 unit, low;

	if (!view_read(*left, 0, &unit, sizeof(unit)))
		return 0;
	*left = view_from(*left, sizeof(unit));
	if (unit < HIGH_SURROGATE || unit >= SURROGATE_END)
		return unit;
	if (unit >= LOW_SURROGATE || !view_read(*left, 0, &low, sizeof(low)) ||
	    low < LOW_SURROGATE || low >= SURROGATE_END)
		return NO_TEXT;
	*left = view_from(*left, sizeof(low));
	return PLANE_1 + ((u32)(unit - HIGH_SURROGATE) << 10) +
	       (low - LOW_SURROGATE);
}

/* The UTF-8 of a character; returns its length. */
static u32 put_utf8(u32 c, char bytes[4])
{
	u32 len = c < 0x80 ? 1 : c < 0x800 ? 2 : c < PLANE_1 ? 3 : 4;
	static const u8 heads[] = { 0, 0, 0xc0, 0xe0, 0xf0 };

	for (u32 i = len - 1; i; i--, c >>= 6)
		bytes[i] = (char)(0x80 | (c & 0x3f));
	bytes[0] = (char)(heads[len] | c);
	return len;
}

/* Control characters and what Unicode keeps free, the byte order mark of the
 * other order among it, are a sign of binary data. */
static bool is_text(u32 c)
{
	return c >= ' ' && (c < 0x7f || c >= CONTROLS_END) && c != NO_TEXT &&
	       (c & NONCHARACTER) != NONCHARACTER;
}

u64 text_from_utf16(struct view utf16, char *out, u64 room)
{
	bool has_ascii = false;
	u64 len = 0;
	char bytes[4];
	u32 c, n;

	while ((c = take_utf16(&utf16))) {
		if (c == BYTE_ORDER_MARK && !len)
			continue;
		if (c <= 0xff && cmdline_is_blank((u8)c))
			c = ' ';
		if (!is_text(c))
			return 0;
		has_ascii |= c < 0x80;
		n = put_utf8(c, bytes);
		if (len < room)
			memcpy(out + len, bytes, min_u64(n, room - len));
		len += n;
	}
	/* A vendor's GUID may be eight good characters, but none of ASCII. */
	return has_ascii ? len : 0;
}

/* Take one character off the front of UTF-8 that is not empty. */
static u32 take_utf8(struct view *left)
{
	static const u32 least[] = { 0, 0, 0x80, 0x800, PLANE_1 };
	u8 first = left->at[0];
	u32 len = first < 0x80	 ? 1
		  : first < 0xc0 ? 0
		  : first < 0xe0 ? 2
		  : first < 0xf0 ? 3
		  : first < 0xf8 ? 4
				 : 0;
	u32 c = len < 2 ? first : first & (0x7fu >> len);

	if (!len || len > left->len) {
		*left = view_from(*left, 1);
		return REPLACEMENT;
	}
	for (u32 i = 1; i < len; i++) {
		if ((left->at[i] & 0xc0) != 0x80) {
			*left = view_from(*left, i);
			return REPLACEMENT;
		}
		c = c << 6 | (left->at[i] & 0x3f);
	}
	*left = view_from(*left, len);
	if (c < least[len] || c >= UNICODE_END ||
	    (c >= HIGH_SURROGATE && c < SURROGATE_END))
		return REPLACEMENT;
	return c;
}

static u64 put_unit(u16 *out, u64 room, u64 at, u32 unit)
{
	if (at < room)
		out[at] = (u16)unit;
	return at + 1;
}

u64 text_to_utf16(struct view utf8, u16 *out, u64 room)
{
	u64 nr = 0;

	while (utf8.len) {
		u32 c = take_utf8(&utf8);

		if (c >= PLANE_1) {
			c -= PLANE_1;
			nr = put_unit(out, room, nr,
				      HIGH_SURROGATE + (c >> 10));
			c = LOW_SURROGATE + (c & 0x3ff);
		}
		nr = put_unit(out, room, nr, c);
	}
	return put_unit(out, room, nr, 0);
}
