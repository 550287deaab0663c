// SPDX-License-Identifier: BSD-2-Clause
/*
 * Entered by a Multiboot2 loader, boot services alive: gangway is a guest in
 * the loader's image then, and goes back to the firmware in its name.
 */
#include "mb2_main.h"

#include "cpu.h"
#include "fail.h"

_Noreturn void mb2_main(u32 magic, phys at);
void give_fs(void);

/* Copy a module to where it can be seen. */
static why lift(struct boot_info *info, struct module *module)
{
	struct view pages = VIEW("");
	why bad = pages_take(range_len(module->range), &pages);

	if (bad)
		return bad;
	memcpy(pages_writable(pages), (const u8 *)module->range.start,
	       pages.len);
	module->range = range_at(pages);
	return holds_add(&info->holds, module->range, UNTIL_PLACE)
		       ? NULL
		       : "no free entry to hold a module";
}

/* GRUB gives its first module page 0, if the firmware has left that free. */
why mb2_find(const struct mem *mem, const struct mb2_tags *tags,
	     struct boot_info *info, struct found *out)
{
	why bad = mb2_live_read(mem, tags, info);

	*out = (struct found){ .where = "the loader's modules",
			       .self = VIEW(""),
			       .kernel = VIEW(""),
			       .line = VIEW(""),
			       .words = VIEW(""),
			       .hashes = VIEW(""),
			       .profile_word = VIEW("") };
	for (u32 i = 0; i < info->nr_modules && !bad; i++)
		if (!range_empty(info->modules[i].range) &&
		    info->modules[i].range.start < mem->start)
			bad = lift(info, &info->modules[i]);
	return bad;
}

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
	give_fs();
	table->BootServices->Exit(image, status, 0, NULL);
	cpu_halt();
}
