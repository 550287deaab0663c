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

static struct {
	u16 *cells;
	u8 *bda_cursor; /* NULL: the BIOS keeps none */
	u16 crtc;
} vga;

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

static void put(u32 row, u32 column, const u8 *text, u64 nr)
{
	put_cells(vga.cells + row * COLUMNS + column, GREY, text, nr);
}

/* The cursor goes there too. */
static void begin_row(u32 row)
{
	u32 at = row * COLUMNS;

	stosw(vga.cells + at, GREY | ' ', COLUMNS);
	if (vga.bda_cursor) {
		vga.bda_cursor[0] = 0;
		vga.bda_cursor[1] = (u8)row;
	}
	outw(vga.crtc, (u16)(CRTC_CURSOR | (at & 0xff00)));
	outw(vga.crtc, (u16)((CRTC_CURSOR + 1) | at << 8));
}

static void scroll(void)
{
	memmove(vga.cells, vga.cells + COLUMNS,
		(ROWS - 1) * COLUMNS * sizeof(*vga.cells));
}

static const struct surface surface = { put, begin_row, scroll };

/* Does the BIOS say that a text mode is on? */
static bool bios_has_text(const u8 *bda, u16 crtc)
{
	u8 mode = bda[BDA_MODE];

	return (mode == 2 || mode == 3 || mode == 7) &&
	       !memcmp(bda + BDA_CRTC, &crtc, sizeof(crtc));
}

const struct surface *vga_open(const struct mem *mem, bool is_forced,
			       struct place *out)
{
	bool is_text;
	u8 *bda;

	if (!mem_has(mem, BDA, VGA_COLOR + VGA_LEN - BDA))
		return NULL;
	bda = at_phys(mem, BDA);
	vga.crtc = bda[BDA_MODE] == 7 ? CRTC_MONO : CRTC_COLOR;
	vga.cells = at_phys(mem, bda[BDA_MODE] == 7 ? VGA_MONO : VGA_COLOR);
	*out = (struct place){ .rows = ROWS, .columns = COLUMNS };
	is_text = bios_has_text(bda, vga.crtc);
	vga.bda_cursor = is_text ? bda + BDA_CURSOR : NULL;
	if (is_text) {
		out->row = (u32)min_u64(bda[BDA_CURSOR + 1], ROWS - 1);
		out->column = bda[BDA_CURSOR] ? COLUMNS : 0;
	}
	return (is_text || is_forced) && holds_values(vga.cells) ? &surface
								 : NULL;
}
