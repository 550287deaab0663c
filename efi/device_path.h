/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Device paths (UEFI 2.10, chapter 10).
 */
#ifndef EFI_DEVICE_PATH_H
#define EFI_DEVICE_PATH_H

#include "firmware.h"

/* The device path of a handle; NULL if it has none. */
const EFI_DEVICE_PATH *device_path_of(EFI_HANDLE handle);

/* The node behind one; NULL at the end, and if the length is wrong. */
const EFI_DEVICE_PATH *device_path_next(const EFI_DEVICE_PATH *path);

/* The first node of a type and subtype, its header included; empty if there is
 * none. */
struct view device_path_find(const EFI_DEVICE_PATH *path, u8 type, u8 subtype);

/* Bytes of a device path, without its end; 0 if it is damaged. */
u64 device_path_len(const EFI_DEVICE_PATH *path);

/* The device path of a file of a volume, in pages; NULL if it has none. */
must_check why device_path_of_file(EFI_HANDLE volume, struct view name,
				   EFI_DEVICE_PATH **out);

#endif
