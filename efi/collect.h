/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the firmware tells: memory, screen, tables, random bytes.
 */
#ifndef EFI_COLLECT_H
#define EFI_COLLECT_H

#include "firmware.h"

/* Take room for the memory map, with some to spare, and read it. */
must_check why collect_map(struct boot_info *info);

/* Read the map again, into the same room; *key is what ExitBootServices()
 * wants. Asks for nothing else, so that it may be called after that failed. */
must_check why collect_map_again(struct boot_info *info, UINTN *key);

/*
 * Set the screens' modes once more, as the firmware knows them: loaders may
 * have set others behind its back, by drivers of their own.
 */
void collect_reset_screens(void);

/* Fill in everything else but modules and lines. The map is there. */
void collect(const struct mem *mem, struct boot_info *info);

#endif
