/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The vocabulary of the whole tree: integer types, reasons, layout proofs.
 */
#ifndef CORE_BASE_H
#define CORE_BASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;

/* A physical address. Only mem.h turns one into a pointer. */
typedef u64 phys;

/*
 * What a fallible function returns: NULL when all went well, else one sentence
 * without capital, full stop or newline that occurs once in its file; with
 * values in it by reason_format().
 */
typedef const char *why;

/*
 * No macro may bear the bare name of an attribute, as "packed" would: headers
 * of libraries write __attribute__((packed)).
 */
#define must_check   __attribute__((warn_unused_result))
#define wire_packed  __attribute__((packed))
#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))

#define KIB	  ((u64)1024)
#define MIB	  (1024 * KIB)
#define GIB	  (1024 * MIB)
#define PAGE_SIZE ((u64)4096)

/* A limit's number, as a piece of the sentence that names it. */
#define DIGITS_OF(number)    DIGITS_OF_TEXT(number)
#define DIGITS_OF_TEXT(text) #text

/* Proof that a struct lies in memory as its specification says. */
#define WIRE_SIZE(type, size)                                                  \
	_Static_assert(sizeof(type) == (size), #type " has the wrong size")
#define WIRE_AT(type, field, at)                                               \
	_Static_assert(offsetof(type, field) == (at),                          \
		       #type "." #field " is misplaced")

/* Wire structs are read and written as they are: both sides must agree. */
_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "little-endian only");

/* align must be a power of two; the result wraps if value is near 2^64. */
static inline u64 align_up(u64 value, u64 align)
{
	return (value + align - 1) & ~(align - 1);
}

static inline u64 align_down(u64 value, u64 align)
{
	return value & ~(align - 1);
}

static inline bool is_power_of_two(u64 value)
{
	return value && !(value & (value - 1));
}

/* Overwrite a secret that nobody needs any more; no compiler leaves that out.
 */
static inline void wipe(void *secret, size_t len)
{
	__builtin_memset(secret, 0, len);
	__asm__ volatile("" : : "r"(secret) : "memory");
}

static inline u64 min_u64(u64 a, u64 b)
{
	return a < b ? a : b;
}

static inline u64 max_u64(u64 a, u64 b)
{
	return a > b ? a : b;
}

#endif
