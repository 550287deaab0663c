/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How Linux's EFI stub finds its initrd: a device path of one vendor node, and
 * the LoadFile2 protocol on its handle (Linux, Documentation/admin-guide/
 * efi-stub.rst; UEFI 2.10, section 13.2).
 */
#ifndef EFI_INITRD_PATH_H
#define EFI_INITRD_PATH_H

#include <efi.h>

#include "base.h"

#define LOAD_FILE2_GUID                                                        \
	{                                                                      \
		0x4006c0c1, 0xfcb3, 0x403e,                                    \
		{                                                              \
			0x99, 0x6d, 0x4a, 0x6c, 0x87, 0x24, 0xe0, 0x6d         \
		}                                                              \
	}
#define INITRD_MEDIA_GUID                                                      \
	{                                                                      \
		0x5568e427, 0x68fc, 0x4f3d,                                    \
		{                                                              \
			0xac, 0x74, 0xca, 0x55, 0x52, 0x31, 0xcc, 0x68         \
		}                                                              \
	}

#define NODE_LEN(len)                                                          \
	{                                                                      \
		(u8)(len), (u8)((len) >> 8)                                    \
	}
#define END_NODE                                                               \
	{                                                                      \
		END_DEVICE_PATH_TYPE, END_ENTIRE_DEVICE_PATH_SUBTYPE,          \
			NODE_LEN(sizeof(EFI_DEVICE_PATH))                      \
	}

struct initrd_path {
	VENDOR_DEVICE_PATH vendor;
	EFI_DEVICE_PATH end;
} wire_packed;
WIRE_SIZE(struct initrd_path, 24);

extern const struct initrd_path initrd_path;

#endif
