// SPDX-License-Identifier: BSD-2-Clause
/*
 * A boot under UEFI: find the kernel, open it, and start it by the firmware or
 * without it. On failure gangway prints one sentence and returns to its caller,
 * so that a boot manager can try its next entry.
 */
#include "main.h"
#include "announce.h"
#include "bzimage.h"
#include "choose.h"
#include "collect.h"
#include "companions.h"
#include "config_table.h"
#include "console.h"
#include "cpu.h"
#include "devicetree_pass.h"
#include "efi_map.h"
#include "fail.h"
#include "find.h"
#include "find_handed.h"
#include "firmware.h"
#include "format.h"
#include "kept_seed.h"
#include "leave.h"
#include "live.h"
#include "log.h"
#include "measure.h"
#include "opening.h"
#include "pe.h"
#include "plan.h"
#include "print.h"
#include "shim.h"
#include "state.h"
#include "step.h"
#include "stub.h"
#include "volume.h"
#include "way.h"

#define SECONDS_TO_READ 5

extern u8 _image[], _image_end[];

static const struct mb2_tags *handed; /* by a Multiboot 2 loader; or NULL */
static bool has_run;		      /* an image, which has returned */

/* The window is the firmware's identity map, up to the end of RAM. */
static void open_window(void)
{
	struct view map = the_info.efi.memory_map;
	const struct efi_descriptor *descriptor;
	phys end = 4 * GIB;

	while ((descriptor = efi_map_next(&map, the_info.efi.descriptor_size)))
		if (descriptor->type != EFI_MAP_MMIO &&
		    descriptor->type != EFI_MAP_MMIO_PORT_SPACE &&
		    descriptor->type != EFI_MAP_RESERVED)
			end = max_u64(end, efi_map_range(descriptor).end);
	the_mem = (struct mem){ .host = (u8 *)PAGE_SIZE,
				.start = PAGE_SIZE,
				.len = end - PAGE_SIZE };
}

static why check_cmdline(void)
{
	struct bzimage bz;
	why bad = bzimage_parse(the_boot.payload.image, &bz);

	return bad ? bad : linux_check_line(&the_boot, &bz);
}

/* Start it by the firmware. */
static why start_image(bool is_whole, const struct found *found,
		       EFI_STATUS *status)
{
	why bad = NULL;

	if (!is_whole) {
		log_payload(&the_boot);
		bad = check_cmdline();
	}
	if (bad)
		return bad;
	if (firmware_is_secure())
		devicetree_judge(&the_boot, found);
	bad = stub_start(&the_boot, found, status);
	has_run = !bad;
	return !bad && *status ? "the image returned an error" : bad;
}

/* An image with an EFI stub finds the caller's initrd by itself if gangway
 * offers none; but what comes with a packed kernel is one. An initrd in the
 * load options replaces it. Under Secure Boot a kernel that needs a signed
 * initrd must not get it. Other kernels have modules, which the caller cannot
 * mean. */
static bool wants_initrd_of_caller(const struct found *found, bool is_whole,
				   bool is_image)
{
	bool has_own = the_boot.payload.nr_modules;

	if (found->has_named_initrd)
		return false;
	if ((firmware_is_secure() || found->is_sealed) &&
	    (found->is_packed || !is_image))
		return false;
	return is_image ? has_own || (found->is_packed && !is_whole)
			: !has_own || the_boot.payload.format->is_linux;
}

/* Microcode must come before everything else. */
static bool has_ucode(const struct found *found)
{
	struct view ucode = VIEW("");

	return found->is_packed &&
	       !pe_profile_section(found->self, found->form, found->profile,
				   VIEW(".ucode"), &ucode) &&
	       ucode.len;
}

static why take_initrd_of_caller(const struct found *found, bool is_whole,
				 bool is_image)
{
	u32 nr = the_info.nr_modules;
	why bad;

	if (!wants_initrd_of_caller(found, is_whole, is_image))
		return NULL;
	bad = stub_take_initrd(&the_boot, has_ucode(found));
	if (!bad)
		measure_files(&the_info, found, nr);
	return bad;
}

/* gangway acts as the stub; addons may have options of gangway. */
static why take_companions(bool is_whole, const struct found *found)
{
	why bad;

	if (!found->is_packed)
		return NULL;
	announce_stub(found);
	if (is_whole || !the_boot.payload.format->is_linux)
		return NULL;
	bad = companions_add(&the_boot, found);
	boot_options(&the_boot);
	return bad ? bad : options_judge(&the_boot.options);
}

/* Start what was opened. Returns if that fails, or when the image returns. */
static why start(bool is_whole, const struct found *found, EFI_STATUS *status)
{
	const struct format *format = the_boot.payload.format;
	bool is_image;
	why bad = NULL;

	step_begin("start", is_whole ? "image" : format->name);
	is_image = is_whole || way_is_stub(&the_boot);
	bad = take_initrd_of_caller(found, is_whole, is_image);
	if (!bad)
		bad = take_companions(is_whole, found);
	if (bad)
		return bad;
	if (is_image)
		return start_image(is_whole, found, status);
	if (the_boot.options.linux_way == LINUX_EFI &&
	    format_is(format, VIEW("bzimage")))
		return "the kernel has no EFI stub";
	if (firmware_is_secure()) {
		if (way_stub_is_deaf(&the_boot))
			return "a Linux before 5.8 cannot take an initrd from "
			       "gangway while Secure Boot is on";
		bad = opening_check(&the_boot, found);
		if (bad)
			return bad;
		shim_take_part(the_boot.payload.image);
	}
	step_begin("plan", format->name);
	if (live_claims(&the_boot))
		return live_start(&the_boot);
	return leave(&the_boot, &the_mem);
}

/* By the programs that systemd has for that, boot manager and stub. */
static void pass_seed(bool is_whole)
{
	why bad = NULL;

	if (is_whole || the_boot.payload.format->is_linux)
		bad = kept_seed_pass();
	if (bad && the_boot.options.log >= LOG_DEBUG)
		say("gangway: no random seed from the volume: %s", bad);
}

/* Measure, open and start what was found. */
static why boot_found(struct found *found, struct candidate *candidate,
		      EFI_STATUS *status)
{
	bool is_whole;
	why bad;

	opening_measure(&the_boot, found);
	bad = opening_open(&the_boot, found, &is_whole);
	if (bad)
		return bad;
	if (the_boot.options.log >= LOG_NORMAL)
		say("gangway %s: under UEFI, kernel from %s", GANGWAY_VERSION,
		    found->where);
	if (candidate || found->is_packed)
		pass_seed(is_whole);
	if (candidate) {
		choose_count(candidate);
		announce_loader(candidate);
	}
	return start(is_whole, found, status);
}

static why try_candidate(const struct found *base, struct candidate *candidate,
			 EFI_STATUS *status)
{
	struct found found = *base;
	why bad;

	step_begin("find", the_info.door);
	bad = find_candidate(&the_info, candidate, &found);
	if (!bad)
		bad = boot_found(&found, candidate, status);
	if (bad)
		say("gangway: the entry is \"%.*s\"", SHOW(candidate->path));
	return bad;
}

/* Undo what was done for an entry. */
static why start_over(const struct boot_info *before, u32 nr_pieces)
{
	the_info = *before;
	boot_init(&the_boot, &the_mem, &the_info);
	config_table_restore();
	pages_give_from(nr_pieces);
	return collect_map(&the_info);
}

/* Try them until one has run: the chosen one, then the others in order. */
static why try_candidates(const struct found *base, EFI_STATUS *status)
{
	static struct candidates all;
	static struct boot_info before;
	u32 first, nr_pieces;
	why bad = "there is no kernel in gangway's sections, its load "
		  "options, \\loader\\entries or \\EFI\\Linux";

	if (volume_is_served())
		bad = "there is no kernel in gangway's sections, and "
		      "\\loader\\loader.conf on the server names no entry "
		      "that is there";
	else if (!volume_is_there())
		return "there is no kernel in gangway's sections, and "
		       "gangway was not loaded from a file system";
	choose_among(&all);
	first = choose_first(&all);
	before = the_info;
	nr_pieces = pages_mark();
	for (u32 i = 0; i < all.nr; i++) {
		u32 at = i == 0 ? first : i - (i <= first);

		if (i) {
			say("gangway: %s %s: %s; trying the next entry, "
			    "\"%.*s\"",
			    step_now, step_for, bad,
			    SHOW(all.list[at].entry.name));
			bad = start_over(&before, nr_pieces);
			if (bad)
				return bad;
		}
		bad = try_candidate(base, &all.list[at], status);
		if (!bad || has_run)
			return bad;
	}
	return bad;
}

static why run(EFI_STATUS *status)
{
	struct found found;
	why bad;

	step_begin("door", handed ? "multiboot2" : "uefi");
	info_init(&the_info, step_for);
	boot_init(&the_boot, &the_mem, &the_info);
	bad = collect_map(&the_info);
	if (bad)
		return bad;
	open_window();
	info_hold(&the_info, phys_of(_image), (u64)(_image_end - _image));
	if (handed)
		collect_reset_screens();
	collect(&the_mem, &the_info);
	step_begin("find", the_info.door);
	bad = handed ? find_handed(&the_mem, handed, &the_info, &found)
		     : find_kernel(&the_info, firmware_is_secure(), &found);
	if (!bad)
		bad = the_info.nr_modules ? boot_found(&found, NULL, status)
					  : try_candidates(&found, status);
	if (bad && !the_boot.payload.format) {
		/* Options say how to end, even if there is no kernel. */
		if (the_info.nr_modules)
			the_boot.payload.line = the_info.modules[0].line;
		boot_options(&the_boot);
	}
	return bad;
}

/* The end that gangway.fail= asks for; by default gangway returns. */
static void end_otherwise(void)
{
	EFI_RUNTIME_SERVICES *runtime = firmware_table->RuntimeServices;

	if (the_boot.options.ending == END_HALT)
		cpu_halt();
	if (the_boot.options.ending == END_REBOOT)
		runtime->ResetSystem(EfiResetCold, EFI_LOAD_ERROR, 0, NULL);
	if (the_boot.options.ending == END_POWEROFF)
		runtime->ResetSystem(EfiResetShutdown, EFI_LOAD_ERROR, 0, NULL);
}

/* The caller may clear the screen at once. */
static void let_it_be_read(void)
{
	if (the_info.framebuffer.type && the_boot.options.ending == END_AUTO)
		firmware_wait_for_key(SECONDS_TO_READ);
}

/* Called by entry.S with NULL, and by mb2_main(). */
EFI_STATUS efi_main(EFI_HANDLE image, EFI_SYSTEM_TABLE *table,
		    const struct mb2_tags *tags)
{
	EFI_STATUS status = EFI_LOAD_ERROR;
	why bad;

	announce_begin();
	handed = tags;
	firmware_init(image, table);
	bad = run(&status);
	if (bad) {
		say("gangway: %s %s: %s", step_now, step_for, bad);
		end_otherwise();
		let_it_be_read();
		if (!status)
			status = EFI_LOAD_ERROR;
	}
	config_table_restore();
	pages_give_all();
	firmware_go_back();
	return status;
}
