/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What more than one kind of kernel is told, and the placing of modules that
 * are handed on one by one. Everything told goes into the arena.
 */
#ifndef LOADER_TELL_H
#define LOADER_TELL_H

#include "boot.h"
#include "mem.h"
#include "plan.h"

/*
 * Plan the payload's modules, each on a page boundary below end: it stays where
 * it lies if that is free, else goes to the lowest place above 1 MiB. Sets
 * plan->module_at. The kernel's own memory must have been planned before.
 */
must_check why plan_modules(const struct boot *boot, struct plan *plan,
			    phys end);

/* Bytes of arena for all strings: command line, modules', our name; each may
 * be aligned to 8. */
u64 tell_strings_len(const struct boot *boot);

/*
 * Write the kernel's command line as Multiboot has it: behind the kernel's
 * file name, unless gangway.argv0=off (named); with a NUL. Not aligned, so
 * that it may follow what was taken before.
 */
must_check why tell_cmdline(const struct boot *boot, struct arena *arena,
			    bool named, phys *at);

/* The same for module i of the payload. */
must_check why tell_module_line(const struct boot *boot, u32 i,
				struct arena *arena, bool named, phys *at);

/* gangway's name and version, as loaders give theirs. */
must_check why tell_loader_name(struct arena *arena, phys *at);

/*
 * The RSDP's address. Where the door gave no more than a copy, that goes into
 * a page of the arena which the map calls ACPI's from then on. 0: none.
 */
must_check why tell_rsdp(struct boot_info *info, struct arena *arena, phys *at);

/* Bytes of arena that tell_rsdp() takes at most. */
#define TELL_RSDP_LEN (2 * PAGE_SIZE)

/* KiB of RAM from an address to the first hole; 0 if there is none. */
u64 tell_memory_kib(const struct boot_info *info, phys from);

#endif
