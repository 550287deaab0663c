/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * coreboot's tables (coreboot, commonlib/coreboot_tables.h), of which one in
 * low memory points at the others.
 */
#ifndef COREBOOT_CB_TABLES_H
#define COREBOOT_CB_TABLES_H

#include "base.h"
#include "mem.h"

#define CB_SIGNATURE "LBIO"
#define CB_ALIGN     16

struct cb_header {
	u8 signature[4];
	u32 header_bytes;
	u32 header_checksum; /* RFC 1071's sum of the header is 0 with it */
	u32 table_bytes;     /* of the records that follow */
	u32 table_checksum;  /* their sum */
	u32 table_entries;
};
WIRE_SIZE(struct cb_header, 24);
WIRE_AT(struct cb_header, table_bytes, 12);

#define CB_TAG_MEMORY	   0x01
#define CB_TAG_FORWARD	   0x11
#define CB_TAG_FRAMEBUFFER 0x12
#define CB_TAG_ACPI_RSDP   0x43

struct cb_record {
	u32 tag, size; /* these two included */
};
WIRE_SIZE(struct cb_record, 8);

#define CB_MEMORY_TABLE 16 /* coreboot's own; other types are E820's */

struct cb_memory {
	u64 start, size;
	u32 type;
} wire_packed;
WIRE_SIZE(struct cb_memory, 20);

/* Of a forward, and of the RSDP. */
struct cb_pointer {
	struct cb_record head;
	u64 at;
};
WIRE_SIZE(struct cb_pointer, 16);

struct cb_framebuffer {
	struct cb_record head;
	u64 at;
	u32 width, height, pitch;
	u8 bits_per_pixel;
	u8 red[2], green[2], blue[2]; /* position and size in bits */
	u8 reserved[2];
	u8 unused[3];
};
WIRE_SIZE(struct cb_framebuffer, 40);
WIRE_AT(struct cb_framebuffer, width, 16);
WIRE_AT(struct cb_framebuffer, bits_per_pixel, 28);
#define CB_FRAMEBUFFER_MIN 37

/* Find the tables in low memory, where coreboot leaves them on x86: the first
 * page and the BIOS's last 64 KiB. Registers tell a payload nothing. */
must_check bool cb_find(const struct mem *mem, phys *out);

#endif
