/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * By which way a kernel is to be started: by the firmware, or by gangway once
 * the firmware has gone. Judged by its headers and by the options.
 */
#ifndef EFI_WAY_H
#define EFI_WAY_H

#include "boot.h"

/* The file of a module, which is in the window. */
struct view way_file(const struct boot *boot, u32 module);

/* Is no stub to be used? */
bool way_is_zeropage(const struct boot *boot);

/* Is a file an application, that only the firmware can start? A gangway has a
 * Multiboot2 header as well: but only the firmware knows of the sections that
 * may be packed into it, and of its signature. */
bool way_is_application(const struct boot *boot, struct view file);

/* Can the firmware start the kernel that was opened, and is it to? A stub that
 * does not ask for its initrd would go without it. */
bool way_is_stub(const struct boot *boot);

/* Is what was opened a Linux whose stub does not ask for the initrd that there
 * is? */
bool way_stub_is_deaf(const struct boot *boot);

/* Will the firmware load, and so measure, the first file as it lies, before
 * anything has been opened? */
bool way_loads_file(const struct boot *boot);

#endif
