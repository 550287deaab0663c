/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What probe.S hands to probe.c: the machine as the loader left it, and the
 * facts that flat.py writes into the image.
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
#define STATE_FS    0x80
#define STATE_GS    0x88
#define STATE_TR    0x90
#define STATE_AX    0x98
#define STATE_GDTR  0xa0
#define STATE_SIZE  0xb0

#define ENTRY64_AT  0x200
#define CONFIG_AT   0x400
#define CONFIG_SIZE 0x180

#define ENTRY_LIVE_AT 0x580

/* The BIOS leaves these 16 bytes to programs that follow one another: a stack
 * and a place for EAX before a 32-bit entry knows where it is. */
#define SCRATCH	    0x4f0
#define SCRATCH_END 0x500

#define PROTOCOL_LINUX	    1
#define PROTOCOL_MULTIBOOT1 2
#define PROTOCOL_MULTIBOOT2 3
#define PROTOCOL_PVH	    4
#define PROTOCOL_LIVE	    5 /* Multiboot2 with EFI's boot services */
#define MAX_PIECES	    12

#define MSR_EFER 0xc0000080
#define EFER_LME 0x100
#define CR0_PG	 0x80000000
#define CR4_PAE	 0x20

#ifndef __ASSEMBLER__

#include <stddef.h>
#include <stdint.h>

struct state {
	uint64_t tsc;  /* read by the first instruction, in 32-bit mode the
			  second */
	uint64_t mode; /* 32 or 64 */
	uint64_t flags, sp, bx, bp, si, di;
	uint64_t cr0, cr3, cr4, efer;
	uint64_t cs, ds, es, ss, fs, gs, tr;
	uint64_t ax; /* not at Linux's 64-bit entry */
	struct __attribute__((packed)) {
		uint16_t limit;
		uint64_t base;
	} gdtr;
	uint8_t unused[6];
};
_Static_assert(offsetof(struct state, gdtr) == STATE_GDTR, "gdtr misplaced");
_Static_assert(sizeof(struct state) == STATE_SIZE, "state has a wrong size");

/* One segment of the file: filesz bytes with a checksum, then zeros. */
struct piece {
	int64_t offset; /* from the image's first byte */
	uint32_t filesz, memsz;
	uint32_t crc;
	uint32_t unused;
};

/* Bytes from mutable_start to mutable_end change as the image runs: they and
 * config itself are not part of its checksum. The first piece is the image;
 * version to pref_address are its own setup header, 0 if it has none. */
struct config {
	uint32_t mutable_start, mutable_end;
	uint32_t protocol;
	uint32_t nr_pieces;
	uint32_t version;
	uint32_t relocatable;
	uint32_t alignment;
	uint32_t init_size;
	uint64_t pref_address;
	struct piece pieces[MAX_PIECES];
};
_Static_assert(sizeof(struct config) <= CONFIG_SIZE, "config is too large");

#endif
#endif
