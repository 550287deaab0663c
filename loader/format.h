/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A format: a kind of kernel that gangway can start. Each lives in its own
 * folder and ends in FORMAT(x); the one with the lowest rank claims first.
 */
#ifndef LOADER_FORMAT_H
#define LOADER_FORMAT_H

#include "boot.h"
#include "handoff.h"
#include "mem.h"
#include "plan.h"

struct format {
	const char *name;
	u32 rank; /* unique: what is at one place before what is searched for */
	/*
	 * Is this file of that kind, judged by the signatures in its first 32
	 * KiB? It may be damaged all the same.
	 */
	bool (*claims)(struct view image);
	/*
	 * Check the kernel and say where everything goes. Writes nothing but
	 * the plan, which plan_init() has prepared.
	 */
	why (*plan)(const struct boot *boot, struct plan *plan);
	/*
	 * Write what the kernel is told into the arena, and the registers of
	 * its entry into out. Runs after the plan is sealed.
	 */
	why (*tell)(const struct boot *boot, const struct plan *plan,
		    struct arena *arena, struct handoff *out);
	/* What a claimed image calls its version; may be NULL. */
	struct view (*version)(struct view image);
};

#define FORMAT(symbol)                                                         \
	const struct format *const format_##symbol##_entry                     \
		__attribute__((used, retain, section("formats"))) = &(symbol)

/* The format of lowest rank that claims the image; NULL if none does. */
const struct format *format_of(struct view image);

#endif
