/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The one boot that goes on, whatever has begun it.
 */
#ifndef MACHINE_STATE_H
#define MACHINE_STATE_H

#include "boot.h"
#include "plan.h"

extern struct mem the_mem;
extern struct boot_info the_info;
extern struct boot the_boot;
extern struct plan the_plan;

#endif
