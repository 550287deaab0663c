/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The consoles that need more than a port, for console.c alone. Each is either
 * found by its open or is not there, and then its write does nothing; an open
 * that is not called again keeps what it found.
 */
#ifndef LOADER_CONSOLE_PARTS_H
#define LOADER_CONSOLE_PARTS_H

#include "mem.h"

#define CONSOLE_PATIENCE 100000 /* reads of a port, about 1 us each */

/* A 16550 at an I/O base; 0: there is none. */
void uart_open(u16 base);
void uart_write(struct view text);

/* Wait until all is sent. */
void uart_flush(void);

/* The VGA's text screen, if the BIOS says that it is on, or is_forced. */
void screen_open(const struct mem *mem, bool is_forced);
void screen_close(void);

/* "\r\n" at the very end ends the line. */
void screen_write(struct view text);

/* The console of a Xen guest, under Xen only; a dom0 has none. */
void xen_console_open(const struct mem *mem);
void xen_console_close(void);
void xen_console_write(struct view text);

#endif
