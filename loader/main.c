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
#include "packed.h"
#include "plan.h"
#include "print.h"
#include "protect.h"
#include "reason.h"

#define FIRST_WINDOW (WINDOW_PDS * GIB)

extern u8 _image[], _image_end[];
extern const u8 departure_code[], departure_code_end[];

/* Those that a loader may mean that goes by the ELF file alone. */
extern const struct door mb1_door, mb2_door, pvh_door, coreboot_door;
static const struct door *const elf_doors[] = { &mb1_door, &mb2_door,
						&pvh_door };

static struct mem mem;
static struct boot_info info;
static struct boot boot;
static struct plan plan;
static struct paging paging;

static void check(const char *step, const char *protocol, why bad)
{
	if (bad)
		fail(&boot, step, protocol, bad);
}

/* The attribute, since clang counts it as part of a function's type. */
static __attribute__((noreturn)) void fail_exception(void)
{
	fail(&boot, "run", "gangway", "the CPU raised an exception");
}

static void read_options(void)
{
	boot_options(&boot);
	console_open(&boot.options, &mem, &info);
}

static void enter(const struct door *door, u32 magic, phys info_at)
{
	if (!door)
		door = door_meant(elf_doors, ARRAY_LEN(elf_doors), &mem, magic,
				  info_at);
	if (!door && cb_find(&mem, &info_at))
		door = &coreboot_door;
	info_init(&info, door ? door->name : "unknown");
	info.ask_xen = xen_memory_map;
	boot_init(&boot, &mem, &info);
	console_open(&boot.options, &mem, &info);
	if (!door)
		check("door", "unknown",
		      reason_format("entered at the ELF entry in 32-bit mode, "
				    "where neither EAX (0x%x) nor what EBX "
				    "(0x%lx) points at is of Multiboot or PVH",
				    magic, info_at));
	info_hold(&info, (phys)(u64)_image, (u64)(_image_end - _image));
	door->read(&mem, magic, info_at, &info);
	check("door", door->name, info.bad);
	check("open", "pack", packed_add(&mem, (phys)(u64)_image, &info));
	bios_find_text(&mem, &info);
	read_options();
	acpi_keep(&mem, &info);
	check("door", door->name, info_check(&info));
	check("memory", door->name, paging_extend(&paging, &mem, &info, &plan));
	if (mem.nr_above) {
		acpi_keep(&mem, &info);
		check("memory", door->name, info.bad);
	}
}

static void open_payload(void)
{
	struct payload *payload = &boot.payload;
	why bad;

	libraries_prepare();
	bad = boot_open(&boot, &plan);
	/* Where there is none, an option may be the cause. */
	if (payload->bundle_line.len || payload->line.len)
		read_options();
	check("options", "gangway", options_judge(&boot.options));
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

	mem = (struct mem){ .host = (u8 *)WINDOW_BASE,
			    .len = FIRST_WINDOW,
			    .show = show,
			    .mapped = FIRST_WINDOW };
	protect_image(&paging);
	exceptions_init(fail_exception);
	refuse_tdx();
	enter(door, magic, info_at);
	log_door(&boot);
	open_payload();
	log_payload(&boot);
	plan_init(&plan, &info);
	boot.plan = &plan;
	check("plan", boot.payload.format->name,
	      boot.payload.format->plan(&boot, &plan));
	check("tell", boot.payload.format->name,
	      boot_tell(&boot, &plan, &departure, &handoff_at));
	log_plan(&boot, &plan);
	console_flush();
	return handoff_at;
}

/* Called by the compiler's checks when a function's frame was overwritten. */
__attribute__((used)) void __stack_chk_fail(void);
void __stack_chk_fail(void)
{
	fail(&boot, "run", "gangway", "the stack was overwritten");
}
