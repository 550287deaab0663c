/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Command lines: taking words off them, and composing the kernel's.
 */
#ifndef CORE_CMDLINE_H
#define CORE_CMDLINE_H

#include "base.h"
#include "view.h"

/* Is it a blank: space, tab, or what ends a line or a page anywhere? */
static inline bool cmdline_is_blank(u8 c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

/* Which of a Multiboot loader's strings begin with a file's name. */
struct naming {
	bool line;    /* the kernel's */
	bool modules; /* the modules' */
};

/*
 * Take a file name off the front of a loader's string, where the loader puts
 * one there (named): a first word with "=" in it is none. The line begins
 * behind the blanks that follow the name; without a name it is the string.
 */
void cmdline_split(struct view string, bool named, struct view *name,
		   struct view *line);

/*
 * Where this Multiboot loader puts names, by its own. GRUB 2 does nowhere, nor
 * do Limine, towboot and Slim Bootloader; u-root before modules only; QEMU,
 * GRUB legacy, Syslinux, iPXE and gangway everywhere.
 */
struct naming cmdline_naming(struct view loader);

/*
 * Take the next word off *line: words are separated by blanks outside of double
 * quotes. False, and *word untouched, at the end.
 */
must_check bool cmdline_next(struct view *line, struct view *word);

/* Is this word one of gangway's own ("gangway.", outside of quotes)? */
bool cmdline_is_own(struct view word);

/* Is it a word for the kernel that somebody meant for gangway, such as
 * "gangway-log=quiet"? */
bool cmdline_is_near(struct view word);

/* A line that is being composed: of its len bytes those are in out, without a
 * NUL, that fit into room. */
struct line {
	char *out;
	u64 room, len;
	u8 last; /* character of it */
};

/* Add a piece byte for byte, behind a blank, unless there is one already. */
void line_add(struct line *line, struct view piece);

/* The same without gangway's own words. Each takes a blank with it, the one
 * before it or, where it begins the piece, the one behind it. */
void line_add_words(struct line *line, struct view piece);

#endif
