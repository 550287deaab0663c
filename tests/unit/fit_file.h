/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * FIT images for tests, written by libfdt.
 */
#ifndef TESTS_FIT_FILE_H
#define TESTS_FIT_FILE_H

#include <libfdt.h>

#include "guest.h"

#define FIT_OUTSIDE_AT 4096 /* data-position of the first image outside */

enum fit_place { FIT_INSIDE, FIT_OFFSET, FIT_POSITION };

struct fit_parts {
	struct view kernel, ramdisk, devicetree; /* at NULL: none */
	struct view loadables[2];
	const char *bootargs; /* NULL: none */
	enum fit_place place; /* of the images' data */
};

/* What is being written. */
struct fit_writer {
	u8 *out;
	enum fit_place place;
	u32 outside_len;
};

static inline void fit_ok(int result)
{
	if (result)
		fail_msg("libfdt: %s", fdt_strerror(result));
}

static inline void fit_put_image(struct fit_writer *w, const char *name,
				 struct view data)
{
	if (!data.at)
		return;
	fit_ok(fdt_begin_node(w->out, name));
	if (w->place == FIT_INSIDE) {
		fit_ok(fdt_property(w->out, "data", data.at, (int)data.len));
	} else {
		fit_ok(fdt_property_u32(w->out, "data-size", (u32)data.len));
		if (w->place == FIT_OFFSET)
			fit_ok(fdt_property_u32(w->out, "data-offset",
						w->outside_len));
		else
			fit_ok(fdt_property_u32(w->out, "data-position",
						FIT_OUTSIDE_AT +
							w->outside_len));
		w->outside_len += (u32)align_up(data.len, 4);
	}
	fit_ok(fdt_end_node(w->out));
}

static inline void fit_put_configuration(u8 *out, const struct fit_parts *parts)
{
	fit_ok(fdt_begin_node(out, "configurations"));
	fit_ok(fdt_property_string(out, "default", "conf-1"));
	fit_ok(fdt_begin_node(out, "conf-1"));
	if (parts->kernel.at)
		fit_ok(fdt_property_string(out, "kernel", "kernel-1"));
	if (parts->ramdisk.at)
		fit_ok(fdt_property_string(out, "ramdisk", "ramdisk-1"));
	if (parts->devicetree.at)
		fit_ok(fdt_property_string(out, "fdt", "fdt-1"));
	if (parts->loadables[1].at)
		fit_ok(fdt_property(out, "loadables", "more-1\0more-2", 14));
	else if (parts->loadables[0].at)
		fit_ok(fdt_property_string(out, "loadables", "more-1"));
	if (parts->bootargs)
		fit_ok(fdt_property(out, "bootargs", parts->bootargs,
				    (int)strlen(parts->bootargs) + 1));
	fit_ok(fdt_end_node(out));
	fit_ok(fdt_end_node(out));
}

static inline u64 fit_put_outside(u8 *out, u64 at, u64 room, struct view data)
{
	assert_true(at + align_up(data.len, 4) <= room);
	if (data.at)
		memcpy(out + at, data.at, data.len);
	return at + align_up(data.len, 4);
}

/* Write a FIT into room bytes, which must be 8-byte aligned; its length. */
static inline u64 fit_write(u8 *out, u64 room, const struct fit_parts *parts)
{
	struct fit_writer w = { .out = out, .place = parts->place };
	u64 at;

	memset(out, 0, room);
	fit_ok(fdt_create(out, (int)room));
	fit_ok(fdt_finish_reservemap(out));
	fit_ok(fdt_begin_node(out, ""));
	fit_ok(fdt_property_string(out, "description", "a test"));
	fit_ok(fdt_begin_node(out, "images"));
	fit_put_image(&w, "kernel-1", parts->kernel);
	fit_put_image(&w, "ramdisk-1", parts->ramdisk);
	fit_put_image(&w, "fdt-1", parts->devicetree);
	fit_put_image(&w, "more-1", parts->loadables[0]);
	fit_put_image(&w, "more-2", parts->loadables[1]);
	fit_ok(fdt_end_node(out));
	fit_put_configuration(out, parts);
	fit_ok(fdt_end_node(out));
	fit_ok(fdt_finish(out));
	at = fdt_totalsize(out);
	if (parts->place == FIT_INSIDE)
		return at;
	at = parts->place == FIT_OFFSET ? align_up(at, 4) : FIT_OUTSIDE_AT;
	assert_true(at >= fdt_totalsize(out));
	at = fit_put_outside(out, at, room, parts->kernel);
	at = fit_put_outside(out, at, room, parts->ramdisk);
	at = fit_put_outside(out, at, room, parts->devicetree);
	at = fit_put_outside(out, at, room, parts->loadables[0]);
	return fit_put_outside(out, at, room, parts->loadables[1]);
}

/* A device tree with one property; its length. */
static inline u64 fit_write_plain_tree(u8 *out, u64 room)
{
	fit_ok(fdt_create(out, (int)room));
	fit_ok(fdt_finish_reservemap(out));
	fit_ok(fdt_begin_node(out, ""));
	fit_ok(fdt_property_string(out, "model", "a test"));
	fit_ok(fdt_end_node(out));
	fit_ok(fdt_finish(out));
	return fdt_totalsize(out);
}

#endif
