// SPDX-License-Identifier: BSD-2-Clause
/*
 * The device path of Linux's initrd.
 */
#include "initrd_path.h"

const struct initrd_path initrd_path = {
	.vendor = {
		.Header = { MEDIA_DEVICE_PATH, MEDIA_VENDOR_DP,
			    NODE_LEN(sizeof(VENDOR_DEVICE_PATH)) },
		.Guid = INITRD_MEDIA_GUID,
	},
	.end = END_NODE,
};
