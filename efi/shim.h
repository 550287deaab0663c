/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * rhboot's shim, which brings keys of its own: how a second stage talks to it.
 * Up to 15.8 it is to be asked about each image; from 16 on it is itself what
 * LoadImage() calls.
 */
#ifndef EFI_SHIM_H
#define EFI_SHIM_H

#include "firmware.h"

/* Of its variables, and of the protocol that up to 15.8 is the only one. */
#define SHIM_LOCK_GUID                                                         \
	{                                                                      \
		0x605dab50, 0xe046, 0x4300,                                    \
		{                                                              \
			0xab, 0xb6, 0x3d, 0xd8, 0x10, 0xdd, 0x8b, 0x23         \
		}                                                              \
	}

/*
 * Does a shim that is to be asked vouch for an image, with the firmware's keys,
 * its own or the user's, and unless it is revoked? False without such a shim.
 * It measures what it is asked about (PCR 4).
 */
bool shim_vouches(struct view image);

/*
 * Such a shim halts the machine where boot services end without its ever having
 * been asked: so ask, about what others vouch for too.
 */
void shim_take_part(struct view image);

/* Have it stay when an image is started that may want to ask as well, until
 * shim_let_go(). */
void shim_keep(void);
void shim_let_go(void);

#endif
