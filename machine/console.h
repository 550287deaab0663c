/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where gangway talks: a 16550, the debug port 0xE9, VGA text or a framebuffer,
 * the console of a Xen guest. Every wait is bounded: what does not answer is
 * given up.
 */
#ifndef MACHINE_CONSOLE_H
#define MACHINE_CONSOLE_H

#include "boot_info.h"
#include "mem.h"
#include "options.h"

/*
 * Write the next lines to the consoles that the options ask for; may be called
 * again. They are looked for when there is something to say: a quiet boot does
 * without. Until the first call the ports are found. info may still be filled
 * until then; NULL if nothing is known.
 */
void console_open(const struct options *options, const struct mem *mem,
		  const struct boot_info *info);

/* Write to all consoles. "\r\n" at the very end ends the line; there must be
 * no control characters elsewhere. */
void console_write(struct view text);

/* Write all text there instead, to a firmware that has the consoles; NULL: to
 * the consoles again. */
void console_divert(void (*write)(struct view text));

/* Wait until all is sent: a reset or a kernel's driver may lose the rest. */
void console_flush(void);

/* Write one line, formatted as print.h says and cut at 254 bytes. */
void say(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
