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

static bool take_unit(struct view *left, u32 *unit)
{
	if (left->len < sizeof(u16))
		return false;
	*unit = left->at[0] | (u32)left->at[1] << 8;
	*left = view_from(*left, sizeof(u16));
	return true;
}

/* Take one character off the front of UTF-16; 0 at its end. */
static u32 take_utf16(struct view *left)
{
	u32 unit, low;

	if (!take_unit(left, &unit))
		return 0;
	if (unit < HIGH_SURROGATE || unit >= SURROGATE_END)
		return unit;
	if (unit >= LOW_SURROGATE || !take_unit(left, &low) ||
	    low < LOW_SURROGATE || low >= SURROGATE_END)
		return NO_TEXT;
	return PLANE_1 + ((unit - HIGH_SURROGATE) << 10) +
	       (low - LOW_SURROGATE);
}

static u64 put_byte(char *out, u64 room, u64 at, u32 byte)
{
	if (at < room)
		out[at] = (char)byte;
	return at + 1;
}

/* Put a character's UTF-8 at an offset; returns where the next one goes. */
static u64 put_utf8(char *out, u64 room, u64 at, u32 c)
{
	static const u8 heads[] = { 0, 0xc0, 0xe0, 0xf0 };
	u32 more = c < 0x80 ? 0 : c < 0x800 ? 1 : c < PLANE_1 ? 2 : 3;

	at = put_byte(out, room, at, heads[more] | c >> 6 * more);
	while (more--)
		at = put_byte(out, room, at, 0x80 | (c >> 6 * more & 0x3f));
	return at;
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
	u32 c;

	while ((c = take_utf16(&utf16))) {
		if (c == BYTE_ORDER_MARK && !len)
			continue;
		if (c <= 0xff && cmdline_is_blank((u8)c))
			c = ' ';
		if (!is_text(c))
			return 0;
		has_ascii |= c < 0x80;
		len = put_utf8(out, room, len, c);
	}
	/* A vendor's GUID may be eight good characters, but none of ASCII. */
	return has_ascii ? len : 0;
}

/* Take one character off the front of UTF-8 that is not empty. */
static u32 take_utf8(struct view *left)
{
	static const u32 least[] = { 0, 0, 0x80, 0x800, PLANE_1 };
	u8 first = left->at[0];
	u32 len, c;

	if (first < 0x80) {
		*left = view_from(*left, 1);
		return first;
	}
	len = first < 0xc0   ? 0
	      : first < 0xe0 ? 2
	      : first < 0xf0 ? 3
	      : first < 0xf8 ? 4
			     : 0;
	c = first & (0x7fu >> len);
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
