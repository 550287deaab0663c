// SPDX-License-Identifier: BSD-2-Clause
/*
 * ELF files: what is planned comes from the file, goes where the span is moved.
 * Input: the move, 2 * segments + class of a new header (0: none), the file.
 */
#include "elf.h"
#include "oracle.h"

static struct boot_info info;
static struct plan plan;

/* Both classes run the same code: tell libFuzzer that they are two. */
static u8 seen[2][4] __attribute__((section("__libfuzzer_extra_counters")));

static void put_header(u8 *file, u8 nr, bool wide)
{
	memcpy(memset(file, 0, 64), wide ? "\177ELF\2\1" : "\177ELF\1\1", 6);
	file[18] = EM_386;
	file[wide ? 32 : 28] = 64; /* e_phoff */
	file[wide ? 54 : 42] = wide ? 56 : 32;
	file[wide ? 56 : 44] = nr;
}

static void check(const struct elf *elf, u64 delta)
{
	struct view file = elf->file, note;
	struct range span;

	assert(!elf_note(elf, VIEW(""), 0, &note) ||
	       view_has(file, (u64)(note.at - file.at), note.len));
	plan_init(&plan, &info);
	if (elf_span(elf, &span) || elf_place(elf, delta, MIB, &plan) ||
	    plan.bad)
		return;
	seen[elf->is_64][min_u64(plan.nr_copies, 3)] = 1;
	for (u32 i = 0; i < plan.nr_copies; i++) {
		const struct copy *c = &plan.copies[i];
		u64 at = c->dst - delta - span.start, len = range_len(span);

		assert(!c->len || view_has(file, c->src - MIB, c->len));
		assert(at <= len && c->zero <= len &&
		       c->len + c->zero <= len - at);
	}
}

int LLVMFuzzerTestOneInput(const u8 *bytes, size_t len)
{
	struct view input = { bytes, len };
	u64 delta = take_address(&input), head = take(&input, 1);
	u8 *file = malloc(input.len);
	struct elf elf;

	if (!info.nr_regions)
		info_add_region(&info, 0, ~0ull, REGION_RAM);
	assert(!info.bad);
	memcpy(file, input.at, input.len);
	if (head && input.len >= 64)
		put_header(file, (u8)(head / 2), head % 2);
	if (!elf_open((struct view){ file, input.len }, &elf))
		check(&elf, delta);
	free(file);
	return 0;
}
