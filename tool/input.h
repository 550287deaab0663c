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

/* Open a file, or end the program. It stays open until that ends. */
struct input input_open(const char *path);

/* Give back the memory of a piece of a mapped file that has been read; what is
 * of no file is left alone. */
void input_forget(struct view piece);

/* Hand a view on in steps, each of which is forgotten behind itself. */
void input_stream(struct view bytes,
		  void (*step)(void *context, struct view piece),
		  void *context);

#endif
