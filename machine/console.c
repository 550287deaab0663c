// SPDX-License-Identifier: BSD-2-Clause
/*
 * Which consoles there are, and one line to all of them. The debug port is that
 * of Bochs, QEMU and Xen.
 */
#include "console.h"

#include "acpi.h"
#include "bios_text.h"
#include "console_parts.h"
#include "cpu.h"
#include "hypervisor.h"
#include "print.h"

#define LINE_ROOM  254
#define DEBUG_PORT 0xe9
#define COM1	   0x3f8

/* What console_open() was told. */
static struct {
	bool is_told;
	struct options options;
	struct mem mem;
	const struct boot_info *info; /* NULL: nothing is known */
} told;

static bool are_known, has_debug_port;
static void (*diverted)(struct view text);

void console_open(const struct options *options, const struct mem *mem,
		  const struct boot_info *info)
{
	told.is_told = true;
	told.options = *options;
	told.mem = *mem;
	told.info = info;
	are_known = false;
}

void console_divert(void (*write)(struct view text))
{
	diverted = write;
}

/* Graphics are on where there is EFI, or a framebuffer. */
static bool may_be_text_mode(const struct boot_info *info)
{
	return info && !info->efi.system_table &&
	       info->framebuffer.type != FRAMEBUFFER_RGB &&
	       info->framebuffer.type != FRAMEBUFFER_INDEXED;
}

static void find_screen(u32 wanted)
{
	const struct surface *surface = NULL;
	bool is_auto = wanted & CONSOLE_AUTO;
	struct place place = { .row = 0 };

	if (wanted & CONSOLE_VGA || (is_auto && may_be_text_mode(told.info)))
		surface = vga_open(&told.mem, wanted & CONSOLE_VGA, &place);
	if (!surface && told.info && (is_auto || wanted & CONSOLE_FRAME))
		surface =
			frame_open(&told.mem, &told.info->framebuffer, &place);
	screen_open(surface, place);
}

/* Open a port, if there can be one. */
static bool try_uart(const struct serial *port)
{
	u64 len = (u64)SERIAL_REGISTERS * port->stride;
	u32 wanted = told.options.serial.speed;
	struct view place;

	if (!port->is_memory)
		return uart_open(port, NULL, wanted);
	return (!told.info || info_may_be_device(told.info, port->at, len)) &&
	       mem_view(&told.mem, port->at, len, &place) &&
	       uart_open(port, mem_writable(&told.mem, place), wanted);
}

static bool try_port(u16 at)
{
	return at && try_uart(&(struct serial){
			     .at = at, .max_speed = SERIAL_MAX_SPEED });
}

/* The first that answers of the one that ACPI names, those that the BIOS
 * knows, and COM1. */
static void look_for_uart(void)
{
	u16 ports[BIOS_PORTS] = { 0 };
	struct serial port;

	if (told.info) {
		phys rsdp = acpi_rsdp(&told.mem, told.info);

		if (serial_from_acpi(&told.mem, rsdp, &port) && try_uart(&port))
			return;
		bios_find_ports(&told.mem, told.info, ports);
	}
	for (u32 i = 0; i < BIOS_PORTS; i++)
		if (try_port(ports[i]))
			return;
	try_port(COM1);
}

static void find_uart(bool is_wanted)
{
	uart_open(NULL, NULL, 0);
	if (is_wanted && told.options.serial.at)
		try_uart(&told.options.serial);
	else if (is_wanted)
		look_for_uart();
}

static void find(void)
{
	const struct options *options = &told.options;
	bool is_xen, is_auto;
	u32 wanted;

	if (!told.is_told)
		options_init(&told.options);
	wanted = options->consoles;
	is_auto = wanted & CONSOLE_AUTO;
	is_xen = (is_auto || wanted & CONSOLE_XEN) && hypervisor_is_xen();
	are_known = true;
	find_screen(wanted);
	xen_console_close();
	find_uart(is_auto || (wanted & CONSOLE_SERIAL));
	/* Xen takes what is written there, and gives nothing to read. */
	has_debug_port = wanted & CONSOLE_DEBUG ||
			 (is_auto && (is_xen || inb(DEBUG_PORT) == DEBUG_PORT));
	if (is_xen)
		xen_console_open(&told.mem);
}

void console_write(struct view text)
{
	if (diverted) {
		diverted(text);
		return;
	}
	if (!are_known)
		find();
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
