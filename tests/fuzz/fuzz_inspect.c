// SPDX-License-Identifier: BSD-2-Clause
/*
 * All readers of "gangway inspect", which read what the other commands read:
 * whatever a file is, something can be said of it.
 */
#include "input.h"
#include "inspect.h"
#include "tool_ends.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input input = { "file", -1, { data, size } };
	json_t *facts = json_object();
	char *text;

	if (setjmp(tool_ends))
		__builtin_trap();
	inspect_file(facts, input.bytes, 0);
	inspect_boot(facts, &input);
	text = json_dumps(facts, 0);
	if (!text)
		__builtin_trap();
	free(text);
	json_decref(facts);
	tool_forget();
	return 0;
}
