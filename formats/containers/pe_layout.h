/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Microsoft's PE Format, as far as it is read here.
 */
#ifndef FORMATS_PE_LAYOUT_H
#define FORMATS_PE_LAYOUT_H

#include "base.h"

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

struct pe_dos {
	u16 magic;
	u8 unused_02[0x3c - 0x02];
	u32 headers_at;
};
WIRE_SIZE(struct pe_dos, 0x40);
WIRE_AT(struct pe_dos, headers_at, PE_POINTER_AT);

struct pe_headers {
	struct pe_header head;
	struct pe_optional optional;
};
WIRE_SIZE(struct pe_headers, 0x60);

struct pe_section {
	char name[8]; /* a NUL behind it only if it is shorter */
	u32 virtual_size, virtual_address;
	u32 raw_size, raw_at;
	u8 unused_18[0x24 - 0x18];
	u32 characteristics;
};
WIRE_SIZE(struct pe_section, 40);
WIRE_AT(struct pe_section, characteristics, 36);

/* Base relocations: the section .reloc. */
#define BASE_RELOC_DIR64 10 /* the type of an entry, in its upper 4 bits */

struct base_reloc_block {
	u32 page, size; /* the head and the entries of 2 bytes each */
};
WIRE_SIZE(struct base_reloc_block, 8);
WIRE_AT(struct base_reloc_block, size, 4);

#endif
