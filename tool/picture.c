// SPDX-License-Identifier: BSD-2-Clause
/*
 * The picture of a boot in text.
 */
#include "picture.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "tool.h"

#define COLUMN 32

static void add(struct owner *owners, u32 *nr, struct range range,
		const char *format, va_list args)
{
	if (range_empty(range) || *nr == PICTURE_MAX)
		return;
	owners[*nr].range = range;
	vsnprintf(owners[*nr].name, PICTURE_NAME, format, args);
	++*nr;
}

void picture_before(struct picture *picture, struct range range,
		    const char *format, ...)
{
	va_list args;

	va_start(args, format);
	add(picture->before, &picture->nr_before, range, format, args);
	va_end(args);
}

void picture_after(struct picture *picture, struct range range,
		   const char *format, ...)
{
	va_list args;

	va_start(args, format);
	add(picture->after, &picture->nr_after, range, format, args);
	va_end(args);
}

/* The last one added is on top. */
static const char *owner_at(const struct owner *owners, u32 nr, phys at)
{
	while (nr--)
		if (at >= owners[nr].range.start && at < owners[nr].range.end)
			return owners[nr].name;
	return "";
}

static int compare(const void *a, const void *b)
{
	const phys *left = a, *right = b;

	return (*left > *right) - (*left < *right);
}

/* Every address where something begins or ends, in order. */
static u32 find_edges(const struct picture *picture, phys *edges)
{
	u32 nr = 0;

	for (u32 i = 0; i < picture->nr_before; i++) {
		edges[nr++] = picture->before[i].range.start;
		edges[nr++] = picture->before[i].range.end;
	}
	for (u32 i = 0; i < picture->nr_after; i++) {
		edges[nr++] = picture->after[i].range.start;
		edges[nr++] = picture->after[i].range.end;
	}
	for (u32 i = 0; i < picture->info->nr_regions; i++) {
		edges[nr++] = picture->info->regions[i].range.start;
		edges[nr++] = picture->info->regions[i].range.end;
	}
	qsort(edges, nr, sizeof(*edges), compare);
	return nr;
}

static void print_size(u64 len)
{
	if (len % MIB == 0 || len >= 100 * MIB)
		printf("%7lu MiB", len / MIB);
	else
		printf("%7lu KiB", (len + KIB - 1) / KIB);
}

/* One row; a hole in the map, or nothing, has none. */
static void print_row(const struct picture *picture, phys at, phys end)
{
	phys type_end = 0;
	u32 type = info_type_at(picture->info, at, &type_end);
	const char *before = owner_at(picture->before, picture->nr_before, at);
	const char *after = owner_at(picture->after, picture->nr_after, at);
	const char *none = type == REGION_RAM ? "." : region_name(type);

	if (at == end || (!type && !*before && !*after))
		return;
	printf("%012lx-%012lx ", at, end);
	print_size(end - at);
	printf("  %-*s %s\n", COLUMN, *before ? before : none,
	       *after ? after : none);
}

void picture_print(struct picture *picture)
{
	u64 max = 2 * (2 * PICTURE_MAX + MAX_REGIONS);
	phys *edges = get_memory(max * sizeof(*edges));
	u32 nr = find_edges(picture, edges);

	printf("\n%-25s %10s  %-*s %s\n", "memory", "size", COLUMN, "before",
	       "after");
	for (u32 i = 0; i + 1 < nr; i++)
		print_row(picture, edges[i], edges[i + 1]);
	free(edges);
}
