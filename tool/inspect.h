/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What there is to be said of a file, kind by kind. None of it fails: what is
 * damaged is a fact as well.
 */
#ifndef TOOL_INSPECT_H
#define TOOL_INSPECT_H

#include "facts.h"

/* Everything about a file, and about what is in it, depth containers deep. */
void inspect_file(json_t *facts, struct view file, u32 depth);

#define INSPECT_DEPTH 4

/* Each adds a tree of its own if the file is one of its kind. */
void inspect_elf(json_t *facts, struct view file);
void inspect_pe(json_t *facts, struct view file, u32 depth);
void inspect_linux(json_t *facts, struct view file);
void inspect_multiboot(json_t *facts, struct view file);
void inspect_tree(json_t *facts, struct view file, u32 depth);
void inspect_packed(json_t *facts, struct view file, u32 depth);

void inspect_uimage(json_t *facts, struct view file, u32 depth);
void inspect_pack(json_t *facts, struct view file, u32 depth);

/* Archives are initrds, and so is what is named one. */
void inspect_archive(json_t *facts, struct view file);
void inspect_initrd(json_t *facts, struct view file);

/* What gangway makes of a file that is its only module. */
struct input;
void inspect_boot(json_t *facts, const struct input *input);

#endif
