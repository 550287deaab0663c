/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The program "gangway" of the host: its subcommands, their options, and its
 * one way to fail. It stands on the floors that the loader stands on, and does
 * not say again what they know.
 */
#ifndef TOOL_H
#define TOOL_H

#include "base.h"

#define EXIT_REFUSED                                                           \
	1 /* what a file holds, or the machine, does not allow it */
#define EXIT_MISUSED 2 /* the words on the command line do not */

/* An option. Of a list the last has no name. */
struct choice {
	const char *name;
	/* What its value is called; NULL: it has none; "[...]": it may have
	 * one. */
	const char *value;
	const char *help;
};

struct command {
	const char *name, *arguments, *purpose;
	const struct choice *choices;
	int (*run)(const struct command *command, int argc, char **argv);
};

extern const struct command inspect_command, plan_command, pack_command,
	unpack_command, run_command;

/*
 * Take the next option off the command line, which getopt_long has sorted: its
 * index in the command's choices, and its value; -1: there is no more, and the
 * other words begin at argv[optind]. "--help" and what is no option ends the
 * program.
 */
int choose(const struct command *command, int argc, char **argv,
	   const char **value);

/* Print how a command is called. */
void help_print(const struct command *command);

/* Is the standard output, or error, somebody's terminal that shows colours? */
bool is_colourful(int descriptor);

/* What is said begins with the subcommand's name. */
void errors_are_of(const char *command);

/* End the program: "gangway COMMAND: FILE: sentence". Nothing is left behind.
 * file is NULL where it is about none. */
void refuse(const char *file, const char *format, ...)
	__attribute__((noreturn, format(printf, 2, 3)));

/* The same for words that cannot be meant. */
void misuse(const char *format, ...)
	__attribute__((noreturn, format(printf, 1, 2)));

/* The same where the operating system says why, by errno. */
void refuse_errno(const char *file, const char *what) __attribute__((noreturn));

/* Something is odd about a file, and the program goes on. */
void warn(const char *file, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Memory that is there, and zero, or the end of the program. */
void *get_memory(u64 len) __attribute__((malloc, returns_nonnull));

#endif
