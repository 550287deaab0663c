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

/*
 * The order in which formats are asked: what is at one place before what is
 * searched for, what passes more on before what passes less. Also the values
 * of gangway.format=.
 */
enum rank {
	RANK_ANY, /* in options: no format is forced */
	RANK_BZIMAGE,
	RANK_MULTIBOOT2,
	RANK_MULTIBOOT1,
	RANK_VMLINUX,
	RANK_PVH,
	RANK_VMLINUX32,
	NR_RANKS,
};

/* How sure it is that a file is a kernel of a kind, least first. */
enum claim {
	CLAIM_NONE,
	CLAIM_POSSIBLE, /* if somebody says so: it shows no sign of a kernel */
	CLAIM_INSIDE,	/* there is one in it, as in an archive or a disk */
	CLAIM_FLAT,	/* it begins with one, which no data would by chance */
	CLAIM_SURE,
};

struct format {
	const char *name;
	enum rank rank;
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
	 * its entry into out. Runs after the plan is sealed, and says what was
	 * found wrong then: nothing.
	 */
	why (*tell)(const struct boot *boot, const struct plan *plan,
		    struct arena *arena, struct handoff *out);
	/* What a claimed image calls its version; may be NULL. */
	struct view (*version)(struct view image);
};

/* Is what is of this format a Linux kernel, and started as such? */
static inline bool format_is_linux(const struct format *format)
{
	return format->rank == RANK_BZIMAGE || format->rank == RANK_VMLINUX ||
	       format->rank == RANK_VMLINUX32;
}

#define FORMAT(symbol)                                                         \
	const struct format *const format_##symbol##_entry                     \
		__attribute__((used, retain, section("formats"))) = &(symbol)

/* The format of lowest rank that claims the image that strongly; NULL if none
 * does. Only the forced one is asked, if that is not RANK_ANY. */
const struct format *format_of(struct view image, enum rank forced,
			       enum claim least);

#endif
