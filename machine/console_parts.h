/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The consoles that need more than a port, for console.c alone. Each is either
 * found by its open or is not there, and then its write does nothing; an open
 * that is not called again keeps what it found.
 */
#ifndef MACHINE_CONSOLE_PARTS_H
#define MACHINE_CONSOLE_PARTS_H

#include "boot_info.h"
#include "mem.h"
#include "serial.h"

#define CONSOLE_PATIENCE 100000 /* reads of a port, about 1 us each */

/*
 * A 16550; NULL: there is none. It stays as it is set, if that is something,
 * unless a speed is wanted; else it gets 8 bits without parity and the speed
 * that is told of it, or 115200 baud. False: none answers there. Registers in
 * memory are seen at memory.
 */
bool uart_open(const struct serial *port, volatile u8 *memory, u32 wanted);
void uart_write(struct view text);

/* Wait until all is sent. */
void uart_flush(void);

/* Where the next character of a screen goes, and how large it is. */
struct place {
	u32 rows, columns;
	u32 row, column; /* column may be columns: the row is full */
};

/* What shows rows of characters. */
struct surface {
	/* Show characters of a row; they fit. */
	void (*put)(u32 row, u32 column, const u8 *text, u64 nr);
	/* Make the row empty, which is the next to be written to. */
	void (*begin_row)(u32 row);
	/* Move all rows up by one; the first is lost. */
	void (*scroll)(void);
};

/* The VGA's text screen, if the BIOS says that it is on, or is_forced; else
 * NULL. *out is where it can be written to. */
const struct surface *vga_open(const struct mem *mem, bool is_forced,
			       struct place *out);

/* A framebuffer of RGB pixels, made black; NULL if it is none. */
const struct surface *frame_open(const struct mem *mem,
				 const struct framebuffer *framebuffer,
				 struct place *out);

/* Write to this surface from a place on; to none if it is NULL. */
void screen_open(const struct surface *surface, struct place from);

/* "\r\n" at the very end ends the line. */
void screen_write(struct view text);

/* The console of a Xen guest, under Xen only; a dom0 has none. */
void xen_console_open(const struct mem *mem);
void xen_console_close(void);
void xen_console_write(struct view text);

#endif
