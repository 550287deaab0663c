/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A bundle: a kernel and all it needs in one file, of any type.
 */
#ifndef TOOL_BUNDLE_H
#define TOOL_BUNDLE_H

#include "input.h"
#include "output.h"
#include "packing.h"

#define MAX_PARTS 512

/* What a part is, in the order in which a UKI has its sections. */
enum part_kind {
	PART_PROFILE,
	PART_OSREL,
	PART_CMDLINE,
	PART_DTB,
	PART_DTBAUTO,
	PART_HWIDS,
	PART_UNAME,
	PART_SPLASH,
	PART_HASHES,
	PART_SEAL,
	PART_UCODE,
	PART_INITRD,
	PART_MODULE,
	PART_KERNEL,
	PART_SBAT,
	NR_PART_KINDS,
};

struct part {
	enum part_kind kind;
	u32 profile;	    /* 0: of all of them; else from 1 on */
	const char *path;   /* of the file it is; or NULL */
	int descriptor;	    /* of that file, or -1 */
	const char *string; /* of a module; or "" */
	struct view bytes;
};

struct bundle {
	const char *path;	       /* of the file to write */
	const char *gangway;	       /* of the one to begin with, or NULL */
	const char *key, *certificate; /* to sign with; or NULL */
	bool is_hybrid;		       /* takes gangway.efi, not any stub */
	u32 nr;
	struct part parts[MAX_PARTS]; /* by profiles, then by kinds */
};

/* The first part of a kind and without a profile; NULL if there is none. */
const struct part *bundle_part(const struct bundle *bundle,
			       enum part_kind kind);

/* The bytes of that, or nothing. */
struct view bundle_bytes(const struct bundle *bundle, enum part_kind kind);

/* Add a part; the program ends if there are too many, or if a file is empty. */
struct part *bundle_add(struct bundle *bundle, enum part_kind kind, u32 profile,
			struct view bytes);
struct part *bundle_add_file(struct bundle *bundle, enum part_kind kind,
			     u32 profile, const char *path);

/* Text, "@FILE", or FILE: what is neither there nor looks like such text is
 * taken for a file. */
void bundle_add_text_or_file(struct bundle *bundle, enum part_kind kind,
			     u32 profile, const char *value);

/* The section .hwids of the descriptions of machines, *.json, in a folder. */
struct view hwids_read(const char *folder);

/* The same by steps: each description that is added behind hwids_begin() gets
 * into the section. The program ends if one is damaged. */
void hwids_begin(void);
void hwids_add(const char *path, struct view json);
struct view hwids_section(void);

/* Add the profiles of another UKI, with numbers from *profile on, which grows.
 */
void bundle_join(struct bundle *bundle, u32 *profile, const char *path);

/* The kind of part that a UKI's section is; NR_PART_KINDS: none of a
 * profile's. */
enum part_kind uki_part_kind(struct view section);

/* Add the facts that are a UKI's to tell, where nobody has given them. */
void bundle_facts(struct bundle *bundle);

/* Refuse what is too long for a text or a key, which are taken whole. */
void text_check(const char *path, u64 len);

/* Put the parts in order, and refuse what cannot be, or would not boot. */
void bundle_check(struct bundle *bundle);

/*
 * Make the kernel of each profile that has modules one with them: a FIT image,
 * in a file beside the output that has no name. The parts are in order before
 * and after.
 */
void bundle_fold_modules(struct bundle *bundle);

/* Refuse what this type of bundle has no place for. */
void bundle_only(const struct bundle *bundle, const char *type, u32 kinds);

/* Initrds lie behind each other, each from a multiple of this on. */
#define INITRD_ALIGN 4

/* Each writes a bundle of its type, of what has been checked. */
void pack_uki(const struct bundle *bundle);
void pack_fit(const struct bundle *bundle);
void pack_cpio(const struct bundle *bundle);
void pack_elf(const struct bundle *bundle);

/* The file of gangway's own, such as "gangway.efi": in the folder GANGWAY_FILES
 * of the environment, else beside the program, else where it is installed. Ends
 * the program if it is not there. */
struct input gangway_file(const char *given, const char *name);

/* The same for a bundle, whose kernel it must be able to unpack. */
struct input bundle_gangway(const struct bundle *bundle, const char *name);

/* Was a file of gangway's own linked with a packing? */
bool gangway_unpacks(struct view gangway, const struct packing *packing);

#endif
