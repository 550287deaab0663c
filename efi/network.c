// SPDX-License-Identifier: BSD-2-Clause
/*
 * UEFI HTTP Boot, or else PXE.
 */
#include "network.h"

#include "http_boot.h"
#include "tftp.h"

bool network_is_there(void)
{
	return http_boot_is_there() || tftp_is_there();
}

bool network_has(struct view path)
{
	return http_boot_is_there() ? http_boot_has(path) : tftp_has(path);
}

why network_read(struct view path, struct view *out)
{
	return http_boot_is_there() ? http_boot_read(path, out)
				    : tftp_read(path, out);
}
