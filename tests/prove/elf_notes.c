// SPDX-License-Identifier: BSD-2-Clause
/* ELF notes: each is found or passed over, and none is endless. */
#include "prove.h"

#include "../../formats/elf/elf.c"

void harness(void)
{
	struct view file = any_view(), owner = VIEW("Xen");
	struct view desc = { NULL, 77 };
	struct elf elf;

	if (elf_open(file, &elf) || !elf.phnum)
		return;
	elf.phnum = 1; /* a constant */
	if (elf_note(&elf, owner, nondet_u32(), &desc))
		prove(is_inside(desc, file));
	else
		prove(!desc.at && desc.len == 77);
}
