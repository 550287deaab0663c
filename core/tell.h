/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What more than one kind of kernel is told, and the planning that belongs to
 * it. What is written goes into the arena.
 */
#ifndef CORE_TELL_H
#define CORE_TELL_H

#include "boot.h"
#include "mem.h"
#include "plan_search.h"

/*
 * The RSDP's address. Where the door gave no more than a copy, that goes into
 * a page of the arena which the map calls ACPI's from then on. 0: none.
 */
phys tell_rsdp(struct boot_info *info, struct arena *arena);

/* Bytes of arena that tell_rsdp() takes at most. */
#define TELL_RSDP_LEN (2 * PAGE_SIZE)

/* What both Multiboots call lower memory: KiB of RAM from 0 on, 640 at most. */
u32 tell_lower_kib(const struct boot_info *info);

/* KiB of RAM from an address to the first hole; 0 if there is none. */
u64 tell_memory_kib(const struct boot_info *info, phys from);

/*
 * Which max regions of the map to tell if there is no room for more: RAM below
 * 1 MiB and the largest RAM, then the others from the lowest. chosen[i] becomes
 * true for each that is told. Returns how many those are.
 */
u32 tell_regions(struct boot_info *info, u32 max, bool chosen[MAX_REGIONS]);

/*
 * Begin to plan the payload's modules one by one, each on pages of its own
 * below 4 GiB: with leave, those that lie so on free pages stay.
 * plan->module_at says where they are. An empty one lies nowhere: it is told
 * where the door had it.
 */
void tell_leave_modules(const struct boot *boot, bool leave, struct plan *plan);

/* Have places searched for those that are left. */
void tell_search_modules(const struct boot *boot, const struct plan *plan,
			 struct search *search);

/* Plan those: where the blocks are that were found for them; without such,
 * above the kernel, or where there is room. */
must_check why tell_move_modules(const struct boot *boot,
				 const struct block *found, struct plan *plan);

/* What a string is of: a module by its index, or one of these. */
#define TELL_KERNEL MAX_MODULES	      /* the kernel's command line */
#define TELL_LOADER (MAX_MODULES + 1) /* "GRUB 2.06 gangway 1.2.3" */

/*
 * One string as a kernel is told it. With has_name as Multiboot's: what a
 * Multiboot loader gave, as it was; what another gave behind a file's name, its
 * own, or "kernel" or "moduleN". Otherwise without a name. Writes at most room
 * bytes, without a NUL, and returns its whole length.
 */
u64 tell_string(const struct boot *boot, u32 what, bool has_name, char *out,
		u64 room);

/* Put one string with its NUL into the arena and return where. */
phys tell_put_string(const struct boot *boot, u32 what, bool has_name,
		     struct arena *arena);

/* Bytes of arena that all strings take, each with a NUL. */
u64 tell_strings_len(const struct boot *boot, bool has_name);

#endif
