/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A firmware that is played on this machine, for efi/ compiled for it: memory,
 * protocols, variables, files, images. Each call of it is counted, and one of
 * them can be made to fail.
 */
#ifndef TESTS_PLAYED_H
#define TESTS_PLAYED_H

#include <efi.h>

#include "view.h"

#define PLAYED_FILES 16

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

extern struct played {
	/* Set by the test. */
	struct played_file files[PLAYED_FILES];
	const char *options; /* load options */
	struct view image;   /* gangway's own image as it is loaded, or empty */
	bool is_secure;
	u64 failing; /* this call fails, counted from 1; 0: none */
	EFI_STATUS how_it_fails;
	bool is_short; /* if it is a read, with less instead */

	/* What came of it. */
	u64 nr_calls;
	EFI_STATUS status;
	u32 nr_pages, nr_protocols, nr_tables, nr_files; /* not given back */
	bool has_loaded, is_trusted; /* an image, which firmware trusts */
	bool has_started;
	char said[16384];
} played;

/* Boot once; nothing of the last boot is left. */
enum ending_of_boot played_boot(void);

#endif
