// SPDX-License-Identifier: BSD-2-Clause
/*
 * The order of versions: runs of digits count as numbers, runs of letters as
 * ASCII text, and of the marks '~' sorts even below the end.
 */
#include "version.h"

static int order(u64 a, u64 b)
{
	return (a > b) - (a < b);
}

static bool is_digit(u8 c)
{
	return c >= '0' && c <= '9';
}

static bool is_letter(u8 c)
{
	c |= 'a' ^ 'A';
	return c >= 'a' && c <= 'z';
}

static u8 first(struct view v)
{
	return v.len ? v.at[0] : 0;
}

/* What has no meaning in a version is only a separator. */
static struct view skip(struct view v)
{
	while (v.len && !is_digit(*v.at) && !is_letter(*v.at) &&
	       !memchr("~-^.", *v.at, 4))
		v = view_from(v, 1);
	return v;
}

static u64 run(struct view v, bool (*is_of_it)(u8 c))
{
	u64 len = 0;

	while (len < v.len && is_of_it(v.at[len]))
		len++;
	return len;
}

/* The version with the mark is the older one; if both have it, skip it. */
static int by_mark(struct view *a, struct view *b, u8 mark)
{
	bool in_a = first(*a) == mark, in_b = first(*b) == mark;

	if (in_a && in_b) {
		*a = view_from(*a, 1);
		*b = view_from(*b, 1);
	}
	return order(in_b, in_a);
}

/* Takes the two runs off. No digits are older than 0, as systemd has it, where
 * UAPI.10's text takes them for 0: of 6.1.rc1 and 6.1.0 the latter is newer. */
static int by_number(struct view *a, struct view *b)
{
	struct view x = { a->at, run(*a, is_digit) };
	struct view y = { b->at, run(*b, is_digit) };
	int result = order(!!x.len, !!y.len);

	*a = view_from(*a, x.len);
	*b = view_from(*b, y.len);
	while (first(x) == '0')
		x = view_from(x, 1);
	while (first(y) == '0')
		y = view_from(y, 1);
	if (!result)
		result = order(x.len, y.len);
	return result ? result : memcmp(x.at, y.at, x.len);
}

static int by_letters(struct view *a, struct view *b)
{
	struct view x = { a->at, run(*a, is_letter) };
	struct view y = { b->at, run(*b, is_letter) };
	int result = memcmp(x.at, y.at, min_u64(x.len, y.len));

	*a = view_from(*a, x.len);
	*b = view_from(*b, y.len);
	return result ? result : order(x.len, y.len);
}

static int by_run(struct view *a, struct view *b)
{
	if (is_digit(first(*a)) || is_digit(first(*b)))
		return by_number(a, b);
	return by_letters(a, b);
}

/* Each round takes a mark or a run off both, or is the last. */
int version_compare(struct view a, struct view b)
{
	int result;

	do {
		a = skip(a);
		b = skip(b);
		result = by_mark(&a, &b, '~');
		if (!result && (!a.len || !b.len))
			return order(a.len, b.len);
		for (const char *mark = "-^."; *mark && !result; mark++)
			result = by_mark(&a, &b, (u8)*mark);
		if (!result)
			result = by_run(&a, &b);
	} while (!result);
	return result;
}
