/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Decides how a kernel is started: by the firmware, or by gangway after boot
 * services have ended. Depends on its headers and on the options.
 */
#ifndef EFI_WAY_H
#define EFI_WAY_H

#include "boot.h"

/* The file of a module, which is in the window. */
struct view way_file(const struct boot *boot, u32 module);

/* Is no stub to be used? */
bool way_is_zeropage(const struct boot *boot);

/* Is a file an application that only the firmware can start? Another gangway
 * counts as one although it has a Multiboot 2 header, because only the firmware
 * loads its packed sections and checks its signature. */
bool way_is_application(const struct boot *boot, struct view file);

/* Is the opened kernel to be started by the firmware? Not if there is an initrd
 * and its stub does not ask for it. */
bool way_is_stub(const struct boot *boot);

/* Is there an initrd, and a Linux whose stub does not ask for it? */
bool way_stub_is_deaf(const struct boot *boot);

/* Will the firmware load, and so measure, the first file as it is? */
bool way_loads_file(const struct boot *boot);

#endif
