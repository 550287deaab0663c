/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * bzImage files for tests: a header of any protocol, every other byte of the
 * setup code 0xFF so that what is copied too much is seen, and a kernel whose
 * bytes tell where they lay.
 */
#ifndef TESTS_BZIMAGE_FILE_H
#define TESTS_BZIMAGE_FILE_H

#include "bootparam.h"
#include "guest.h"

#define BZIMAGE_SECTS	2 /* of setup code, behind the boot sector */
#define BZIMAGE_VERSION "6.1.0-test (nobody@nowhere) #1"

/* Where the setup header of a protocol ends (boot.rst). */
static inline u64 bzimage_header_end(u16 version)
{
	static const u16 ends[] = {
		[0x3] = 0x230, [0x4] = 0x230, [0x5] = 0x235, [0x6] = 0x23c,
		[0x7] = 0x248, [0x8] = 0x250, [0x9] = 0x258, [0xa] = 0x264,
		[0xb] = 0x268, [0xc] = 0x268, [0xd] = 0x268, [0xe] = 0x268,
		[0xf] = 0x26c,
	};

	return ends[version & 15];
}

/* A relocatable 64-bit kernel that wants 4 MiB at 16 MiB; fields that its
 * protocol does not have are not written to the file. */
static inline struct linux_setup_header bzimage_header(u16 version)
{
	return (struct linux_setup_header){
		.setup_sects = BZIMAGE_SECTS,
		.boot_flag = LINUX_BOOT_FLAG,
		.jump = (u16)((bzimage_header_end(version) - 0x202) << 8 |
			      0xeb),
		.header = LINUX_MAGIC,
		.version = version,
		.kernel_version = 0x200,
		.loadflags = LINUX_LOADED_HIGH,
		.code32_start = MIB,
		.initrd_addr_max = 0x7fffffff,
		.kernel_alignment = 2 * MIB,
		.relocatable_kernel = 1,
		.min_alignment = 21,
		.xloadflags = LINUX_XLF_KERNEL_64 | LINUX_XLF_ABOVE_4G,
		.cmdline_size = 2047,
		.pref_address = 16 * MIB,
		.init_size = 4 * MIB,
	};
}

static inline u64 bzimage_setup_len(const struct linux_setup_header *hdr)
{
	return ((hdr->setup_sects ? hdr->setup_sects : 4u) + 1) * 512ull;
}

static inline u64 bzimage_len(const struct linux_setup_header *hdr,
			      u64 kernel_len)
{
	return bzimage_setup_len(hdr) + kernel_len;
}

static inline u8 bzimage_byte(u64 i)
{
	return (u8)(i * 7 + i / 256 + i / 65536);
}

/* Write a file with kernel_len bytes of kernel; syssize is set if it is 0. */
static inline void bzimage_write(u8 *out, struct linux_setup_header hdr,
				 u64 kernel_len)
{
	u64 setup_len = bzimage_setup_len(&hdr);
	u64 header_end = 0x202ull + (hdr.jump >> 8);

	memset(out, 0xff, setup_len);
	if (!hdr.syssize)
		hdr.syssize = (u32)((kernel_len + 15) / 16);
	memcpy(out + LINUX_HEADER_AT, &hdr,
	       min_u64(sizeof(hdr), header_end - LINUX_HEADER_AT));
	memcpy(out + 0x400, BZIMAGE_VERSION, sizeof(BZIMAGE_VERSION));
	for (u64 i = 0; i < kernel_len; i++)
		out[setup_len + i] = bzimage_byte(i);
}

/* A file of its own, to be freed: ASan sees a step beyond it. */
static inline struct view bzimage_new(const struct linux_setup_header *hdr,
				      u64 kernel_len)
{
	u64 len = bzimage_len(hdr, kernel_len);
	u8 *out = malloc(len);

	assert_non_null(out);
	bzimage_write(out, *hdr, kernel_len);
	return (struct view){ out, len };
}

/* A file in a fake machine's memory. */
static inline struct view bzimage_put(const struct mem *mem, phys at,
				      const struct linux_setup_header *hdr,
				      u64 kernel_len)
{
	u64 len = bzimage_len(hdr, kernel_len);
	u8 *out = guest_at(mem, at, len);

	bzimage_write(out, *hdr, kernel_len);
	return (struct view){ out, len };
}

static inline void assert_kernel_bytes(const u8 *bytes, u64 len)
{
	for (u64 i = 0; i < len; i++)
		if (bytes[i] != bzimage_byte(i))
			fail_msg("the kernel differs at byte 0x%lx", i);
}

#endif
