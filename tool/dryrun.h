/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A boot on a machine that is not there: the steps of loader/main.c, up to the
 * jump.
 */
#ifndef TOOL_DRYRUN_H
#define TOOL_DRYRUN_H

#include "handoff.h"
#include "loaders.h"

struct dryrun {
	struct range gangway;	     /* where its file was loaded */
	const char *step, *protocol; /* at which it ended, if it failed */
	bool is_by_firmware; /* which starts the kernel; nothing is planned */
	struct handoff handoff;
};

/*
 * Let a loader put a scene into memory, and boot it: world. The lines of the
 * boot are said. Fails where a real one would; out->step and out->protocol say
 * where.
 */
must_check why dryrun_boot(const struct loader *loader, struct scene *scene,
			   struct dryrun *out);

#endif
