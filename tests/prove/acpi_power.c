// SPDX-License-Identifier: BSD-2-Clause
/*
 * What ACPI's tables say of the machine's end and of its serial port: whatever
 * they say, a register is a port or lies in the window. Finding a table stands
 * for its contract, which acpi.c proves.
 */
#include "prove.h"

#include "acpi_power.h"
#include "serial.h"

#define DSDT_MAX 12 /* of what is searched byte by byte */

bool mem_has(const struct mem *mem, phys at, u64 len)
{
	return at >= mem->start && at - mem->start <= mem->len &&
	       len <= mem->len - (at - mem->start);
}

bool acpi_see_table(const struct mem *mem, phys at, u32 signature,
		    struct view *out)
{
	u64 len = nondet_u64();

	assume(signature != ACPI_SIGNATURE_DSDT || len <= DSDT_MAX);
	return mem_view(mem, at, len, out);
}

bool acpi_find_table(const struct mem *mem, phys rsdp, u32 signature,
		     struct view *out)
{
	(void)rsdp;
	return acpi_see_table(mem, nondet_u64(), signature, out);
}

static bool is_sound(const struct mem *mem, const struct acpi_register *reg)
{
	return reg->space == ACPI_NOWHERE ||
	       (reg->space == ACPI_IO ? reg->at <= 0xffff
				      : reg->space == ACPI_MEMORY &&
						mem_has(mem, reg->at, 1));
}

void harness(void)
{
	struct mem mem = any_mem(LONG);
	struct acpi_power power;
	struct serial port;
	why bad = acpi_power_read(&mem, nondet_u64(), &power);

	prove(!bad == power.can_sleep);
	prove(is_sound(&mem, &power.reset) && is_sound(&mem, &power.sleep));
	prove(power.type_a <= 7 || !power.can_sleep);
	prove(power.type_b <= 7 || !power.can_sleep);
	prove(power.pm1a < 0xffff && power.pm1b < 0xffff);
	if (serial_from_acpi(&mem, nondet_u64(), &port))
		prove(port.at && (port.is_memory || port.at <= 0xffff) &&
		      is_power_of_two(port.width) && port.width <= 8 &&
		      port.stride >= port.width && port.max_speed);
}
