// SPDX-License-Identifier: BSD-2-Clause
/*
 * The consoles: a 16550 (PC16550D data sheet), the debug port of Bochs, QEMU
 * and Xen, and VGA text with the cursor that the BIOS data area keeps.
 */
#include "console.h"

#include "cpu.h"
#include "hypervisor.h"
#include "print.h"

#define LINE_ROOM  254
#define DEBUG_PORT 0xe9
#define PATIENCE   100000 /* reads of a port, about 1 us each */

/* Registers of the 16550. */
#define UART_DATA    0
#define UART_IER     1 /* interrupt enable */
#define UART_FCR     2 /* FIFO control; read: interrupt identification */
#define UART_LCR     3 /* line control */
#define UART_MCR     4 /* modem control */
#define UART_LSR     5 /* line status */
#define UART_SCRATCH 7
#define LSR_READY    0x20
#define LSR_IDLE     0x40
#define FIFO_WORKS   0xc0
#define FIFO_LEN     16

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

struct screen {
	u16 *cells;	/* NULL: there is none */
	u8 *bda_cursor; /* NULL: the BIOS keeps none */
	u16 crtc;
	u32 row, column;
};

static struct {
	bool are_known;
	bool debug_port;
	u16 uart; /* I/O base; 0: there is none */
	u64 uart_burst;
	struct screen screen;
} consoles;

static void (*diverted)(struct view text);

static u8 uart_read(u32 reg)
{
	return inb((u16)(consoles.uart + reg));
}

static void uart_write(u32 reg, u8 value)
{
	outb((u16)(consoles.uart + reg), value);
}

static bool uart_wait(u8 status)
{
	u32 left = PATIENCE;

	while (!(uart_read(UART_LSR) & status))
		if (!--left) {
			consoles.uart = 0;
			return false;
		}
	return true;
}

/* Where there is no UART all reads give ones, which look ready to send. */
static bool uart_is_there(void)
{
	for (u32 value = 0x55; value <= 0xaa; value += 0x55) {
		uart_write(UART_SCRATCH, (u8)value);
		if (uart_read(UART_SCRATCH) != value)
			return false;
	}
	return uart_read(UART_LSR) != 0xff;
}

/* 115200 baud, 8 bits, no parity, 1 stop bit. */
static void uart_open(u16 base)
{
	static const u8 setup[][2] = {
		{ UART_IER, 0 },    { UART_LCR, 0x80 }, { UART_DATA, 1 },
		{ UART_IER, 0 },    { UART_LCR, 0x03 }, { UART_FCR, 0x07 },
		{ UART_MCR, 0x03 },
	};

	consoles.uart = base;
	if (!uart_is_there()) {
		consoles.uart = 0;
		return;
	}
	if (!uart_wait(LSR_IDLE))
		return;
	for (u32 i = 0; i < ARRAY_LEN(setup); i++)
		uart_write(setup[i][0], setup[i][1]);
	consoles.uart_burst = 1;
	if ((uart_read(UART_FCR) & FIFO_WORKS) == FIFO_WORKS)
		consoles.uart_burst = FIFO_LEN;
}

static void uart_send(struct view text)
{
	const u8 *at = text.at, *end = at + text.len;
	u64 burst = consoles.uart_burst;
	u16 port = consoles.uart;

	while (at < end && uart_wait(LSR_READY))
		at = outsb(port, at, min_u64((u64)(end - at), burst));
}

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
static void end_row(struct screen *screen)
{
	u16 *cells = screen->cells;
	u32 at = screen->row * COLUMNS;

	screen->column = 0;
	if (screen->row < ROWS - 1) {
		screen->row++;
		at += COLUMNS;
	} else {
		memmove(cells, cells + COLUMNS, at * sizeof(*cells));
	}
	stosw(cells + at, GREY | ' ', COLUMNS);
	if (screen->bda_cursor) {
		screen->bda_cursor[0] = 0;
		screen->bda_cursor[1] = (u8)screen->row;
	}
	outw(screen->crtc, (u16)(CRTC_CURSOR | (at & 0xff00)));
	outw(screen->crtc, (u16)((CRTC_CURSOR + 1) | at << 8));
}

/* Does the BIOS say that a text mode is on? */
static bool bios_has_text(const u8 *bda, u16 crtc)
{
	u8 mode = bda[BDA_MODE];

	return (mode == 2 || mode == 3 || mode == 7) &&
	       !memcmp(bda + BDA_CRTC, &crtc, sizeof(crtc));
}

static void screen_open(struct screen *screen, const struct mem *mem,
			bool is_forced)
{
	u8 *bda;

	if (!mem_has(mem, BDA, VGA_COLOR + VGA_LEN - BDA))
		return;
	bda = at_phys(mem, BDA);
	screen->crtc = bda[BDA_MODE] == 7 ? CRTC_MONO : CRTC_COLOR;
	screen->cells = at_phys(mem, bda[BDA_MODE] == 7 ? VGA_MONO : VGA_COLOR);
	if (bios_has_text(bda, screen->crtc)) {
		screen->bda_cursor = bda + BDA_CURSOR;
		screen->row = (u32)min_u64(bda[BDA_CURSOR + 1], ROWS - 1);
		screen->column = bda[BDA_CURSOR] ? COLUMNS : 0;
	} else if (!is_forced) {
		screen->cells = NULL;
	}
	if (screen->cells && !holds_values(screen->cells))
		screen->cells = NULL;
}

static void screen_write(struct screen *screen, struct view text)
{
	bool ends = text.len >= 2 && text.at[text.len - 1] == '\n';

	text.len -= ends ? 2 : 0;
	while (text.len) {
		u16 *row = screen->cells + screen->row * COLUMNS;
		u64 n = min_u64(text.len, COLUMNS - screen->column);

		put_cells(row + screen->column, GREY, text.at, n);
		screen->column += (u32)n;
		text = view_from(text, n);
		if (text.len)
			end_row(screen);
	}
	if (ends)
		end_row(screen);
}

void console_open(const struct options *options, const struct mem *mem,
		  bool text_mode_possible)
{
	u32 wanted = options->consoles;
	bool is_auto = wanted & CONSOLE_AUTO;

	consoles.are_known = true;
	consoles.uart = 0;
	consoles.screen = (struct screen){ .cells = NULL };
	if (is_auto || (wanted & CONSOLE_SERIAL))
		uart_open(options->serial_port);
	/* Xen takes what is written there, and gives nothing to read. */
	consoles.debug_port = wanted & CONSOLE_DEBUG ||
			      (is_auto && (inb(DEBUG_PORT) == DEBUG_PORT ||
					   hypervisor_is_xen()));
	if ((is_auto && text_mode_possible) || (wanted & CONSOLE_VGA))
		screen_open(&consoles.screen, mem, wanted & CONSOLE_VGA);
}

void console_divert(void (*write)(struct view text))
{
	diverted = write;
}

void console_write(struct view text)
{
	static const struct mem no_mem = { NULL, 0, 0 };
	struct options options;

	if (diverted) {
		diverted(text);
		return;
	}
	if (!consoles.are_known) {
		options_init(&options);
		console_open(&options, &no_mem, false);
	}
	if (consoles.uart)
		uart_send(text);
	if (consoles.debug_port)
		outsb(DEBUG_PORT, text.at, text.len);
	if (consoles.screen.cells)
		screen_write(&consoles.screen, text);
}

void console_flush(void)
{
	if (consoles.uart)
		uart_wait(LSR_IDLE);
}

void say(const char *format, ...)
{
	char line[LINE_ROOM + 2];
	va_list args;
	u64 len;

	va_start(args, format);
	len = format_line(line, LINE_ROOM, format, args);
	va_end(args);
	memcpy(line + len, "\r\n", 2);
	console_write((struct view){ (const u8 *)line, len + 2 });
}
