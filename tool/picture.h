/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Memory before and after a boot, as a picture.
 */
#ifndef TOOL_PICTURE_H
#define TOOL_PICTURE_H

#include "plan.h"

#define PICTURE_MAX  1024
#define PICTURE_NAME 48

/* Who has a range. */
struct owner {
	struct range range;
	char name[PICTURE_NAME];
};

struct picture {
	u32 nr_before, nr_after;
	struct owner before[PICTURE_MAX], after[PICTURE_MAX];
	const struct boot_info *info;
};

/* Add an owner, unless the range is empty. */
void picture_before(struct picture *picture, struct range range,
		    const char *format, ...)
	__attribute__((format(printf, 3, 4)));
void picture_after(struct picture *picture, struct range range,
		   const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Print it, from the lowest address down the page: a row for each range that
 * somebody has, with its size. */
void picture_print(struct picture *picture);

/* Draw it to scale into a file. */
void picture_draw(struct picture *picture, const char *path);

#endif
