// SPDX-License-Identifier: BSD-2-Clause
/*
 * What is known of the boot, for whoever must say how it failed.
 */
#include "state.h"

#include "fail.h"

struct mem the_mem;
struct boot_info the_info;
struct boot the_boot;
struct plan the_plan;

/* Called by the compiler's checks when a function's frame was overwritten. */
__attribute__((used)) void __stack_chk_fail(void);
void __stack_chk_fail(void)
{
	fail(&the_boot, "run", "gangway", "the stack was overwritten");
}
