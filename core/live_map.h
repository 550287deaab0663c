/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Memory while the firmware still has it: what a plan may use then, and what
 * it has to be asked for.
 */
#ifndef CORE_LIVE_MAP_H
#define CORE_LIVE_MAP_H

#include "boot_info.h"
#include "plan.h"

/*
 * Make the regions anew from the firmware's map: RAM is what it has given to
 * nobody, and the pages of the modules, which may stay where they lie, or make
 * room when they do not. All else is reserved.
 */
must_check why live_map_read(struct boot_info *info);

/*
 * Call take for all pages that the plan writes to and that are still the
 * firmware's to give, until that fails: once for each page. is_code: they are
 * between the kernel's first and last byte.
 */
must_check why live_map_take(const struct plan *plan,
			     why (*take)(struct range pages, bool is_code));

#endif
