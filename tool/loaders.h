/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Loaders, played: what each leaves in memory for gangway, and where.
 */
#ifndef TOOL_LOADERS_H
#define TOOL_LOADERS_H

#include "door.h"
#include "input.h"
#include "memmap.h"

struct scene_file {
	struct input input;
	const char *words; /* or "" */
	phys at;	   /* where the loader puts it */
};

/* What a loader is to start: gangway with modules, on a machine. */
struct scene {
	struct memmap map;
	u64 memory;	     /* bytes; 0: the map was given */
	struct view gangway; /* its file */
	const char *name;    /* and what that is called */
	const char *append;
	phys rsdp; /* 0: there is none */
	u32 nr;
	struct scene_file files[MAX_MODULES];
};

struct loader {
	const char *name;    /* as --door has it */
	const char *gangway; /* which file it starts */
	const char *who;
	const struct door *door; /* NULL: told by the firmware */
	u32 magic;
	u32 max_modules;
	bool has_bios;
	/* Where the modules go, above gangway's own memory. */
	void (*place)(struct scene *scene, struct range gangway);
	/* Write what gangway is told; returns where. */
	phys (*tell)(const struct scene *scene, struct range gangway);
};

/* The loader of a door; NULL: there is none of that name. */
const struct loader *loader_named(const char *door);

#endif
