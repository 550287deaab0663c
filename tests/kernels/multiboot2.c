/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The probe as a Multiboot2 kernel (Multiboot2 Specification 2.0, 3.3 and
 * 3.6): every tag by type and size, and what is in it.
 */
#include "console.h"
#include "multiboot.h"
#include "protocols.h"
#include "report.h"

#define MAGIC	   0x36d76289
#define TAG_ALIGN  8
#define TAG_HEAD   8
#define MAX_INFO   MIB
#define TAG_SHOWN  64 /* bytes of a tag that are printed */
#define NO_ADDRESS 0

#define TAG_END		0
#define TAG_CMDLINE	1
#define TAG_LOADER	2
#define TAG_MODULE	3
#define TAG_MEMORY	4
#define TAG_MAP		6
#define TAG_FRAMEBUFFER 8
#define TAG_SECTIONS	9
#define TAG_EFI32	11
#define TAG_EFI64	12
#define TAG_OLD_RSDP	14
#define TAG_NEW_RSDP	15
#define TAG_LOAD_BASE	21
#define MODULE_STRING	16
#define MAP_ENTRIES	16
#define MAP_ENTRY_SIZE	24
#define COLOURS		32
#define SECTION_HEADERS 20

struct tag {
	uint64_t at;
	uint32_t type, size;
};

static struct tag tag_at(uint64_t at)
{
	return (struct tag){ at, read32(at), read32(at + 4) };
}

static uint64_t next_tag(const struct tag *tag)
{
	return (tag->at + tag->size + TAG_ALIGN - 1) & ~(TAG_ALIGN - 1ull);
}

static void check_string(const struct tag *tag, uint64_t from, uint64_t size)
{
	check(size && from + size == tag->size, "a string ends with its tag");
}

static void put_module(const struct tag *tag)
{
	check_string(tag, MODULE_STRING,
		     multiboot_put_module(read32(tag->at + 8),
					  read32(tag->at + 12),
					  tag->at + MODULE_STRING));
}

static void put_map(const struct tag *tag)
{
	uint64_t at = tag->at + MAP_ENTRIES, end = tag->at + tag->size;
	uint32_t size = read32(tag->at + 8);

	put_row("map_entry", VALUES(size, read32(tag->at + 12)));
	check(size >= MAP_ENTRY_SIZE && size % TAG_ALIGN == 0,
	      "an entry of the map is whole");
	if (size < MAP_ENTRY_SIZE)
		return;
	for (; at < end; at += size)
		put_row("e820",
			VALUES(read64(at), read64(at + 8), read32(at + 16)));
	check(at == end, "the map ends with its tag");
}

static void put_string_tag(const struct tag *tag)
{
	const char *name = tag->type == TAG_CMDLINE ? "cmdline" : "loader";

	check_string(tag, TAG_HEAD, put_line(name, tag->at + TAG_HEAD));
}

static void put_sections(const struct tag *tag)
{
	uint32_t nr = read32(tag->at + 8), size = read32(tag->at + 12);

	put_row("sections", VALUES(nr, size, tag->at + SECTION_HEADERS,
				   read32(tag->at + 16)));
	check(SECTION_HEADERS + (uint64_t)nr * size <= tag->size,
	      "section headers lie in their tag");
	multiboot_put_sections(tag->at + SECTION_HEADERS, nr, size);
}

static void put_tables(const struct tag *tag)
{
	switch (tag->type) {
	case TAG_MEMORY:
		put_fact("mem_lower", read32(tag->at + 8));
		put_fact("mem_upper", read32(tag->at + 12));
		break;
	case TAG_OLD_RSDP:
	case TAG_NEW_RSDP:
		put_rsdp(tag->at + TAG_HEAD);
		break;
	case TAG_LOAD_BASE:
		put_fact("load_base", read32(tag->at + 8));
		break;
	case TAG_EFI32:
		put_fact("efi32", read32(tag->at + 8));
		break;
	case TAG_EFI64:
		put_fact("efi64", read64(tag->at + 8));
		break;
	}
}

static void put_content(const struct tag *tag)
{
	switch (tag->type) {
	case TAG_CMDLINE:
	case TAG_LOADER:
		put_string_tag(tag);
		break;
	case TAG_MODULE:
		put_module(tag);
		break;
	case TAG_MAP:
		put_map(tag);
		break;
	case TAG_FRAMEBUFFER:
		multiboot_put_framebuffer(tag->at + TAG_HEAD,
					  tag->at + COLOURS);
		break;
	case TAG_SECTIONS:
		put_sections(tag);
		break;
	default:
		put_tables(tag);
	}
}

static void put_tag(const struct tag *tag)
{
	uint64_t len = tag->size - TAG_HEAD;

	put_row_bytes("tag", tag->at + TAG_HEAD,
		      len < TAG_SHOWN ? len : TAG_SHOWN,
		      VALUES(tag->type, tag->size));
	put_content(tag);
}

uint64_t multiboot2_cmdline(const struct state *state)
{
	uint64_t end = state->bx + read32(state->bx);

	for (uint64_t at = state->bx + TAG_HEAD; at < end;) {
		struct tag tag = tag_at(at);

		if (tag.type == TAG_CMDLINE)
			return at + TAG_HEAD;
		if (tag.type == TAG_END || tag.size < TAG_HEAD)
			break;
		at = next_tag(&tag);
	}
	return NO_ADDRESS;
}

/* Returns true if the list ends with its end tag where total_size says. */
static bool put_tags(uint64_t at, uint64_t end)
{
	while (at + TAG_HEAD <= end) {
		struct tag tag = tag_at(at);

		if (tag.size < TAG_HEAD || at + tag.size > end)
			return false;
		put_tag(&tag);
		at = next_tag(&tag);
		if (tag.type == TAG_END)
			return tag.size == TAG_HEAD && at == end;
	}
	return false;
}

void multiboot2_report_tags(const struct state *state)
{
	uint64_t info = state->bx;
	uint32_t total = read32(info);

	put_fact("info_size", total);
	check(info % TAG_ALIGN == 0, "the info is aligned to 8 bytes");
	check(!read32(info + 4), "the info's second word is 0");
	check(total <= MAX_INFO, "the info's size is sane");
	if (total > MAX_INFO)
		return;
	take_area(AREA_INFO, info, total);
	check(put_tags(info + TAG_HEAD, info + total),
	      "total_size is the sum of the tags, up to the end tag");
}

void multiboot2_report(const struct state *state)
{
	multiboot_check_state(state, MAGIC);
	multiboot2_report_tags(state);
}
