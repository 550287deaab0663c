// SPDX-License-Identifier: BSD-2-Clause
/*
 * Ending with one sentence, which names the file and the rule.
 */
#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tool.h"

static const char *of = "";

void errors_are_of(const char *command)
{
	of = command;
}

bool is_colourful(int descriptor)
{
	const char *term = getenv("TERM");

	return isatty(descriptor) && !getenv("NO_COLOR") && term &&
	       strcmp(term, "dumb");
}

/* Names come from outside: what a terminal obeys stays away from it, and one
 * sentence is one line. */
static void put_text(const char *text)
{
	for (; *text; text++)
		fputc(iscntrl((unsigned char)*text) ? '?' : *text, stderr);
}

static void say_error(const char *file, const char *format, va_list args)
{
	bool colour = is_colourful(STDERR_FILENO);
	char *text = NULL;

	fflush(stdout);
	fprintf(stderr, "%sgangway%s%s:%s ", colour ? "\033[1;31m" : "",
		*of ? " " : "", of, colour ? "\033[0m" : "");
	if (file) {
		put_text(file);
		put_text(": ");
	}
	if (vasprintf(&text, format, args) < 0)
		text = NULL;
	put_text(text ? text : format);
	fputc('\n', stderr);
	free(text);
}

void refuse(const char *file, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say_error(file, format, args);
	va_end(args);
	exit(EXIT_REFUSED);
}

void misuse(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say_error(NULL, format, args);
	va_end(args);
	fprintf(stderr, "\"gangway%s%s --help\" shows how it is called\n",
		*of ? " " : "", of);
	exit(EXIT_MISUSED);
}

void refuse_errno(const char *file, const char *what)
{
	refuse(file, "%s: %s", what, strerror(errno));
}

void warn(const char *file, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say_error(file, format, args);
	va_end(args);
}

void *get_memory(u64 len)
{
	void *memory = calloc(1, len ? len : 1);

	if (!memory)
		refuse(NULL, "there is no memory for %lu bytes", len);
	return memory;
}
