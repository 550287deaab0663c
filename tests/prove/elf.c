// SPDX-License-Identifier: BSD-2-Clause
/* ELF: headers, segments and the span that they take, whatever the file. */
#include "prove.h"

#include "elf.h"

void harness(void)
{
	struct view file = any_file(LONG);
	struct elf elf;
	struct range span;
	phys entry;

	if (elf_open(file, &elf))
		return;
	assume(elf.phnum <= 2);
	if (!elf_span(&elf, &span))
		prove(span.start < span.end);
	if (elf_entry(&elf, nondet_u64(), &entry))
		prove(elf.phnum);
}
