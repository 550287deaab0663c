// SPDX-License-Identifier: BSD-2-Clause
/*
 * The task priority, and the base of FS.
 */
#include "library.h"

#include "cpu.h"
#include "firmware.h"

#define MSR_FS 0xc0000100

extern u8 thread_block[];

static EFI_TPL level;
static u64 firmwares_fs;

void library_begin(void)
{
	level = firmware->RaiseTPL(TPL_HIGH_LEVEL);
	firmwares_fs = read_msr(MSR_FS);
	write_msr(MSR_FS, phys_of(thread_block));
}

void library_end(void)
{
	write_msr(MSR_FS, firmwares_fs);
	firmware->RestoreTPL(level);
}

void library_pause(void)
{
	library_end();
	library_begin();
}
