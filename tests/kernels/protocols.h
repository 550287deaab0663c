/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the probe asks of each protocol: where the command line is, and a
 * report of all that was given, with the promises that were broken.
 */
#ifndef KERNELS_PROTOCOLS_H
#define KERNELS_PROTOCOLS_H

#include "probe.h"

/* 0 if there is no command line. */
uint64_t linux_cmdline(const struct state *state);
uint64_t multiboot1_cmdline(const struct state *state);
uint64_t multiboot2_cmdline(const struct state *state);
uint64_t pvh_cmdline(const struct state *state);

/* Overwrite the run-time window of a bzImage but for the image at base. */
void linux_use_window(const struct config *config, uint64_t base);

void linux_report(const struct state *state);
void multiboot1_report(const struct state *state);
void multiboot2_report(const struct state *state);
void pvh_report(const struct state *state);
void live_report(const struct state *state);

/* The tags of Multiboot2's information alone. */
void multiboot2_report_tags(const struct state *state);

#endif
