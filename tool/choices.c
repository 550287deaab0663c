// SPDX-License-Identifier: BSD-2-Clause
/*
 * Options: a command's table is what getopt_long reads, and what is printed as
 * help.
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tool.h"

#define MAX_CHOICES 32
#define IS_OPTION   256 /* what getopt_long returns for the first */
#define HELP_COLUMN 26

void help_print(const struct command *command)
{
	printf("usage: gangway %s %s\n\n%s.\n\n", command->name,
	       command->arguments, command->purpose);
	for (const struct choice *c = command->choices; c->name; c++) {
		int len = printf("  --%s%s%s", c->name, c->value ? " " : "",
				 c->value ? c->value : "");

		if (len >= HELP_COLUMN - 1)
			printf("\n%*s%s\n", HELP_COLUMN, "", c->help);
		else
			printf("%*s%s\n", HELP_COLUMN - len, "", c->help);
	}
}

/* Options that everybody knows by a letter: the first of a name that has it. */
static int with_letter(const struct command *command, int letter)
{
	for (int i = 0; command->choices[i].name; i++)
		if (letter == command->choices[i].name[0])
			return i;
	return -1;
}

static int arguments_of(const struct choice *choice)
{
	if (!choice->value)
		return no_argument;
	return *choice->value == '[' ? optional_argument : required_argument;
}

int choose(const struct command *command, int argc, char **argv,
	   const char **value)
{
	struct option longs[MAX_CHOICES + 2] = { { 0 } };
	const struct choice *choices = command->choices;
	int nr = 0, got;

	for (; choices[nr].name && nr < MAX_CHOICES; nr++)
		longs[nr] = (struct option){ choices[nr].name,
					     arguments_of(&choices[nr]), NULL,
					     IS_OPTION + nr };
	longs[nr] = (struct option){ "help", 0, NULL, 'h' };
	opterr = 0;
	got = getopt_long(argc, argv, ":ho:d:", longs, NULL);
	*value = optarg;
	if (got == 'h') {
		help_print(command);
		exit(0);
	}
	if (got == ':')
		misuse("%s needs a value", argv[optind - 1]);
	if (got == 'o' || got == 'd') {
		nr = with_letter(command, got);
		if (nr < 0)
			misuse("there is no option -%c", got);
		return nr;
	}
	if (got == '?')
		misuse("there is no option %s", argv[optind - 1]);
	return got < 0 ? -1 : got - IS_OPTION;
}
