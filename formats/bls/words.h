/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The words on gangway's load options that name files: kernel=PATH,
 * initrd=PATH and module=PATH,STRING. They are such only where one of them is
 * kernel=; otherwise all words are the kernel's.
 */
#ifndef FORMATS_WORDS_H
#define FORMATS_WORDS_H

#include "view.h"

/* A file that a word or an entry names, and the string it gets. */
struct named_file {
	struct view path, line;
	bool is_kernel;
};

/* How many kernels does the line name? */
u32 words_kernels(struct view line);

/*
 * Read a word that chooses a profile of a UKI ("@1", UAPI.5). False, and
 * *profile untouched, if it is none.
 */
must_check bool words_profile(struct view word, u32 *profile);

/* Take the next file off a line; other words are skipped. False at its end. A
 * word, or its value, may stand in double quotes. */
must_check bool words_next_file(struct view *line, struct named_file *out);

/* The line without the words that name files, one space apart. Writes at most
 * room bytes, and returns the length it all has. */
u64 words_without_files(struct view line, char *out, u64 room);

#endif
