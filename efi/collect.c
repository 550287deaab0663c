// SPDX-License-Identifier: BSD-2-Clause
/*
 * From the firmware's tables and protocols to boot_info (UEFI 2.10, sections
 * 4.6, 7.2.3, 12.9 and 37.5).
 */
#include "collect.h"

#include "acpi.h"
#include "board.h"
#include "config_table.h"
#include "devicetree_pass.h"
#include "seed.h"
#include "smbios.h"
#include "text.h"

#define MAP_SPARE  4096 /* bytes by which the map may grow */
#define VENDOR_MAX 64

static struct view map_room;

why collect_map_again(struct boot_info *info, UINTN *key)
{
	struct efi_tables *efi = &info->efi;
	UINTN size = map_room.len, descriptor_size;
	UINT32 version;

	if (firmware->GetMemoryMap(
		    &size, (EFI_MEMORY_DESCRIPTOR *)pages_writable(map_room),
		    key, &descriptor_size, &version))
		return "the firmware does not provide its memory map";
	if (descriptor_size < sizeof(EFI_MEMORY_DESCRIPTOR))
		return "the descriptors of the firmware's memory map are too "
		       "short";
	efi->memory_map = (struct view){ map_room.at, size };
	efi->descriptor_size = (u32)descriptor_size;
	efi->descriptor_version = version;
	return NULL;
}

why collect_map(struct boot_info *info)
{
	UINTN size = 0, key, descriptor_size;
	UINT32 version;
	why bad;

	if (firmware->GetMemoryMap(&size, NULL, &key, &descriptor_size,
				   &version) != EFI_BUFFER_TOO_SMALL)
		return "the firmware does not provide the size of its memory "
		       "map";
	bad = pages_take(2 * size + MAP_SPARE, &map_room);
	return bad ? bad : collect_map_again(info, &key);
}

static void read_smbios(const struct mem *mem, struct boot_info *info)
{
	static u8 told[SMBIOS_TOLD_MAX];
	EFI_GUID guid_32 = SMBIOS_TABLE_GUID, guid_64 = SMBIOS3_TABLE_GUID;
	u64 len = smbios_put(mem, phys_of(config_table_find(guid_32)), told);

	if (!len)
		len = smbios_put(mem, phys_of(config_table_find(guid_64)),
				 told);
	info->smbios = (struct view){ told, len };
}

/* The lowest bit and the width of a mask. */
static struct color_field field_of(u32 mask)
{
	int low, high;

	if (!mask)
		return (struct color_field){ 0, 0 };
	low = __builtin_ctz(mask);
	high = 32 - __builtin_clz(mask);
	return (struct color_field){ (u8)low, (u8)(high - low) };
}

static bool has_memory(const EFI_GRAPHICS_OUTPUT_PROTOCOL *gop)
{
	return gop && gop->Mode && gop->Mode->Info &&
	       gop->Mode->FrameBufferBase;
}

void collect_reset_screens(void)
{
	EFI_GUID guid = EFI_GRAPHICS_OUTPUT_PROTOCOL_GUID;
	EFI_GRAPHICS_OUTPUT_PROTOCOL *gop;
	EFI_HANDLE *handles;
	UINTN nr;

	if (firmware->LocateHandleBuffer(ByProtocol, &guid, NULL, &nr,
					 &handles))
		return;
	for (UINTN i = 0; i < nr; i++) {
		gop = firmware_protocol(handles[i], guid);
		if (has_memory(gop))
			gop->SetMode(gop, gop->Mode->Mode);
	}
	firmware->FreePool(handles);
}

/* The console's screen, whose mode is visible, else any. */
static void read_screen(struct framebuffer *out)
{
	EFI_GUID guid = EFI_GRAPHICS_OUTPUT_PROTOCOL_GUID;
	EFI_GRAPHICS_OUTPUT_PROTOCOL *gop =
		firmware_protocol(firmware_table->ConsoleOutHandle, guid);
	const EFI_GRAPHICS_OUTPUT_MODE_INFORMATION *mode;
	EFI_PIXEL_BITMASK masks = { 0xff, 0xff00, 0xff0000, 0xff000000 };

	if (!has_memory(gop))
		gop = firmware_find(guid);
	if (!has_memory(gop))
		return;
	mode = gop->Mode->Info;
	if (mode->PixelFormat == PixelBlueGreenRedReserved8BitPerColor)
		masks = (EFI_PIXEL_BITMASK){ 0xff0000, 0xff00, 0xff,
					     0xff000000 };
	else if (mode->PixelFormat == PixelBitMask)
		masks = mode->PixelInformation;
	else if (mode->PixelFormat != PixelRedGreenBlueReserved8BitPerColor)
		return; /* it has no frame buffer */
	*out = (struct framebuffer){
		.type = FRAMEBUFFER_RGB,
		.at = gop->Mode->FrameBufferBase,
		.width = mode->HorizontalResolution,
		.height = mode->VerticalResolution,
		.bits_per_pixel = 32,
		.pitch = mode->PixelsPerScanLine * 4,
		.red = field_of(masks.RedMask),
		.green = field_of(masks.GreenMask),
		.blue = field_of(masks.BlueMask),
	};
}

static void read_vendor(struct boot_info *info)
{
	static char name[2 * VENDOR_MAX];
	const CHAR16 *vendor = firmware_table->FirmwareVendor;
	struct view units = { (const u8 *)vendor, 0 };
	u64 len;

	while (vendor && units.len < 2 * VENDOR_MAX && *vendor) {
		vendor++;
		units.len += 2;
	}
	len = units.len ? text_from_utf16(units, name, sizeof(name)) : 0;
	info->loader =
		(struct view){ (const u8 *)name, min_u64(len, sizeof(name)) };
}

void collect(const struct mem *mem, struct boot_info *info)
{
	info->efi.system_table = phys_of(firmware_table);
	info->efi.image_handle = phys_of(firmware_image);
	info->efi.is_64bit = true;
	info->secure_boot =
		firmware_is_secure() ? SECURE_BOOT_ON : SECURE_BOOT_OFF;
	info->rsdp = acpi_from_efi(mem, info->efi.system_table);
	read_vendor(info);
	read_smbios(mem, info);
	devicetree_collect(mem, info);
	board_read(mem, info);
	read_screen(&info->framebuffer);
	info->seed_len = seed_take(info->seed);
}
