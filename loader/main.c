// SPDX-License-Identifier: BSD-2-Clause
/*
 * The story of a boot: entered by a door, gangway learns what it was told,
 * opens the kernel, plans, tells, and leaves. Every failure ends here too.
 */
#include "acpi_keep.h"
#include "bios_text.h"
#include "boot.h"
#include "cb_tables.h"
#include "console.h"
#include "cpu.h"
#include "departure.h"
#include "door.h"
#include "exceptions.h"
#include "fail.h"
#include "format.h"
#include "hypervisor.h"
#include "libraries.h"
#include "log.h"
#include "open.h"
#include "own.h"
#include "plan.h"
#include "print.h"
#include "protect.h"
#include "reason.h"
#include "state.h"

#define FIRST_WINDOW (WINDOW_PDS * GIB)

extern u8 _image[], _image_end[];
extern const u8 departure_code[], departure_code_end[];

/* Those that a loader may mean that goes by the ELF file alone. */
extern const struct door mb1_door, mb2_door, pvh_door, coreboot_door;
static const struct door *const elf_doors[] = { &mb1_door, &mb2_door,
						&pvh_door };

static struct paging paging;

static void check(const char *step, const char *protocol, why bad)
{
	if (bad)
		fail(&the_boot, step, protocol, bad);
}

/* The attribute, since clang counts it as part of a function's type. */
static __attribute__((noreturn)) void fail_exception(void)
{
	fail(&the_boot, "run", "gangway", "the CPU raised an exception");
}

static void read_options(void)
{
	boot_options(&the_boot);
	console_open(&the_boot.options, &the_mem, &the_info);
}

static void enter(const struct door *door, u32 magic, phys info_at)
{
	if (!door)
		door = door_meant(elf_doors, ARRAY_LEN(elf_doors), &the_mem,
				  magic, info_at);
	if (!door && cb_find(&the_mem, &info_at))
		door = &coreboot_door;
	info_init(&the_info, door ? door->name : "unknown");
	the_info.ask_xen = xen_memory_map;
	boot_init(&the_boot, &the_mem, &the_info);
	console_open(&the_boot.options, &the_mem, &the_info);
	if (!door)
		check("door", "unknown",
		      reason_format("entered at the ELF entry in 32-bit mode, "
				    "where neither EAX (0x%x) nor what EBX "
				    "(0x%lx) points at is of Multiboot or PVH",
				    magic, info_at));
	info_hold(&the_info, (phys)(u64)_image, (u64)(_image_end - _image));
	door->read(&the_mem, magic, info_at, &the_info);
	check("door", door->name, the_info.bad);
	check("open", "pack", own_add(&the_mem, &the_info));
	bios_find_text(&the_mem, &the_info);
	read_options();
	acpi_keep(&the_mem, &the_info);
	check("door", door->name, info_check(&the_info));
	check("memory", door->name,
	      paging_extend(&paging, &the_mem, &the_info, &the_plan));
	if (the_mem.nr_above) {
		check("open", "pack", own_add(&the_mem, &the_info));
		acpi_keep(&the_mem, &the_info);
		check("memory", door->name, the_info.bad);
	}
}

static void open_payload(void)
{
	struct payload *payload = &the_boot.payload;
	why bad;

	libraries_prepare();
	bad = boot_open(&the_boot, &the_plan);
	/* Where there is none, an option may be the cause. */
	if (payload->bundle_line.len || payload->line.len)
		read_options();
	check("options", "gangway", options_judge(&the_boot.options));
	check("open", payload->container ? payload->container : "module", bad);
}

static phys put_tables(const struct plan *planned, struct arena *arena)
{
	return paging_depart(&paging, planned, arena);
}

static bool show(struct range range)
{
	return paging_show(&paging, range);
}

/* In a TDX domain no console can be reached, and no port to end by. */
static void refuse_tdx(void)
{
	static const char text[65] =
		"gangway: in a TDX domain only gangway.efi "
		"starts, by UEFI";
	u64 words[8];

	if (!hypervisor_is_tdx())
		return;
	memcpy(words, text, sizeof(words));
	tdx_tell(words);
	triple_fault();
}

/* What entry.S calls, and what it leaves with: the handoff's address. door is
 * NULL where the entry does not tell. */
phys loader_main(const struct door *door, u32 magic, phys info_at)
{
	struct departure departure = {
		.code = { departure_code,
			  (u64)(departure_code_end - departure_code) },
		.put_tables = put_tables,
	};
	phys handoff_at = 0;

	the_mem = (struct mem){ .host = (u8 *)WINDOW_BASE,
				.len = FIRST_WINDOW,
				.show = show,
				.mapped = FIRST_WINDOW };
	protect_image(&paging);
	exceptions_init(fail_exception);
	refuse_tdx();
	enter(door, magic, info_at);
	log_door(&the_boot);
	open_payload();
	log_payload(&the_boot);
	plan_init(&the_plan, &the_info);
	the_boot.plan = &the_plan;
	check("plan", the_boot.payload.format->name,
	      the_boot.payload.format->plan(&the_boot, &the_plan));
	check("tell", the_boot.payload.format->name,
	      boot_tell(&the_boot, &the_plan, &departure, &handoff_at));
	log_plan(&the_boot, &the_plan);
	console_flush();
	return handoff_at;
}
