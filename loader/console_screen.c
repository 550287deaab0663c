// SPDX-License-Identifier: BSD-2-Clause
/*
 * VGA text, with the cursor that the BIOS data area keeps.
 */
#include "console_parts.h"

#include "cpu.h"

#define BDA	    0x400
#define BDA_MODE    0x49
#define BDA_CURSOR  0x50 /* column, row */
#define BDA_CRTC    0x63
#define CRTC_COLOR  0x3d4
#define CRTC_MONO   0x3b4
#define CRTC_CURSOR 0x0e
#define VGA_COLOR   0xb8000
#define VGA_MONO    0xb0000
#define VGA_LEN	    0x8000
#define COLUMNS	    80
#define ROWS	    25
#define GREY	    0x0700

static struct screen {
	u16 *cells;	/* NULL: there is none */
	u8 *bda_cursor; /* NULL: the BIOS keeps none */
	u16 crtc;
	u32 row, column;
} screen;

/* Memory of a device or the BIOS, which must be in the window. */
static void *at_phys(const struct mem *mem, phys at)
{
	return mem->host + (at - mem->start);
}

static bool holds_values(volatile u16 *cell)
{
	u16 before = *cell;
	bool good;

	*cell = 0x0755;
	good = *cell == 0x0755;
	*cell = 0x07aa;
	good = good && *cell == 0x07aa;
	*cell = before;
	return good;
}

/* Begin the next row, an empty one, and move the cursor to it. */
static void end_row(void)
{
	u16 *cells = screen.cells;
	u32 at = screen.row * COLUMNS;

	screen.column = 0;
	if (screen.row < ROWS - 1) {
		screen.row++;
		at += COLUMNS;
	} else {
		memmove(cells, cells + COLUMNS, at * sizeof(*cells));
	}
	stosw(cells + at, GREY | ' ', COLUMNS);
	if (screen.bda_cursor) {
		screen.bda_cursor[0] = 0;
		screen.bda_cursor[1] = (u8)screen.row;
	}
	outw(screen.crtc, (u16)(CRTC_CURSOR | (at & 0xff00)));
	outw(screen.crtc, (u16)((CRTC_CURSOR + 1) | at << 8));
}

/* Does the BIOS say that a text mode is on? */
static bool bios_has_text(const u8 *bda, u16 crtc)
{
	u8 mode = bda[BDA_MODE];

	return (mode == 2 || mode == 3 || mode == 7) &&
	       !memcmp(bda + BDA_CRTC, &crtc, sizeof(crtc));
}

void screen_close(void)
{
	screen = (struct screen){ .cells = NULL };
}

void screen_open(const struct mem *mem, bool is_forced)
{
	u8 *bda;

	screen_close();
	if (!mem_has(mem, BDA, VGA_COLOR + VGA_LEN - BDA))
		return;
	bda = at_phys(mem, BDA);
	screen.crtc = bda[BDA_MODE] == 7 ? CRTC_MONO : CRTC_COLOR;
	screen.cells = at_phys(mem, bda[BDA_MODE] == 7 ? VGA_MONO : VGA_COLOR);
	if (bios_has_text(bda, screen.crtc)) {
		screen.bda_cursor = bda + BDA_CURSOR;
		screen.row = (u32)min_u64(bda[BDA_CURSOR + 1], ROWS - 1);
		screen.column = bda[BDA_CURSOR] ? COLUMNS : 0;
	} else if (!is_forced) {
		screen.cells = NULL;
	}
	if (screen.cells && !holds_values(screen.cells))
		screen.cells = NULL;
}

void screen_write(struct view text)
{
	bool ends = text.len >= 2 && text.at[text.len - 1] == '\n';

	if (!screen.cells)
		return;
	text.len -= ends ? 2 : 0;
	while (text.len) {
		u16 *row = screen.cells + screen.row * COLUMNS;
		u64 n = min_u64(text.len, COLUMNS - screen.column);

		put_cells(row + screen.column, GREY, text.at, n);
		screen.column += (u32)n;
		text = view_from(text, n);
		if (text.len)
			end_row();
	}
	if (ends)
		end_row();
}
