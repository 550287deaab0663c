// SPDX-License-Identifier: BSD-2-Clause
/*
 * A 16550 (PC16550D data sheet), at I/O ports or in memory, where a register
 * may be wider than what is in it, and others may lie apart.
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
#define LCR_BITS     0x03 /* of a word, less 5 */
#define LCR_7_BITS   0x02
#define LCR_8_BITS   0x03
#define LCR_DIVISOR  0x80 /* the first two registers are the divisor */
#define LSR_READY    0x20
#define LSR_IDLE     0x40
#define FIFO_WORKS   0xc0
#define FIFO_LEN     16
#define MAX_DIVISOR  1152 /* 100 baud with the usual clock */

static struct {
	bool is_open;
	struct serial port;
	volatile u8 *memory; /* NULL: I/O ports */
	u64 burst;
} uart;

static u8 memory_read(u32 reg)
{
	volatile u8 *at = uart.memory + reg * uart.port.stride;

	if (uart.port.width == 1)
		return *at;
	if (uart.port.width == 2)
		return (u8) * (volatile u16 *)at;
	return (u8) * (volatile u32 *)at;
}

static void memory_set(u32 reg, u8 value)
{
	volatile u8 *at = uart.memory + reg * uart.port.stride;

	if (uart.port.width == 1)
		*at = value;
	else if (uart.port.width == 2)
		*(volatile u16 *)at = value;
	else
		*(volatile u32 *)at = value;
}

static u8 uart_read(u32 reg)
{
	return uart.memory ? memory_read(reg) : inb((u16)(uart.port.at + reg));
}

static void uart_set(u32 reg, u8 value)
{
	if (uart.memory)
		memory_set(reg, value);
	else
		outb((u16)(uart.port.at + reg), value);
}

static bool uart_wait(u8 status)
{
	u32 left = CONSOLE_PATIENCE;

	while (!(uart_read(UART_LSR) & status))
		if (!--left) {
			uart.is_open = false;
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

static u32 uart_divisor(void)
{
	u8 lcr = uart_read(UART_LCR);
	u32 divisor;

	uart_set(UART_LCR, lcr | LCR_DIVISOR);
	divisor = uart_read(UART_DATA) | (u32)uart_read(UART_IER) << 8;
	uart_set(UART_LCR, lcr);
	return divisor;
}

/* After a reset a 16550 has words of 5 bits, which nobody uses. */
static bool uart_is_set(void)
{
	u8 lcr = uart_read(UART_LCR);
	u32 divisor = lcr & LCR_DIVISOR ? 0 : uart_divisor();

	return (lcr & LCR_BITS) >= LCR_7_BITS && divisor &&
	       divisor <= MAX_DIVISOR;
}

/* 8 bits, no parity, 1 stop bit. */
static void uart_set_up(u32 speed)
{
	u32 divisor = uart.port.max_speed / (speed ? speed : SERIAL_MAX_SPEED);

	uart_set(UART_LCR, LCR_8_BITS);
	uart_set(UART_IER, 0);
	uart_set(UART_LCR, LCR_DIVISOR | LCR_8_BITS);
	uart_set(UART_DATA, (u8)divisor);
	uart_set(UART_IER, (u8)(divisor >> 8));
	uart_set(UART_LCR, LCR_8_BITS);
	uart_set(UART_FCR, 0x07); /* FIFOs on, and empty */
	uart_set(UART_MCR, 0x03); /* DTR and RTS */
}

bool uart_open(const struct serial *port, volatile u8 *memory, u32 wanted)
{
	uart.is_open = false;
	if (!port)
		return false;
	uart.port = *port;
	uart.memory = memory;
	if (!uart_is_there())
		return false;
	uart.is_open = true;
	if (!uart_wait(LSR_IDLE))
		return false;
	if (wanted || !uart_is_set())
		uart_set_up(wanted ? wanted : port->speed);
	uart.burst = 1;
	if ((uart_read(UART_FCR) & FIFO_WORKS) == FIFO_WORKS)
		uart.burst = FIFO_LEN;
	return true;
}

static const u8 *uart_put(const u8 *text, u64 nr)
{
	if (!uart.memory)
		return outsb((u16)uart.port.at, text, nr);
	while (nr--)
		uart_set(UART_DATA, *text++);
	return text;
}

void uart_write(struct view text)
{
	const u8 *at = text.at, *end = at + text.len;

	while (uart.is_open && at < end && uart_wait(LSR_READY))
		at = uart_put(at, min_u64((u64)(end - at), uart.burst));
}

void uart_flush(void)
{
	if (uart.is_open)
		uart_wait(LSR_IDLE);
}
