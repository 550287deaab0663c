/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How gangway ends when no kernel is started.
 */
#ifndef MACHINE_END_H
#define MACHINE_END_H

#include "boot.h"

/*
 * Tell who may listen (the debug exit port, pvpanic), then end as the options
 * wish, by the ladder of docs/ending.md: END_AUTO switches off, resets if the
 * machine is still there, and halts if it still is; END_POWEROFF halts if it
 * has no effect. What is tried, and a halt, is said in a line. boot may be
 * NULL, and so may its mem and info. Called again, by an exception on the way,
 * it goes on with the next step.
 */
_Noreturn void end(const struct boot *boot);

#endif
