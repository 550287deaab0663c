// SPDX-License-Identifier: BSD-2-Clause
/*
 * The exit. Everything that can fail is tried before boot services end, so that
 * an error can be returned to the caller; then the kernel is planned again with
 * the final map, in which only the firmware's own bookkeeping can differ.
 */
#include "leave.h"

#include "acpi_keep.h"
#include "collect.h"
#include "confidential.h"
#include "console.h"
#include "departure.h"
#include "devicetree_pass.h"
#include "efi_map.h"
#include "fail.h"
#include "format.h"
#include "linux_tables.h"
#include "log.h"
#include "plan.h"
#include "state.h"
#include "tables.h"

#define TRIES 4

static struct boot *leaving;
static bool has_begun; /* to end the boot services */

_Noreturn void efi_depart(phys tables);
phys efi_finish(void);
extern const u8 departure_code[], departure_code_end[];

/* Rebuild the regions from the current map; holds and modules stay. */
static why read_regions(struct boot_info *info)
{
	info->nr_regions = info->unknown_types = 0;
	efi_map_read(info);
	return info_check(info);
}

/* Some firmware keeps ACPI tables in boot services memory. */
static why make_plan(struct boot *boot)
{
	acpi_keep(boot->mem, boot->info);
	if (boot->info->bad)
		return boot->info->bad;
	plan_init(&the_plan, boot->info);
	boot->plan = &the_plan;
	return boot->payload.format->plan(boot, &the_plan);
}

/* ExitBootServices() needs the newest map, and after the first try no other
 * calls than these two are allowed (UEFI 2.10, section 7.4.6). */
static why end_services(struct boot_info *info)
{
	EFI_STATUS status = EFI_INVALID_PARAMETER;
	UINTN key;
	why bad;

	for (u32 i = 0; i < TRIES && status == EFI_INVALID_PARAMETER; i++) {
		bad = collect_map_again(info, &key);
		if (bad)
			return bad;
		has_begun = true;
		status = firmware->ExitBootServices(firmware_image, key);
	}
	return status ? "the firmware fails to end boot services" : NULL;
}

/* The firmware's consoles must not be used any more, so open our own. */
static void check(const char *step, why bad)
{
	const char *name = leaving->payload.format->name;
	struct options *options = &leaving->options;

	if (!bad)
		return;
	console_open(options, leaving->mem, leaving->info);
	fail(leaving, step, name, bad);
}

why leave(struct boot *boot, struct mem *mem)
{
	struct boot_info *info = boot->info;
	phys root = 0;
	why bad;

	if (guest_needs_firmware())
		return "in a confidential guest only kernels with an EFI "
		       "stub or an EFI64 entry can be started";
	if (boot->payload.format->is_linux)
		linux_tables_install(mem);
	bad = devicetree_prepare(boot);
	if (!bad)
		bad = collect_map(info);
	if (!bad)
		bad = read_regions(info);
	if (!bad)
		bad = tables_build(info, mem, &the_plan, &root);
	if (!bad)
		bad = pages_hold(&info->holds);
	if (!bad)
		bad = make_plan(boot);
	if (bad)
		return bad;
	log_door(boot);
	log_payload(boot);
	log_plan(boot, &the_plan);
	leaving = boot;
	firmware_stop_watchdog();
	bad = end_services(info);
	if (!has_begun)
		return bad;
	firmware_leave();
	check("leave", bad);
	efi_depart(root);
}

/* entry.S calls this after boot services have ended, on our own stack and
 * tables. Returns the handoff's address. */
phys efi_finish(void)
{
	struct departure departure = {
		.code = { departure_code,
			  (u64)(departure_code_end - departure_code) },
		.put_tables = tables_depart,
	};
	phys handoff_at = 0;

	check("memory", read_regions(leaving->info));
	check("plan", make_plan(leaving));
	devicetree_finish(leaving);
	check("tell", boot_tell(leaving, &the_plan, &departure, &handoff_at));
	return handoff_at;
}
