// SPDX-License-Identifier: BSD-2-Clause
/*
 * Which consoles there are, and one line to all of them. The debug port is that
 * of Bochs, QEMU and Xen.
 */
#include "console.h"

#include "console_parts.h"
#include "cpu.h"
#include "hypervisor.h"
#include "print.h"

#define LINE_ROOM  254
#define DEBUG_PORT 0xe9

static bool are_known, has_debug_port;
static void (*diverted)(struct view text);

void console_open(const struct options *options, const struct mem *mem,
		  bool text_mode_possible)
{
	u32 wanted = options->consoles;
	bool is_auto = wanted & CONSOLE_AUTO;

	are_known = true;
	screen_close();
	xen_console_close();
	uart_open(is_auto || (wanted & CONSOLE_SERIAL) ? options->serial_port
						       : 0);
	/* Xen takes what is written there, and gives nothing to read. */
	has_debug_port = wanted & CONSOLE_DEBUG ||
			 (is_auto && (inb(DEBUG_PORT) == DEBUG_PORT ||
				      hypervisor_is_xen()));
	if ((is_auto && text_mode_possible) || (wanted & CONSOLE_VGA))
		screen_open(mem, wanted & CONSOLE_VGA);
	if (is_auto || (wanted & CONSOLE_XEN))
		xen_console_open(mem);
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
	if (!are_known) {
		options_init(&options);
		console_open(&options, &no_mem, false);
	}
	uart_write(text);
	if (has_debug_port)
		outsb(DEBUG_PORT, text.at, text.len);
	screen_write(text);
	xen_console_write(text);
}

void console_flush(void)
{
	uart_flush();
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
