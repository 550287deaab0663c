/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the harnesses share: any bytes of any length up to a bound. They end
 * where their array ends, so that a look behind the last one is found.
 */
#ifndef TESTS_PROVE_H
#define TESTS_PROVE_H

#include "mem.h"

#define assume(fact) __CPROVER_assume(fact)
#define prove(fact)  __CPROVER_assert(fact, #fact)

u8 nondet_u8(void);
u16 nondet_u16(void);
u32 nondet_u32(void);
u64 nondet_u64(void);
bool nondet_bool(void);

#ifndef BOUND
#define BOUND 64 /* bytes of outside */
#endif

#ifdef EXACT
#define LEAST BOUND
#else
#define LEAST 0
#endif

static u8 outside[BOUND + 1];

/* All of this is any bytes: what is static is zero at first. */
static inline struct view any_view(void)
{
	u64 len = nondet_u64();
	assume(len >= LEAST && len <= BOUND);
	__CPROVER_havoc_object(outside);
	if (LEAST)
		len = LEAST; /* a constant */
	return (struct view){ outside + 1 + (BOUND - len), len };
}

#define LONG (4 * GIB)

/* Any bytes, up to so many, of which none is followed: for what is linked with
 * cut.c. */
static inline struct view any_file(u64 max)
{
	u64 len = nondet_u64();

	assume(len <= max);
	return (struct view){ __CPROVER_allocate(len, 0), len };
}

/* A window onto such bytes, anywhere. */
static inline struct mem any_mem(u64 max)
{
	struct view bytes = any_file(max);
	u64 start = nondet_u64();

	assume(start <= ~0ull - LONG);
	return (struct mem){ .host = (u8 *)bytes.at,
			     .start = start,
			     .len = bytes.len };
}

/* A window onto bytes of that array, whose values are followed. */
static inline struct mem short_mem(void)
{
	struct view bytes = any_view();
	u64 start = nondet_u64();

	assume(start <= ~0ull - LONG);
	return (struct mem){ .host = (u8 *)bytes.at,
			     .start = start,
			     .len = bytes.len };
}

static inline struct view all_of(struct mem mem)
{
	return (struct view){ mem.host, mem.len };
}

static inline bool is_inside(struct view inner, struct view outer)
{
	return __CPROVER_same_object(inner.at, outer.at) &&
	       inner.at >= outer.at && inner.len <= outer.len &&
	       (u64)(inner.at - outer.at) <= outer.len - inner.len;
}

/* Or the empty view of a literal. */
static inline bool is_part(struct view inner, struct view outer)
{
	return !inner.len || is_inside(inner, outer);
}

#endif
