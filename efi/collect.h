/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Collects what the firmware tells: memory, screen, tables, random bytes.
 */
#ifndef EFI_COLLECT_H
#define EFI_COLLECT_H

#include "firmware.h"

/* Allocate room for the memory map, with some to spare, and read it. */
must_check why collect_map(struct boot_info *info);

/* Read the map again, into the same room; *key is for ExitBootServices(). Calls
 * nothing else, so that it is allowed after that has failed. */
must_check why collect_map_again(struct boot_info *info, UINTN *key);

/*
 * Set the modes of all screens again, as the firmware knows them, since drivers
 * of loaders change modes behind its back.
 */
void collect_reset_screens(void);

/* Fill in everything else but modules and command lines. The map has been
 * read. */
void collect(const struct mem *mem, struct boot_info *info);

#endif
