/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is to be run, and the command lines and configurations that do it.
 */
#ifndef TOOL_RUN_H
#define TOOL_RUN_H

#include "bundle.h"

#define RUN_FILES 64

struct guest {
	const char *door; /* mb1, pvh or uefi; NULL: by the file */
	const char *append;
	u64 memory;
	bool is_secure, is_displayed;
	const char *vars; /* with the keys of Secure Boot; NULL: Microsoft's */
	u32 nr;
	struct {
		const char *path, *words;
	} files[RUN_FILES];
	bool is_whole;	     /* the first file needs no gangway beside it */
	const char *gangway; /* path of the one that starts it */
	const char *folder;  /* for what is made meanwhile; NULL: not yet */
	char **more;	     /* arguments for QEMU */
	int nr_more;
};

/* Words of a command line, the last one NULL. */
struct words {
	u32 nr;
	const char *list[256];
};

/* Add a word, made as by printf. */
void words_add(struct words *words, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Print a word as a shell takes it. */
void word_print(const char *word);

/* QEMU's command line, from its name on. */
void guest_qemu(struct guest *guest, struct words *out);

/* Print what starts the guest elsewhere: "cloud-hypervisor", "firecracker",
 * "xl" or "libvirt". */
void guest_print(const struct guest *guest, const char *what);

/* The path of a file in the guest's folder, which is made now at the latest,
 * and is gone when the program ends. */
const char *guest_file(struct guest *guest, const char *name);

#endif
