/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Finds the kernel: in gangway's own sections, by its load options, in the
 * entries of the Boot Loader Specification.
 */
#ifndef EFI_FIND_H
#define EFI_FIND_H

#include "boot_info.h"
#include "folders.h"
#include "pe.h"

struct found {
	const char *where; /* in a few words */
	struct view self;  /* gangway's own image, or empty; and how it lies */
	enum pe_form form;
	bool is_packed; /* in gangway's own image, whose signature covers it */
	bool is_sealed; /* and nothing from outside is to be used */
	bool has_companions;   /* files beside the image may be used */
	struct view kernel;    /* its whole section, if is_packed */
	void *volume;	       /* handle of the volume with the kernel's file */
	bool has_named_initrd; /* by the load options; or a module */
	bool is_line_fixed;    /* only the packed command line counts */
	u32 profile;	       /* of a UKI; 0 if none was chosen */
	struct view profile_word; /* what chose it ("@1"), or empty */
	struct view line;	  /* packed in gangway's own image, or empty */
	struct view words;	  /* of that, without control characters */
	struct view hashes;	  /* gangway's own list; empty if it has none */
};

/* Nothing found yet; where describes the place. */
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
 * Fill in info's command line from gangway's load options, and its modules, the
 * kernel first, if a kernel is packed into gangway or named by the load
 * options; else there are none, and the candidates are to be tried. A packed
 * command line goes in front of the kernel's arguments. With is_secure it is
 * the only one: load options, file names included, and arguments are ignored.
 */
must_check why find_kernel(struct boot_info *info, bool is_secure,
			   struct found *out);

/* Fill in info's modules from a candidate. */
must_check why find_candidate(struct boot_info *info,
			      const struct candidate *candidate,
			      struct found *found);

/* See whether found->self has a kernel, and is sealed, which means nothing
 * without one. */
must_check why find_seal(struct found *found);

/* After that: add what is packed into found->self to info's modules: those of a
 * kernel and its parts, or none; and fill in found. */
must_check why find_packed(struct boot_info *info, struct found *found);

/* Put the packed command line in front of the kernel's arguments. */
must_check why find_join_lines(struct boot_info *info, struct found *found);

/* Keep nothing of the command line but what is packed. */
void find_forget_words(struct boot_info *info, const struct found *found);

#endif
