// SPDX-License-Identifier: BSD-2-Clause
/*
 * The ways to end, each tried in turn: a way that is not there has no effect,
 * and one that raises an exception is passed over. Waits are counted in reads
 * of a port, about 1 us each, since there may be no timer; none of them is
 * endless.
 */
#include "end.h"

#include "acpi.h"
#include "console.h"
#include "cpu.h"
#include "end_parts.h"
#include "hypervisor.h"
#include "open.h"
#include "syscon.h"

#define PORT_KEYBOARD  0x64
#define KEYBOARD_BUSY  0x02
#define KEYBOARD_RESET 0xfe
#define PORT_RESET     0xcf9 /* of Intel's chipsets */
#define RESET_COLD     0x02
#define RESET_NOW      0x0e
#define PORT_RTC       0x70 /* index; the next port has the data */
#define RTC_SECONDS    0

#define SECONDS_TO_READ 60 /* for a person at the screen */
#define SYSCON_WAITS	10 /* a second, as Linux gives it */
#define SECOND_PATIENCE 1000000

/* Empty, or 0, as far as nothing is known. */

static struct mem mem_of(const struct boot *boot)
{
	return boot && boot->mem ? *boot->mem : (struct mem){ .len = 0 };
}

static phys rsdp_of(const struct boot *boot)
{
	return boot && boot->info ? acpi_rsdp(boot->mem, boot->info) : 0;
}

/* Do what the device tree says. */
static void write_syscon(const struct boot *boot, const char *compatible)
{
	struct syscon syscon;
	struct view place;
	volatile void *at;
	u32 value;

	if (!boot || !boot->info ||
	    !syscon_find(boot_devicetree(boot), compatible, &syscon) ||
	    !info_may_be_device(boot->info, syscon.at, syscon.width) ||
	    !mem_view(boot->mem, syscon.at, syscon.width, &place))
		return;
	at = mem_writable(boot->mem, place);
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
	for (u32 i = 0; i < SYSCON_WAITS; i++)
		end_wait();
}

static enum ending ending_of(const struct boot *boot)
{
	return boot ? boot->options.ending : END_AUTO;
}

/* A person may sit there, and read. */
static bool waits(const struct boot *boot)
{
	return ending_of(boot) == END_AUTO && !hypervisor_is_there();
}

/* The rungs of docs/ending.md. */

static void announce(const struct boot *boot)
{
	static const char *const plans[] = {
		[END_AUTO] = "powering off, else rebooting",
		[END_HALT] = "halting",
		[END_REBOOT] = "rebooting",
		[END_POWEROFF] = "powering off",
	};

	say("gangway: %s%s", waits(boot) ? "in 60 seconds " : "",
	    plans[ending_of(boot)]);
	console_flush();
}

static void tell_debug_exit(const struct boot *boot)
{
	if (boot && boot->options.debug_exit)
		outb(boot->options.debug_exit, 1);
}

static void tell_pvpanic(const struct boot *boot)
{
	struct mem mem = mem_of(boot);

	pvpanic_tell(&mem);
}

static u8 clock_seconds(void)
{
	outb(PORT_RTC, RTC_SECONDS);
	return inb(PORT_RTC + 1);
}

/* By the clock that PCs have; about as long where there is none. */
static void let_read(const struct boot *boot)
{
	for (u32 left = waits(boot) ? SECONDS_TO_READ : 0; left; left--) {
		u8 now = clock_seconds();

		for (u32 i = 0; i < SECOND_PATIENCE; i++)
			if (clock_seconds() != now)
				break;
	}
}

static void power_off_by_tree(const struct boot *boot)
{
	write_syscon(boot, "syscon-poweroff");
}

static why no_power_off;

static void power_off_by_acpi(const struct boot *boot)
{
	struct mem mem = mem_of(boot);
	struct acpi_power power;
	why bad = acpi_power_read(&mem, rsdp_of(boot), &power);

	acpi_power_off(&mem, &power);
	no_power_off = bad ? bad : "it had no effect";
}

/* A domain has nothing else by which to tell that it failed. Otherwise it is
 * enough for its end that the last CPU halts. */
static void leave_xen(const struct boot *boot)
{
	if (!hypervisor_is_xen())
		return;
	if (ending_of(boot) == END_AUTO) {
		say("gangway: telling Xen of a crash");
		xen_crash();
	}
	cpu_halt();
}

static void reset_by_tree(const struct boot *boot)
{
	write_syscon(boot, "syscon-reboot");
}

static void reset_by_acpi(const struct boot *boot)
{
	struct mem mem = mem_of(boot);
	struct acpi_power power;
	why cannot_sleep = acpi_power_read(&mem, rsdp_of(boot), &power);

	(void)cannot_sleep;
	acpi_reset(&mem, &power);
}

static void reset_by_keyboard(const struct boot *boot)
{
	(void)boot;
	for (u32 i = 0; i < END_PATIENCE; i++)
		if (!(inb(PORT_KEYBOARD) & KEYBOARD_BUSY))
			break;
	outb(PORT_KEYBOARD, KEYBOARD_RESET);
	end_wait();
}

static void reset_by_chipset(const struct boot *boot)
{
	u8 control = inb(PORT_RESET) & (u8)~RESET_NOW;

	(void)boot;
	outb(PORT_RESET, control | RESET_COLD);
	end_wait();
	outb(PORT_RESET, control | RESET_NOW);
	end_wait();
}

static void reset_by_fault(const struct boot *boot)
{
	(void)boot;
	triple_fault();
}

static void give_up(const struct boot *boot)
{
	(void)boot;
	say("gangway: cannot power off, halting: %s",
	    no_power_off ? no_power_off : "trying it raised an exception");
	console_flush();
}

static void halt(const struct boot *boot)
{
	(void)boot;
	cpu_halt();
}

#define AUTO	 (1u << END_AUTO)
#define HALT	 (1u << END_HALT)
#define REBOOT	 (1u << END_REBOOT)
#define POWEROFF (1u << END_POWEROFF)
#define ANY	 (AUTO | HALT | REBOOT | POWEROFF)

/* clang-format off */
static const struct rung {
	u32 endings; /* that it is a part of */
	void (*climb)(const struct boot *boot);
} ladder[] = {
	{ ANY,             announce },
	{ ANY,             tell_debug_exit },
	{ ANY,             tell_pvpanic },
	{ HALT,            halt },
	{ AUTO,            let_read },
	{ AUTO | POWEROFF, power_off_by_tree },
	{ AUTO | POWEROFF, power_off_by_acpi },
	{ AUTO | POWEROFF, leave_xen },
	{ AUTO | REBOOT,   reset_by_tree },
	{ AUTO | REBOOT,   reset_by_acpi },
	{ AUTO | REBOOT,   reset_by_keyboard },
	{ AUTO | REBOOT,   reset_by_chipset },
	{ AUTO | REBOOT,   reset_by_fault },
	{ POWEROFF,        give_up },
};
/* clang-format on */

_Noreturn void end(const struct boot *boot)
{
	static u32 next;

	while (next < ARRAY_LEN(ladder)) {
		const struct rung *rung = &ladder[next++];

		if (rung->endings & 1u << ending_of(boot))
			rung->climb(boot);
	}
	cpu_halt();
}
