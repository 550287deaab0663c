/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The machine as the probe found it.
 */
#ifndef KERNELS_STATE_H
#define KERNELS_STATE_H

#include <stdbool.h>

#include "probe.h"

#define FLAGS_TF 0x100
#define FLAGS_IF 0x200
#define FLAGS_DF 0x400
#define FLAGS_VM 0x20000
#define CR0_PE	 0x1
#define CR0_ET	 0x10
#define EFER_LMA 0x400

void put_state(const struct state *state, uint64_t base);

/* The descriptor behind a selector, 0 if the table has none. */
uint64_t descriptor(const struct state *state, uint64_t selector);

/* Bits 40 to 55 of a descriptor but for limit and "available". */
uint64_t descriptor_type(uint64_t descriptor);
uint64_t descriptor_base(uint64_t descriptor);

/* The highest offset in a segment. */
uint64_t descriptor_limit(uint64_t descriptor);

/* Base 0, limit 4 GiB, and of a type but for "accessed". */
bool is_flat(uint64_t descriptor, uint64_t type);

#define TYPE_CODE32 0xc09a
#define TYPE_DATA   0xc092

/* Break the promise unless CS, DS, ES and SS are flat 32-bit segments. What
 * the table says nothing of cannot be judged. */
void check_flat(const struct state *state);

/* The same for FS and GS. */
void check_flat_fs_gs(const struct state *state);

#endif
