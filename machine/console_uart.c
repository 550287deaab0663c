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
#define LCR_BITS     0x03 /* of a word, less 5 */
#define LCR_7_BITS   0x02
#define LCR_8_BITS   0x03
#define LCR_DIVISOR  0x80 /* the first two registers are the divisor */
#define LSR_READY    0x20
#define LSR_IDLE     0x40
#define FIFO_WORKS   0xc0
#define FIFO_LEN     16
#define MAX_SPEED    115200
#define MAX_DIVISOR  1152 /* 100 baud */

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
	u32 divisor = MAX_SPEED / (speed ? speed : MAX_SPEED);

	uart_set(UART_LCR, LCR_8_BITS);
	uart_set(UART_IER, 0);
	uart_set(UART_LCR, LCR_DIVISOR | LCR_8_BITS);
	uart_set(UART_DATA, (u8)divisor);
	uart_set(UART_IER, (u8)(divisor >> 8));
	uart_set(UART_LCR, LCR_8_BITS);
	uart_set(UART_FCR, 0x07); /* FIFOs on, and empty */
	uart_set(UART_MCR, 0x03); /* DTR and RTS */
}

bool uart_open(u16 base, u32 speed)
{
	uart.base = base;
	if (!base)
		return false;
	if (!uart_is_there()) {
		uart.base = 0;
		return false;
	}
	if (!uart_wait(LSR_IDLE))
		return false;
	if (speed || !uart_is_set())
		uart_set_up(speed);
	uart.burst = 1;
	if ((uart_read(UART_FCR) & FIFO_WORKS) == FIFO_WORKS)
		uart.burst = FIFO_LEN;
	return true;
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
