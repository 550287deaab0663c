// SPDX-License-Identifier: BSD-2-Clause
/*
 * The door of coreboot, which enters its payload at the ELF file's entry in
 * 32-bit mode, with nothing but these tables: no command line, no modules.
 */
#include "acpi.h"
#include "cb_tables.h"
#include "door.h"

#define LOW_END	  PAGE_SIZE
#define BIOS	  0xf0000
#define TABLE_MAX (1 * MIB)

/* RFC 1071: the sum of all words in one's complement. */
static u16 sum_of(struct view bytes)
{
	u64 sum = 0;

	for (u64 i = 0; i < bytes.len; i++)
		sum += (u32)bytes.at[i] << 8 * (i & 1);
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return (u16)~sum;
}

static bool read_header(const struct mem *mem, phys at, struct cb_header *out)
{
	struct view header;

	return mem_read(mem, at, out, sizeof(*out)) &&
	       !memcmp(out->signature, CB_SIGNATURE, sizeof(out->signature)) &&
	       out->header_bytes >= sizeof(*out) &&
	       mem_view(mem, at, min_u64(out->header_bytes, PAGE_SIZE),
			&header) &&
	       !sum_of(header);
}

static bool find_within(const struct mem *mem, phys start, phys end, phys *out)
{
	struct cb_header header;

	for (phys at = start; at < end; at += CB_ALIGN)
		if (read_header(mem, at, &header)) {
			*out = at;
			return true;
		}
	return false;
}

bool cb_find(const struct mem *mem, phys *out)
{
	return find_within(mem, 0, LOW_END, out) ||
	       find_within(mem, BIOS, MIB, out);
}

/* The records behind the header at an address; empty, and refused, if they are
 * not as it says. */
static struct view read_table(const struct mem *mem, phys at,
			      struct boot_info *info)
{
	struct view table = VIEW("");
	struct cb_header header;

	if (!read_header(mem, at, &header) || header.table_bytes > TABLE_MAX ||
	    !mem_view(mem, at + header.header_bytes, header.table_bytes,
		      &table) ||
	    sum_of(table) != header.table_checksum) {
		info_refuse(info, "coreboot's tables are damaged");
		return VIEW("");
	}
	info_hold(info, at, header.header_bytes + header.table_bytes);
	return table;
}

/* The next record with all that it has. */
static bool next_record(struct view *left, u32 *tag, struct view *out)
{
	struct cb_record head;

	if (!view_read(*left, 0, &head, sizeof(head)) ||
	    head.size < sizeof(head) || !view_cut(*left, 0, head.size, out))
		return false;
	*tag = head.tag;
	*left = view_from(*left, head.size);
	return true;
}

static bool find_record(struct view table, u32 wanted, struct view *out)
{
	u32 tag;

	while (next_record(&table, &tag, out))
		if (tag == wanted)
			return true;
	return false;
}

static void read_map(struct view table, struct boot_info *info)
{
	struct cb_memory memory;
	struct view record;

	if (!find_record(table, CB_TAG_MEMORY, &record))
		return;
	for (u64 at = sizeof(struct cb_record);
	     view_read(record, at, &memory, sizeof(memory));
	     at += sizeof(memory))
		info_add_region(info, memory.start, memory.size,
				memory.type == CB_MEMORY_TABLE ? REGION_RESERVED
							       : memory.type);
}

static struct color_field color_of(const u8 field[2])
{
	return (struct color_field){ field[0], field[1] };
}

static void read_framebuffer(struct view table, struct boot_info *info)
{
	struct cb_framebuffer fb = { .at = 0 };
	struct view record;

	if (!find_record(table, CB_TAG_FRAMEBUFFER, &record) ||
	    record.len < CB_FRAMEBUFFER_MIN)
		return;
	memcpy(&fb, record.at, min_u64(record.len, sizeof(fb)));
	if (!fb.at || !fb.width || !fb.height)
		return;
	info->framebuffer = (struct framebuffer){
		.type = FRAMEBUFFER_RGB,
		.at = fb.at,
		.pitch = fb.pitch,
		.width = fb.width,
		.height = fb.height,
		.bits_per_pixel = fb.bits_per_pixel,
		.red = color_of(fb.red),
		.green = color_of(fb.green),
		.blue = color_of(fb.blue),
	};
}

static void read_coreboot(const struct mem *mem, u32 magic, phys at,
			  struct boot_info *info)
{
	struct view table = read_table(mem, at, info), record;
	struct cb_pointer pointer = { .at = 0 };

	(void)magic;
	info->loader = VIEW("coreboot");
	if (find_record(table, CB_TAG_FORWARD, &record) &&
	    view_read(record, 0, &pointer, sizeof(pointer)))
		table = read_table(mem, pointer.at, info);
	read_map(table, info);
	read_framebuffer(table, info);
	pointer.at = 0;
	if (find_record(table, CB_TAG_ACPI_RSDP, &record) &&
	    !view_read(record, 0, &pointer, sizeof(pointer)))
		pointer.at = 0;
	if (!info->bad)
		info->rsdp = acpi_check(mem, info, pointer.at);
}

DOOR(coreboot_door)
= {
	.name = "coreboot",
	.read = read_coreboot,
};
