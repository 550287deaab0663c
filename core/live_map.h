/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Memory while boot services are alive: what a plan may use, and what must be
 * allocated for it.
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
 * Call take once for each page that the plan writes to and that must be
 * allocated first, until one call fails. is_code: the page lies between the
 * kernel's first and last byte.
 */
must_check why live_map_take(const struct plan *plan,
			     why (*take)(struct range pages, bool is_code));

#endif
