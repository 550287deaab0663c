// SPDX-License-Identifier: BSD-2-Clause
/*
 * The screen and the ports in the BIOS data area (IBM PC/AT technical
 * reference; its layout is that of all VGA BIOSes).
 */
#include "bios_text.h"

#define BIOS_SERIAL  0x400 /* ports of COM1 to COM4 */
#define MIN_PORT     0x200
#define MAX_PORT     0x3f8
#define BIOS_VIDEO   0x449
#define BIOS_ROWS    0x484 /* less one; 0 before EGA: 25 */
#define MODE_TEXT_40 1
#define MODE_TEXT_80 3
#define CRTC_COLOR   0x3d4
#define TEXT_AT	     0xb8000
#define DEFAULT_ROWS 25
#define COLUMNS_MAX  132

struct bios_video {
	u8 mode;
	u16 columns;
	u8 unused[0x463 - 0x44c];
	u16 crtc; /* I/O port */
} wire_packed;
WIRE_SIZE(struct bios_video, 0x465 - BIOS_VIDEO);
WIRE_AT(struct bios_video, columns, 0x44a - BIOS_VIDEO);
WIRE_AT(struct bios_video, crtc, 0x463 - BIOS_VIDEO);

void bios_find_text(const struct mem *mem, struct boot_info *info)
{
	struct bios_video video;
	u8 last_row;

	if (info->framebuffer.type != FRAMEBUFFER_NONE ||
	    info->efi.system_table || info->efi.memory_map.len)
		return;
	if (!mem_read(mem, BIOS_VIDEO, &video, sizeof(video)) ||
	    !mem_read(mem, BIOS_ROWS, &last_row, sizeof(last_row)))
		return;
	if (video.mode < MODE_TEXT_40 || video.mode > MODE_TEXT_80 ||
	    video.crtc != CRTC_COLOR || !video.columns ||
	    video.columns > COLUMNS_MAX)
		return;
	info->framebuffer = (struct framebuffer){
		.type = FRAMEBUFFER_TEXT,
		.at = TEXT_AT,
		.pitch = 2u * video.columns,
		.width = video.columns,
		.height = last_row ? last_row + 1u : DEFAULT_ROWS,
		.bits_per_pixel = 16,
	};
}

/* What else lies there is no port of a 16550's. */
static bool is_port(u16 port)
{
	return port >= MIN_PORT && port <= MAX_PORT && port % 8 == 0;
}

void bios_find_ports(const struct mem *mem, const struct boot_info *info,
		     u16 ports[BIOS_PORTS])
{
	u16 found[BIOS_PORTS];
	bool is_there = !info->efi.system_table && !info->efi.memory_map.len &&
			mem_read(mem, BIOS_SERIAL, found, sizeof(found));

	for (u32 i = 0; i < BIOS_PORTS; i++)
		ports[i] = is_there && is_port(found[i]) ? found[i] : 0;
}
