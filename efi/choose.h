/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which of several entries to start: by systemd's variables (Boot Loader
 * Interface) and \\loader\\loader.conf.
 */
#ifndef EFI_CHOOSE_H
#define EFI_CHOOSE_H

#include "folders.h"

/* List what may be started: all entries of the volumes or, where folders cannot
 * be listed, those that are asked for by name. */
void choose_among(struct candidates *out);

/* The index of the entry to try first: the one-shot entry, the default, that of
 * loader.conf, else 0. Names without a match are skipped. The one-shot variable
 * is deleted. */
u32 choose_first(const struct candidates *all);

/*
 * Count a try of an entry with a boot counter, by renaming its file, and put
 * the new name where systemd-bless-boot finds it. If the volume cannot be
 * written to, the boot goes on.
 */
void choose_count(struct candidate *candidate);

#endif
