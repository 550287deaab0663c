// SPDX-License-Identifier: BSD-2-Clause
/*
 * Memory maps in text: in the logs of Linux, of gangway and of UEFI's shell,
 * and such as people write.
 */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "memmap.h"
#include "tool.h"

#define LINE_LEN   4096
#define LINUX_SIGN "BIOS-e820: "

/* As Linux, /sys/firmware/memmap and gangway call them, in capital letters or
 * small ones. A name comes before those that it begins with. */
static const struct {
	const char *name;
	u32 type;
} type_names[] = {
	{ "usable", REGION_RAM },
	{ "System RAM", REGION_RAM },
	{ "RAM", REGION_RAM },
	{ "ACPI NVS", REGION_NVS },
	{ "ACPI Non-volatile", REGION_NVS },
	{ "ACPI data", REGION_ACPI },
	{ "ACPI Tables", REGION_ACPI },
	{ "ACPI", REGION_ACPI },
	{ "unusable", REGION_UNUSABLE },
	{ "persistent (type 12)", REGION_PRAM },
	{ "persistent (type 7)", REGION_PMEM },
	{ "Persistent Memory", REGION_PMEM },
	{ "persistent", REGION_PMEM },
	{ "pram", REGION_PRAM },
	{ "soft reserved", REGION_SOFT_RESERVED },
	{ "reserved", REGION_RESERVED },
};

u32 memmap_take_type(const char **text)
{
	for (u32 i = 0; i < ARRAY_LEN(type_names); i++) {
		u64 len = strlen(type_names[i].name);

		if (strncasecmp(*text, type_names[i].name, len) ||
		    isalnum((unsigned char)(*text)[len]))
			continue;
		*text += len;
		return type_names[i].type;
	}
	return 0;
}

static const char *skip_blanks(const char *text)
{
	return text + strspn(text, " \t");
}

/* A number in hexadecimal at the beginning of *text, which moves behind it. */
static bool take_hex(const char **text, phys *out)
{
	char *end;

	errno = 0;
	*out = strtoull(*text, &end, 16);
	if (!isxdigit((unsigned char)**text) || errno)
		return false;
	*text = end;
	return true;
}

bool memmap_take_range(const char **text, struct range *out)
{
	const char *at = *text;

	if (!take_hex(&at, &out->start))
		return false;
	at = skip_blanks(at);
	if (*at++ != '-')
		return false;
	at = skip_blanks(at);
	if (!take_hex(&at, &out->end))
		return false;
	*text = at;
	return true;
}

/* A file that is being read, line by line. */
struct reader {
	const char *path;
	struct memmap *map;
	u32 line;
	bool is_linux;	/* lines of Linux's were there: no others count */
	bool was_range; /* the line before had some of gangway's */
};

static void refuse_line(const struct reader *reader, const char *what)
{
	refuse(reader->path, "in line %u: %s", reader->line, what);
}

/* "[mem START-LAST] TYPE", or before Linux 3.5 "START - END (TYPE)". What
 * Linux calls by a number alone is not free. */
static void read_linux(struct reader *reader, const char *text)
{
	bool has_last = !strncmp(text, "[mem ", 5);
	struct range range;
	u32 type;

	if (!reader->is_linux)
		reader->map->nr = 0;
	reader->is_linux = true;
	text += has_last ? 5 : 0;
	if (!memmap_take_range(&text, &range))
		refuse_line(reader, "it has no range of memory");
	text += strspn(text, "]( ");
	type = memmap_take_type(&text);
	range.end += has_last && range.end + 1;
	memmap_add(reader->map, reader->path, range.start, range.end,
		   type ? type : REGION_RESERVED);
}

/* "START-END TYPE", several on a line. */
static void read_own(struct reader *reader, const char *text)
{
	struct range range;

	while (memmap_take_range(&text, &range)) {
		u32 type;

		text = skip_blanks(text);
		type = memmap_take_type(&text);
		if (!type)
			refuse_line(reader,
				    "the type of memory is none of RAM, "
				    "reserved, ACPI, ACPI NVS, unusable, "
				    "persistent, pram and soft reserved");
		if (range.start > range.end)
			refuse_line(reader, "the range ends before it begins");
		memmap_add(reader->map, reader->path, range.start, range.end,
			   type);
		text = skip_blanks(text);
		reader->was_range = true;
	}
	if (*text && *text != '#')
		refuse_line(reader, "behind the type of memory there is "
				    "neither a range nor the end");
}

/* "module N: START-END ...": where a loader put it. */
static void read_module(struct memmap *map, const char *text)
{
	char *end;
	u64 i = strtoull(text, &end, 10);
	const char *at = end + strspn(end, ": ");
	struct range range;

	if (i == map->nr_modules && i < MAX_MODULES &&
	    memmap_take_range(&at, &range))
		map->modules[map->nr_modules++] = range;
}

static bool begins(const char *text, const char *word)
{
	return !strncmp(text, word, strlen(word));
}

static void read_line(struct reader *reader, const char *line)
{
	const char *of_linux = strstr(line, LINUX_SIGN), *at;
	const char *text = skip_blanks(line);
	bool was_range = reader->was_range;
	struct range range;

	reader->was_range = false;
	at = text;
	if (memmap_read_efi(reader->map, text))
		return;
	if (of_linux)
		read_linux(reader, skip_blanks(of_linux + strlen(LINUX_SIGN)));
	else if (reader->is_linux)
		return;
	else if (begins(text, "memory map: "))
		reader->map->nr = reader->map->nr_modules = 0;
	else if (begins(text, "module "))
		read_module(reader->map, text + strlen("module "));
	else if (was_range && begins(text, "and "))
		refuse_line(reader, "regions are left out: gangway.log=debug "
				    "shows all");
	else if (memmap_take_range(&at, &range))
		read_own(reader, text);
}

void memmap_read_lines(FILE *file, const char *path, struct memmap *map)
{
	struct reader reader = { .path = path, .map = map };
	char line[LINE_LEN];

	while (fgets(line, sizeof(line), file)) {
		reader.line++;
		if (!*line)
			refuse(path, "it is no text");
		line[strcspn(line, "\r\n")] = 0;
		read_line(&reader, line);
	}
}
