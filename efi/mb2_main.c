// SPDX-License-Identifier: BSD-2-Clause
/*
 * The entry from a Multiboot 2 loader with boot services alive. gangway uses
 * the loader's image handle, and exits with it.
 */
#include "main.h"

#include "cpu.h"
#include "fail.h"

_Noreturn void mb2_main(u32 magic, phys at);

/* Is that a system table, and does the firmware know the image? */
static bool is_firmware(EFI_SYSTEM_TABLE *table, EFI_HANDLE image)
{
	EFI_GUID guid = EFI_LOADED_IMAGE_PROTOCOL_GUID;

	if (table->Hdr.Signature != EFI_SYSTEM_TABLE_SIGNATURE)
		return false;
	firmware_init(image, table);
	return firmware_protocol(image, guid);
}

/* Called by entry.S after relocation. Without firmware there is no caller to
 * return to. */
void mb2_main(u32 magic, phys at)
{
	static struct mb2_tags tags;
	struct mem low = { .host = (u8 *)PAGE_SIZE,
			   .start = PAGE_SIZE,
			   .len = 4 * GIB - PAGE_SIZE };
	phys table_at = 0, image_at = 0;
	EFI_SYSTEM_TABLE *table;
	EFI_HANDLE image;
	EFI_STATUS status;
	why bad = mb2_tags_open(&low, magic, at, &tags);

	if (!bad)
		bad = mb2_live_firmware(&tags, &table_at, &image_at);
	table = (EFI_SYSTEM_TABLE *)table_at;
	image = (EFI_HANDLE)image_at;
	if (!bad && !is_firmware(table, image))
		bad = "the firmware does not know the loader's image";
	if (bad)
		fail(NULL, "door", "multiboot2", bad);
	status = efi_main(image, table, &tags);
	table->BootServices->Exit(image, status, 0, NULL);
	cpu_halt();
}
