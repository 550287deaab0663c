/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * LoadImage() that also trusts what a shim trusts, and what the signature of
 * gangway's own image covers.
 */
#ifndef EFI_VOUCH_H
#define EFI_VOUCH_H

#include "firmware.h"

/*
 * Load an image from memory as LoadImage() does. With is_ours it needs no
 * signature; else the firmware or a shim must trust it. A shim from version 16
 * on judges by itself; it recognises whole sections of images that it has
 * checked.
 */
EFI_STATUS vouch_load(struct view image, EFI_DEVICE_PATH *path, bool is_ours,
		      EFI_HANDLE *child);

#endif
