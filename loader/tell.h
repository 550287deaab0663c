/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What more than one kind of kernel is told. It goes into the arena.
 */
#ifndef LOADER_TELL_H
#define LOADER_TELL_H

#include "boot_info.h"
#include "mem.h"

/*
 * The RSDP's address. Where the door gave no more than a copy, that goes into
 * a page of the arena which the map calls ACPI's from then on. 0: none.
 */
must_check why tell_rsdp(struct boot_info *info, struct arena *arena, phys *at);

/* Bytes of arena that tell_rsdp() takes at most. */
#define TELL_RSDP_LEN (2 * PAGE_SIZE)

/* KiB of RAM from an address to the first hole; 0 if there is none. */
u64 tell_memory_kib(const struct boot_info *info, phys from);

#endif
