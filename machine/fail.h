/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The one way that failures end.
 */
#ifndef MACHINE_FAIL_H
#define MACHINE_FAIL_H

#include "boot.h"

/*
 * Say what was known, then which step of which protocol failed and why, then
 * end as the options say. boot may be NULL, and so may its info.
 */
_Noreturn void fail(const struct boot *boot, const char *step,
		    const char *protocol, why reason);

#endif
