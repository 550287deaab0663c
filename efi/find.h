/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Finding the kernel: in gangway's own sections, by the words on its load
 * options, in the entries of the Boot Loader Specification.
 */
#ifndef EFI_FIND_H
#define EFI_FIND_H

#include "boot_info.h"
#include "folders.h"

struct found {
	const char *where; /* in a few words */
	struct view self;  /* gangway's own image as it was loaded, or empty */
	bool is_packed; /* in gangway's own image, whose signature covers it */
	struct view kernel; /* then its section, to the last zero */
	void *volume; /* the handle of that which the kernel's file is on */
	bool has_named_initrd;	  /* the load options name one, or a module */
	bool is_line_fixed;	  /* only the packed line counts */
	u32 profile;		  /* of a UKI; 0 if none was chosen */
	struct view profile_word; /* what chose it ("@1"), or empty */
	struct view line;	  /* packed in gangway's own image, or empty */
	struct view words;	  /* of that, without control characters */
	struct view hashes;	  /* gangway's own list; empty if it has none */
};

/* Nothing found yet, in a place called so in a few words. */
static inline struct found found_nothing(const char *where)
{
	return (struct found){ .where = where,
			       .self = VIEW(""),
			       .kernel = VIEW(""),
			       .line = VIEW(""),
			       .words = VIEW(""),
			       .hashes = VIEW(""),
			       .profile_word = VIEW("") };
}

/*
 * Fill info's command line with the words gangway was started with, and its
 * modules, the kernel first, if one is packed into gangway or named by those
 * words: else there are none, and some candidate is to be tried. A packed line
 * goes in front of the kernel's own string. With is_secure it is the only one:
 * words and strings from outside are ignored, file names among them.
 */
must_check why find_kernel(struct boot_info *info, bool is_secure,
			   struct found *out);

/* Fill info's modules with what a candidate names. */
must_check why find_candidate(struct boot_info *info,
			      const struct candidate *candidate,
			      struct found *found);

/* Leave nothing of the command line but what is packed. */
void find_forget_words(struct boot_info *info, const struct found *found);

#endif
