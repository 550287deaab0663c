// SPDX-License-Identifier: BSD-2-Clause
/*
 * Sections .hwids of any bytes, for machines with strings of any bytes. What is
 * found lies in the section; and with the machine's own ID put first, it is
 * that device's.
 */
#include <assert.h>
#include <stdlib.h>

#include "hwids.h"
#include "lies_in.h"

#define SECTION_MAX 4096

static struct view take_text(struct view *left)
{
	const u8 *end = memchr(left->at, 0xff, left->len);
	struct view text = *left;

	if (end)
		text.len = (u64)(end - text.at);
	*left = view_from(*left, text.len + 1);
	return text;
}

/* With the NUL behind it. */
static void must_lie_in(struct view whole, struct view part)
{
	assert(!part.len ||
	       lies_in(whole, (struct view){ part.at, part.len + 1 }));
}

/* The same section behind a device of this machine. */
static void check_own(struct view section,
		      const struct view fields[HWIDS_NR_FIELDS])
{
	static const u8 types[] = HWIDS_TYPES;
	static u8 own[SECTION_MAX + 64];
	struct hwids_device device = { .descriptor = HWIDS_TREE };

	if (!hwids_id(fields, types[0], device.id))
		return;
	device.compatible = (u32)(sizeof(device) + section.len);
	memcpy(own, &device, sizeof(device));
	memcpy(own + sizeof(device), section.at, section.len);
	memcpy(own + device.compatible, "this", 5);
	section = (struct view){ own, device.compatible + 5 };
	assert(view_equal(hwids_compatible(section, fields), VIEW("this")));
}

int LLVMFuzzerTestOneInput(const u8 *bytes, size_t len);

int LLVMFuzzerTestOneInput(const u8 *bytes, size_t len)
{
	struct view left = { len ? bytes : (const u8 *)"", len };
	struct view fields[HWIDS_NR_FIELDS];
	u8 *copy;

	for (u32 i = 0; i < HWIDS_NR_FIELDS; i++)
		fields[i] = take_text(&left);
	left.len = min_u64(left.len, SECTION_MAX);
	copy = malloc(left.len + !left.len);
	memcpy(copy, left.at, left.len);
	left.at = copy;
	must_lie_in(left, hwids_compatible(left, fields));
	check_own(left, fields);
	free(copy);
	return 0;
}
