/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One boot: what the door told, what the user chose, which module is the
 * kernel. The formats' plan and tell read it.
 */
#ifndef CORE_BOOT_H
#define CORE_BOOT_H

#include "boot_info.h"
#include "mem.h"
#include "options.h"

struct format;
struct plan;

/* The kernel, out of its containers, and what is left for it as modules. */
struct payload {
	const struct format *format;
	struct view image;
	u32 index;		 /* which of the door's modules it came in */
	struct view name;	 /* file name, or empty */
	const char *container;	 /* "gzip", "fit", ... or NULL */
	struct view bundle_line; /* command line packed beside the kernel */
	struct view line;	 /* of the kernel module's own string */
	struct view string;	 /* all of that, as it came */
	struct view devicetree;	 /* from a module or a bundle; or empty */
	struct view uki;	 /* that it came out of, or empty */
	struct view uki_tree;	 /* the section that devicetree was; or empty */
	u32 uki_profile;	 /* which of its profiles */
	struct view fit_config;	 /* taken though it is not the default's */
	struct view fit_compression; /* the kernel's, as a FIT image says */
	struct view fit_unused;	     /* what that names beside it; or empty */
	bool fit_is_signed;	     /* which nobody has checked */
	u32 nr_modules;
	struct module modules[MAX_MODULES];
};

struct boot {
	const struct mem *mem;
	struct boot_info *info;
	const struct plan *plan; /* once it is begun; or NULL */
	/* Called from time to time during long work for which interrupts are
	 * off, to let pending ones in; NULL if none are off. */
	void (*pause)(void);
	u32 profile; /* of a UKI, if no word chooses one */
	/* Which board a UKI takes this machine for, by more than the machine's
	 * own tree; empty: none. NULL: nobody knows more. */
	struct view (*find_board)(struct view uki, u32 profile);
	struct options options;
	struct payload payload;
};

struct arena;
struct departure;

/* No kernel found, and nothing that goes with it. */
void payload_forget(struct payload *payload);

/* A boot of which only the door's information is known. */
void boot_init(struct boot *boot, const struct mem *mem,
	       struct boot_info *info);

#define BOOT_LINES 3

/* Where the kernel's words come from, first to last. */
void boot_lines(const struct boot *boot, struct view lines[BOOT_LINES]);

/*
 * Read gangway's own words out of all lines known so far, in the order of the
 * kernel's command line; options_judge() when no more will come.
 */
void boot_options(struct boot *boot);

/*
 * Write what a planned kernel is told, and the departure area, into the plan's
 * arena. *at is the handoff's physical address, what depart wants. The
 * kernel's random seed is then where it is told, and nowhere else.
 */
must_check why boot_tell(struct boot *boot, const struct plan *plan,
			 const struct departure *departure, phys *at);

/*
 * The kernel's command line: the bundle's, the kernel module's, then the one
 * for gangway, byte for byte and with a blank between them, but without
 * gangway's own words: each takes a blank with it, the one before it or, where
 * it begins a line, the one behind it. Writes at most room bytes, without a
 * NUL, and returns the length the whole line has.
 */
u64 boot_cmdline(const struct boot *boot, char *out, u64 room);

/* The same behind a file's name, with what follows that in the kernel
 * module's string. */
u64 boot_named_line(const struct boot *boot, struct view name, struct view rest,
		    char *out, u64 room);

/* A length that the command line does not exceed; its true length if the
 * first, which is cheap to find, is more than max. */
u64 boot_cmdline_bound(const struct boot *boot, u64 max);

#endif
