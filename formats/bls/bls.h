/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Boot Loader Specification (UAPI.1), entries of type 1: text files of keys and
 * values. Beside the specification's keys, "module PATH STRING" names a module
 * for a Multiboot or PVH kernel, in the order of the lines, among the initrds.
 */
#ifndef FORMATS_BLS_H
#define FORMATS_BLS_H

#include "words.h"

struct bls_entry {
	struct view name; /* of the file, without its suffix and its counters */
	struct view text;
	struct view sort_key, version, machine_id;
	struct view profile; /* number, for a UKI; or empty */
	struct view release; /* of a UKI: the kernel's, from .uname; or empty */
	bool is_spent;	     /* its tries are used up */
};

/* An entry of a name and a text of which nothing else is known. */
struct bls_entry bls_entry_of(struct view name, struct view text);

/*
 * Read an entry; false if it is none, has no kernel, or is for another
 * architecture. Keys that are not known are skipped.
 */
must_check bool bls_read(struct view file_name, struct view text,
			 struct bls_entry *out);

/*
 * Give the entry of a UKI the keys that its .osrel section (os-release) has,
 * as UAPI.1 says of type 2: where to sort it, and its version.
 */
void bls_read_release(struct view osrel, struct bls_entry *entry);

/* Is entry a to be preferred to b? */
bool bls_is_before(const struct bls_entry *a, const struct bls_entry *b);

/* Take the next file off an entry's text: the kernel (linux, efi), an initrd,
 * a device tree, a module. False at its end. */
must_check bool bls_next_file(struct view *text, struct named_file *out);

/* How many kernels an entry's text names. */
u32 bls_kernels(struct view text);

/* Does an entry name overlays for its device tree? */
bool bls_has_overlay(struct view text);

/* The values of all options keys, one space apart. Writes at most room bytes,
 * and returns the length it all has. */
u64 bls_options(struct view text, char *out, u64 room);

/* The value of the last key of that name in a text of keys and values, such as
 * loader.conf; empty if it has none. */
struct view bls_value(struct view text, struct view key);

/*
 * A file's name with one try less left and one more done ("+3-1" becomes
 * "+2-2"). Writes at most room bytes, and returns the length it has; 0 if the
 * name has no counter, or none left.
 */
u64 bls_count(struct view file_name, char *out, u64 room);

/* Take a suffix and the counters before it ("+3-1") off a file's name; false,
 * and *name untouched, if it does not end so. Case does not count. */
must_check bool bls_take_suffix(struct view *name, struct view suffix,
				bool *is_spent);

#endif
