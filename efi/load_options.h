/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The arguments that gangway is started with.
 */
#ifndef EFI_LOAD_OPTIONS_H
#define EFI_LOAD_OPTIONS_H

#include "view.h"

/* The load options as text, in pages, without gangway's own file name; empty if
 * they are not text. */
must_check why load_options_read(struct view *out);

/* The path of gangway's own file on its volume, in pages; empty if there is
 * none. */
struct view load_options_own_path(void);

/* Is a path on that volume the same? */
bool load_options_is_own_path(struct view path);

#endif
