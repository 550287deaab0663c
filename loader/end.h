/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How gangway ends when no kernel is started.
 */
#ifndef LOADER_END_H
#define LOADER_END_H

#include "mem.h"
#include "options.h"

/*
 * Tell who may listen (the debug exit port, QEMU's pvpanic if failed), then
 * end as wished: END_AUTO switches off, resets if the machine is still there,
 * and halts if it still is; END_POWEROFF and END_REBOOT halt too if they have
 * no effect. Each step is said in a line. mem may be NULL and rsdp 0.
 */
noreturn void end(enum ending how, u16 debug_exit, const struct mem *mem,
		  phys rsdp, bool failed);

#endif
