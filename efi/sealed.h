/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A sealed gangway.efi has a kernel in it and a section PACKED_SEAL: by every
 * door it starts that kernel with what is packed, and with nothing else.
 */
#ifndef EFI_SEALED_H
#define EFI_SEALED_H

#include "boot_info.h"

/* Keep no words, and of the modules so many, the first; say so if there was
 * more. */
void sealed_forget(struct boot_info *info, u32 nr_packed);

#endif
