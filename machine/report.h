/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What was known at a boot, in lines for people.
 */
#ifndef MACHINE_REPORT_H
#define MACHINE_REPORT_H

#include "boot_info.h"

/* Print the memory map and the modules, at most 64 lines of each. */
void report_info(const struct boot_info *info);

#endif
