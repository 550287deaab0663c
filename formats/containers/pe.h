/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * PE32+ images for x86-64 (Microsoft's PE Format), as far as a Unified Kernel
 * Image (UAPI.5) and Linux's EFI stub need it.
 */
#ifndef FORMATS_PE_H
#define FORMATS_PE_H

#include "pe_layout.h"
#include "view.h"

/* An image as a file, or as firmware has loaded it. */
enum pe_form { PE_FILE, PE_LOADED };

/* Is the file an application for x86-64 UEFI? */
bool pe_claims(struct view file);

/* The sections that count for a profile of an image. Only for pe_find(). */
struct pe_profile {
	struct view image;
	enum pe_form form;
	u64 headers_end;
	struct view own, shared; /* headers: of its own, and before all */
};

/*
 * Look at one of an image's profiles (UAPI.5, "Multi-Profile UKIs"), counted
 * from 0. An image without profiles has one, 0, all the same. Refused if the
 * image's headers are damaged, or the profile is missing.
 */
must_check why pe_open(struct view image, enum pe_form form, u32 profile,
		       struct pe_profile *out);

/*
 * Find a section by its name: among the profile's own, else
 * before the first profile. Where several have that name it is the one behind
 * so many others, first those of the profile. Empty if there is none. Refused
 * if it is not where the image is, or under its headers.
 */
must_check why pe_find(const struct pe_profile *in, struct view name, u32 nth,
		       struct view *out);

/* Both, for one section. */
must_check why pe_profile_section(struct view image, enum pe_form form,
				  u32 profile, struct view name,
				  struct view *out);

/* Section i of all: its name, and its content, which is empty if it is not
 * where the image is. False behind the last one, and if the headers are
 * damaged. */
must_check bool pe_each_section(struct view image, enum pe_form form, u32 i,
				struct view *name, struct view *out);

/* The same of profile 0, which is the default. */
must_check why pe_section(struct view image, enum pe_form form,
			  struct view name, struct view *out);

/*
 * Where a section of profile 0 lies in a file of which maybe only the beginning
 * is there: false if it has none, or an empty one, or the beginning is none of
 * an application or too short to tell. The place is as the headers say,
 * whatever the file's length.
 */
must_check bool pe_place(struct view beginning, struct view name, u64 *at,
			 u64 *len);

/*
 * Without what is behind an image: its sections and its certificates, which are
 * the file's end. A section .linux may be longer, as ukify gives it the size
 * that the kernel has in memory, and a signature covers no zeros behind it. The
 * whole view where it is no image, or ends before its image does.
 */
struct view pe_trim(struct view file);

/* Does it have a signature? */
bool pe_is_signed(struct view file);

/* The image's major version: of Linux 1 or more if it asks for its initrd by
 * LoadFile2. 0 also for what is no image. */
u32 pe_image_version(struct view file);

#endif
