// SPDX-License-Identifier: BSD-2-Clause
/*
 * Formatting. A log line is mostly plain text, so that is found and copied by
 * memchr() and memcpy(), which cost next to nothing per byte.
 */
#include "print.h"

#include <string.h>

#define PER_BYTE(value) (0x0101010101010101ull * (value))

struct line {
	char *at, *end;
	va_list args;
};

struct field {
	u64 width;
	char fill;
	bool is_long, is_outside;
	u32 len; /* of an outside string */
};

/* Built in, since for these lengths a call costs more than the copy. */
static void put(struct line *line, const char *text, u64 len)
{
	len = min_u64(len, (u64)(line->end - line->at));
	__builtin_memcpy(line->at, text, len);
	line->at += len;
}

/* Put text at the right end of a field. */
static void put_field(struct line *line, const struct field *field,
		      const char *text, u64 len)
{
	for (u64 n = len; n < field->width; n++)
		put(line, &field->fill, 1);
	put(line, text, len);
}

/* x86-64 passes each argument in 8 bytes, the rest of which may be anything.
 * The code for it is long, so it is there once. */
static __attribute__((noinline)) u64 next(struct line *line)
{
	return va_arg(line->args, u64);
}

static void put_decimal(struct line *line, const struct field *field, u64 value)
{
	char digits[20];
	char *end = digits + sizeof(digits);
	char *at = end;

	do {
		*--at = (char)('0' + value % 10);
		value /= 10;
	} while (value);
	put_field(line, field, at, (u64)(end - at));
}

static void put_hex(struct line *line, const struct field *field, u64 value)
{
	char digits[16];
	char *end = digits + sizeof(digits);
	char *at = end;

	do {
		*--at = "0123456789abcdef"[value & 15];
		value >>= 4;
	} while (value);
	put_field(line, field, at, (u64)(end - at));
}

static u64 next_number(struct line *line, const struct field *field)
{
	u64 value = next(line);

	return field->is_long ? value : (u32)value;
}

/* Are these eight all printable? May say no of some that are. */
static bool are_printable(const char *at)
{
	u64 bytes;

	__builtin_memcpy(&bytes, at, sizeof(bytes));
	return !(((bytes - PER_BYTE(' ')) | bytes | (bytes + PER_BYTE(1))) &
		 PER_BYTE(0x80));
}

static void put_outside(struct line *line, const char *text, u64 len)
{
	char *at = line->at;

	put(line, text, len);
	while (at < line->at) {
		if (line->at - at >= 8 && are_printable(at)) {
			at += 8;
			continue;
		}
		if (*at < ' ' || *at > '~')
			*at = '.';
		at++;
	}
}

static void put_string(struct line *line, const struct field *field)
{
	const char *text = (const char *)next(line);

	if (field->is_outside) {
		put_outside(line, text, field->len);
		return;
	}
	if (!text)
		text = "(none)";
	put_field(line, field, text, strlen(text));
}

/* Read what stands between a '%' and the letter. */
static const char *read_field(struct line *line, const char *at,
			      struct field *out)
{
	*out = (struct field){ .fill = *at == '0' ? '0' : ' ' };
	for (; *at >= '0' && *at <= '9'; at++)
		out->width = out->width * 10 + (u64)(*at - '0');
	if (*at == '.') {
		out->is_outside = true;
		out->len = (u32)next(line);
		at += 2;
	}
	out->is_long = *at == 'l' || *at == 'z';
	return at + out->is_long;
}

/* Carry out what follows a '%'; returns what follows that. */
static const char *put_directive(struct line *line, const char *at)
{
	struct field field;
	char c;

	at = read_field(line, at, &field);
	c = *at++;
	if (c == 's') {
		put_string(line, &field);
	} else if (c == 'u') {
		put_decimal(line, &field, next_number(line, &field));
	} else if (c == 'x') {
		put_hex(line, &field, next_number(line, &field));
	} else {
		if (c == 'c')
			c = (char)next(line);
		put_field(line, &field, &c, 1);
	}
	return at;
}

u64 format_line(char *out, u64 room, const char *format, va_list args)
{
	struct line line = { .at = out, .end = out + room };
	const char *end = format + strlen(format);
	const char *sign;

	va_copy(line.args, args);
	for (;;) {
		sign = memchr(format, '%', (u64)(end - format));
		put(&line, format, (u64)((sign ? sign : end) - format));
		if (!sign)
			break;
		format = put_directive(&line, sign + 1);
	}
	va_end(line.args);
	return (u64)(line.at - out);
}

u64 format_into(char *out, u64 room, const char *format, ...)
{
	va_list args;
	u64 len;

	va_start(args, format);
	len = format_line(out, room, format, args);
	va_end(args);
	return len;
}
