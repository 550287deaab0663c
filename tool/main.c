// SPDX-License-Identifier: BSD-2-Clause
/*
 * The program "gangway": which subcommand is meant.
 */
#include <stdio.h>
#include <string.h>

#include "tool.h"

static const struct command *const commands[] = {
	&inspect_command, &plan_command, &pack_command,
	&unpack_command,  &run_command,
};

static const struct command *command_named(const char *name)
{
	for (u32 i = 0; i < ARRAY_LEN(commands); i++)
		if (!strcmp(commands[i]->name, name))
			return commands[i];
	return NULL;
}

static void print_help(void)
{
	printf("usage: gangway COMMAND [OPTION]... [ARGUMENT]...\n\n"
	       "Makes, explains, tries and runs what gangway boots.\n\n");
	for (u32 i = 0; i < ARRAY_LEN(commands); i++)
		printf("  %-9s %s\n", commands[i]->name, commands[i]->purpose);
	printf("\n\"gangway COMMAND --help\" shows a command's options; "
	       "gangway(1) and gangway(7) say it all.\n");
}

/* For the completion of shells: the commands, or the options of one, with "="
 * behind those that take a value. */
static int print_words(const char *name)
{
	const struct command *command = name ? command_named(name) : NULL;

	if (!name)
		for (u32 i = 0; i < ARRAY_LEN(commands); i++)
			printf("%s\n", commands[i]->name);
	if (command)
		for (const struct choice *c = command->choices; c->name; c++)
			printf("--%s%s\n", c->name, c->value ? "=" : "");
	return 0;
}

static int run(int argc, char **argv)
{
	const struct command *command;

	if (argc < 2)
		misuse("no command is given");
	if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "help")) {
		print_help();
		return 0;
	}
	if (!strcmp(argv[1], "--version")) {
		printf("gangway %s\n", GANGWAY_VERSION);
		return 0;
	}
	if (!strcmp(argv[1], "--words"))
		return print_words(argc > 2 ? argv[2] : NULL);
	command = command_named(argv[1]);
	if (!command)
		misuse("there is no command \"%s\"", argv[1]);
	errors_are_of(command->name);
	return command->run(command, argc - 1, argv + 1);
}

/* What could not be said has not been said. */
int main(int argc, char **argv)
{
	int code = run(argc, argv);

	if (fflush(stdout) || ferror(stdout))
		refuse_errno("standard output", "it cannot be written");
	return code;
}
