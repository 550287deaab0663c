// SPDX-License-Identifier: BSD-2-Clause
/*
 * Room for what is unpacked, from below, and for libraries, from above.
 */
#include "stream.h"

#include "reason.h"

#define SLICE	   (512 * KIB) /* of output, by one call and between pauses */
#define PEEK	   (64 * KIB)
#define TAKE_ALIGN 64 /* libraries have types of so much, or less */

#define SKIPPED_MAGIC 0x184d2a50 /* and 15 more; then how long it is */

static struct stream begin(struct view file, const struct packing_room *room,
			   u64 enough)
{
	return (struct stream){ .file = file,
				.left = file,
				.room = room,
				.enough = enough,
				.pause_at = SLICE };
}

/* One more stream, with what the one before it took. */
static why read_next(const struct packing *self, struct stream *s)
{
	s->busy = s->len;
	s->end = s->room->len;
	return self->read_stream(s);
}

why stream_open(const struct packing *self, struct view file,
		const struct packing_room *room, u64 *len)
{
	struct stream s = begin(file, room, ~0ul);
	why bad;

	do {
		bad = read_next(self, &s);
	} while (!bad && self->is_next && self->is_next(s.left));
	*len = s.is_full ? room->len + 1 : s.len;
	return bad;
}

why stream_peek(const struct packing *self, struct view file,
		const struct packing_room *room, struct view *out)
{
	struct stream s = begin(file, room, PEEK);
	why bad = read_next(self, &s);

	*out = (struct view){ room->at, s.len };
	return s.len ? NULL : bad;
}

void *stream_take(void *stream, size_t len)
{
	struct stream *s = stream;
	u64 skew = ((u64)s->room->at + s->end - len) % TAKE_ALIGN;

	if (len > s->end || skew > s->end - len ||
	    s->end - len - skew < s->busy)
		return NULL;
	s->end -= len + skew;
	return s->room->at + s->end;
}

void stream_give(void *stream, void *memory)
{
	(void)stream;
	(void)memory;
}

u8 *stream_slice(struct stream *s, size_t *len)
{
	*len = min_u64(min_u64(SLICE, s->enough - s->len), s->end - s->len);
	s->busy = s->len + *len;
	return s->room->at + s->len;
}

void stream_advance(struct stream *s, u64 read, u64 unpacked)
{
	s->left = view_from(s->left, read);
	s->len += unpacked;
	s->busy = s->len;
	if (s->room->pause && s->len >= s->pause_at) {
		s->room->pause();
		s->pause_at = s->len + SLICE;
	}
}

/* How long such a frame is; 0: there is none. */
static u64 skipped_len(struct view left)
{
	u32 head[2];

	if (!view_read(left, 0, head, sizeof(head)) ||
	    (head[0] & ~15u) != SKIPPED_MAGIC ||
	    !view_has(left, sizeof(head), head[1]))
		return 0;
	return sizeof(head) + head[1];
}

bool stream_is_skipped(struct view left)
{
	return skipped_len(left);
}

bool stream_skip(struct stream *s)
{
	u64 len = skipped_len(s->left);

	s->left = view_from(s->left, len);
	return len;
}

why stream_check(struct stream *s, u64 taken)
{
	u64 spare = s->end - s->len;

	if (taken + TAKE_ALIGN < spare)
		return NULL;
	s->is_full = true;
	return reason_format("to unpack it takes %lu KiB besides what comes "
			     "out, and %lu KiB of RAM are free; give the "
			     "machine more memory",
			     taken / KIB, spare / KIB);
}

why stream_full(struct stream *s)
{
	s->is_full = true;
	return packing_no_room(s->room->len);
}

why stream_cut_off(const struct stream *s)
{
	return reason_format("the file is cut off: %lu bytes unpack to %lu, "
			     "and that is not the end",
			     s->file.len - s->left.len, s->len);
}

why stream_damaged(const struct stream *s, const char *what)
{
	return reason_format("the compressed data is damaged behind byte %lu "
			     "of %lu: %s",
			     s->file.len - s->left.len, s->file.len, what);
}
