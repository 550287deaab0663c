/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The words that gangway is started with.
 */
#ifndef EFI_LOAD_OPTIONS_H
#define EFI_LOAD_OPTIONS_H

#include "view.h"

/* The load options as text, in pages, without gangway's own name, which some
 * put in front; empty if they are no text. */
must_check why load_options_read(struct view *out);

/* The path of the file that gangway is, on its volume, in pages; empty if it
 * is none. */
struct view load_options_own_path(void);

/* Is a path on that volume the same? */
bool load_options_is_own_path(struct view path);

#endif
