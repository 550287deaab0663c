/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Unified kernel images (UAPI.5): a kernel, its initrd and its command line as
 * sections of a UEFI application, whose own code is of no use without UEFI.
 */
#ifndef FORMATS_UKI_H
#define FORMATS_UKI_H

#include "pe.h"

/* The sections of a profile that count for a boot; empty: there is none. */
struct uki {
	struct view kernel;	   /* .linux */
	struct view ucode, initrd; /* in this order */
	struct view line;	   /* .cmdline, with no end but its last word */
	struct view devicetree;	   /* .dtbauto of this machine, or .dtb */
};

/* Is it one, by its headers? An addon, which has no kernel, is not. */
bool uki_claims(struct view file);

/* The board that a device tree names first; empty if it names none, is damaged
 * or does not lie as trees do. */
struct view uki_board(struct view tree);

/* The first .dtbauto that counts for a profile and is for a board; empty if
 * there is none. Damaged trees are skipped. */
struct view uki_tree_of(const struct pe_profile *in, struct view board);

/*
 * Find the sections of a profile, which is counted from 0, on a board, which
 * may be empty. Fails if there is no such profile, or a section is not where
 * the image is.
 */
must_check why uki_open(struct view image, enum pe_form form, u32 profile,
			struct view board, struct uki *out);

/* The number of a profile that is named by that, or by the ID in its .profile
 * section; false if there is none such. */
must_check bool uki_profile(struct view image, enum pe_form form,
			    struct view name, u32 *out);

/*
 * Name the sections of a file that nobody uses in such a boot, with blanks
 * between them: all but those of the stub and of other profiles. Writes at most
 * room bytes, and returns how many.
 */
u64 uki_unused(struct view file, u32 profile, struct view used_devicetree,
	       char *text, u64 room);

#endif
