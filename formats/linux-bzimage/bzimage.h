/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A bzImage as its setup header describes it, with the defaults that hold
 * where its protocol is too old to say, and the zero page made for it. A
 * vmlinux is described in the same words.
 */
#ifndef FORMATS_BZIMAGE_H
#define FORMATS_BZIMAGE_H

#include "boot.h"
#include "bootparam.h"
#include "format.h"
#include "handoff.h"
#include "plan_search.h"
#include "view.h"

struct elf;

struct bzimage {
	struct linux_setup_header hdr; /* zero where the file has none */
	u64 header_len;		       /* 0: vmlinux, hdr is made up */
	struct view kernel;	       /* the protected-mode part */
	const struct elf *elf;	       /* vmlinux: what to load; else NULL */
	u64 init_size;		       /* bytes it needs from where it runs */
	phys pref_address;
	u64 alignment;	   /* power of two */
	u64 min_alignment; /* what alignment may be lowered to */
	bool is_relocatable;
	bool is_64bit;	  /* has the 64-bit entry */
	bool is_above_4g; /* everything may lie above 4 GiB */
	phys initrd_end;  /* exclusive */
	u64 cmdline_max;  /* without the NUL */
};

/* Has the file the signatures of a bzImage or zImage? */
enum claim bzimage_claims(struct view image);

/* Check the header (boot.rst) against itself and the file. */
must_check why bzimage_parse(struct view image, struct bzimage *out);

/* The kernel's version string in the file; empty if there is none. */
struct view bzimage_version(struct view image);

/*
 * Plan Linux with its initrd: plan->entry_at and plan->load. What may stay
 * where it lies, stays; otherwise the cheaper of the two is moved.
 */
must_check why linux_plan(const struct boot *boot, const struct bzimage *bz,
			  struct plan *plan);

/* Write what Linux is told, once linux_plan() has succeeded. */
void linux_tell(const struct boot *boot, const struct plan *plan,
		const struct bzimage *bz, struct arena *arena,
		struct handoff *out);

/* Refuse modules whose sum no memory, or not the kernel's limit, can hold. */
must_check why initrd_check(const struct bzimage *bz,
			    const struct payload *payload);

/* How many of the initrd's parts are tried to be left where they lie. */
#define INITRD_PARTS 8

/* The longest parts that may stay where they lie, with room for the others
 * around them, as far as the plan is: the longest first. Returns how many. */
u32 initrd_parts(const struct bzimage *bz, const struct payload *payload,
		 const struct plan *plan, u32 parts[INITRD_PARTS]);

/* Plan the initrd so that one of its parts stays where it lies, and the others
 * go around it. Sets plan->initrd. False if that is not possible. */
must_check bool initrd_leave(const struct bzimage *bz,
			     const struct payload *payload, struct plan *plan,
			     u32 part);

/* Plan the initrd at the highest free place below its limit. */
must_check why initrd_move(const struct bzimage *bz,
			   const struct payload *payload, struct plan *plan);

/* Have a place for the initrd searched for. */
void initrd_search(const struct bzimage *bz, const struct payload *payload,
		   struct search *search);

/* Plan the initrd at an address that serves. Sets plan->initrd. */
void initrd_put(const struct payload *payload, struct plan *plan, phys at);

/* Refuse a command line beyond the kernel's limit. */
must_check why linux_check_line(const struct boot *boot,
				const struct bzimage *bz);

/* Refuse what the zero page has no place for: a hardware_subarch that the
 * kernel does not know or that this machine cannot be, a command line beyond
 * the kernel's limit, a device tree or a node of the door's that it cannot
 * map. */
must_check why zero_page_check(const struct boot *boot,
			       const struct bzimage *bz);

/* Bytes of arena that zero_page_put() takes at most. */
u64 zero_page_len(const struct boot *boot, const struct bzimage *bz);

/*
 * Write the zero page, the command line and all they point at into the arena
 * and return where the zero page is. bz's kernel goes where the plan says.
 * Reads the E820 map last, so that what the arena holds is in it.
 */
phys zero_page_put(const struct boot *boot, const struct plan *plan,
		   const struct bzimage *bz, struct arena *arena);

/* Bytes that e820_put() adds to setup_data at most. */
u64 e820_ext_len(const struct boot_info *info);

/* Prepend a node to the chain. */
void setup_data_put(struct linux_boot_params *params, struct arena *arena,
		    u32 type, struct view data);

/* Can the kernel map it as a node: 256 KiB with the header? */
bool setup_data_fits(struct view data);

/* Fill the E820 table, and a SETUP_E820_EXT node with what it cannot take. */
void e820_put(struct boot_info *info, struct linux_boot_params *params,
	      struct arena *arena);

/* The value of a vga= word for vid_mode (boot.rst, special options); 0xffff,
 * normal, if there is none. */
u16 vga_mode(struct view line);

#endif
