/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What ACPI's tables (ACPI 6.5, chapters 4.8, 5.2 and 7.3.4) say of switching
 * the machine off and resetting it. Reads only; end.c does the rest.
 */
#ifndef CORE_ACPI_POWER_H
#define CORE_ACPI_POWER_H

#include "acpi_tables.h"

struct acpi_register {
	enum acpi_space space;
	u64 at; /* a physical address in the window; a port */
};

struct acpi_power {
	struct acpi_register reset; /* of 1 byte; or nowhere */
	u8 reset_value;

	bool can_sleep;		    /* the rest is known: */
	struct acpi_register sleep; /* of 1 byte; nowhere: PM1 is to be used */
	u16 pm1a, pm1b;		    /* ports of 2 bytes; 0: there is none */
	u16 smi_command;	    /* port of 1 byte; 0: ACPI is always on */
	u8 acpi_enable;		    /* what turns ACPI on there */
	u8 type_a, type_b;	    /* S5's SLP_TYP for PM1a and PM1b */
};

/*
 * Find out from the RSDP on. *out is valid whatever the result: it has what
 * was found before something was wrong.
 */
must_check why acpi_power_read(const struct mem *mem, phys rsdp,
			       struct acpi_power *out);

#endif
