/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * rhboot's shim, which has keys of its own. Up to 15.8 its second stage has to
 * ask it about each image; from 16 on it replaces LoadImage().
 */
#ifndef EFI_SHIM_H
#define EFI_SHIM_H

#include "firmware.h"

/* GUID of its variables, and of its only protocol up to 15.8. */
#define SHIM_LOCK_GUID                                                         \
	{                                                                      \
		0x605dab50, 0xe046, 0x4300,                                    \
		{                                                              \
			0xab, 0xb6, 0x3d, 0xd8, 0x10, 0xdd, 0x8b, 0x23         \
		}                                                              \
	}

/*
 * Does a shim up to 15.8 vouch for an image: by the firmware's keys, its own or
 * the user's, and not revoked? False without such a shim. It measures what it
 * is asked about (PCR 4).
 */
bool shim_vouches(struct view image);

/*
 * Such a shim halts the machine if boot services end before it has been asked,
 * so ask it also about what others vouch for.
 */
void shim_take_part(struct view image);

/* Keep its protocol, until shim_let_go(), for an image that may want to ask as
 * well. */
void shim_keep(void);
void shim_let_go(void);

#endif
