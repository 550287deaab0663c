// SPDX-License-Identifier: BSD-2-Clause
/*
 * Descriptions of machines for the section .hwids: each a file of JSON with a
 * name, what the machine's device tree is compatible with, and Computer
 * Hardware IDs. Written in the order in which ukify writes them.
 */
#include <ctype.h>
#include <ftw.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "bundle.h"
#include "hwids.h"
#include "tool.h"

#define MAX_FILES   1024
#define MAX_DEVICES 8192
#define MAX_OPEN    16 /* folders */
#define SUFFIX	    ".json"
#define UUID	    "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx"

/* An ID, of the n-th machine. */
struct device {
	u32 machine;
	const char *name, *compatible;
	char uuid[sizeof(UUID)]; /* in small letters */
};

static u32 nr_files, nr_devices, nr_machines, nr_texts;
static char *files[MAX_FILES];
static json_t *texts[MAX_FILES]; /* the devices' strings are theirs */
static struct device devices[MAX_DEVICES];

static int note_file(const char *path, const struct stat *status, int type,
		     struct FTW *place)
{
	u64 len = strlen(path);

	(void)status;
	(void)place;
	if ((type != FTW_F && type != FTW_SL) || len < sizeof(SUFFIX) ||
	    strcmp(path + len - strlen(SUFFIX), SUFFIX))
		return 0;
	if (nr_files == MAX_FILES)
		refuse(path, "there are more than %u files", MAX_FILES);
	files[nr_files++] = strdup(path);
	return 0;
}

static int compare_texts(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static int compare_devices(const void *a, const void *b)
{
	const struct device *left = a, *right = b;

	return left->machine != right->machine
		       ? (left->machine > right->machine) -
				 (left->machine < right->machine)
		       : strcmp(left->uuid, right->uuid);
}

static bool read_uuid(const char *text, char *out)
{
	u32 i = 0;

	for (; text[i] && i < strlen(UUID); i++) {
		if (UUID[i] == '-' ? text[i] != '-'
				   : !isxdigit((unsigned char)text[i]))
			return false;
		out[i] = (char)tolower((unsigned char)text[i]);
	}
	out[i] = 0;
	return i == strlen(UUID) && !text[i];
}

/* Those of the same name and compatibility are one machine. */
static u32 machine_of(const char *name, const char *compatible)
{
	for (u32 i = 0; i < nr_devices; i++)
		if (!strcmp(devices[i].name, name) &&
		    !strcmp(devices[i].compatible, compatible))
			return devices[i].machine;
	return nr_machines++;
}

static void read_machine(const char *path, const json_t *machine)
{
	const char *name = json_string_value(json_object_get(machine, "name"));
	const char *compatible =
		json_string_value(json_object_get(machine, "compatible"));
	const json_t *ids = json_object_get(machine, "hwids");
	u32 number;

	if (!name || !compatible || !json_is_array(ids))
		refuse(path, "it has no name, no compatible or no hwids");
	number = machine_of(name, compatible);
	for (size_t i = 0; i < json_array_size(ids); i++) {
		const char *id = json_string_value(json_array_get(ids, i));
		struct device *device = &devices[nr_devices];

		if (nr_devices == MAX_DEVICES)
			refuse(path, "there are more than %u IDs", MAX_DEVICES);
		if (!id || !read_uuid(id, device->uuid))
			refuse(path, "ID %zu is no UUID", i);
		device->machine = number;
		device->name = name;
		device->compatible = compatible;
		nr_devices++;
	}
}

void hwids_begin(void)
{
	while (nr_texts)
		json_decref(texts[--nr_texts]);
	nr_devices = nr_machines = 0;
}

void hwids_add(const char *path, struct view json)
{
	json_error_t error;
	json_t *machine =
		json_loadb((const char *)json.at, json.len, 0, &error);

	if (!machine)
		refuse(path, "in line %d: %s", error.line, error.text);
	texts[nr_texts++] = machine;
	read_machine(path, machine);
}

static u32 drop_doubles(void)
{
	u32 kept = 0;

	for (u32 i = 0; i < nr_devices; i++)
		if (!i || compare_devices(&devices[i], &devices[i - 1]))
			devices[kept++] = devices[i];
	return kept;
}

/* All strings, sorted, each once; returns their lengths' sum. */
static u64 sort_strings(const char **strings, u32 *nr)
{
	u32 kept = 0;
	u64 len = 0;

	for (u32 i = 0; i < nr_devices; i++) {
		strings[2 * i] = devices[i].name;
		strings[2 * i + 1] = devices[i].compatible;
	}
	qsort(strings, 2ul * nr_devices, sizeof(*strings), compare_texts);
	for (u32 i = 0; i < 2 * nr_devices; i++) {
		if (i && !strcmp(strings[i], strings[kept - 1]))
			continue;
		strings[kept++] = strings[i];
		len += strlen(strings[i]) + 1;
	}
	*nr = kept;
	return len;
}

static u32 place_of(const char **strings, u32 base, const char *string)
{
	for (; strcmp(*strings, string); strings++)
		base += (u32)strlen(*strings) + 1;
	return base;
}

/* Little-endian in the first three of its parts, as Microsoft has them. */
static void put_id(const char *uuid, u8 id[16])
{
	static const u8 order[] = { 3, 2, 1, 0, 5, 4, 7, 6 };
	u32 nr = 0;

	for (const char *at = uuid; *at; at += 2) {
		char digits[] = { at[*at == '-'], at[1 + (*at == '-')], 0 };

		at += *at == '-';
		id[nr < sizeof(order) ? order[nr] : nr] =
			(u8)strtoul(digits, NULL, 16);
		nr++;
	}
}

static struct view put_section(void)
{
	const char **strings = get_memory(2ul * nr_devices * sizeof(*strings));
	u32 nr = 0, base = (nr_devices + 1) * sizeof(struct hwids_device);
	u64 len = base + sort_strings(strings, &nr);
	u8 *section = get_memory(len), *at = section + base;

	for (u32 i = 0; i < nr_devices; i++) {
		struct hwids_device device = {
			.descriptor = HWIDS_TREE,
			.name = place_of(strings, base, devices[i].name),
			.compatible =
				place_of(strings, base, devices[i].compatible)
		};

		put_id(devices[i].uuid, device.id);
		memcpy(section + i * sizeof(device), &device, sizeof(device));
	}
	for (u32 i = 0; i < nr; i++)
		at = (u8 *)stpcpy((char *)at, strings[i]) + 1;
	free(strings);
	return (struct view){ section, len };
}

struct view hwids_section(void)
{
	qsort(devices, nr_devices, sizeof(*devices), compare_devices);
	nr_devices = drop_doubles();
	return put_section();
}

struct view hwids_read(const char *folder)
{
	nr_files = 0;
	hwids_begin();
	if (nftw(folder, note_file, MAX_OPEN, FTW_PHYS))
		refuse_errno(folder, "it cannot be read");
	qsort(files, nr_files, sizeof(*files), compare_texts);
	for (u32 i = 0; i < nr_files; i++)
		hwids_add(files[i], input_open(files[i]).bytes);
	if (!nr_devices)
		refuse(folder, "it has no descriptions of machines, *.json");
	return hwids_section();
}
