/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Opening: which of the modules is the kernel, and what the others are.
 */
#ifndef FORMATS_OPEN_H
#define FORMATS_OPEN_H

#include "boot.h"

/*
 * Find the kernel among the modules and sort the rest: boot->payload. If
 * gangway has one in its own file it is that. Otherwise it is the first that
 * shows clear signs of being one, else the first that begins with one, else the
 * first that has one in it; with gangway.format=, on any line, of that format,
 * even if it shows no sign of it but has what it needs. What has to be unpacked
 * goes into free RAM, which is then held until it is placed. On failure
 * payload.container names what could not be opened.
 */
must_check why boot_open(struct boot *boot, struct plan *scratch);

/* The machine's device tree, also if nothing was opened, or not yet; what it is
 * worth has not been checked then. Empty: there is none. */
struct view boot_devicetree(const struct boot *boot);

#endif
