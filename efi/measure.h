/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Measured boot: what gangway adds to what the firmware has measured, into the
 * TPM, into the registers of a confidential guest, or both, with the PCRs, the
 * data and the events of systemd-stub.
 */
#ifndef EFI_MEASURE_H
#define EFI_MEASURE_H

#include "firmware.h"

/*
 * Measure all that makes up the boot, once it is known and before any of it is
 * used. PCR 11: the sections of gangway's own image, if a kernel is among them.
 * PCR 12: words and files from elsewhere; not the kernel's file if
 * is_loaded_whole, since LoadImage() measures that. Does nothing where there is
 * nothing to measure into; a failure is said, and no reason not to boot.
 */
void measure(const struct boot *boot, bool is_loaded_whole);

#endif
