/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Measuring what makes up a boot and that the firmware has not seen, into a TPM
 * and into the registers of a confidential guest: before any of it is used.
 */
#ifndef EFI_MEASURE_H
#define EFI_MEASURE_H

#include <efi.h>

#include "find.h"

/*
 * Measure gangway's own sections, if a kernel is among them, which profile of
 * them is used, the words gangway was started with, and the kernel's string.
 * True if all of it is in the registers of the guest, where there are such, or
 * else in the TPM; false also if there is neither.
 */
bool measure_words(const struct boot_info *info, const struct found *found);

/*
 * After that, the files from the first on, and the strings of those that are
 * not the kernel's, in their order. The kernel's file is to be left out if the
 * firmware loads it as it is, and so measures it itself. True as above, for all
 * of it.
 */
bool measure_files(const struct boot_info *info, const struct found *found,
		   u32 first);

/* Numbers of PCRs and tags of events as systemd has them. */
#define MEASURE_CONFIG	     12
#define MEASURE_EXTENSIONS   13
#define MEASURE_DTB_ADDON    0x6c46f751
#define MEASURE_INITRD_ADDON 0x49dffe0f
#define MEASURE_UCODE_ADDON  0xdac08e1a

/* Measure something that is put beside a packed kernel, with what the log says
 * of it, and a tag if it has one. */
void measure_beside(u32 pcr, struct view data, struct view text, u32 tag);

/* The same for words: as those gangway is started with. */
void measure_beside_words(struct view words);

/* Leave a variable for programs that look for a PCR, if all went well. */
void measure_tell(const CHAR16 *name, u32 pcr);

#endif
