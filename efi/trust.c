// SPDX-License-Identifier: BSD-2-Clause
/*
 * The rules of Secure Boot.
 */
#include "trust.h"

#include "format.h"
#include "hashes.h"

/* By what it is, not by how it is entered: a vmlinux may have a PVH entry
 * too. */
static bool is_linux(const struct payload *payload)
{
	static const char *const names[] = { "vmlinux", "vmlinux32" };
	bool is = payload->format->is_linux;

	for (u32 i = 0; i < ARRAY_LEN(names) && !is; i++)
		is = format_of(payload->image,
			       format_named(view_string(names[i])), CLAIM_SURE);
	return is;
}

bool trust_covers(const struct found *found, struct view file)
{
	return found->is_packed || hashes_have(found->hashes, file);
}

why trust_check(const struct boot *boot, const struct found *found)
{
	const struct boot_info *info = boot->info;

	if (is_linux(&boot->payload))
		return "a Linux kernel is only started by its EFI stub "
		       "while Secure Boot is on";
	for (u32 i = 0; i < info->nr_modules; i++) {
		struct range range = info->modules[i].range;
		struct view file;

		if (!mem_view(boot->mem, range.start, range_len(range), &file))
			return "a file lies outside visible memory";
		if (!trust_covers(found, file))
			return i ? "a module's hash is not signed, and "
				   "Secure Boot is on"
				 : "the kernel's hash is not signed, and "
				   "Secure Boot is on";
	}
	return NULL;
}
