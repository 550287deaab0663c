/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The end of the C code: what is left to copy and the registers to load. It
 * lies in the departure area, where no copy reaches, and jump.S reads it.
 */
#ifndef CORE_HANDOFF_H
#define CORE_HANDOFF_H

#define HANDOFF_COPIES	  0x00
#define HANDOFF_NR_COPIES 0x08
#define HANDOFF_TABLES	  0x10
#define HANDOFF_CODE	  0x18
#define HANDOFF_ENTRY	  0x20
#define HANDOFF_MODE	  0x28
#define HANDOFF_EAX	  0x30
#define HANDOFF_EBX	  0x38
#define HANDOFF_RSI	  0x40
#define HANDOFF_RSP	  0x48

#define COPY_DST  0x00
#define COPY_SRC  0x08
#define COPY_LEN  0x10
#define COPY_ZERO 0x18
#define COPY_SIZE 0x20

/* Values of mode. */
#define HANDOFF_LONG	  0 /* 64-bit, paging on; Linux: CS 0x10, DS 0x18 */
#define HANDOFF_LINUX32	  1 /* 32-bit, paging off; Linux: the same */
#define HANDOFF_PROTECTED 2 /* 32-bit, paging off; CS 0x08, DS 0x10 */

#ifndef __ASSEMBLER__

#include "base.h"

/* Copy len bytes from src to dst as if through a buffer, then clear the zero
 * bytes that follow them at dst. */
struct copy {
	phys dst, src;
	u64 len, zero;
};
WIRE_SIZE(struct copy, COPY_SIZE);
WIRE_AT(struct copy, dst, COPY_DST);
WIRE_AT(struct copy, src, COPY_SRC);
WIRE_AT(struct copy, len, COPY_LEN);
WIRE_AT(struct copy, zero, COPY_ZERO);

struct handoff {
	phys copies; /* struct copy[nr_copies], to be done in this order */
	u64 nr_copies;
	phys tables;  /* page tables: everything, identity mapped */
	phys code;    /* jump.S's code, moved out of the way */
	phys entry;   /* the kernel's first instruction */
	u64 mode;     /* HANDOFF_LONG, ... */
	u64 eax, ebx; /* registers at the entry; others are 0 */
	u64 rsi;
	phys rsp; /* end of a small stack, 16-byte aligned */
};
WIRE_AT(struct handoff, copies, HANDOFF_COPIES);
WIRE_AT(struct handoff, nr_copies, HANDOFF_NR_COPIES);
WIRE_AT(struct handoff, tables, HANDOFF_TABLES);
WIRE_AT(struct handoff, code, HANDOFF_CODE);
WIRE_AT(struct handoff, entry, HANDOFF_ENTRY);
WIRE_AT(struct handoff, mode, HANDOFF_MODE);
WIRE_AT(struct handoff, eax, HANDOFF_EAX);
WIRE_AT(struct handoff, ebx, HANDOFF_EBX);
WIRE_AT(struct handoff, rsi, HANDOFF_RSI);
WIRE_AT(struct handoff, rsp, HANDOFF_RSP);

#endif
#endif
