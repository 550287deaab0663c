// SPDX-License-Identifier: BSD-2-Clause
/*
 * The picture of a boot as SVG, to scale: a column for memory before and one
 * for after, labels beside them that make way for each other.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "output.h"
#include "picture.h"
#include "tool.h"

#define HEIGHT	   720.0
#define TOP	   60.0
#define COLUMN_LEN 90.0
#define LEFT	   250.0
#define RIGHT	   480.0
#define WIDTH	   820
#define LABEL	   15.0 /* the least between the feet of two labels */
#define LINE_LEN   512
#define NR_COLOURS 6

static const char *const colours[NR_COLOURS] = { "#4878a8", "#e49444",
						 "#6a9f58", "#a87c9f",
						 "#d1605e", "#967662" };

static void put(struct output *out, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static void put(struct output *out, const char *format, ...)
{
	char line[LINE_LEN];
	va_list args;
	int len;

	va_start(args, format);
	len = vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	output_put(out, (struct view){ (const u8 *)line,
				       min_u64((u64)len, LINE_LEN - 1) });
}

/* A name, in which nothing is markup. */
static void put_text(struct output *out, const char *text)
{
	for (; *text; text++)
		if (*text == '<' || *text == '&' || *text < ' ')
			put(out, "&#%d;", *text < ' ' ? '.' : *text);
		else
			put(out, "%c", *text);
}

/* What is drawn: addresses from 0 to an end. */
struct scale {
	phys end;
};

static double y_of(const struct scale *scale, phys at)
{
	return TOP +
	       HEIGHT * (double)min_u64(at, scale->end) / (double)scale->end;
}

static int by_start(const void *a, const void *b)
{
	const struct owner *left = a, *right = b;

	return (left->range.start > right->range.start) -
	       (left->range.start < right->range.start);
}

static void put_owner(struct output *out, const struct scale *scale,
		      const struct owner *owner, u32 i, bool is_left,
		      double label)
{
	double x = is_left ? LEFT : RIGHT,
	       top = y_of(scale, owner->range.start);
	double height = y_of(scale, owner->range.end) - top;
	double from = is_left ? x : x + COLUMN_LEN;
	double to = is_left ? x - 20 : x + COLUMN_LEN + 20;

	put(out,
	    "<rect x=\"%.1f\" y=\"%.2f\" width=\"%.1f\" height=\"%.2f\" "
	    "fill=\"%s\"/>\n",
	    x, top, COLUMN_LEN, height < 1 ? 1 : height,
	    colours[i % NR_COLOURS]);
	put(out, "<path d=\"M%.1f %.2f L%.1f %.2f\" stroke=\"#888\"/>\n", from,
	    top + height / 2, to, label - 4);
	put(out, "<text x=\"%.1f\" y=\"%.2f\"%s>", is_left ? to - 4 : to + 4,
	    label, is_left ? " text-anchor=\"end\"" : "");
	put_text(out, owner->name);
	put(out, " %#lx</text>\n", owner->range.start);
}

static void put_column(struct output *out, const struct scale *scale,
		       struct owner *owners, u32 nr, bool is_left)
{
	double label = TOP - LABEL;

	qsort(owners, nr, sizeof(*owners), by_start);
	for (u32 i = 0; i < nr; i++) {
		double middle = (y_of(scale, owners[i].range.start) +
				 y_of(scale, owners[i].range.end)) /
				2;

		label = middle + 4 > label + LABEL ? middle + 4 : label + LABEL;
		put_owner(out, scale, &owners[i], i, is_left, label);
	}
}

/* RAM as the paper on which the rest lies. */
static void put_map(struct output *out, const struct scale *scale,
		    const struct boot_info *info)
{
	for (u32 i = 0; i < info->nr_regions; i++) {
		struct region region = info->regions[i];
		double top = y_of(scale, region.range.start);
		const char *fill = region.type == REGION_RAM ? "#eee" : "#bbb";

		for (int column = 0; column < 2; column++)
			put(out,
			    "<rect x=\"%.1f\" y=\"%.2f\" width=\"%.1f\" "
			    "height=\"%.2f\" fill=\"%s\"/>\n",
			    column ? RIGHT : LEFT, top, COLUMN_LEN,
			    y_of(scale, region.range.end) - top, fill);
	}
}

/* Nobody has anything above the last owner: so much is drawn, and some more. */
static phys end_of(const struct picture *picture)
{
	phys end = MIB;

	for (u32 i = 0; i < picture->nr_before; i++)
		end = max_u64(end, picture->before[i].range.end);
	for (u32 i = 0; i < picture->nr_after; i++)
		end = max_u64(end, picture->after[i].range.end);
	return end + end / 16;
}

void picture_draw(struct picture *picture, const char *path)
{
	struct output out = output_begin(path);
	struct scale scale = { end_of(picture) };
	u32 most = picture->nr_before > picture->nr_after ? picture->nr_before
							  : picture->nr_after;
	double height = TOP + HEIGHT + 40;

	height = TOP + most * LABEL > height ? TOP + most * LABEL : height;
	put(&out,
	    "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" "
	    "height=\"%.0f\" font-family=\"sans-serif\" font-size=\"11\">\n"
	    "<rect width=\"100%%\" height=\"100%%\" fill=\"#fff\"/>\n",
	    WIDTH, height);
	put(&out,
	    "<text x=\"%.1f\" y=\"40\" font-size=\"14\">before</text>\n"
	    "<text x=\"%.1f\" y=\"40\" font-size=\"14\">after</text>\n",
	    LEFT, RIGHT);
	put_map(&out, &scale, picture->info);
	put_column(&out, &scale, picture->before, picture->nr_before, true);
	put_column(&out, &scale, picture->after, picture->nr_after, false);
	put(&out,
	    "<text x=\"%.1f\" y=\"%.1f\">0 to %#lx; light: RAM, dark: "
	    "other</text>\n</svg>\n",
	    LEFT, TOP + HEIGHT + 20, scale.end);
	output_end(&out);
}
