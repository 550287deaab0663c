// SPDX-License-Identifier: BSD-2-Clause
/*
 * A 16550 (PC16550D data sheet).
 */
#include "console_parts.h"

#include "cpu.h"

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

static struct {
	u16 base; /* I/O base; 0: there is none */
	u64 burst;
} uart;

static u8 uart_read(u32 reg)
{
	return inb((u16)(uart.base + reg));
}

static void uart_set(u32 reg, u8 value)
{
	outb((u16)(uart.base + reg), value);
}

static bool uart_wait(u8 status)
{
	u32 left = CONSOLE_PATIENCE;

	while (!(uart_read(UART_LSR) & status))
		if (!--left) {
			uart.base = 0;
			return false;
		}
	return true;
}

/* Where there is no UART all reads give ones, which look ready to send. */
static bool uart_is_there(void)
{
	for (u32 value = 0x55; value <= 0xaa; value += 0x55) {
		uart_set(UART_SCRATCH, (u8)value);
		if (uart_read(UART_SCRATCH) != value)
			return false;
	}
	return uart_read(UART_LSR) != 0xff;
}

/* 115200 baud, 8 bits, no parity, 1 stop bit. */
void uart_open(u16 base)
{
	static const u8 setup[][2] = {
		{ UART_IER, 0 },    { UART_LCR, 0x80 }, { UART_DATA, 1 },
		{ UART_IER, 0 },    { UART_LCR, 0x03 }, { UART_FCR, 0x07 },
		{ UART_MCR, 0x03 },
	};

	uart.base = base;
	if (!base)
		return;
	if (!uart_is_there()) {
		uart.base = 0;
		return;
	}
	if (!uart_wait(LSR_IDLE))
		return;
	for (u32 i = 0; i < ARRAY_LEN(setup); i++)
		uart_set(setup[i][0], setup[i][1]);
	uart.burst = 1;
	if ((uart_read(UART_FCR) & FIFO_WORKS) == FIFO_WORKS)
		uart.burst = FIFO_LEN;
}

void uart_write(struct view text)
{
	const u8 *at = text.at, *end = at + text.len;
	u64 burst = uart.burst;
	u16 port = uart.base;

	while (port && at < end && uart_wait(LSR_READY))
		at = outsb(port, at, min_u64((u64)(end - at), burst));
}

void uart_flush(void)
{
	if (uart.base)
		uart_wait(LSR_IDLE);
}
