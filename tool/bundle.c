// SPDX-License-Identifier: BSD-2-Clause
/*
 * What all types of bundles ask for.
 */
#include "bundle.h"

#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tool.h"

static const char *const kind_names[NR_PART_KINDS] = {
	[PART_PROFILE] = "profile",
	[PART_OSREL] = "os-release",
	[PART_CMDLINE] = "cmdline",
	[PART_DTB] = "dtb",
	[PART_DTBAUTO] = "devicetree-auto",
	[PART_HWIDS] = "hwids",
	[PART_SPLASH] = "splash",
	[PART_UNAME] = "uname",
	[PART_HASHES] = "hash",
	[PART_SEAL] = "sealed",
	[PART_UCODE] = "microcode",
	[PART_INITRD] = "initrd",
	[PART_MODULE] = "module",
	[PART_KERNEL] = "kernel",
	[PART_SBAT] = "sbat",
};

const struct part *bundle_part(const struct bundle *bundle, enum part_kind kind)
{
	for (u32 i = 0; i < bundle->nr; i++)
		if (bundle->parts[i].kind == kind && !bundle->parts[i].profile)
			return &bundle->parts[i];
	return NULL;
}

struct view bundle_bytes(const struct bundle *bundle, enum part_kind kind)
{
	const struct part *part = bundle_part(bundle, kind);

	return part ? part->bytes : VIEW("");
}

void bundle_only(const struct bundle *bundle, const char *type, u32 kinds)
{
	for (u32 i = 0; i < bundle->nr; i++)
		if (!(kinds & 1u << bundle->parts[i].kind))
			misuse("--%s has no place in a bundle of the type %s",
			       kind_names[bundle->parts[i].kind], type);
	if (bundle->key && strcmp(type, "uki"))
		misuse("only a bundle of the type uki can be signed");
	if (bundle_part(bundle, PART_SEAL) && !bundle_part(bundle, PART_KERNEL))
		misuse("--sealed needs a --kernel");
}

struct input gangway_file(const char *given, const char *name)
{
	static const char *const places[] = { "", "../lib/gangway/" };
	const char *folder = getenv("GANGWAY_FILES");
	char self[PATH_MAX] = "", path[2 * PATH_MAX];
	ssize_t len = readlink("/proc/self/exe", self, sizeof(self) - 1);
	char *home = dirname(self);

	if (given)
		return input_open(given);
	for (u32 i = 0; !folder && len > 0 && i < ARRAY_LEN(places); i++) {
		snprintf(path, sizeof(path), "%s/%s%s", home, places[i], name);
		if (!access(path, R_OK))
			return input_open(strdup(path));
	}
	if (!folder)
		refuse(name, "it is neither beside the program nor in its "
			     "../lib/gangway: set GANGWAY_FILES to its folder");
	snprintf(path, sizeof(path), "%s/%s", folder, name);
	return input_open(strdup(path));
}

bool gangway_unpacks(struct view gangway, const struct packing *packing)
{
	return !packing->mark || memmem(gangway.at, gangway.len, packing->mark,
					strlen(packing->mark));
}

struct input bundle_gangway(const struct bundle *bundle, const char *name)
{
	struct input gangway = gangway_file(bundle->gangway, name);
	const struct part *kernel = bundle_part(bundle, PART_KERNEL);
	const struct packing *packing =
		kernel ? packing_of(kernel->bytes) : NULL;

	if (packing && !gangway_unpacks(gangway.bytes, packing))
		refuse(kernel->path,
		       "it is packed with %s, which %s does not unpack, but "
		       "gangway-full does (--stub)",
		       packing->name, gangway.path);
	return gangway;
}
