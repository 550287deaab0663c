// SPDX-License-Identifier: BSD-2-Clause
/*
 * The signatures of what people take for kernels, or pass beside them.
 */
#include "looks.h"

#include "elf.h"
#include "format.h"
#include "gzip.h"
#include "pe.h"
#include "reason.h"
#include "tree.h"
#include "uki.h"

#define TEXT_LEN    512 /* bytes that are text in what is text */
#define TEXT_SHOWN  24
#define SECTOR	    512
#define NEAR	    MIB	 /* where a header is looked for that is misplaced */
#define SHORTEST    1024 /* bytes of what could be a kernel or a program */
#define SECTOR_MARK 0xaa55

#define FULL   " data, which takes gangway-full.elf or gangway-full.efi"
#define UNPACK " data, which no gangway unpacks"

/* Bytes at a place in the file that tell what it is. An address in a table is
 * one more to put right where the image does not lie as linked. */
struct sign {
	u16 at, len;
	char bytes[12];
	const char *what;
};

#define SIGN(where, bytes, name)                                               \
	{                                                                      \
		where, sizeof(bytes) - 1, bytes, name                          \
	}

static const struct sign signs[] = {
	SIGN(0, "\xfd\x37zXZ", "xz-compressed" FULL),
	SIGN(0, "\x28\xb5\x2f\xfd", "zstd-compressed" FULL),
	SIGN(0, "\x02\x21\x4c\x18", "lz4-compressed" FULL),
	SIGN(0, "\x04\x22\x4d\x18", "lz4-compressed" FULL),
	SIGN(0, "BZh", "bzip2-compressed" FULL),
	SIGN(0, "\x5d\0\0", "lzma-compressed" FULL),
	SIGN(0, "\x89LZO\0\r\n", "lzo-compressed" UNPACK),
	SIGN(0, "LZIP", "lzip-compressed" UNPACK),
	SIGN(0, "\x1f\x9d", "compress's" UNPACK),
	SIGN(0, "07070", "a cpio archive, as initrds are"),
	SIGN(0, "\xc7\x71", "a cpio archive, as initrds are"),
	SIGN(257, "ustar", "a tar archive"),
	SIGN(0, "PK\3\4", "a zip archive"),
	SIGN(0, "!<arch>\n", "an archive of ar, as a Debian package is"),
	SIGN(0, "\xed\xab\xee\xdb", "an RPM package"),
	SIGN(0, "\x27\x05\x19\x56", "a legacy image of U-Boot's mkimage"),
	SIGN(0, "ANDROID!", "a boot image of Android's"),
	SIGN(56, "ARM\x64", "a kernel for AArch64"),
	SIGN(56, "RSC\x05", "a kernel for RISC-V"),
	SIGN(0, "hsqs", "a file system (squashfs)"),
	SIGN(0, "QFI\xfb", "a disk image (qcow2)"),
	SIGN(512, "EFI PART", "a disk image (GPT)"),
	SIGN(0x36, "FAT1", "a disk image (FAT)"),
	SIGN(0x52, "FAT32", "a disk image (FAT)"),
	SIGN(0x438, "\x53\xef", "a file system (ext2, ext3 or ext4)"),
	SIGN(0x8001, "CD001", "a CD image (ISO 9660)"),
	SIGN(0, "<!DOCTYPE", "a page of a web server's"),
	SIGN(0, "<html", "a page of a web server's"),
	SIGN(0, "#!", "a script"),
};

static const struct {
	u16 machine;
	char name[12];
} machines[] = {
	{ 8, "MIPS" },	      { 20, "PowerPC" },    { 21, "PowerPC" },
	{ 22, "s390" },	      { 40, "32-bit Arm" }, { 43, "SPARC" },
	{ 50, "Itanium" },    { 183, "AArch64" },   { 243, "RISC-V" },
	{ 258, "LoongArch" },
};

/* What keeps it from being of a format; NULL: it does not look like any. */
static why nearly(struct view file)
{
	const struct format *format = NULL;
	struct view near = { file.at, min_u64(file.len, NEAR) };
	why misses = NULL;

	while (!misses && (format = format_next(format)))
		if (format->misses)
			misses = format->misses(near);
	return misses;
}

static const char *foreign_elf(u16 machine)
{
	for (u32 i = 0; i < ARRAY_LEN(machines); i++)
		if (machines[i].machine == machine)
			return reason_format("an ELF file for %s",
					     machines[i].name);
	return reason_format("an ELF file for another machine (e_machine %u)",
			     machine);
}

/* Is there a segment of that type? */
static bool has_segment(const struct elf *elf, u32 type)
{
	for (u64 i = 0; i < elf->phnum; i++)
		if (elf_segment(elf, i).p_type == type)
			return true;
	return false;
}

static bool is_cut_off(const struct elf *elf)
{
	for (u64 i = 0; i < elf->phnum; i++) {
		struct elf64_phdr segment = elf_segment(elf, i);

		if (!view_has(elf->file, segment.p_offset, segment.p_filesz))
			return true;
	}
	return false;
}

static const char *like_elf(struct view file, bool is_whole)
{
	struct elf64_ehdr hdr;
	struct elf elf;
	why bad = elf_open(file, &elf);

	if (bad &&
	    view_read(file, 0, &hdr, offsetof(struct elf64_ehdr, e_entry)) &&
	    hdr.e_ident[5] == ELFDATA2LSB && hdr.e_machine != EM_386 &&
	    hdr.e_machine != EM_X86_64)
		return foreign_elf(hdr.e_machine);
	if (bad && is_whole)
		return reason_format("a damaged ELF file: %s", bad);
	if (bad)
		return "an ELF file";
	bad = nearly(file);
	if (bad)
		return reason_format("an ELF file with %s", bad);
	if (is_whole && is_cut_off(&elf))
		return "an ELF file that is cut off";
	if (elf.type == ET_REL)
		return "an ELF object that is not linked, as a module of Linux";
	if (has_segment(&elf, PT_INTERP))
		return "an ELF program for an operating system";
	return "an ELF file without a Multiboot header, a PVH note or Linux's "
	       "notes (is it Linux, give gangway.format=vmlinux)";
}

static const char *like_pe(struct view file)
{
	struct view kernel = VIEW("");

	if (!pe_claims(file))
		return "a program for DOS, Windows or UEFI, but not x86-64's";
	if (pe_section(file, PE_FILE, VIEW(".linux"), &kernel))
		return "a damaged UEFI application";
	if (kernel.len)
		return "a UKI";
	if (!pe_section(file, PE_FILE, VIEW(".cmdline"), &kernel) && kernel.len)
		return "an addon for a UKI, without a kernel of its own";
	return "a UEFI application, which only UEFI starts";
}

static bool is_text(struct view file)
{
	u64 len = min_u64(file.len, TEXT_LEN), i = 0;

	while (i < len && ((file.at[i] >= ' ' && file.at[i] != 0x7f) ||
			   (file.at[i] >= '\t' && file.at[i] <= '\r')))
		i++;
	return i == len;
}

static bool is_boot_sector(struct view file)
{
	u16 mark = 0;

	return view_read(file, SECTOR - sizeof(mark), &mark, sizeof(mark)) &&
	       mark == SECTOR_MARK;
}

/* What no signature tells. */
static const char *like_others(struct view file)
{
	u64 first;

	if (is_text(file))
		return reason_format("text that begins \"%.*s\"",
				     SHOW_UP_TO(file, TEXT_SHOWN));
	if (is_boot_sector(file))
		return "a boot sector or a disk image";
	if (file.len < SHORTEST)
		return reason_format("a file of only %lu bytes", file.len);
	memcpy(&first, file.at, sizeof(first));
	return reason_format("unknown data that begins %016lx",
			     __builtin_bswap64(first));
}

const char *looks_like(struct view file, bool is_whole)
{
	const struct format *format = format_of(file, NULL, CLAIM_INSIDE);
	why misses;
	u16 magic;

	/* A stub may be a kernel as well, as gangway's own is. */
	if (uki_claims(file))
		return like_pe(file);
	if (format)
		return reason_format("a kernel of the format %s", format->name);
	if (!file.len)
		return "an empty file";
	if (elf_claims(file))
		return like_elf(file, is_whole);
	if (tree_claims(file))
		return "a device tree";
	if (file.len >= SHORTEST && view_read(file, 0, &magic, sizeof(magic)) &&
	    magic == PE_DOS_MAGIC)
		return like_pe(file);
	for (u32 i = 0; i < ARRAY_LEN(signs); i++)
		if (view_has(file, signs[i].at, signs[i].len) &&
		    !memcmp(file.at + signs[i].at, signs[i].bytes,
			    signs[i].len))
			return signs[i].what;
	misses = nearly(file);
	return misses ? reason_format("a file with %s", misses)
		      : like_others(file);
}
