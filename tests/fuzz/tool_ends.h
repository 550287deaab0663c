/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The host program's ways to end, for a fuzzer: instead of the program only the
 * input is over.
 */
#ifndef TESTS_FUZZ_TOOL_ENDS_H
#define TESTS_FUZZ_TOOL_ENDS_H

#include <setjmp.h>
#include <stdlib.h>

#include "tool.h"

static jmp_buf tool_ends;

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

void *get_memory(u64 len)
{
	void *memory = calloc(1, len ? len : 1);

	if (!memory)
		longjmp(tool_ends, 1);
	return memory;
}

#endif
