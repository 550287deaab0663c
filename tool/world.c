// SPDX-License-Identifier: BSD-2-Clause
/*
 * The memory of a machine that is not there, and what a program has to hand to
 * pure code.
 */
#include "world.h"

#include <sys/mman.h>

#include "format.h"
#include "open.h"
#include "reason.h"
#include "tool.h"

#define TABLE_LEN 512

/* The machine that has room for any file. */
#define LOW_RAM	  (3 * GIB)
#define MODULE_AT (4 * GIB)
#define SPARE	  (8 * GIB) /* to unpack it into */

struct world world;

static u64 first[TABLE_LEN], pages[WINDOW_PDS * TABLE_LEN];
static u64 window[TABLE_LEN];
static u64 total; /* bytes that are mapped */

static phys put_tables(const struct plan *plan, struct arena *arena)
{
	return paging_depart(&world.paging, plan, arena);
}

/* As long as the code may be, so that it takes the place it takes there. */
static const u8 code[DEPARTURE_CODE_MAX];

const struct departure world_departure = {
	.code = { code, sizeof(code) },
	.put_tables = put_tables,
};

u64 mem_find64(const u8 *values, u64 nr, u64 value)
{
	u64 here;

	for (u64 i = 0; i < nr; i++) {
		__builtin_memcpy(&here, values + 8 * i, sizeof(here));
		if (here == value)
			return i;
	}
	return nr;
}

u64 mem_find32(const u8 *values, u64 nr, u32 value)
{
	u32 here;

	for (u64 i = 0; i < nr; i++) {
		__builtin_memcpy(&here, values + 4 * i, sizeof(here));
		if (here == value)
			return i;
	}
	return nr;
}

void world_begin(phys end)
{
	u64 len = max_u64(align_up(end, PAGE_SIZE), WINDOW_PDS * GIB);
	u64 bits = PTE_PRESENT | PTE_WRITABLE;
	void *host = end > MAX_MAPPED
			     ? MAP_FAILED
			     : mmap(NULL, len, PROT_READ | PROT_WRITE,
				    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE,
				    -1, 0);

	if (host == MAP_FAILED)
		refuse(NULL,
		       "a machine with memory up to 0x%lx cannot be "
		       "played here",
		       end);
	total = len;
	world.mem = (struct mem){ .host = host, .len = WINDOW_PDS * GIB };
	for (u64 i = 0; i < WINDOW_PDS; i++)
		first[i] = PTE_PRESENT | PTE_WRITABLE;
	for (u64 i = 0; i < ARRAY_LEN(pages); i++)
		pages[i] = i * 2 * MIB | bits | PTE_LARGE;
	world.paging = (struct paging){
		.window = window, .first = first, .pages = pages, .nr_slots = 1
	};
}

void world_end(void)
{
	munmap(world.mem.host, total);
}

u8 *world_at(phys at, u64 len)
{
	struct view v;

	if (!mem_view(&world.mem, at, len, &v))
		refuse(NULL, "0x%lx-0x%lx is outside of the machine's memory",
		       at, at + len);
	return mem_writable(&world.mem, v);
}

void world_put_file(phys at, const struct input *file)
{
	u64 len = file->bytes.len;
	u8 *to;

	if (!mem_has(&world.mem, at, len))
		refuse(file->path, "it passes the end of the machine's memory");
	to = world_at(at, len);
	if (at % PAGE_SIZE || !len || file->descriptor < 0)
		memcpy(to, file->bytes.at, len);
	else if (mmap(to, len, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_FIXED,
		      file->descriptor, 0) == MAP_FAILED)
		refuse_errno(file->path, "it cannot be mapped");
}

/* A step of the boot, in front of the reason that it ends with. */
static why of_step(const char *step, const char *protocol, why bad)
{
	return bad ? reason_format("%s %s: %s", step, protocol, bad) : NULL;
}

why world_open(const struct input *file, struct view line)
{
	struct payload *payload = &world.boot.payload;
	phys end = MODULE_AT + align_up(file->bytes.len, PAGE_SIZE) + SPARE;
	why bad;

	world_begin(end);
	world.mem.len = end;
	world_put_file(MODULE_AT, file);
	info_init(&world.info, "inspect");
	world.info.cmdline = line;
	boot_init(&world.boot, &world.mem, &world.info);
	info_add_region(&world.info, 0, 640 * KIB, REGION_RAM);
	info_add_region(&world.info, MIB, LOW_RAM - MIB, REGION_RAM);
	info_add_region(&world.info, MODULE_AT, end - MODULE_AT, REGION_RAM);
	info_add_module(&world.info, MODULE_AT, MODULE_AT + file->bytes.len,
			VIEW(""));
	bad = info_check(&world.info);
	bad = bad ? bad : boot_open(&world.boot, &world.plan);
	if (bad)
		return of_step("open",
			       payload->container ? payload->container
						  : "module",
			       bad);
	plan_init(&world.plan, &world.info);
	world.boot.plan = &world.plan;
	return of_step("plan", payload->format->name,
		       payload->format->plan(&world.boot, &world.plan));
}

phys world_tell(phys *next, const void *bytes, u64 len)
{
	phys at = align_up(*next, 8);

	memcpy(world_at(at, len), bytes, len);
	*next = at + len;
	return at;
}
