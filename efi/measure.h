/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Measures what the firmware does not measure, into a TPM and into the
 * registers of a confidential guest, before it is used.
 */
#ifndef EFI_MEASURE_H
#define EFI_MEASURE_H

#include <efi.h>

#include "find.h"

/*
 * Measure gangway's own sections if a kernel is among them, the number of the
 * profile, the load options, and the kernel's arguments. True if all of it is
 * in the guest's registers, if there are any, or else in the TPM; false if
 * there is neither.
 */
bool measure_words(const struct boot_info *info, const struct found *found);

/*
 * Then measure the files from the first on, each after its arguments; the
 * kernel's have been measured. Leave the kernel's file out if the firmware
 * loads and measures it. Returns the same for all of it.
 */
bool measure_files(const struct boot_info *info, const struct found *found,
		   u32 first);

/* Numbers of PCRs and tags of events as systemd has them. */
#define MEASURE_CONFIG	     12
#define MEASURE_EXTENSIONS   13
#define MEASURE_DTB_ADDON    0x6c46f751
#define MEASURE_INITRD_ADDON 0x49dffe0f
#define MEASURE_UCODE_ADDON  0xdac08e1a

/* Measure something beside a packed kernel, with a text for the log, and a tag
 * if it has one. */
void measure_beside(u32 pcr, struct view data, struct view text, u32 tag);

/* The same for arguments, as load options are measured. */
void measure_beside_words(struct view words);

/* Set a variable to the number of a PCR, if nothing has failed. */
void measure_tell(const CHAR16 *name, u32 pcr);

#endif
