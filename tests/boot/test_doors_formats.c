// SPDX-License-Identifier: BSD-2-Clause
/*
 * Whole boots: every door, every way to pack a kernel, both of Linux's
 * entries, every order of modules.
 */
#include "fit_file.h"
#include "gzip_file.h"
#include "linux_checks.h"

#define FILE_LEN (2 * MIB)

static u8 kernel[FILE_LEN] __attribute__((aligned(8)));
static u8 initrd[MIB], fit[FILE_LEN] __attribute__((aligned(8)));
static u8 once[FILE_LEN], twice[FILE_LEN];
static u64 kernel_len;

static void make_kernel(bool has_64bit_entry)
{
	guest.hdr = bzimage_header(0x20f);
	guest.hdr.pref_address = 8 * MIB;
	if (!has_64bit_entry)
		guest.hdr.xloadflags = 0;
	guest.kernel_len = 300007;
	bzimage_write(kernel, guest.hdr, guest.kernel_len);
	kernel_len = bzimage_len(&guest.hdr, guest.kernel_len);
	/* What the file does not say until it is written. */
	memcpy(&guest.hdr.syssize, kernel + 0x1f4, 4);
}

static u64 zip(u8 *out, const u8 *bytes, u64 len)
{
	return gzip_write(out, FILE_LEN, (struct view){ bytes, len }, NULL);
}

static u64 bundle(const u8 *bytes, u64 len)
{
	struct fit_parts parts = {
		.kernel = { bytes, len },
		.ramdisk = { initrd, guest.part_len[0] },
		.bootargs = "bundle gangway.log=quiet words",
		.place = FIT_OFFSET,
	};

	return fit_write(fit, FILE_LEN, &parts);
}

static u64 as_it_is(const u8 **out)
{
	*out = kernel;
	return kernel_len;
}

static u64 in_gzip(const u8 **out)
{
	*out = once;
	return zip(once, kernel, kernel_len);
}

static u64 in_gzip_in_gzip(const u8 **out)
{
	*out = twice;
	return zip(twice, once, zip(once, kernel, kernel_len));
}

static u64 in_fit(const u8 **out)
{
	*out = fit;
	return bundle(kernel, kernel_len);
}

static u64 in_gzip_in_fit(const u8 **out)
{
	*out = fit;
	return bundle(once, zip(once, kernel, kernel_len));
}

static u64 in_fit_in_gzip(const u8 **out)
{
	*out = twice;
	return zip(twice, fit, bundle(kernel, kernel_len));
}

static const struct packing {
	const char *name;
	u64 (*pack)(const u8 **out);
	bool is_bundle;
} packings[] = {
	{ "as it is", as_it_is, false },
	{ "in gzip", in_gzip, false },
	{ "in gzip in gzip", in_gzip_in_gzip, false },
	{ "in FIT", in_fit, true },
	{ "in gzip in FIT", in_gzip_in_fit, true },
	{ "in FIT in gzip", in_fit_in_gzip, true },
};

/* Which modules, in order: k the kernel, 0 and 1 parts of the initrd, b the
 * bundle of kernel and part 0. */
static const char *const orders[] = { "k",   "k0",  "0k", "k01",
				      "0k1", "01k", "b",  "b1" };

static void put_modules(const struct packing *packing, const char *order)
{
	const u8 *file;
	u64 len = packing->pack(&file);
	phys at = 2 * MIB;

	for (const char *c = order; *c; c++) {
		if (*c == '0' || *c == '1') {
			u32 part = (u32)(*c - '0');

			part_write(initrd, part);
			machine_put(at, initrd, guest.part_len[part],
				    "initrd.img unused");
			at += guest.part_len[part];
		} else {
			machine_put(at, file, len, "vmlinuz module words");
			at += len;
		}
		at = align_up(at, PAGE_SIZE);
	}
}

static void expect_line(const struct loader *loader,
			const struct packing *packing)
{
	static char line[128];

	line[0] = 0;
	if (packing->is_bundle)
		strcat(line, "bundle words ");
	if (loader->has_strings)
		strcat(line, "module words ");
	strcat(line, "outer words");
	guest.line = line;
}

static void boot_one(const struct loader *loader, const struct packing *packing,
		     const char *order)
{
	why bad;

	machine_new();
	guest.nr_parts = 0;
	guest.part_len[0] = 500001;
	guest.part_len[1] = 4099;
	part_write(initrd, 0);
	for (const char *c = order; *c; c++)
		guest.nr_parts += *c != 'k';
	expect_line(loader, packing);
	put_modules(packing, order);
	bad = loader->load();
	if (bad)
		fail_msg("%s: %s", step, bad);
	check_linux();
}

static void boot_all(bool has_64bit_entry)
{
	u32 nr = 0;

	make_kernel(has_64bit_entry);
	for (u32 l = 0; l < ARRAY_LEN(loaders); l++)
		for (u32 p = 0; p < ARRAY_LEN(packings); p++)
			for (u32 o = 0; o < ARRAY_LEN(orders); o++) {
				if (strlen(orders[o]) >
					    loaders[l].max_modules ||
				    packings[p].is_bundle !=
					    (orders[o][0] == 'b'))
					continue;
				boot_one(&loaders[l], &packings[p], orders[o]);
				nr++;
			}
	assert_int_equal(nr, 3 * 3 * 6 + 3 * 3 * 2 + 3 + 3);
}

static void all_doors_start_the_64_bit_entry(void **state)
{
	(void)state;
	boot_all(true);
}

static void all_doors_start_the_32_bit_entry(void **state)
{
	(void)state;
	boot_all(false);
}

static void all_doors_start_all_protocols(void **state)
{
	(void)state;
	for (u16 version = 0x20a; version <= 0x20f; version++)
		for (u32 l = 0; l < ARRAY_LEN(loaders); l++) {
			make_kernel(true);
			guest.hdr = bzimage_header(version);
			guest.hdr.pref_address = 8 * MIB;
			bzimage_write(kernel, guest.hdr, guest.kernel_len);
			boot_one(&loaders[l], &packings[0], "k");
		}
}

static why boot_with(const struct loader *loader, const char *outer,
		     const char *own)
{
	machine_new();
	make_kernel(true);
	machine_put(2 * MIB, kernel, kernel_len, own);
	machine.cmdline = outer;
	return loader->load();
}

static void all_doors_obey_a_forced_format(void **state)
{
	(void)state;
	guest.nr_parts = 0;
	for (u32 l = 0; l < ARRAY_LEN(loaders); l++) {
		const struct loader *loader = &loaders[l];

		assert_fine(
			boot_with(loader, "g gangway.format=bzimage a", "k b"));
		guest.line = loader->has_strings ? "b a" : "a";
		check_linux();
		assert_why(boot_with(loader, "g gangway.format=pvh", "k"),
			   "no module is a kernel of that format: module 0 is "
			   "a kernel of the format bzimage");
		assert_string_equal(step, "open");
		if (!loader->has_strings)
			continue;
		/* The kernel's own line is known only when it is found. */
		assert_why(boot_with(loader, "g", "k gangway.format=vmlinux"),
			   "the kernel is not of that format");
		assert_string_equal(step, "open");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_doors_start_the_64_bit_entry),
		cmocka_unit_test(all_doors_start_the_32_bit_entry),
		cmocka_unit_test(all_doors_start_all_protocols),
		cmocka_unit_test(all_doors_obey_a_forced_format),
	};

	return cmocka_run_group_tests(tests, NULL, machine_end);
}
