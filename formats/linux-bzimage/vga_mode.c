// SPDX-License-Identifier: BSD-2-Clause
/*
 * The one word of the command line that is the boot loader's: vga= (boot.rst,
 * "Special command line options").
 */
#include "bzimage.h"

#include "cmdline.h"

#define VGA_NORMAL   0xffff
#define VGA_EXTENDED 0xfffe
#define VGA_ASK	     0xfffd

/* Decimal, or hexadecimal behind 0x; VGA_NORMAL if it is no such number. */
static u16 mode_number(struct view digits)
{
	u32 base = view_starts(digits, VIEW("0x")) ? 16 : 10, sum = 0;

	digits = view_from(digits, base == 16 ? 2 : 0);
	for (u64 i = 0; i < digits.len; i++) {
		u32 c = digits.at[i] | 0x20u;
		u32 digit = c >= 'a' ? c - 'a' + 10 : (u32)digits.at[i] - '0';

		if (digit >= base || sum > VGA_NORMAL / base)
			return VGA_NORMAL;
		sum = sum * base + digit;
	}
	return digits.len && sum < VGA_NORMAL ? (u16)sum : VGA_NORMAL;
}

static u16 mode_of(struct view value)
{
	if (view_equal(value, VIEW("ext")))
		return VGA_EXTENDED;
	if (view_equal(value, VIEW("ask")))
		return VGA_ASK;
	return mode_number(value);
}

u16 vga_mode(struct view line)
{
	static const struct view prefix = { (const u8 *)"vga=", 4 };
	u16 mode = VGA_NORMAL;
	struct view word;

	/* Lines are long and this word is rare: without a v, no vga. */
	if (!memchr(line.at, 'v', line.len))
		return mode;
	while (cmdline_next(&line, &word))
		if (view_starts(word, prefix))
			mode = mode_of(view_from(word, prefix.len));
	return mode;
}
