// SPDX-License-Identifier: BSD-2-Clause
/*
 * A framebuffer as a screen of text, in the 8x16 characters of font.S. Video
 * memory is slow to read, so that is never done: what is shown is known from
 * cells, and rows are drawn whole.
 */
#include "console_parts.h"

#define GLYPH_WIDTH  8
#define GLYPH_HEIGHT 16
#define FIRST_GLYPH  ' '
#define LAST_GLYPH   '~'
#define COLUMNS	     80
#define MAX_ROWS     50
#define MAX_BYTES    4 /* of a pixel */

extern const u8 font[LAST_GLYPH - FIRST_GLYPH + 1][GLYPH_HEIGHT];

static struct {
	u8 *pixels;
	u32 pitch, bytes; /* of a line, of a pixel */
	u32 grey;
	struct place at;
} frame;

static u8 cells[MAX_ROWS][COLUMNS];

/* Two thirds of a color's range, at its place. */
static u32 shade(struct color_field field)
{
	u32 most = field.size < 32 ? (1u << field.size) - 1 : ~0u;

	return field.position < 32 ? (most - most / 3) << field.position : 0;
}

/* Put one line of a row's pixels together, and into video memory at once. */
static void draw_line(u32 row, u32 line)
{
	static u8 pixels[COLUMNS * GLYPH_WIDTH * MAX_BYTES];
	u8 *at = pixels;

	for (u32 i = 0; i < frame.at.columns; i++) {
		u32 bits = font[cells[row][i] - FIRST_GLYPH][line];

		for (u32 n = 0; n < GLYPH_WIDTH; n++, bits <<= 1) {
			u32 color = bits & 0x80 ? frame.grey : 0;

			for (u32 k = 0; k < frame.bytes; k++, color >>= 8)
				*at++ = (u8)color;
		}
	}
	memcpy(frame.pixels + (u64)(row * GLYPH_HEIGHT + line) * frame.pitch,
	       pixels, (u64)(at - pixels));
}

static void draw(u32 row)
{
	for (u32 line = 0; line < GLYPH_HEIGHT; line++)
		draw_line(row, line);
}

static void put(u32 row, u32 column, const u8 *text, u64 nr)
{
	for (u64 i = 0; i < nr; i++)
		cells[row][column + i] =
			text[i] < FIRST_GLYPH || text[i] > LAST_GLYPH ? '.'
								      : text[i];
	draw(row);
}

static void begin_row(u32 row)
{
	frame.at.row = row;
	memset(cells[row], ' ', COLUMNS);
	draw(row);
}

/* The last row is drawn when it begins. */
static void scroll(void)
{
	u32 last = frame.at.rows - 1;

	memmove(cells[0], cells[1], last * sizeof(cells[0]));
	for (u32 row = 0; row < last; row++)
		draw(row);
}

static const struct surface surface = { put, begin_row, scroll };

static void clear(const struct framebuffer *fb)
{
	for (u32 y = 0; y < fb->height; y++)
		memset(frame.pixels + (u64)y * fb->pitch, 0,
		       (u64)fb->width * frame.bytes);
	memset(cells, ' ', sizeof(cells));
}

const struct surface *frame_open(const struct mem *mem,
				 const struct framebuffer *fb,
				 struct place *out)
{
	u32 bytes = (fb->bits_per_pixel + 7u) / 8;
	struct view video;

	if (fb->type != FRAMEBUFFER_RGB || bytes < 2 || bytes > MAX_BYTES ||
	    fb->width < GLYPH_WIDTH || fb->height < GLYPH_HEIGHT ||
	    (u64)fb->width * bytes > fb->pitch ||
	    !mem_view(mem, fb->at, (u64)fb->pitch * fb->height, &video))
		return NULL;
	/* Opened again, it goes on where it was. */
	if (frame.pixels != video.at) {
		frame.pixels = mem_writable(mem, video);
		frame.pitch = fb->pitch;
		frame.bytes = bytes;
		frame.grey =
			shade(fb->red) | shade(fb->green) | shade(fb->blue);
		frame.at.columns =
			(u32)min_u64(fb->width / GLYPH_WIDTH, COLUMNS);
		frame.at.rows =
			(u32)min_u64(fb->height / GLYPH_HEIGHT, MAX_ROWS);
		clear(fb);
	}
	*out = frame.at;
	return &surface;
}
