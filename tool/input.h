/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Files that are read: mapped, so that a long one takes no memory.
 */
#ifndef TOOL_INPUT_H
#define TOOL_INPUT_H

#include "view.h"

struct input {
	const char *path;
	int descriptor;
	struct view bytes;
};

/* Open a file, or end the program; which also ends if the file becomes shorter
 * later. It stays open until then. */
struct input input_open(const char *path);

/* Give back the memory of a piece of a mapped file that has been read; what is
 * of no file is left alone. */
void input_forget(struct view piece);

/* Look at it, which ends the program if it is a file's and not there any
 * more: a system call only fails then. */
void input_touch(struct view piece);

/* Hand a view on in steps, each of which is forgotten behind itself. */
void input_stream(struct view bytes,
		  void (*step)(void *context, struct view piece),
		  void *context);

#endif
