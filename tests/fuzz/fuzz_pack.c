// SPDX-License-Identifier: BSD-2-Clause
/*
 * What "gangway pack" and "gangway unpack" read beside the kernel, which
 * "gangway inspect" reads too: stubs, images with profiles, descriptions of
 * machines, and bundles to take apart. The first byte says which of them the
 * rest is.
 */
#include <getopt.h>
#include <stdio.h>

#include "bundle.h"
#include "bzimage.h"
#include "compress.h"
#include "hwids.h"
#include "tool_ends.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct bundle bundle;

/* Something of each kind that needs no reader. */
static void put_parts(void)
{
	bundle_add(&bundle, PART_OSREL, 0, VIEW("ID=x"));
	bundle_add(&bundle, PART_CMDLINE, 0, VIEW("words"));
	bundle_add(&bundle, PART_INITRD, 0, VIEW("an initrd"));
	bundle_add(&bundle, PART_INITRD, 0, VIEW("another"));
}

static void pack_on_stub(void)
{
	put_parts();
	bundle_add(&bundle, PART_SBAT, 0, VIEW("sbat,1,\nx,1,\n"));
	pack_uki(&bundle);
}

static void join(void)
{
	u32 profile = 0;

	put_parts();
	bundle_join(&bundle, &profile, "file");
	bundle_check(&bundle);
}

/* The section's strings lie in it. */
static void describe(void)
{
	struct hwids_device device;
	struct view section, name;

	hwids_begin();
	hwids_add("file", tool_file);
	section = hwids_section();
	for (u64 at = 0; view_read(section, at, &device, sizeof(device)) &&
			 device.descriptor;
	     at += sizeof(device)) {
		name = view_from(section, device.name);
		if (!memchr(name.at, 0, name.len))
			__builtin_trap();
	}
}

/* What is compressed is read by "inspect" as well, which gives its memory back;
 * here that would stay to the end. */
static void take_apart(void)
{
	char *words[] = { "unpack", "file", "--directory", "/tmp", NULL };

	if (compression_of(tool_file) != COMPRESSION_NONE ||
	    bzimage_claims(tool_file) != CLAIM_NONE)
		return;
	optind = 0; /* getopt begins anew */
	unpack_command.run(&unpack_command, ARRAY_LEN(words) - 1, words);
}

int LLVMFuzzerInitialize(int *argc, char ***argv);

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	return freopen("/dev/null", "w", stdout) ? 0 : -1;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static void (*const readers[])(void) = { pack_on_stub, join, describe,
						 take_apart };

	if (!size)
		return 0;
	tool_file = (struct view){ data + 1, size - 1 };
	bundle = (struct bundle){ .path = "out", .gangway = "stub" };
	if (!setjmp(tool_ends))
		readers[*data % ARRAY_LEN(readers)]();
	tool_forget();
	return 0;
}
