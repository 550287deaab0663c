/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A packing: a way in which a whole file is compressed. Each is a file of its
 * own that ends in PACKING(x); a program opens those that are linked into it.
 */
#ifndef FORMATS_PACKING_H
#define FORMATS_PACKING_H

#include "base.h"
#include "view.h"

/* Memory to unpack into, and to work in. */
struct packing_room {
	u8 *at;
	u64 len;
	/* Called after each MiB of output at the latest, if not NULL; of lz4,
	 * which cannot be halted in a block, after each of 4 or 8 MiB, which
	 * take no longer. */
	void (*pause)(void);
};

struct stream; /* of formats/packings/stream.h */

struct packing {
	const char *name;
	/* A line in the file of each program that is linked with it, so that
	 * others can tell; NULL: all are. */
	const char *mark;
	/* Does the file begin as such files do? */
	bool (*claims)(struct view file);
	/* Does a look at the beginning need room as well? */
	bool peeks_into_room;
	/*
	 * See the beginning of what is inside, tens of KiB of it if there are
	 * so many, until the room or a buffer of the packing's own is used
	 * again. Fails if not even that can be unpacked. room is NULL where it
	 * is not needed.
	 */
	why (*peek)(const struct packing *self, struct view file,
		    const struct packing_room *room, struct view *out);
	/* Unpack all to the room's beginning, and check what there is to check.
	 * *len is what was written, or, if it fails for want of room, more
	 * than that has. */
	why (*open)(const struct packing *self, struct view file,
		    const struct packing_room *room, u64 *len);
	/* Of those that stream_peek() and stream_open() are for: unpack the
	 * stream that s->left begins with, and move that behind it. */
	why (*read_stream)(struct stream *s);
	/* Does another stream follow? NULL: nothing would mark it. */
	bool (*is_next)(struct view left);
};

#define PACKING(symbol)                                                        \
	const struct packing *const packing_##symbol##_entry                   \
		__attribute__((used, retain, section("packings"))) = &(symbol)

/* The packing of a file; NULL: it is of none that is known. */
const struct packing *packing_of(struct view file);

/* The packing of a name; NULL: there is none. */
const struct packing *packing_named(struct view name);

/* The reason where the room is used up. */
why packing_no_room(u64 len);

#endif
