/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What probe.S hands to probe.c: the machine as the loader left it, and the
 * facts that bzimage.py writes into the image.
 */
#ifndef KERNELS_PROBE_H
#define KERNELS_PROBE_H

#define STATE_TSC   0x00
#define STATE_MODE  0x08
#define STATE_FLAGS 0x10
#define STATE_SP    0x18
#define STATE_BX    0x20
#define STATE_BP    0x28
#define STATE_SI    0x30
#define STATE_DI    0x38
#define STATE_CR0   0x40
#define STATE_CR3   0x48
#define STATE_CR4   0x50
#define STATE_EFER  0x58
#define STATE_CS    0x60
#define STATE_DS    0x68
#define STATE_ES    0x70
#define STATE_SS    0x78
#define STATE_GDTR  0x80
#define STATE_SIZE  0x90

/* Where config lies in the image, between the two entries. */
#define CONFIG_AT  0x1c0
#define ENTRY64_AT 0x200

#define MSR_EFER 0xc0000080
#define EFER_LME 0x100
#define CR0_PG	 0x80000000
#define CR4_PAE	 0x20

#ifndef __ASSEMBLER__

#include <stddef.h>
#include <stdint.h>

struct state {
	uint64_t tsc;  /* read by the first instruction */
	uint64_t mode; /* 32 or 64 */
	uint64_t flags, sp, bx, bp, si, di;
	uint64_t cr0, cr3, cr4, efer;
	uint64_t cs, ds, es, ss;
	struct __attribute__((packed)) {
		uint16_t limit;
		uint64_t base;
	} gdtr;
	uint8_t unused[6];
};
_Static_assert(offsetof(struct state, gdtr) == STATE_GDTR, "gdtr misplaced");
_Static_assert(sizeof(struct state) == STATE_SIZE, "state has a wrong size");

/* The image is size bytes; those from mutable_start to mutable_end change as
 * it runs. The rest is its own setup header, as the file has it. */
struct config {
	uint32_t mutable_start, mutable_end;
	uint32_t size;
	uint32_t version;
	uint32_t relocatable;
	uint32_t alignment;
	uint32_t init_size;
	uint32_t unused;
	uint64_t pref_address;
};

#endif
#endif
