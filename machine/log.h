/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a boot says of itself as it goes: at most ten lines, more with
 * gangway.log=debug, none with quiet.
 */
#ifndef MACHINE_LOG_H
#define MACHINE_LOG_H

#include "boot.h"
#include "plan.h"

/* Who started us, through which door, and the memory there is. */
void log_door(const struct boot *boot);

/* The kernel that was found, and what comes with it. */
void log_payload(const struct boot *boot);

/* Where each piece goes, the command line, and the jump. */
void log_plan(const struct boot *boot, const struct plan *plan);

#endif
