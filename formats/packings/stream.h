/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the packings share that a library opens: a file of one or several
 * streams, unpacked to the room's beginning, while the library takes its own
 * memory from the room's end.
 */
#ifndef FORMATS_STREAM_H
#define FORMATS_STREAM_H

#include "packing.h"

struct stream {
	struct view file, left; /* all of it, and what has not been read */
	const struct packing_room *room;
	u64 len;      /* unpacked so far */
	u64 enough;   /* and when it may end */
	u64 busy;     /* the room's bytes that are written, or may be */
	u64 end;      /* those that no library has taken */
	u64 pause_at; /* the next, in bytes unpacked */
	bool is_full;
};

/*
 * For packing.open: the file's first stream, and all that follow it at once.
 * Other bytes behind the last one are left alone.
 */
must_check why stream_open(const struct packing *self, struct view file,
			   const struct packing_room *room, u64 *len);

/* For packing.peek: the beginning of the first stream. */
must_check why stream_peek(const struct packing *self, struct view file,
			   const struct packing_room *room, struct view *out);

/* As libraries call them, with a struct stream: memory that lasts as long as
 * the stream is read, and is not given back before; NULL if it is too much. */
void *stream_take(void *stream, size_t len);
void stream_give(void *stream, void *memory);

/* Where one more call may unpack to, at s->len, and how much; 0: the room is
 * full. */
u8 *stream_slice(struct stream *s, size_t *len);

/* So much was read and unpacked by that call. */
void stream_advance(struct stream *s, u64 read, u64 unpacked);

/* Pass over a frame, as lz4 and zstd have them, that is none of theirs; false:
 * there is none. */
bool stream_skip(struct stream *s);
/* Is there one at the beginning? */
bool stream_is_skipped(struct view left);

/* Will a library do that takes so much? Otherwise the reason. */
must_check why stream_check(struct stream *s, u64 taken);

/* Reasons, with how far it came. */
why stream_full(struct stream *s);
why stream_cut_off(const struct stream *s);
why stream_damaged(const struct stream *s, const char *what);

#endif
