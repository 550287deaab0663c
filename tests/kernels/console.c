/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Printing on COM1 for the probe kernel, and on the debug port under Xen, where
 * there is no COM1 and all its registers read as ones.
 */
#include "console.h"

#define COM1	       0x3f8
#define LINE_STATUS    5
#define TRANSMIT_EMPTY 0x20
#define PATIENCE       100000
#define NOTHING_THERE  0xff
#define DEBUG_PORT     0xe9

void port_write(uint16_t port, uint8_t value)
{
	__asm__ volatile("outb %0, %1" : : "a"(value), "Nd"(port));
}

static uint8_t port_read(uint16_t port)
{
	uint8_t value;

	__asm__ volatile("inb %1, %0" : "=a"(value) : "Nd"(port));
	return value;
}

static void put_char(char c)
{
	uint8_t status = 0;

	for (int i = 0; i < PATIENCE && !(status & TRANSMIT_EMPTY); i++)
		status = port_read(COM1 + LINE_STATUS);
	port_write(status == NOTHING_THERE ? DEBUG_PORT : COM1, (uint8_t)c);
}

static void put_digit(uint64_t value)
{
	put_char("0123456789abcdef"[value & 15]);
}

void put_text(const char *text)
{
	while (*text)
		put_char(*text++);
}

void put_hex(uint64_t value)
{
	int shift = 60;

	put_text("0x");
	while (shift && !(value >> shift))
		shift -= 4;
	for (; shift >= 0; shift -= 4)
		put_digit(value >> shift);
}

void put_number(uint64_t value)
{
	if (value >= 10)
		put_number(value / 10);
	put_digit(value % 10);
}

void put_bytes(const uint8_t *bytes, uint64_t len)
{
	for (uint64_t i = 0; i < len; i++) {
		put_digit(bytes[i] >> 4);
		put_digit(bytes[i]);
	}
}

void put_fact(const char *name, uint64_t value)
{
	put_text(name);
	put_text("=");
	put_hex(value);
	put_text("\n");
}
