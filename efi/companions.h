/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What comes with a packed Linux beside its own sections, as with systemd-stub:
 * addons, credentials, extension images, and what /.extra tells the initrd.
 */
#ifndef EFI_COMPANIONS_H
#define EFI_COMPANIONS_H

#include "boot.h"
#include "find.h"

/*
 * Add what is beside the image and in the folders for all images to the initrd
 * and the command line, measured as by systemd-stub. What cannot be read is
 * reported and left out.
 */
must_check why companions_add(struct boot *boot, const struct found *found);

#endif
