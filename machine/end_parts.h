/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The ways to end that need more than a port, for end.c alone. A way that is
 * not there has no effect.
 */
#ifndef MACHINE_END_PARTS_H
#define MACHINE_END_PARTS_H

#include "acpi_power.h"
#include "cpu.h"
#include "mem.h"

#define END_PATIENCE 100000 /* reads of a port, about 1 us each */
#define PORT_POST    0x80   /* reading it does nothing but take time */

/* Give the machine about 0.1 s to do what it was told. */
static inline void end_wait(void)
{
	for (u32 i = 0; i < END_PATIENCE; i++)
		inb(PORT_POST);
}

/* Tell QEMU's or another's pvpanic that there is no going on. mem may be
 * empty. */
void pvpanic_tell(const struct mem *mem);

/* Order the machine to sleep by what acpi_power_read() has found. */
void acpi_power_off(const struct mem *mem, const struct acpi_power *power);

/* Write to the reset register. */
void acpi_reset(const struct mem *mem, const struct acpi_power *power);

#endif
