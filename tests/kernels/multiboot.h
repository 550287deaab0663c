/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What Multiboot1 and Multiboot2 have in common: the machine's state, modules,
 * and tables that both give in the same form.
 */
#ifndef KERNELS_MULTIBOOT_H
#define KERNELS_MULTIBOOT_H

#include "probe.h"

/* Multiboot 0.6.96, 3.2; Multiboot2, 3.3: the same but for EAX. */
void multiboot_check_state(const struct state *state, uint32_t magic);

/* One module whose string is at an address; returns the string's size. */
uint64_t multiboot_put_module(uint64_t start, uint64_t end, uint64_t string);

/* Address, pitch, width, height, bits per pixel, type; then the colours. */
void multiboot_put_framebuffer(uint64_t at, uint64_t colours);

/* ELF section headers of 32 or 64 bits. */
void multiboot_put_sections(uint64_t at, uint32_t nr, uint32_t entry_size);

#endif
