/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Command lines: taking words off them, and composing the kernel's.
 */
#ifndef CORE_CMDLINE_H
#define CORE_CMDLINE_H

#include "base.h"
#include "view.h"

/*
 * Take a file name off the front of a loader's string, where the loader puts
 * one there (named); name and line lose the blanks around them.
 */
void cmdline_split(struct view string, bool named, struct view *name,
		   struct view *line);

/*
 * Does this Multiboot loader put a file's name before its arguments? GRUB 2
 * does not, nor does Limine; QEMU, GRUB legacy, Syslinux, iPXE and gangway do.
 */
bool cmdline_is_named(struct view loader);

/*
 * Take the next word off *line: words are separated by blanks (space, tab,
 * newline) outside of double quotes. False, and *word untouched, at the end.
 */
must_check bool cmdline_next(struct view *line, struct view *word);

/* Is this word one of gangway's own ("gangway.", outside of quotes)? */
bool cmdline_is_own(struct view word);

#endif
