/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A serial port like the 16550: where its registers are, and the one that the
 * machine's firmware uses, by ACPI's table SPCR.
 */
#ifndef CORE_SERIAL_H
#define CORE_SERIAL_H

#include "mem.h"

#define SERIAL_REGISTERS 8
#define SERIAL_MAX_PORT	 (0x10000 - SERIAL_REGISTERS)
#define SERIAL_MAX_SPEED 115200 /* with the usual clock */

struct serial {
	phys at; /* of the first register, a port or an address; 0: no port */
	bool is_memory;
	u8 width, stride; /* in memory: bytes of an access, and from one
			     register to the next */
	u32 max_speed;	  /* in baud, with a divisor of 1 */
	u32 speed;	  /* in baud; 0: not told */
};

/* Find the port that SPCR names. False, and out of no use: there is none, or
 * one of another kind. */
bool serial_from_acpi(const struct mem *mem, phys rsdp, struct serial *out);

#endif
