/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Configuration tables that Linux's EFI stub leaves to its kernel, for a Linux
 * that is not started by it.
 */
#ifndef EFI_LINUX_TABLES_H
#define EFI_LINUX_TABLES_H

#include "firmware.h"

/*
 * Install the TPM's event log, and a random seed, where there are such. The
 * last thing to do before the boot services end: what is measured later stands
 * in the firmware's own table. Says what cannot be had; a kernel does without.
 */
void linux_tables_install(const struct mem *mem);

#endif
