/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Rows of facts, promises and areas.
 */
#include "report.h"

#include "console.h"

#define LOWEST	  0x500 /* below it are the BIOS's own data */
#define MAX_TEXT  0x20000
#define MAX_AREAS 256
#define RSDP_OLD  20
#define RSDP_NEW  36
#define RSDP_SIGN 0x2052545020445352 /* "RSD PTR " */
#define RSDP_REV  15
#define RSDP_LEN  20

struct area {
	enum area_kind kind;
	uint64_t start, end;
};

static bool failed;
static struct area areas[MAX_AREAS];
static uint32_t nr_areas;

uint8_t read8(uint64_t at)
{
	return *(const volatile uint8_t *)at;
}

uint32_t read32(uint64_t at)
{
	return *(const volatile uint32_t *)at;
}

uint64_t read64(uint64_t at)
{
	return *(const volatile uint64_t *)at;
}

void check(bool kept, const char *promise)
{
	if (kept)
		return;
	failed = true;
	put_text("probe: FAIL ");
	put_text(promise);
	put_text("\n");
}

bool has_failed(void)
{
	return failed;
}

static void put_values(const char *name, uint64_t nr, const uint64_t *values)
{
	put_text(name);
	put_text("=");
	for (uint64_t i = 0; i < nr; i++) {
		if (i)
			put_text(" ");
		put_hex(values[i]);
	}
}

void put_row(const char *name, uint64_t nr, const uint64_t *values)
{
	put_values(name, nr, values);
	put_text("\n");
}

/* A string's size with its end, or 0 if that is nowhere near. */
static uint64_t text_size(uint64_t at)
{
	for (uint64_t len = 0; len < MAX_TEXT; len++)
		if (!read8(at + len))
			return len + 1;
	return 0;
}

static uint64_t put_string(uint64_t at)
{
	uint64_t size = at ? text_size(at) : 0;

	put_text("[");
	if (size)
		put_text((const char *)at);
	put_text("]\n");
	check(!at || size, "a string has an end");
	return size;
}

uint64_t put_row_text(const char *name, uint64_t text_at, uint64_t nr,
		      const uint64_t *values)
{
	put_values(name, nr, values);
	put_text(" ");
	return put_string(text_at);
}

uint64_t put_line(const char *name, uint64_t at)
{
	put_text(name);
	put_text("_at=");
	put_hex(at);
	put_text("\n");
	put_text(name);
	put_text("=");
	return put_string(at);
}

void put_row_bytes(const char *name, uint64_t at, uint64_t len, uint64_t nr,
		   const uint64_t *values)
{
	put_values(name, nr, values);
	put_text(" ");
	put_bytes((const uint8_t *)at, len);
	put_text("\n");
}

static uint8_t sum(uint64_t at, uint64_t len)
{
	uint8_t total = 0;

	while (len--)
		total = (uint8_t)(total + read8(at++));
	return total;
}

static bool is_rsdp(uint64_t at)
{
	if (read64(at) != RSDP_SIGN || sum(at, RSDP_OLD))
		return false;
	return !read8(at + RSDP_REV) ||
	       (read32(at + RSDP_LEN) == RSDP_NEW && !sum(at, RSDP_NEW));
}

void put_rsdp(uint64_t at)
{
	put_values("rsdp", VALUES(at));
	put_text(at && is_rsdp(at) ? " good\n" : " bad\n");
}

void take_area(enum area_kind kind, uint64_t start, uint64_t size)
{
	check(nr_areas < MAX_AREAS, "the probe can count all areas");
	if (!size || nr_areas == MAX_AREAS)
		return;
	areas[nr_areas++] = (struct area){ kind, start, start + size };
}

static void check_pair(const struct area *one, const struct area *other)
{
	if (one->start >= other->end || other->start >= one->end)
		return;
	put_row("overlap", VALUES(one->start, other->start));
	check(false, "nothing lies on anything else");
}

void check_areas(void)
{
	static const char names[][16] = { "area_image", "area_module",
					  "area_info" };

	for (uint32_t i = 0; i < nr_areas; i++) {
		put_row(names[areas[i].kind],
			VALUES(areas[i].start, areas[i].end - areas[i].start));
		if (areas[i].kind != AREA_IMAGE)
			check(areas[i].start >= LOWEST,
			      "nothing lies below 0x500");
		check(areas[i].start < areas[i].end,
		      "no area wraps around the address space");
		for (uint32_t j = 0; j < i; j++)
			check_pair(&areas[i], &areas[j]);
	}
}
