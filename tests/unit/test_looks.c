// SPDX-License-Identifier: BSD-2-Clause
/*
 * looks.c: what people take for kernels is called by its name.
 */
#include <stdio.h>

#include "bzimage_file.h"
#include "kernel_guest.h"
#include "looks.h"
#include "multiboot_file.h"
#include "uki_file.h"

#define LEN 0x10000ull

static u8 *bytes;

static int setup(void **state)
{
	kernel_setup(state);
	bytes = guest_at(&mem, FILE_AT, LEN);
	for (u64 i = 0; i < LEN; i++)
		bytes[i] = (u8)(i * 7 + 0x80);
	return 0;
}

static const char *looks(u64 len)
{
	return looks_like((struct view){ bytes, len }, true);
}

static void put_sign(u64 at, const char *sign, u64 len)
{
	memcpy(bytes + at, sign, len);
}

#define SIGN(at, sign, what)                                                   \
	{                                                                      \
		at, sign, sizeof(sign) - 1, what                               \
	}

static void signatures_are_known(void **state)
{
	static const struct {
		u64 at;
		const char *sign;
		u64 len;
		const char *what;
	} cases[] = {
		SIGN(0, "\xfd\x37zXZ\0\0\4",
		     "xz-compressed data, which takes gangway-full.elf"),
		SIGN(0, "\x28\xb5\x2f\xfd\4",
		     "zstd-compressed data, which takes gangway-full.elf"),
		SIGN(0, "\x02\x21\x4c\x18",
		     "lz4-compressed data, which takes gangway-full.elf"),
		SIGN(0, "\x04\x22\x4d\x18",
		     "lz4-compressed data, which takes gangway-full.elf"),
		SIGN(0, "BZh91AY&SY",
		     "bzip2-compressed data, which takes gangway-full.elf"),
		SIGN(0, "\x5d\0\0\x80\0",
		     "lzma-compressed data, which takes gangway-full.elf"),
		SIGN(0, "\x89LZO\0\r\n\x1a\n",
		     "lzo-compressed data, which no gangway"),
		SIGN(0, "070701", "a cpio archive, as initrds are"),
		SIGN(0, "070702", "a cpio archive, as initrds are"),
		SIGN(257, "ustar\0", "a tar archive"),
		SIGN(0, "!<arch>\ndebian-binary", "an archive of ar"),
		SIGN(0, "\x27\x05\x19\x56", "a legacy image of U-Boot's"),
		SIGN(56, "ARM\x64", "a kernel for AArch64"),
		SIGN(512, "EFI PART", "a disk image (GPT)"),
		SIGN(0x52, "FAT32   ", "a disk image (FAT)"),
		SIGN(0x438, "\x53\xef", "a file system (ext2"),
		SIGN(0x8001, "CD001", "a CD image"),
		SIGN(510, "\x55\xaa", "a boot sector or a disk image"),
		SIGN(0, "hsqs", "a file system (squashfs)"),
		SIGN(0, "#!/bin/sh\n", "a script"),
		SIGN(0, "<!DOCTYPE html>", "a page of a web server's"),
		SIGN(0, "\xd0\x0d\xfe\xed", "a device tree"),
		SIGN(0, "MZ", "a program for DOS, Windows or UEFI, but"),
	};

	for (u32 i = 0; i < ARRAY_LEN(cases); i++) {
		setup(state);
		put_sign(cases[i].at, cases[i].sign, cases[i].len);
		assert_says(looks(LEN), cases[i].what);
		bytes[cases[i].at] ^= 1;
		assert_null(strstr(looks(LEN), cases[i].what));
	}
}

static void text_and_the_rest(void **state)
{
	(void)state;
	assert_string_equal(looks(0), "an empty file");
	assert_string_equal(looks(300), "a file of only 300 bytes");
	assert_string_equal(looks(LEN),
			    "unknown data that begins 80878e959ca3aab1");
	memset(bytes, 'a', 600);
	assert_string_equal(looks(300), "text that begins "
					"\"aaaaaaaaaaaaaaaaaaaaaaaa\"");
	put_sign(0, "set timeout=5\n\t", 15);
	assert_says(looks(LEN), "text that begins \"set timeout=5..aaa");
	bytes[511] = 1;
	assert_says(looks(LEN), "unknown data that begins 7365742074696d65");
}

static void put_elf(bool is_64)
{
	struct kernel_file file = kernel_file(is_64, LINK_AT, 0);

	kernel_write(&file, bytes);
}

static void elf_files(void **state)
{
	static const struct {
		u8 machine[2];
		const char *what;
	} machines[] = {
		{ { 183, 0 }, "an ELF file for AArch64" },
		{ { 243, 0 }, "an ELF file for RISC-V" },
		{ { 2, 1 }, "an ELF file for LoongArch" },
		{ { 99, 1 },
		  "an ELF file for another machine (e_machine 355)" },
	};

	for (u32 is_64 = 0; is_64 < 2; is_64++) {
		setup(state);
		put_elf(is_64);
		assert_says(looks(FILE_LEN), "an ELF file without a Multiboot "
					     "header, a PVH note or Linux's");
		assert_string_equal(looks(FILE_DATA + DATA_LEN - 1),
				    "an ELF file that is cut off");
		assert_says(looks_like((struct view){ bytes, 200 }, false),
			    "an ELF file without");
		assert_says(looks(40), "a damaged ELF file: the ");
		bytes[16] = ET_REL;
		assert_says(looks(FILE_LEN),
			    "an ELF object that is not linked");
		bytes[16] = ET_EXEC;
		/* The first segment names an interpreter. */
		bytes[is_64 ? 64 : 52] = PT_INTERP;
		assert_says(looks(FILE_LEN), "an ELF program for an operating");
		for (u32 i = 0; i < ARRAY_LEN(machines); i++) {
			memcpy(bytes + 18, machines[i].machine, 2);
			assert_string_equal(looks(FILE_LEN), machines[i].what);
		}
	}
}

static void multiboot_headers_that_nobody_finds(void **state)
{
	(void)state;
	put_elf(true);
	put_mb1_header(FILE_AT + 0x3000, 0);
	assert_string_equal(looks(LEN),
			    "an ELF file with a Multiboot header at 0x3000, "
			    "behind the first 8 KiB, where loaders look");
	put_mb1_header(FILE_AT + 8192 - 8, 0);
	assert_says(looks(LEN),
		    "an ELF file with a Multiboot header at 0x1ff8, behind");
	put_mb1_header(FILE_AT + 0x700, 0);
	bytes[0x708] ^= 1;
	assert_string_equal(
		looks(LEN),
		"an ELF file with a Multiboot header at 0x700, with "
		"a wrong checksum");
	setup(state);
	put_mb1_header(FILE_AT + 0x702, 0);
	assert_says(looks(LEN), "a file with a Multiboot header at 0x702, "
				"which is no multiple of 4");
	setup(state);
	put_mb1_header(FILE_AT + 0x700, 0);
	assert_string_equal(looks(LEN),
			    "a file with a Multiboot header at 0x700, without "
			    "addresses, which only ELF files do without");
}

static void assert_mb2(u64 at, const char *what)
{
	char expected[120];

	snprintf(expected, sizeof(expected),
		 "a file with a Multiboot 2 header at 0x%lx, %s", at, what);
	assert_string_equal(looks(LEN), expected);
}

static void multiboot2_headers_that_nobody_takes(void **state)
{
	u32 *header = (u32 *)(bytes + 0x700);

	(void)state;
	mb2_header_begin(FILE_AT + 0x700);
	mb2_header_end();
	assert_mb2(0x700, "without addresses, which only ELF files do without");
	header[3]++;
	assert_mb2(0x700, "with a wrong checksum");
	header[1] += 4;
	header[3] -= 5;
	assert_mb2(0x700, "for another architecture than i386");
	setup(state);
	mb2_header_begin(FILE_AT + 0x704);
	mb2_header_end();
	assert_mb2(0x704, "which is no multiple of 8");
	setup(state);
	mb2_header_begin(FILE_AT + 0x701);
	mb2_header_end();
	assert_mb2(0x701, "which is no multiple of 8");
	setup(state);
	mb2_header_begin(FILE_AT + 32768 - 16);
	mb2_header_end();
	assert_mb2(32768 - 16, "not whole in the first 32 KiB, where loaders "
			       "look");
	setup(state);
	mb2_header_begin(FILE_AT + 0x700);
	mb2_header_end();
	header[2] = 12;
	header[3] = 0u - header[0] - header[1] - header[2];
	assert_mb2(0x700, "with a length below its own");
	setup(state);
	mb2_header_begin(FILE_AT + 0xa000);
	mb2_header_end();
	assert_mb2(0xa000, "not whole in the first 32 KiB, where loaders look");
	/* In an ELF file too. */
	put_elf(false);
	assert_says(looks(LEN), "an ELF file with a Multiboot 2 header at "
				"0xa000, not whole");
}

static void uefi_applications(void **state)
{
	struct uki_section kernel = { ".linux", VIEW("a kernel"), 0 };
	struct uki_section other = { ".text", VIEW("code"), 0 };
	u64 len = uki_write(bytes, &kernel, 1);
	static const u8 elf[] = "\177ELF\1\1\1";

	(void)state;
	assert_string_equal(looks(len), "a UKI");
	assert_string_equal(looks(UKI_HEADERS), "a damaged UEFI application");
	len = uki_write(bytes, &other, 1);
	assert_string_equal(looks(len), "a UEFI application, which only UEFI "
					"starts");
	assert_says(looks_like((struct view){ elf, sizeof(elf) - 1 }, false),
		    "an ELF file");
	memcpy(bytes + UKI_HEAD_AT, "XX", 2);
	assert_says(looks(len), "a program for DOS, Windows or UEFI, but not");
}

static void a_kernel_is_called_by_its_format(void **state)
{
	struct linux_setup_header hdr = bzimage_header(0x20f);

	(void)state;
	bzimage_put(&mem, FILE_AT, &hdr, 0x4000);
	assert_string_equal(looks(0x4600), "a kernel of the format bzimage");
}

#define TEST(f) cmocka_unit_test_setup(f, setup)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(signatures_are_known),
		TEST(text_and_the_rest),
		TEST(elf_files),
		TEST(multiboot_headers_that_nobody_finds),
		TEST(multiboot2_headers_that_nobody_takes),
		TEST(uefi_applications),
		TEST(a_kernel_is_called_by_its_format),
	};

	return cmocka_run_group_tests(tests, NULL, kernel_end);
}
