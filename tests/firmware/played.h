/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A firmware that is played on this machine, for efi/ compiled for it: memory,
 * protocols, variables, files, images. Each call of it is counted, and one of
 * them can be made to fail.
 */
#ifndef TESTS_PLAYED_H
#define TESTS_PLAYED_H

#include <efi.h>

#include "handoff.h"
#include "view.h"

#define PLAYED_FILES  16
#define PLAYED_PIECES 8

/* How a boot has ended. */
enum ending_of_boot {
	CAME_BACK = 1, /* to the caller, with played.status */
	LEFT,	       /* boot services have ended, and a kernel is entered */
	RAN_IMAGE,     /* StartImage() was called, and the image came back */
	FAILED_LATE,   /* after the boot services had ended */
};

struct played_file {
	const char *path; /* with backslashes */
	struct view content;
};

/* Memory that is in the map only, and that nobody is given. */
struct played_piece {
	EFI_MEMORY_TYPE type;
	u64 at, len;
};

/* A variable of flags as some firmware has it. */
struct played_flag {
	EFI_STATUS status;
	u64 size;
	u32 value;
};

extern struct played {
	/* Set by the test. */
	struct played_file files[PLAYED_FILES];
	const char *options; /* load options */
	struct view image;   /* gangway's own image as it is loaded, or empty */
	bool is_secure;
	const struct played_flag *flags; /* SecureBoot, SetupMode; or NULL */
	bool is_diskless;		 /* gangway comes from no file system */
	bool has_random;		 /* numbers */
	struct played_piece pieces[PLAYED_PIECES];
	const void *path;    /* the device path of gangway's device; or NULL */
	void (*equip)(void); /* add what else the firmware has; or NULL */
	u64 failing;	     /* this call fails, counted from 1; 0: none */
	EFI_STATUS how_it_fails;
	bool is_short; /* if it is a read, with less instead */
	u32 nr_stale;  /* so often the map has changed before it is used */

	/* What came of it. */
	u64 nr_calls;
	EFI_STATUS status;
	/* Not given back. */
	u32 nr_pages, nr_pools, nr_protocols, nr_tables, nr_files, nr_events;
	bool has_loaded, is_trusted; /* an image, which firmware trusts */
	bool has_started;
	char words[256];  /* of what was started */
	u64 units_waited; /* for a key, in 100 ns */
	u64 root;	  /* of the page tables once the firmware has gone */
	struct handoff handoff;
	bool has_kept; /* a file that was written is on the disk */
	char said[16384];
} played;

struct cpuid;

/* The CPU: CPUID 0x80000001's EDX, CR4, any MSR, other leaves of CPUID (or
 * NULL; false: the CPU does not have it). */
extern u32 played_features;
extern u64 played_cr4, played_msr;
extern bool (*played_cpuid)(u32 leaf, struct cpuid *out);

/* The status that a call, which is counted by this, has to fail with; 0 if it
 * is to do its work. */
EFI_STATUS played_fault(void);

/* Zeroed memory of the firmware's boot services. */
void *played_own(u64 len);

/* Memory that FreePool() takes back. */
void *played_pool(u64 len);

/* An event happens. */
void played_signal(EFI_EVENT event);

/* For equip(): the device that gangway comes from, a protocol, a table. */
EFI_HANDLE played_device(void);
void played_add_protocol(EFI_HANDLE handle, EFI_GUID guid, void *interface);
void played_add_table(EFI_GUID guid, void *table);

/* A table as it is in the end; NULL if there is none. */
void *played_table(EFI_GUID guid);

/* Boot once; nothing of the last boot is left. */
enum ending_of_boot played_boot(void);

#endif
