/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Files that are written: whole, or not at all. Until the end a file has no
 * name, so that nothing is left of a program that was killed.
 */
#ifndef TOOL_OUTPUT_H
#define TOOL_OUTPUT_H

#include "view.h"

struct output {
	const char *path;
	int descriptor;
	char *name; /* of its own meanwhile, where it cannot be without */
	u64 len;
	u64 total; /* bytes it will have, for the progress; 0: not known */
};

/* Each ends the program if the file cannot be written. */
struct output output_begin(const char *path);
void output_put(struct output *out, struct view bytes);
void output_pad(struct output *out, u64 align);

/* Zeroes up to an offset. */
void output_pad_to(struct output *out, u64 len);

/* Have other content, of a descriptor that is now the output's. */
void output_replace(struct output *out, int descriptor);

/* An unnamed file beside the output. */
int output_scratch(const char *path);

/* Give the file its name, in place of one that was there. */
void output_end(struct output *out);

#endif
