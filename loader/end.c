// SPDX-License-Identifier: BSD-2-Clause
/*
 * The ways to end, each tried in turn: a way that is not there has no effect.
 * Waits are counted in reads of a port, about 1 us each, since there may be no
 * timer; none of them is endless.
 */
#include "end.h"

#include "acpi_power.h"
#include "console.h"
#include "cpu.h"
#include "exceptions.h"
#include "hypervisor.h"

#define PORT_POST      0x80 /* reading it does nothing but take time */
#define PORT_KEYBOARD  0x64
#define KEYBOARD_BUSY  0x02
#define KEYBOARD_RESET 0xfe
#define PORT_RESET     0xcf9 /* of Intel's chipsets */
#define RESET_COLD     0x02
#define RESET_NOW      0x0e
#define PATIENCE       100000

/* QEMU, docs/specs/fw_cfg and pvpanic. */
#define FW_CFG_SELECTOR	 0x510
#define FW_CFG_DATA	 0x511
#define FW_CFG_SIGNATURE 0x00
#define FW_CFG_DIRECTORY 0x19
#define FW_CFG_MAX_FILES 1024
#define PVPANIC_FILE	 "etc/pvpanic-port"
#define PVPANIC_PANICKED 0x01

struct fw_cfg_file {
	u32 size; /* this and the next are big-endian */
	u16 select;
	u16 reserved;
	char name[56];
};
WIRE_SIZE(struct fw_cfg_file, 64);

/* ACPI 6.5, sections 4.8.3.2.1 and 4.8.3.7. */
#define PM1_SCI_EN    0x0001
#define PM1_TYPE      10
#define PM1_TYPE_MASK 0x1c00
#define PM1_SLP_EN    0x2000
#define SLEEP_TYPE    2
#define SLEEP_EN      0x20

#define SLEEP_PATIENCE 10 /* waits for the machine to go to sleep */

static void wait(void)
{
	for (u32 i = 0; i < PATIENCE; i++)
		inb(PORT_POST);
}

static void fw_cfg_read(void *out, u64 len)
{
	for (u8 *at = out; len--; at++)
		*at = inb(FW_CFG_DATA);
}

static void fw_cfg_select(u16 item, void *out, u64 len)
{
	outw(FW_CFG_SELECTOR, item);
	fw_cfg_read(out, len);
}

/* The port of QEMU's pvpanic; 0: there is none. */
static u16 find_pvpanic(void)
{
	struct fw_cfg_file file;
	u32 signature, nr;
	u16 port = 0;

	fw_cfg_select(FW_CFG_SIGNATURE, &signature, sizeof(signature));
	if (memcmp(&signature, "QEMU", sizeof(signature)))
		return 0;
	fw_cfg_select(FW_CFG_DIRECTORY, &nr, sizeof(nr));
	nr = __builtin_bswap32(nr);
	for (u32 i = 0; i < nr && i < FW_CFG_MAX_FILES; i++) {
		fw_cfg_read(&file, sizeof(file));
		if (memcmp(file.name, PVPANIC_FILE, sizeof(PVPANIC_FILE)))
			continue;
		fw_cfg_select(__builtin_bswap16(file.select), &port,
			      sizeof(port));
		break;
	}
	return port;
}

static void tell_pvpanic(void)
{
	u16 port;
	u8 known;

	/* On real machines, and those that Xen's dom0 sees, something else
	 * may be at fw_cfg's ports. */
	if (!hypervisor_is_there() || hypervisor_is_xen())
		return;
	port = find_pvpanic();
	if (!port)
		return;
	known = inb(port);
	if (known != 0xff && (known & PVPANIC_PANICKED))
		outb(port, PVPANIC_PANICKED);
}

static void write_register(const struct mem *mem,
			   const struct acpi_register *reg, u8 value)
{
	if (reg->space == ACPI_IO)
		outb((u16)reg->at, value);
	else
		*(volatile u8 *)(mem->host + (reg->at - mem->start)) = value;
	wait();
}

static void turn_acpi_on(const struct acpi_power *power)
{
	if (!power->smi_command || inw(power->pm1a) & PM1_SCI_EN)
		return;
	outb(power->smi_command, power->acpi_enable);
	for (u32 i = 0; i < PATIENCE; i++)
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

static void power_off(const struct mem *mem, const struct acpi_power *power)
{
	if (power->sleep.space != ACPI_NOWHERE) {
		write_register(mem, &power->sleep,
			       (u8)(power->type_a << SLEEP_TYPE | SLEEP_EN));
	} else if (power->can_sleep) {
		turn_acpi_on(power);
		write_pm1(power->pm1a, power->type_a);
		if (power->pm1b)
			write_pm1(power->pm1b, power->type_b);
	}
	/* It happens behind our back: on a busy host that takes its time. */
	for (u32 i = 0; i < SLEEP_PATIENCE && power->can_sleep; i++)
		wait();
	/* Xen takes it for a power-off when the last CPU halts. */
	if (hypervisor_is_xen())
		cpu_halt();
}

static noreturn void reboot(const struct mem *mem,
			    const struct acpi_power *power)
{
	u8 control;

	if (power->reset.space != ACPI_NOWHERE)
		write_register(mem, &power->reset, power->reset_value);
	for (u32 i = 0; i < PATIENCE; i++)
		if (!(inb(PORT_KEYBOARD) & KEYBOARD_BUSY))
			break;
	outb(PORT_KEYBOARD, KEYBOARD_RESET);
	wait();
	control = inb(PORT_RESET) & (u8)~RESET_NOW;
	outb(PORT_RESET, control | RESET_COLD);
	wait();
	outb(PORT_RESET, control | RESET_NOW);
	wait();
	triple_fault();
}

noreturn void end(enum ending how, u16 debug_exit, const struct mem *mem,
		  phys rsdp, bool failed)
{
	static const struct mem no_mem = { NULL, 0, 0 };
	static const char *const plans[] = {
		[END_AUTO] = "powering off, else rebooting",
		[END_HALT] = "halting",
		[END_REBOOT] = "rebooting",
		[END_POWEROFF] = "powering off",
	};
	struct acpi_power power;
	why bad;

	say("gangway: %s", plans[how]);
	console_flush();
	if (debug_exit)
		outb(debug_exit, failed);
	if (failed)
		tell_pvpanic();
	if (how == END_HALT)
		cpu_halt();
	bad = acpi_power_read(mem ? mem : &no_mem, rsdp, &power);
	if (how != END_REBOOT)
		power_off(mem, &power);
	if (how != END_POWEROFF)
		reboot(mem, &power);
	say("gangway: cannot power off, halting: %s",
	    bad ? bad : "it had no effect");
	console_flush();
	cpu_halt();
}
