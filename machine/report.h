/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What was known at a boot, in lines for people.
 */
#ifndef MACHINE_REPORT_H
#define MACHINE_REPORT_H

#include "boot.h"

/* Print the memory map and the modules whole. */
void report_all(const struct boot_info *info);

/* Print who started us with which words, and so much of the memory map and of
 * the modules that a reason below it is on one screen of 25 rows with it. */
void report_short(const struct boot_info *info);

#endif
