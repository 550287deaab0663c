/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * LoadImage() where the firmware's own keys are not the last word: those of a
 * shim count as well, and so does the signature of gangway's own image for what
 * is packed into it.
 */
#ifndef EFI_VOUCH_H
#define EFI_VOUCH_H

#include "firmware.h"

/*
 * Load an image from memory as LoadImage() does. With is_ours it needs no
 * signature of its own; else it is one that the firmware or a shim trusts. A
 * shim from version 16 on judges by itself, and knows the sections of an image
 * that it has checked by their whole length.
 */
EFI_STATUS vouch_load(struct view image, EFI_DEVICE_PATH *path, bool is_ours,
		      EFI_HANDLE *child);

#endif
