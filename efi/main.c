// SPDX-License-Identifier: BSD-2-Clause
/*
 * The story of a boot under UEFI: find the kernel, open it, and have it started
 * by the firmware, or without it. Whatever fails goes back to the caller, with
 * one sentence, so that a boot manager can go on to its next entry.
 */
#include "main.h"
#include "bzimage.h"
#include "collect.h"
#include "confidential.h"
#include "config_table.h"
#include "console.h"
#include "cpu.h"
#include "devicetree_pass.h"
#include "efi_map.h"
#include "fail.h"
#include "find.h"
#include "find_handed.h"
#include "firmware.h"
#include "fit.h"
#include "format.h"
#include "gzip.h"
#include "leave.h"
#include "library.h"
#include "live.h"
#include "log.h"
#include "measure.h"
#include "open_in_pages.h"
#include "pe.h"
#include "plan.h"
#include "print.h"
#include "shim.h"
#include "stub.h"
#include "tree.h"
#include "trust.h"
#include "way.h"

#define SECONDS_TO_READ 5

extern u8 _image[], _image_end[];

static struct mem mem;
static struct boot_info info;
static struct boot boot;
static const struct mb2_tags *handed; /* by a Multiboot2 loader; or NULL */
static const char *step, *protocol;

/* Which step is under way, and for whom: what a failure is reported with. */
static void begin(const char *what, const char *whom)
{
	step = what;
	protocol = whom;
}

/* The firmware's identity map, as far as there is RAM. */
static void open_window(void)
{
	struct view map = info.efi.memory_map;
	struct efi_descriptor descriptor;
	phys end = 4 * GIB;

	while (efi_map_next(&map, info.efi.descriptor_size, &descriptor))
		if (descriptor.type != EFI_MAP_MMIO &&
		    descriptor.type != EFI_MAP_MMIO_PORT_SPACE &&
		    descriptor.type != EFI_MAP_RESERVED)
			end = max_u64(end, efi_map_range(&descriptor).end);
	mem = (struct mem){ .host = (u8 *)PAGE_SIZE,
			    .start = PAGE_SIZE,
			    .len = end - PAGE_SIZE };
}

static why open_payload(void)
{
	why bad = open_in_pages(&boot);

	if (bad && boot.payload.container)
		protocol = boot.payload.container;
	return bad;
}

/* A kernel that is an application only, such as a UKI with a stub of its own:
 * the modules behind it are its device tree and its initrd, and a profile's
 * number goes first. */
static why take_whole(struct view file, const struct found *found)
{
	struct payload *payload = &boot.payload;
	why bad = NULL;

	payload->image = file;
	payload->name = info.modules[0].name;
	payload->line = info.modules[0].line;
	payload->bundle_line = found->profile_word;
	payload->devicetree = info.devicetree;
	for (u32 i = 1; i < info.nr_modules && !bad; i++) {
		const struct module *module = &info.modules[i];
		struct view rest = way_file(&boot, i), tree = VIEW("");

		if (tree_claims(rest))
			bad = tree_check(rest, &tree);
		if (tree.len && !fit_has_images(tree))
			payload->devicetree = tree;
		else
			payload->modules[payload->nr_modules++] = *module;
	}
	return bad;
}

/* Words that nobody has measured are the host's, who is not to be trusted in a
 * guest that is hidden from it. */
static void doubt_words(bool is_measured, struct found *found)
{
	bool has_some =
		info.cmdline.len || info.modules[0].line.len > found->words.len;

	if (is_measured || !guest_is_confidential())
		return;
	if (has_some)
		say("gangway: words from outside are ignored, since nothing "
		    "has measured them in this confidential guest");
	find_forget_words(&info, found);
	found->is_line_fixed = true;
	boot.payload.line = info.modules[0].line;
}

/* Measure what was found, before anything is made of it. */
static void take_in(struct found *found)
{
	bool is_measured = measure_words(&info, found);

	begin("options", "gangway");
	boot.payload.line = info.modules[0].line;
	doubt_words(is_measured, found);
	boot_options(&boot);
	is_measured = measure_files(&info, found, way_loads_file(&boot));
	doubt_words(is_measured, found);
	boot_options(&boot);
}

static why check_trust(const struct found *found)
{
	why bad;

	library_begin();
	bad = trust_check(&boot, found);
	library_end();
	return bad;
}

/* Of a file in which nobody but us would find anything to check, nothing is
 * read before its hash is known. In a container there may be a signature. */
static why check_file(const struct found *found, struct view file)
{
	enum claim least = boot.options.format ? CLAIM_POSSIBLE : CLAIM_INSIDE;
	const struct format *format =
		format_of(file, boot.options.format, least);

	if (!firmware_is_secure() || pe_claims(file) || gzip_claims(file) ||
	    tree_claims(file) || !format)
		return NULL;
	begin("start", format->name);
	boot.payload.image = file;
	boot.payload.format = format;
	return check_trust(found);
}

/* What is in a UKI is covered by the UKI's signature, which nobody would look
 * at then. */
static why open_uki(const struct found *found)
{
	begin("open", "uki");
	if (firmware_is_secure())
		return "a UKI is not taken apart while Secure Boot is on";
	return find_in_uki(&info, found);
}

/* Open what was found; *is_whole if only the firmware can start it. */
static why open_found(const struct found *found, bool *is_whole)
{
	struct view file = way_file(&boot, 0), kernel = VIEW("");
	why bad = NULL;

	*is_whole = false;
	bad = check_file(found, file);
	if (bad)
		return bad;
	begin("open", "module");
	if (way_is_application(&boot, file)) {
		bad = pe_section(file, PE_FILE, VIEW(".linux"), &kernel);
		if (!bad && !(kernel.len && way_is_zeropage(&boot))) {
			*is_whole = true;
			return take_whole(file, found);
		}
		if (!bad)
			bad = open_uki(found);
	}
	if (!bad)
		bad = open_payload();
	if (bad)
		return bad;
	/* The line of a FIT image is as much from outside as the image. */
	if (found->is_line_fixed && !found->is_packed)
		boot.payload.bundle_line = VIEW("");
	boot_options(&boot);
	return NULL;
}

/* The same with the words that are known then, one of which may be the cause
 * of what went wrong. */
static why open(const struct found *found, bool *is_whole)
{
	why bad = open_found(found, is_whole);
	why judged = options_judge(&boot.options);

	if (judged)
		begin("options", "gangway");
	return judged ? judged : bad;
}

static why check_cmdline(void)
{
	struct bzimage bz;
	why bad = bzimage_parse(boot.payload.image, &bz);

	return bad ? bad : linux_check_line(&boot, &bz);
}

/* Start it by the firmware. */
static why start_image(bool is_whole, const struct found *found,
		       EFI_STATUS *status)
{
	why bad = NULL;

	if (!is_whole) {
		log_payload(&boot);
		bad = check_cmdline();
	}
	if (bad)
		return bad;
	if (firmware_is_secure())
		devicetree_judge(&boot, found);
	bad = stub_start(&boot, found, status);
	return !bad && *status ? "it has come back with an error" : bad;
}

/* An image that asks for its initrd finds the caller's by itself, if there is
 * none of ours. Words that name one say that it is another. Where somebody must
 * vouch for it, nobody does; and of modules the caller knows nothing. */
static bool wants_initrd_of_caller(const struct found *found, bool is_image)
{
	bool has_own = boot.payload.nr_modules;

	if (found->has_named_initrd)
		return false;
	if (firmware_is_secure() && (found->is_packed || !is_image))
		return false;
	return is_image ? has_own
			: !has_own || format_is_linux(boot.payload.format);
}

static why take_initrd_of_caller(const struct found *found, bool is_image)
{
	u32 nr = info.nr_modules;
	why bad;

	if (!wants_initrd_of_caller(found, is_image))
		return NULL;
	bad = stub_take_initrd(&boot);
	if (!bad)
		measure_files(&info, found, nr);
	return bad;
}

/* Start what was opened: comes back when it has failed, or has ended. */
static why start(bool is_whole, const struct found *found, EFI_STATUS *status)
{
	const struct format *format = boot.payload.format;
	bool is_image;
	why bad = NULL;

	begin("start", is_whole ? "image" : format->name);
	is_image = is_whole || way_is_stub(&boot);
	bad = take_initrd_of_caller(found, is_image);
	if (bad)
		return bad;
	if (is_image)
		return start_image(is_whole, found, status);
	if (boot.options.linux_way == LINUX_EFI &&
	    format_is(format, VIEW("bzimage")))
		return "the kernel has no EFI stub";
	if (firmware_is_secure()) {
		bad = check_trust(found);
		if (bad)
			return bad;
		shim_take_part(boot.payload.image);
	}
	begin("plan", format->name);
	if (live_claims(&boot))
		return live_start(&boot);
	return leave(&boot, &mem);
}

static why run(EFI_STATUS *status)
{
	struct found found;
	bool is_whole;
	why bad;

	begin("door", handed ? "multiboot2" : "uefi");
	info_init(&info, protocol);
	boot_init(&boot, &mem, &info);
	bad = collect_map(&info);
	if (bad)
		return bad;
	open_window();
	info_hold(&info, phys_of(_image), (u64)(_image_end - _image));
	collect(&mem, &info);
	begin("find", protocol);
	bad = handed ? find_handed(&mem, handed, &info, &found)
		     : find_kernel(&info, firmware_is_secure(), &found);
	if (bad) {
		boot_options(&boot); /* they say how to end */
		return bad;
	}
	take_in(&found);
	bad = open(&found, &is_whole);
	if (!bad && boot.options.log >= LOG_NORMAL)
		say("gangway %s: under UEFI, with what is in %s",
		    GANGWAY_VERSION, found.where);
	return bad ? bad : start(is_whole, &found, status);
}

/* The end that was asked for; the usual one is to go back. */
static void end_otherwise(void)
{
	EFI_RUNTIME_SERVICES *runtime = firmware_table->RuntimeServices;

	if (boot.options.ending == END_HALT)
		cpu_halt();
	if (boot.options.ending == END_REBOOT)
		runtime->ResetSystem(EfiResetCold, EFI_LOAD_ERROR, 0, NULL);
	if (boot.options.ending == END_POWEROFF)
		runtime->ResetSystem(EfiResetShutdown, EFI_LOAD_ERROR, 0, NULL);
}

/* Whoever goes on may clear the screen at once. */
static void let_it_be_read(void)
{
	if (info.framebuffer.type && boot.options.ending == END_AUTO)
		firmware_wait_for_key(SECONDS_TO_READ);
}

/* What entry.S calls with NULL, and mb2_main(). */
EFI_STATUS efi_main(EFI_HANDLE image, EFI_SYSTEM_TABLE *table,
		    const struct mb2_tags *tags)
{
	EFI_STATUS status = EFI_LOAD_ERROR;
	why bad;

	handed = tags;
	firmware_init(image, table);
	bad = run(&status);
	if (bad) {
		say("gangway: %s %s: %s", step, protocol, bad);
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

/* Called by the compiler's checks when a function's frame was overwritten. */
__attribute__((used)) void __stack_chk_fail(void);
void __stack_chk_fail(void)
{
	fail(&boot, "run", "gangway", "the stack was overwritten");
}
