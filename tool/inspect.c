// SPDX-License-Identifier: BSD-2-Clause
/*
 * gangway inspect: what a file is.
 */
#include "inspect.h"

#include <getopt.h>
#include <stdio.h>
#include <unistd.h>

#include "compress.h"
#include "input.h"
#include "looks.h"
#include "reason.h"
#include "tool.h"

enum { JSON };

static const struct choice choices[] = {
	[JSON] = { "json", NULL,
		   "print JSON, an array with one object a file" },
	{ 0 },
};

/* The loader speaks of compressed data as what it does not open. */
static const char *kind_of(struct view file)
{
	enum compression compression = compression_of(file);

	if (compression == COMPRESSION_NONE)
		return looks_like(file, true);
	return reason_format("%s-compressed data",
			     compression_name(compression));
}

/* The kinds do not exclude each other: a bzImage is a PE image as well, and an
 * ELF file may have two Multiboot headers. */
void inspect_file(json_t *facts, struct view file, u32 depth)
{
	fact_content(facts, file);
	fact_text(facts, "kind", "%s", kind_of(file));
	inspect_linux(facts, file);
	inspect_pe(facts, file, depth);
	inspect_elf(facts, file);
	inspect_multiboot(facts, file);
	inspect_tree(facts, file, depth);
	inspect_uimage(facts, file, depth);
	inspect_archive(facts, file);
	inspect_pack(facts, file, depth);
	inspect_packed(facts, file, depth);
}

static int inspect(const struct command *command, int argc, char **argv)
{
	json_t *all = json_array();
	bool is_json = false;
	const char *value;
	int choice;

	while ((choice = choose(command, argc, argv, &value)) >= 0)
		is_json |= choice == JSON;
	if (optind == argc)
		misuse("no file is given");
	for (int i = optind; i < argc; i++) {
		struct input input = input_open(argv[i]);
		json_t *facts = json_object();

		fact_view(facts, "file", view_string(argv[i]));
		inspect_file(facts, input.bytes, 0);
		inspect_boot(facts, &input);
		json_array_append_new(all, facts);
		if (is_json)
			continue;
		if (i > optind)
			printf("\n");
		facts_print(facts);
	}
	if (is_json)
		facts_print_json(all);
	json_decref(all);
	return 0;
}

const struct command inspect_command = {
	.name = "inspect",
	.arguments = "[--json] FILE...",
	.purpose = "Say what files are, and what gangway would make of them",
	.choices = choices,
	.run = inspect,
};
