/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a node of setup_data points at: it is passed on as it is, so that has to
 * stay where it lies.
 */
#ifndef FORMATS_SETUP_TARGETS_H
#define FORMATS_SETUP_TARGETS_H

#include "boot_info.h"
#include "mem.h"

/* Keep it from being written. Refuses a handover by kexec whose scratch areas
 * cannot be read: nobody would know which memory is preserved. */
void setup_targets_keep(const struct mem *mem, struct boot_info *info, u32 type,
			struct view data);

#endif
