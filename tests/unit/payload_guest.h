/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Modules in a fake machine for payload.c: put one behind the other, packed as
 * the test likes.
 */
#ifndef TESTS_PAYLOAD_GUEST_H
#define TESTS_PAYLOAD_GUEST_H

#include "boot.h"
#include "bzimage_file.h"
#include "fit_file.h"
#include "format.h"
#include "gzip_file.h"
#include "open.h"

#define GUEST_LEN  (8 * MIB)
#define FILE_LEN   (512 * KIB) /* at most */
#define KERNEL_LEN 100003

/* A file on its way into memory. */
struct file {
	u64 len;
	u8 bytes[FILE_LEN] __attribute__((aligned(8)));
};

static struct mem mem;
static struct boot_info info;
static struct boot boot;
static struct plan scratch;
static struct file kernel; /* a bzImage */
static phys next_module;

static inline int payload_setup(void **state)
{
	struct linux_setup_header hdr = bzimage_header(0x20f);

	(void)state;
	mem = guest_new(0, GUEST_LEN);
	info_init(&info, "test");
	info.names.modules = true;
	boot_init(&boot, &mem, &info);
	assert_fine(try_region(&info, 0, GUEST_LEN, REGION_RAM));
	assert_fine(try_hold(&info, MIB, 256 * KIB));
	next_module = 2 * MIB;
	bzimage_write(kernel.bytes, hdr, KERNEL_LEN);
	kernel.len = bzimage_len(&hdr, KERNEL_LEN);
	return 0;
}

static inline int payload_teardown(void **state)
{
	(void)state;
	guest_free(&mem);
	return 0;
}

static inline struct view file_view(const struct file *file)
{
	return (struct view){ file->bytes, file->len };
}

static inline void file_gzip(struct file *out, const struct file *in)
{
	out->len = gzip_write(out->bytes, FILE_LEN, file_view(in), NULL);
}

/* Something that is no kernel and packs badly. */
static inline void file_noise(struct file *out, u64 len)
{
	u32 lfsr = 0xace1;

	out->len = len;
	for (u64 i = 0; i < len; i++) {
		lfsr = lfsr >> 1 ^ (lfsr & 1 ? 0xedb88320 : 0);
		out->bytes[i] = (u8)lfsr;
	}
}

static inline void module_at(phys at, const struct file *file,
			     const char *string)
{
	put(&mem, at, file->bytes, file->len);
	assert_fine(try_module(
		&info, at, at + file->len,
		(struct view){ (const u8 *)string, strlen(string) }));
	next_module = align_up(at + file->len, PAGE_SIZE);
}

static inline void module(const struct file *file, const char *string)
{
	module_at(next_module, file, string);
}

static inline void assert_kernel(u32 index)
{
	const struct payload *payload = &boot.payload;

	assert_fine(boot_open(&boot, &scratch));
	assert_non_null(payload->format);
	assert_string_equal(payload->format->name, "bzimage");
	assert_int_equal(payload->index, index);
	assert_int_equal(payload->image.len, kernel.len);
	assert_memory_equal(payload->image.at, kernel.bytes, kernel.len);
}

static inline void assert_refused(const char *reason, const char *container)
{
	assert_says(boot_open(&boot, &scratch), reason);
	if (container)
		assert_string_equal(boot.payload.container, container);
	else
		assert_null(boot.payload.container);
}

/* The n-th of the kernel's modules has the same bytes as a file. */
static inline void assert_module(u32 n, const struct file *file)
{
	struct range range;
	struct view v;

	assert_true(n < boot.payload.nr_modules);
	range = boot.payload.modules[n].range;
	assert_true(mem_view(&mem, range.start, range_len(range), &v));
	assert_int_equal(v.len, file->len);
	assert_memory_equal(v.at, file->bytes, v.len);
}

#endif
