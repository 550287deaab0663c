// SPDX-License-Identifier: BSD-2-Clause
/*
 * LoadImage, StartImage, and the LoadFile2 protocol for the initrd (UEFI 2.10,
 * sections 7.4 and 13.2).
 */
#include "stub.h"

#include "device_path.h"
#include "devicetree_pass.h"
#include "initrd_path.h"
#include "pe.h"
#include "shim.h"
#include "text.h"
#include "vouch.h"

/* Device path of an image in memory. */
struct memory_path {
	MEMMAP_DEVICE_PATH memory;
	EFI_DEVICE_PATH end;
} wire_packed;
WIRE_SIZE(struct memory_path, 28);

struct load_file2 {
	EFI_STATUS(EFIAPI *load_file)
	(struct load_file2 *self, EFI_DEVICE_PATH *path, BOOLEAN is_boot,
	 UINTN *size, void *buffer);
};

static const struct payload *initrd;
static struct load_file2 load_file2;
static EFI_HANDLE callers_handle;
static struct load_file2 *callers_file; /* which ours replaces, or NULL */

/* Initrds are padded to 4 bytes. */
static u64 padded(u64 len)
{
	return align_up(len, 4);
}

static u64 initrd_len(const struct payload *payload)
{
	u64 len = 0;

	for (u32 i = 0; i < payload->nr_modules; i++)
		len = padded(len) + range_len(payload->modules[i].range);
	return len;
}

static EFI_STATUS EFIAPI load_initrd(struct load_file2 *self,
				     EFI_DEVICE_PATH *path, BOOLEAN is_boot,
				     UINTN *size, void *buffer)
{
	u64 len = initrd_len(initrd), at = 0;

	if (!self || !path || !size)
		return EFI_INVALID_PARAMETER;
	if (is_boot)
		return EFI_UNSUPPORTED;
	if (!buffer || *size < len) {
		*size = len;
		return EFI_BUFFER_TOO_SMALL;
	}
	memset(buffer, 0, len);
	for (u32 i = 0; i < initrd->nr_modules; i++) {
		struct range range = initrd->modules[i].range;

		at = padded(at);
		memcpy((u8 *)buffer + at, (const u8 *)range.start,
		       range_len(range));
		at += range_len(range);
	}
	*size = len;
	return EFI_SUCCESS;
}

/* Put new in the place of old on the caller's handle, which has room for one.
 * Reinstalling would connect drivers too. */
static EFI_STATUS replace(struct load_file2 *old, struct load_file2 *new)
{
	EFI_GUID guid = LOAD_FILE2_GUID;

	firmware->UninstallProtocolInterface(callers_handle, &guid, old);
	return firmware->InstallProtocolInterface(&callers_handle, &guid,
						  EFI_NATIVE_INTERFACE, new);
}

/* In place of the caller's, if there is one: a device path can only be
 * installed once. */
static why offer_initrd(const struct payload *payload, EFI_HANDLE *handle)
{
	EFI_GUID path_guid = EFI_DEVICE_PATH_PROTOCOL_GUID;
	EFI_GUID load_guid = LOAD_FILE2_GUID;
	EFI_STATUS status;

	if (!payload->nr_modules)
		return NULL;
	initrd = payload;
	load_file2.load_file = load_initrd;
	callers_handle = firmware_initrd();
	callers_file = firmware_protocol(callers_handle, load_guid);
	if (callers_file)
		status = replace(callers_file, &load_file2);
	else
		status = firmware->InstallMultipleProtocolInterfaces(
			handle, &path_guid, &initrd_path, &load_guid,
			&load_file2, NULL);
	return status ? "the firmware does not accept the initrd" : NULL;
}

static void withdraw_initrd(EFI_HANDLE handle)
{
	EFI_GUID path_guid = EFI_DEVICE_PATH_PROTOCOL_GUID;
	EFI_GUID load_guid = LOAD_FILE2_GUID;

	if (callers_file)
		replace(&load_file2, callers_file);
	callers_file = NULL;
	if (handle)
		firmware->UninstallMultipleProtocolInterfaces(
			handle, &path_guid, &initrd_path, &load_guid,
			&load_file2, NULL);
}

/* The command line in UTF-16, its NUL included; empty if it is. */
static why put_options(const struct boot *boot, struct view *out)
{
	u64 len = boot_cmdline(boot, NULL, 0), nr;
	struct view line;
	why bad;

	*out = VIEW("");
	if (!len)
		return NULL;
	bad = pages_take(len, &line);
	if (bad)
		return bad;
	boot_cmdline(boot, (char *)pages_writable(line), len);
	nr = text_to_utf16(line, NULL, 0);
	bad = pages_take(nr * sizeof(u16), out);
	if (!bad)
		text_to_utf16(line, (u16 *)pages_writable(*out), nr);
	return bad;
}

/* The device path of a file that is started as it is, so that shim finds its
 * second stage and a UKI the files beside it; NULL for all others. */
static why path_of_file(const struct boot *boot, const struct found *found,
			EFI_DEVICE_PATH **out)
{
	const struct module *kernel = &boot->info->modules[0];

	*out = NULL;
	if (!found->volume ||
	    kernel->range.start != phys_of(boot->payload.image.at))
		return NULL;
	return device_path_of_file(found->volume, kernel->name, out);
}

static bool is_refusal(EFI_STATUS status)
{
	return status == EFI_SECURITY_VIOLATION || status == EFI_ACCESS_DENIED;
}

static EFI_STATUS load_one(struct view image, EFI_DEVICE_PATH *path,
			   bool is_ours, EFI_HANDLE *child)
{
	struct memory_path memory = {
		.memory = {
			.Header = { HARDWARE_DEVICE_PATH, HW_MEMMAP_DP,
				    NODE_LEN(sizeof(MEMMAP_DEVICE_PATH)) },
			.MemoryType = EfiLoaderData,
			.StartingAddress = phys_of(image.at),
			.EndingAddress = phys_of(image.at) + image.len,
		},
		.end = END_NODE,
	};
	EFI_STATUS status =
		vouch_load(image, path ? path : (EFI_DEVICE_PATH *)&memory,
			   is_ours, child);

	/* An image that may not be started has been loaded all the same. */
	if (status == EFI_SECURITY_VIOLATION && *child)
		firmware->UnloadImage(*child);
	return status;
}

/* gangway's signature covers a packed kernel as a whole section, padded with
 * zeros. shim 16 knows the section in that form, but checks the kernel's own
 * signature first, which does not cover the padding. */
static why load(const struct boot *boot, const struct found *found,
		EFI_HANDLE *child, EFI_STATUS *status)
{
	struct view image = boot->payload.image;
	bool is_section = found->is_packed && image.at == found->kernel.at;
	struct view whole = is_section ? found->kernel : image;
	struct view first = pe_is_signed(image) ? image : whole;
	EFI_DEVICE_PATH *path;
	why bad = path_of_file(boot, found, &path);

	if (bad)
		return bad;
	*status = load_one(first, path, found->is_packed, child);
	if (is_refusal(*status) && whole.len != first.len)
		*status = load_one(whole, path, true, child);
	if (!*status)
		return NULL;
	return is_refusal(*status)
		       ? "the firmware does not trust the kernel's signature"
		       : "the firmware cannot load the kernel";
}

static why start(EFI_HANDLE child, struct view options, EFI_STATUS *status)
{
	EFI_GUID guid = EFI_LOADED_IMAGE_PROTOCOL_GUID;
	EFI_LOADED_IMAGE *image = firmware_protocol(child, guid);
	EFI_LOADED_IMAGE *self = firmware_protocol(firmware_image, guid);

	if (!image) {
		firmware->UnloadImage(child);
		return "the firmware does not tell where the kernel is loaded";
	}
	/* It may look for more files there. */
	if (self && !image->DeviceHandle)
		image->DeviceHandle = self->DeviceHandle;
	/* Also if there are none: shim passes its own to each image. */
	image->LoadOptions = options.len ? pages_writable(options) : NULL;
	image->LoadOptionsSize = (UINT32)options.len;
	firmware_stop_watchdog();
	shim_keep();
	*status = firmware->StartImage(child, NULL, NULL);
	shim_let_go();
	/* An image that was not started is still loaded. */
	if (*status && firmware_protocol(child, guid))
		firmware->UnloadImage(child);
	return NULL;
}

static void insert(struct payload *payload, u32 at, struct module module)
{
	for (u32 i = payload->nr_modules++; i > at; i--)
		payload->modules[i] = payload->modules[i - 1];
	payload->modules[at] = module;
}

why stub_take_initrd(struct boot *boot, u32 at)
{
	EFI_GUID guid = LOAD_FILE2_GUID;
	EFI_DEVICE_PATH *end = (EFI_DEVICE_PATH *)&initrd_path.end;
	struct load_file2 *file = firmware_protocol(firmware_initrd(), guid);
	struct view pages;
	UINTN size = 0;
	u32 nr = boot->info->nr_modules;
	why bad;

	if (!file)
		return NULL;
	if (file->load_file(file, end, FALSE, &size, NULL) !=
	    EFI_BUFFER_TOO_SMALL)
		return "gangway's caller does not tell the size of its initrd";
	bad = pages_take(size, &pages);
	if (bad)
		return bad;
	if (file->load_file(file, end, FALSE, &size, pages_writable(pages)) ||
	    size > pages.len)
		return "gangway's caller does not provide its initrd";
	pages.len = size;
	info_add_module(boot->info, range_at(pages).start, range_at(pages).end,
			VIEW(""));
	if (boot->info->nr_modules > nr &&
	    boot->payload.nr_modules < MAX_MODULES)
		insert(&boot->payload,
		       (u32)min_u64(at, boot->payload.nr_modules),
		       boot->info->modules[nr]);
	return boot->info->bad;
}

why stub_start(const struct boot *boot, const struct found *found,
	       EFI_STATUS *status)
{
	EFI_HANDLE handle = NULL, child = NULL;
	struct view options;
	why bad = put_options(boot, &options);

	if (!bad)
		bad = offer_initrd(&boot->payload, &handle);
	if (!bad)
		bad = devicetree_install(boot);
	if (!bad)
		bad = load(boot, found, &child, status);
	if (!bad)
		bad = start(child, options, status);
	withdraw_initrd(handle);
	return bad;
}
