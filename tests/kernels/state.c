/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Registers, and segments by the descriptor table.
 */
#include "state.h"

#include "console.h"
#include "report.h"

#define DESCRIPTOR_LAST 7
#define ACCESSED	1

uint64_t descriptor(const struct state *state, uint64_t selector)
{
	if (!selector || selector + DESCRIPTOR_LAST > state->gdtr.limit)
		return 0;
	return read64(state->gdtr.base + selector);
}

uint64_t descriptor_type(uint64_t descriptor)
{
	return descriptor >> 40 & 0xe0ff;
}

uint64_t descriptor_base(uint64_t descriptor)
{
	return (descriptor >> 16 & 0xffffff) | (descriptor >> 56 & 0xff) << 24;
}

uint64_t descriptor_limit(uint64_t descriptor)
{
	uint64_t limit = (descriptor & 0xffff) | (descriptor >> 32 & 0xf0000);

	return descriptor >> 55 & 1 ? limit << 12 | 0xfff : limit;
}

bool is_flat(uint64_t descriptor, uint64_t type)
{
	return descriptor_base(descriptor) == 0 &&
	       descriptor_limit(descriptor) == 0xffffffff &&
	       (descriptor_type(descriptor) | ACCESSED) == (type | ACCESSED);
}

/* segment_NAME=selector, then base, limit and type if the table has it */
static void put_segment(const char *name, const struct state *state,
			uint64_t selector)
{
	uint64_t found = descriptor(state, selector);

	if (found)
		put_row(name, VALUES(selector, descriptor_base(found),
				     descriptor_limit(found),
				     descriptor_type(found)));
	else
		put_row(name, VALUES(selector));
}

#define PRESENT	   1
#define LARGE	   (1 << 7)
#define FRAME	   0x000ffffffffff000
#define LONGEST	   39 /* bits that one entry of the top table stands for */
#define PAGE_SHIFT 12
#define FOUR_GIB   (1ull << 32)
#define CR4_LA57   (1 << 12)

/* Pages of one size, one behind the other, at their own addresses. */
struct run {
	uint64_t start, end, size;
};

static void put_run(const struct run *run)
{
	if (run->end)
		put_row("mapped",
			VALUES(run->start, run->end - run->start, run->size));
}

/* What a table maps beyond 4 GiB. */
static void put_table(uint64_t table, unsigned shift, uint64_t at,
		      struct run *run)
{
	uint64_t size = 1ull << shift;

	for (unsigned i = 0; i < 512; i++, at += size) {
		uint64_t entry = read64(table + 8ull * i);

		if (!(entry & PRESENT) || at + size <= FOUR_GIB)
			continue;
		if (shift > PAGE_SHIFT && !(entry & LARGE)) {
			put_table(entry & FRAME, shift - 9, at, run);
			continue;
		}
		check((entry & FRAME & -size) == at,
		      "memory is mapped at its own address");
		if (run->end != at || run->size != size) {
			put_run(run);
			*run = (struct run){ at, at, size };
		}
		run->end = at + size;
	}
}

static void put_tables(const struct state *state)
{
	uint64_t top = state->cr3 & FRAME;
	struct run run = { 0, 0, 0 };

	if (state->cr4 & CR4_LA57)
		top = read64(top) & FRAME;
	put_table(top, LONGEST, 0, &run);
	put_run(&run);
}

void put_state(const struct state *state, uint64_t base)
{
	if (state->mode == 64)
		put_tables(state);
	put_text("entry=");
	put_number(state->mode);
	put_text("\n");
	put_fact("load", base);
	put_fact("tsc", state->tsc);
	put_fact("cr0", state->cr0);
	put_fact("cr3", state->cr3);
	put_fact("cr4", state->cr4);
	put_fact("efer", state->efer);
	put_fact("flags", state->flags);
	put_fact("rax", state->ax);
	put_fact("rbx", state->bx);
	put_fact("rsi", state->si);
	put_fact("rdi", state->di);
	put_fact("rbp", state->bp);
	put_fact("rsp", state->sp);
	put_fact("gdt", state->gdtr.base);
	put_fact("gdt_limit", state->gdtr.limit);
	put_segment("cs", state, state->cs);
	put_segment("ds", state, state->ds);
	put_segment("es", state, state->es);
	put_segment("ss", state, state->ss);
	put_segment("fs", state, state->fs);
	put_segment("gs", state, state->gs);
	put_segment("tr", state, state->tr);
}

static void check_segment(const struct state *state, uint64_t selector,
			  uint64_t type, const char *promise)
{
	uint64_t found = descriptor(state, selector);

	check(!found || is_flat(found, type), promise);
}

void check_flat(const struct state *state)
{
	check_segment(state, state->cs, TYPE_CODE32, "CS is flat 32-bit code");
	check_segment(state, state->ds, TYPE_DATA, "DS is flat data");
	check_segment(state, state->es, TYPE_DATA, "ES is flat data");
	check_segment(state, state->ss, TYPE_DATA, "SS is flat data");
}

void check_flat_fs_gs(const struct state *state)
{
	check_segment(state, state->fs, TYPE_DATA, "FS is flat data");
	check_segment(state, state->gs, TYPE_DATA, "GS is flat data");
}
