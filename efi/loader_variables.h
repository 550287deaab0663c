/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Variables of systemd's Boot Loader Interface: texts in UTF-16.
 */
#ifndef EFI_LOADER_VARIABLES_H
#define EFI_LOADER_VARIABLES_H

#include "firmware.h"

#define LOADER_GUID                                                            \
	{                                                                      \
		0x4a67b082, 0x0a4c, 0x41cf,                                    \
		{                                                              \
			0xb6, 0xc7, 0x44, 0x0b, 0x29, 0xbb, 0x8c, 0x4f         \
		}                                                              \
	}

/* A variable's bytes or its text, in pages; empty if there is none, or it is no
 * text. */
struct view loader_read_bytes(const CHAR16 *name);
struct view loader_read(const CHAR16 *name);

/* Delete a variable that an operating system has set. */
void loader_forget(const CHAR16 *name);

/* Set a variable for this boot. Errors are ignored. */
void loader_write(const CHAR16 *name, struct view text);
void loader_write_bytes(const CHAR16 *name, const void *bytes, u64 len);

/* The same, unless an earlier loader has set it. */
void loader_write_first(const CHAR16 *name, struct view text);

#endif
