// SPDX-License-Identifier: BSD-2-Clause
/*
 * The ways to end, each tried in turn: a way that is not there has no effect.
 * Waits are counted in reads of a port, about 1 us each, since there may be no
 * timer; none of them is endless.
 */
#include "end.h"

#include "console.h"
#include "cpu.h"
#include "end_parts.h"
#include "hypervisor.h"
#include "open.h"
#include "syscon.h"

#define PORT_POST      0x80 /* reading it does nothing but take time */
#define PORT_KEYBOARD  0x64
#define KEYBOARD_BUSY  0x02
#define KEYBOARD_RESET 0xfe
#define PORT_RESET     0xcf9 /* of Intel's chipsets */
#define RESET_COLD     0x02
#define RESET_NOW      0x0e
#define PORT_RTC       0x70 /* index; the next port has the data */
#define RTC_SECONDS    0

#define SECONDS_TO_READ 60 /* for a person at the screen */
#define SECOND_PATIENCE 1000000

/* What is known of the machine, as far as it is. */
struct machine {
	struct mem mem;
	phys rsdp;
	struct view tree;
	const struct boot_info *info;
};

void end_wait(void)
{
	for (u32 i = 0; i < END_PATIENCE; i++)
		inb(PORT_POST);
}

static struct machine machine_of(const struct boot *boot)
{
	struct machine machine = { .tree = VIEW("") };

	if (boot && boot->mem)
		machine.mem = *boot->mem;
	if (!boot || !boot->info)
		return machine;
	machine.info = boot->info;
	machine.rsdp = boot->info->rsdp;
	if (!machine.rsdp && boot->info->rsdp_copy.len)
		machine.rsdp = mem_phys(boot->mem, boot->info->rsdp_copy);
	machine.tree = boot_devicetree(boot);
	return machine;
}

/* A described device is at addresses where there is no RAM. */
static bool is_device(const struct machine *machine, phys at, u64 len)
{
	struct range range = { at, at + len };
	const struct boot_info *info = machine->info;

	for (u32 i = 0; i < info->nr_regions; i++)
		if (info->regions[i].type == REGION_RAM &&
		    range_overlaps(info->regions[i].range, range))
			return false;
	return mem_has(&machine->mem, at, len);
}

/* Do what the device tree says. */
static void write_syscon(const struct machine *machine, const char *compatible)
{
	struct syscon syscon;
	volatile void *at;
	u32 value;

	if (!syscon_find(machine->tree, compatible, &syscon) ||
	    !is_device(machine, syscon.at, syscon.width))
		return;
	at = machine->mem.host + (syscon.at - machine->mem.start);
	value = syscon.value & syscon.mask;
	if (syscon.width == 1)
		*(volatile u8 *)at =
			(u8)((*(volatile u8 *)at & ~syscon.mask) | value);
	else if (syscon.width == 2)
		*(volatile u16 *)at =
			(u16)((*(volatile u16 *)at & ~syscon.mask) | value);
	else
		*(volatile u32 *)at =
			(*(volatile u32 *)at & ~syscon.mask) | value;
	end_wait();
}

static u8 clock_seconds(void)
{
	outb(PORT_RTC, RTC_SECONDS);
	return inb(PORT_RTC + 1);
}

/* By the clock that PCs have; about as long where there is none. */
static void wait_seconds(u32 seconds)
{
	for (; seconds; seconds--) {
		u8 now = clock_seconds();

		for (u32 i = 0; i < SECOND_PATIENCE; i++)
			if (clock_seconds() != now)
				break;
	}
}

static void reset_by_keyboard(void)
{
	for (u32 i = 0; i < END_PATIENCE; i++)
		if (!(inb(PORT_KEYBOARD) & KEYBOARD_BUSY))
			break;
	outb(PORT_KEYBOARD, KEYBOARD_RESET);
	end_wait();
}

static void reset_by_chipset(void)
{
	u8 control = inb(PORT_RESET) & (u8)~RESET_NOW;

	outb(PORT_RESET, control | RESET_COLD);
	end_wait();
	outb(PORT_RESET, control | RESET_NOW);
	end_wait();
}

/* A domain has nothing else by which to tell that it failed. Otherwise it is
 * enough for its end that the last CPU halts. */
static void leave_xen(enum ending how)
{
	if (!hypervisor_is_xen())
		return;
	if (how == END_AUTO) {
		say("gangway: telling Xen of a crash");
		xen_crash();
	}
	cpu_halt();
}

static _Noreturn void reset(const struct machine *machine,
			    const struct acpi_power *power)
{
	write_syscon(machine, "syscon-reboot");
	acpi_reset(&machine->mem, power);
	reset_by_keyboard();
	reset_by_chipset();
	triple_fault();
}

_Noreturn void end(const struct boot *boot)
{
	static const char *const plans[] = {
		[END_AUTO] = "powering off, else rebooting",
		[END_HALT] = "halting",
		[END_REBOOT] = "rebooting",
		[END_POWEROFF] = "powering off",
	};
	enum ending how = boot ? boot->options.ending : END_AUTO;
	struct machine machine = machine_of(boot);
	struct acpi_power power;
	bool waits = how == END_AUTO && !hypervisor_is_there();
	why bad;

	say("gangway: %s%s", waits ? "in 60 seconds " : "", plans[how]);
	console_flush();
	if (boot && boot->options.debug_exit)
		outb(boot->options.debug_exit, 1);
	pvpanic_tell(&machine.mem);
	if (how == END_HALT)
		cpu_halt();
	if (waits)
		wait_seconds(SECONDS_TO_READ);
	bad = acpi_power_read(&machine.mem, machine.rsdp, &power);
	if (how == END_REBOOT)
		reset(&machine, &power);
	write_syscon(&machine, "syscon-poweroff");
	acpi_power_off(&machine.mem, &power);
	leave_xen(how);
	if (how == END_AUTO)
		reset(&machine, &power);
	say("gangway: cannot power off, halting: %s",
	    bad ? bad : "it had no effect");
	console_flush();
	cpu_halt();
}
