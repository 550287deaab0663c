/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A format: a kind of kernel that gangway can start. Each lives in its own
 * folder and ends in FORMAT(x); the one with the lowest rank claims first.
 */
#ifndef CORE_FORMAT_H
#define CORE_FORMAT_H

#include "boot.h"
#include "handoff.h"
#include "mem.h"
#include "plan.h"

/* How sure it is that a file is a kernel of a kind, least first. */
enum claim {
	CLAIM_NONE,
	CLAIM_POSSIBLE, /* if somebody says so: it shows no sign of a kernel */
	CLAIM_INSIDE,	/* there is one in it, as in an archive or a disk */
	CLAIM_FLAT,	/* it begins with one, which no data would by chance */
	CLAIM_SURE,
};

struct format {
	const char *name; /* also its value of gangway.format= */
	/*
	 * Formats are asked from the lowest rank up, each has its own: what is
	 * at one place before what is searched for, what passes more on before
	 * what passes less.
	 */
	u32 rank;
	bool is_linux; /* what is of it is Linux, and started as such */
	/*
	 * Is this file of that kind, judged by its signatures and notes? It may
	 * be damaged all the same.
	 */
	enum claim (*claims)(struct view image);
	/*
	 * Check the kernel and say where everything goes. Writes nothing but
	 * the plan, which plan_init() has prepared.
	 */
	why (*plan)(const struct boot *boot, struct plan *plan);
	/*
	 * Write what the kernel is told into the arena, and the registers of
	 * its entry into out. Runs after the plan is sealed, when nothing
	 * should fail any more; a reason is an error of gangway's own.
	 */
	why (*tell)(const struct boot *boot, const struct plan *plan,
		    struct arena *arena, struct handoff *out);
	/* What keeps an image that is not claimed, of which this is the
	 * beginning, from being of this format, in words that follow "with";
	 * NULL if it does not look like it at all. May be NULL. */
	why (*misses)(struct view beginning);
	/* What a claimed image calls its version; may be NULL. */
	struct view (*version)(struct view image);
};

#define FORMAT(symbol)                                                         \
	const struct format *const format_##symbol##_entry                     \
		__attribute__((used, retain, section("formats"))) = &(symbol)

/* The format of lowest rank that claims the image that strongly; NULL if none
 * does. Only the forced one is asked, if there is one. */
const struct format *format_of(struct view image, const struct format *forced,
			       enum claim least);

/* The format of the next rank; the first after NULL, and NULL after the last.
 */
const struct format *format_next(const struct format *last);

/* The format of that name; NULL if there is none. */
const struct format *format_named(struct view name);

/* Is it the format of that name? */
bool format_is(const struct format *format, struct view name);

#endif
