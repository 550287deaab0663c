// SPDX-License-Identifier: BSD-2-Clause
/*
 * What comes from outside is ignored, not refused, as under Secure Boot: many
 * loaders have words of their own.
 */
#include "sealed.h"

#include "console.h"

void sealed_forget(struct boot_info *info, u32 nr_packed)
{
	if (info->cmdline.len || info->nr_modules > nr_packed)
		say("gangway: words and modules from outside are ignored, "
		    "because this image is sealed");
	info->cmdline = VIEW("");
	info->nr_modules = nr_packed;
}
