/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Configuration tables that Linux's EFI stub leaves to its kernel, for a Linux
 * that is not started by it.
 */
#ifndef EFI_LINUX_TABLES_H
#define EFI_LINUX_TABLES_H

#include "firmware.h"

/*
 * Install the TPM's event log and a random seed, if there are any, as the last
 * step before boot services end: later events are in the firmware's own table.
 * What is missing is reported; the kernel can do without.
 */
void linux_tables_install(const struct mem *mem);

#endif
