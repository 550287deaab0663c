/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where the host program meets the world, for a fuzzer: instead of the program
 * only the input is over; whatever file is opened is the input, or what
 * tool_files says; and what is written goes nowhere.
 */
#ifndef TESTS_FUZZ_TOOL_ENDS_H
#define TESTS_FUZZ_TOOL_ENDS_H

#include <setjmp.h>
#include <stdlib.h>

#include "input.h"
#include "output.h"
#include "tool.h"

static jmp_buf tool_ends;
static struct view tool_file;

void refuse(const char *file, const char *format, ...)
{
	(void)file;
	(void)format;
	longjmp(tool_ends, 1);
}

void misuse(const char *format, ...)
{
	(void)format;
	longjmp(tool_ends, 1);
}

void refuse_errno(const char *file, const char *what)
{
	refuse(file, "%s", what);
}

void warn(const char *file, const char *format, ...)
{
	(void)file;
	(void)format;
}

bool is_colourful(int descriptor)
{
	(void)descriptor;
	return false;
}

/* What the program takes and leaves to its end, which does not come here. */
#define MAX_KEPT 4096
static void *tool_kept[MAX_KEPT];
static u32 tool_nr_kept;

int __sanitizer_install_malloc_and_free_hooks(
	void (*malloc_hook)(const volatile void *, size_t),
	void (*free_hook)(const volatile void *));

static inline void tool_note_taken(const volatile void *memory, size_t len)
{
	(void)memory;
	(void)len;
}

static inline void tool_note_freed(const volatile void *memory)
{
	for (u32 i = 0; i < tool_nr_kept; i++)
		if (tool_kept[i] == memory)
			tool_kept[i] = tool_kept[--tool_nr_kept];
}

void *get_memory(u64 len)
{
	static bool is_watched;
	void *memory = calloc(1, len ? len : 1);

	if (!is_watched)
		__sanitizer_install_malloc_and_free_hooks(tool_note_taken,
							  tool_note_freed);
	is_watched = true;
	if (!memory || tool_nr_kept == MAX_KEPT)
		longjmp(tool_ends, 1);
	tool_kept[tool_nr_kept++] = memory;
	return memory;
}

/* Give it all back, when an input is over. Without ASan, as coverage is
 * counted, nobody notes what the program has freed itself. */
static inline void tool_forget(void)
{
#if __has_feature(address_sanitizer)
	while (tool_nr_kept)
		free(tool_kept[--tool_nr_kept]);
#endif
	tool_nr_kept = 0;
}

struct input input_open(const char *path)
{
	return (struct input){ path, -1, tool_file };
}

void input_forget(struct view piece)
{
	(void)piece;
}

void input_touch(struct view piece)
{
	(void)piece;
}

void input_stream(struct view bytes,
		  void (*step)(void *context, struct view piece), void *context)
{
	if (bytes.len)
		step(context, bytes);
}

struct output output_begin(const char *path)
{
	return (struct output){ .path = path };
}

/* Each byte is looked at, so that those of nobody are found. */
static inline void tool_read(void *context, struct view bytes)
{
	struct output *out = context;
	static volatile u8 sum;

	for (u64 i = 0; i < bytes.len; i++)
		sum = (u8)(sum ^ bytes.at[i]);
	out->len += bytes.len;
}

void output_put(struct output *out, struct view bytes)
{
	tool_read(out, bytes);
}

void output_pad_to(struct output *out, u64 len)
{
	out->len = max_u64(out->len, len);
}

void output_pad(struct output *out, u64 align)
{
	out->len = align_up(out->len, align);
}

void output_replace(struct output *out, int descriptor)
{
	out->descriptor = descriptor;
}

int output_scratch(const char *path)
{
	(void)path;
	return -1;
}

void output_end(struct output *out)
{
	if (out->total && out->len < out->total)
		__builtin_trap();
}

#endif
