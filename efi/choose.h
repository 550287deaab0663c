/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which of several entries the user, or the system that ran before, wants: by
 * systemd's variables (Boot Loader Interface) and \\loader\\loader.conf.
 */
#ifndef EFI_CHOOSE_H
#define EFI_CHOOSE_H

#include "folders.h"

/* List what may be started: all that is on the volumes, or, where nothing can
 * be listed, what is wished for by name. */
void choose_among(struct candidates *out);

/* The index of the entry to try first: that for this boot only, then the
 * default, then what loader.conf says, else 0. What names none that is there is
 * passed over. The wish for one boot is forgotten. */
u32 choose_first(const struct candidates *all);

/*
 * Count a try of an entry that has a counter, by giving its file another name,
 * before it is started; and leave that name where systemd-bless-boot finds it.
 * A volume that cannot be written to is no reason not to boot.
 */
void choose_count(struct candidate *candidate);

#endif
