/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A random world of 48 pages for plan.c, and a slow model of it that knows
 * every KiB. SEED=n in the environment starts at world n, WORLDS=n makes that
 * many; a failed check names the world it happened in.
 */
#ifndef TESTS_PLAN_WORLD_H
#define TESTS_PLAN_WORLD_H

#include "guest.h"
#include "plan.h"

#define UNIT	KIB
#define UNITS	192
#define PAGE_OF (PAGE_SIZE / UNIT)

static struct boot_info info;
static struct plan plan;

/* What the model knows of a unit; level: 0 nobody needs it, else until + 1. */
static struct unit {
	bool is_ram, is_arena;
	bool is_fixed; /* somebody's for ever, before any copy was asked for */
	u8 level;
} units[UNITS];
static phys base; /* where unit 0 lies */

static u64 world, random_state;

#define check(condition)                                                       \
	do {                                                                   \
		if (!(condition))                                              \
			fail_msg("SEED=%llu WORLDS=1: %s",                     \
				 (unsigned long long)world, #condition);       \
	} while (0)

/* splitmix64 */
static u64 below(u64 limit)
{
	u64 z = (random_state += 0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return (z ^ z >> 31) % limit;
}

static phys address(u64 unit)
{
	return base + unit * UNIT;
}

static void add_region(u64 first, u64 len, u32 type)
{
	info.regions[info.nr_regions++] =
		(struct region){ { address(first), address(first + len) },
				 type };
	for (u64 i = first; i < first + len && type == REGION_RAM; i++)
		units[i].is_ram = true;
}

static void raise_level(u64 first, u64 len, enum until until)
{
	for (u64 i = first; i < first + len; i++)
		if (units[i].level < until + 1)
			units[i].level = (u8)(until + 1);
}

static void make_world(void)
{
	u64 len, first;

	memset(units, 0, sizeof(units));
	info.nr_regions = info.holds.nr = 0;
	base = below(3) ? 0 : 4 * GIB - UNITS / 2 * UNIT;
	for (first = 0; first < UNITS; first += len) {
		len = min_u64(1 + below(60), UNITS - first);
		if (below(8))
			add_region(first, len,
				   below(5) ? REGION_RAM : REGION_ACPI);
	}
	for (u64 i = below(6); i; i--) {
		enum until until = (enum until)below(3);

		first = below(UNITS);
		len = 1 + below(min_u64(UNITS - first, 16));
		check(holds_add(
			&info.holds,
			(struct range){ address(first), address(first + len) },
			until));
		raise_level(first, len, until);
	}
	plan_init(&plan, &info);
}

/* Is every byte RAM that nobody needs from a step on? */
static bool is_free(phys start, u64 len, enum until needed)
{
	if (start < base || start + len > address(UNITS))
		return false;
	for (u64 i = (start - base) / UNIT; address(i) < start + len; i++)
		if (!units[i].is_ram || units[i].level >= needed + 1)
			return false;
	return true;
}

static bool fits(struct room want, phys start, enum until needed)
{
	return start % want.align == 0 &&
	       start >= max_u64(want.min, PAGE_SIZE) &&
	       start + want.len <= want.end && is_free(start, want.len, needed);
}

/* Try every place. */
static bool find(struct room want, enum until needed, phys *out)
{
	for (u64 i = 0; i < UNITS; i++) {
		*out = address(want.highest ? UNITS - 1 - i : i);
		if (fits(want, *out, needed))
			return true;
	}
	return false;
}

#endif
