/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * PE32+ images for x86-64 (Microsoft's PE Format), as far as a Unified Kernel
 * Image (UAPI.5) and Linux's EFI stub need it.
 */
#ifndef FORMATS_PE_H
#define FORMATS_PE_H

#include "view.h"

#define PE_POINTER_AT	0x3c /* where the offset of the PE header is */
#define PE_DOS_MAGIC	0x5a4d
#define PE_MAGIC	0x00004550
#define PE_AMD64	0x8664
#define PE_PLUS		0x020b
#define PE_APPLICATION	10
#define PE_SECTIONS_MAX 96
/* Where the optional header has the certificates' place in the file and their
 * length (directory 4), behind the number of directories. */
#define PE_DIRECTORIES_AT  108
#define PE_CERTIFICATES_AT 144
#define PE_CERTIFICATES	   4

struct pe_header {
	u32 magic;
	u16 machine, nr_sections;
	u32 timestamp, symbols, nr_symbols;
	u16 optional_len, characteristics;
};
WIRE_SIZE(struct pe_header, 24);
WIRE_AT(struct pe_header, nr_sections, 6);
WIRE_AT(struct pe_header, optional_len, 20);

struct pe_optional {
	u16 magic;
	u8 unused_02[0x10 - 0x02];
	u32 entry;
	u8 unused_14[0x2c - 0x14];
	u16 major_image_version, minor_image_version;
	u8 unused_30[0x3c - 0x30];
	u32 size_of_headers;
	u32 checksum;
	u16 subsystem, dll_characteristics;
};
WIRE_SIZE(struct pe_optional, 0x48);
WIRE_AT(struct pe_optional, major_image_version, 44);
WIRE_AT(struct pe_optional, size_of_headers, 60);
WIRE_AT(struct pe_optional, subsystem, 68);

struct pe_section {
	char name[8]; /* a NUL behind it only if it is shorter */
	u32 virtual_size, virtual_address;
	u32 raw_size, raw_at;
	u8 unused_18[0x24 - 0x18];
	u32 characteristics;
};
WIRE_SIZE(struct pe_section, 40);
WIRE_AT(struct pe_section, characteristics, 36);

/* An image as a file, or as firmware has loaded it. */
enum pe_form { PE_FILE, PE_LOADED };

/* Is the file an application for x86-64 UEFI? */
bool pe_claims(struct view file);

/*
 * Find a section by its name: among those of a profile, counted from 0, else
 * before the first one (UAPI.5, "Multi-Profile UKIs"). An image without
 * profiles has one, 0, all the same. Empty if there is none. Refused if it is
 * not where the image is, or under its headers, or if the profile is missing.
 */
must_check why pe_profile_section(struct view image, enum pe_form form,
				  u32 profile, struct view name,
				  struct view *out);

/* The same where several have that name: the one behind so many others, first
 * those of the profile. */
must_check why pe_profile_section_nth(struct view image, enum pe_form form,
				      u32 profile, struct view name, u32 nth,
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
 * is there: false if it has none, or the beginning is none of an image or too
 * short to tell. The place is as the headers say, whatever the file's length.
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
