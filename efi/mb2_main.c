// SPDX-License-Identifier: BSD-2-Clause
/*
 * Entered by a Multiboot2 loader, boot services alive: gangway is a guest in
 * the loader's image then, and goes back to the firmware in its name.
 */
#include "main.h"

#include "cpu.h"
#include "fail.h"

_Noreturn void mb2_main(u32 magic, phys at);

/* Is that the firmware, and does it know the image? */
static bool is_firmware(EFI_SYSTEM_TABLE *table, EFI_HANDLE image)
{
	EFI_GUID guid = EFI_LOADED_IMAGE_PROTOCOL_GUID;

	if (table->Hdr.Signature != EFI_SYSTEM_TABLE_SIGNATURE)
		return false;
	firmware_init(image, table);
	return firmware_protocol(image, guid);
}

/* What entry.S calls, the image relocated. Without firmware there is nobody to
 * go back to. */
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
