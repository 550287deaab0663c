// SPDX-License-Identifier: BSD-2-Clause
/*
 * Writing to ACPI's registers (ACPI 6.5, sections 4.8.3 and 4.8.4).
 */
#include "end_parts.h"

#include "cpu.h"

#define PM1_SCI_EN    0x0001
#define PM1_TYPE      10
#define PM1_TYPE_MASK 0x1c00
#define PM1_SLP_EN    0x2000
#define SLEEP_TYPE    2
#define SLEEP_EN      0x20

#define SLEEP_PATIENCE 10 /* waits for the machine to go to sleep */

static void write_register(const struct mem *mem,
			   const struct acpi_register *reg, u8 value)
{
	if (reg->space == ACPI_IO)
		outb((u16)reg->at, value);
	else
		*(volatile u8 *)(mem->host + (reg->at - mem->start)) = value;
	end_wait();
}

static void turn_acpi_on(const struct acpi_power *power)
{
	if (!power->smi_command || inw(power->pm1a) & PM1_SCI_EN)
		return;
	outb(power->smi_command, power->acpi_enable);
	for (u32 i = 0; i < END_PATIENCE; i++)
		if (inw(power->pm1a) & PM1_SCI_EN)
			return;
}

/* Some chipsets miss the type when it comes together with the order. */
static void write_pm1(u16 port, u8 type)
{
	u32 value = inw(port) & ~(u32)(PM1_TYPE_MASK | PM1_SLP_EN);

	value |= (u32)type << PM1_TYPE;
	outw(port, (u16)value);
	outw(port, (u16)(value | PM1_SLP_EN));
}

void acpi_power_off(const struct mem *mem, const struct acpi_power *power)
{
	if (!power->can_sleep)
		return;
	if (power->sleep.space != ACPI_NOWHERE) {
		write_register(mem, &power->sleep,
			       (u8)(power->type_a << SLEEP_TYPE | SLEEP_EN));
	} else {
		turn_acpi_on(power);
		write_pm1(power->pm1a, power->type_a);
		if (power->pm1b)
			write_pm1(power->pm1b, power->type_b);
	}
	/* The machine does it in its own time: on a busy host that is long. */
	for (u32 i = 0; i < SLEEP_PATIENCE; i++)
		end_wait();
}

void acpi_reset(const struct mem *mem, const struct acpi_power *power)
{
	if (power->reset.space != ACPI_NOWHERE)
		write_register(mem, &power->reset, power->reset_value);
}
