// SPDX-License-Identifier: BSD-2-Clause
/*
 * Reading and checking a bzImage's setup header.
 */
#include "bzimage.h"

#include "reason.h"

#define VERSION_INITRD_MAX  0x203 /* the oldest that has no old command line */
#define VERSION_SYSSIZE	    0x204
#define VERSION_RELOCATABLE 0x205
#define VERSION_CMDLINE	    0x206
#define VERSION_PAYLOAD	    0x208
#define VERSION_INIT_SIZE   0x20a
#define VERSION_XLOADFLAGS  0x20c

#define SECTOR		   512ull
#define SETUP_SECTS_MAX	   64
#define SETUP_SECTS_OLD	   4	 /* what 0 means */
#define HEADER_END_MIN	   0x230 /* of 2.03: initrd_addr_max included */
#define OLD_LOAD_ADDRESS   (1 * MIB)
#define OLD_CMDLINE_MAX	   255
#define OLD_INITRD_MAX	   0x37ffffff
#define OLD_INIT_SIZE_MIN  (64 * MIB) /* unpacked kernels of 2.09 and before */
#define OLD_INIT_SIZE_RATE 3
#define KERNEL_VERSION_MAX 256

enum claim bzimage_claims(struct view image)
{
	u16 flag = 0;
	u32 magic = 0;

	return view_read(image, 0x1fe, &flag, sizeof(flag)) &&
			       view_read(image, 0x202, &magic, sizeof(magic)) &&
			       flag == LINUX_BOOT_FLAG && magic == LINUX_MAGIC
		       ? CLAIM_SURE
		       : CLAIM_NONE;
}

/* Copy as much header as the file has; the rest stays zero. */
static why read_header(struct view image, struct bzimage *bz)
{
	u64 end;
	u8 jump;

	if (!view_read(image, LINUX_JUMP_AT, &jump, sizeof(jump)))
		return "the file ends before its setup header";
	end = 0x202ull + jump;
	if (end > LINUX_HEADER_END_MAX)
		return "the setup header is longer than its place in the zero "
		       "page";
	if (end < HEADER_END_MIN)
		return "the setup header is too short for protocol 2.03";
	bz->header_len = end - LINUX_HEADER_AT;
	if (!view_has(image, LINUX_HEADER_AT, bz->header_len))
		return "the file ends inside its setup header";
	memcpy(&bz->hdr, image.at + LINUX_HEADER_AT,
	       min_u64(bz->header_len, sizeof(bz->hdr)));
	return NULL;
}

/* Find the protected-mode part: what the header calls so, not what a
 * signature or padding may have added to the file. */
static why find_kernel(struct view image, struct bzimage *bz)
{
	u64 sects = bz->hdr.setup_sects ? bz->hdr.setup_sects : SETUP_SECTS_OLD;
	u64 said = bz->hdr.syssize * 16ull;

	if (sects > SETUP_SECTS_MAX)
		return "the setup code is longer than 64 sectors";
	bz->kernel = view_from(image, (sects + 1) * SECTOR);
	if (!bz->kernel.len)
		return "the file ends before the kernel starts";
	if (bz->hdr.version < VERSION_SYSSIZE)
		return NULL;
	if (said - 15 > bz->kernel.len)
		return reason_format("the file is cut off: it has %lu bytes, "
				     "and by its header %lu",
				     image.len,
				     image.len - bz->kernel.len + said);
	bz->kernel.len = min_u64(bz->kernel.len, said);
	if (bz->hdr.version >= VERSION_PAYLOAD &&
	    !view_has(bz->kernel, bz->hdr.payload_offset,
		      bz->hdr.payload_length))
		return "the compressed payload passes the end of the file";
	return NULL;
}

static void read_limits(struct bzimage *bz)
{
	const struct linux_setup_header *hdr = &bz->hdr;
	u16 flags = hdr->version >= VERSION_XLOADFLAGS ? hdr->xloadflags : 0;

	bz->is_64bit = flags & LINUX_XLF_KERNEL_64;
	bz->is_above_4g = bz->is_64bit && flags & LINUX_XLF_ABOVE_4G;
	bz->initrd_end =
		(hdr->initrd_addr_max ? hdr->initrd_addr_max : OLD_INITRD_MAX) +
		1ull;
	bz->cmdline_max = OLD_CMDLINE_MAX;
	if (hdr->version >= VERSION_CMDLINE && hdr->cmdline_size)
		bz->cmdline_max = hdr->cmdline_size;
}

static why read_placement(struct bzimage *bz)
{
	const struct linux_setup_header *hdr = &bz->hdr;

	bz->alignment = bz->min_alignment = 1;
	bz->pref_address = OLD_LOAD_ADDRESS;
	bz->init_size =
		max_u64(OLD_INIT_SIZE_MIN, OLD_INIT_SIZE_RATE * bz->kernel.len);
	if (hdr->version >= VERSION_RELOCATABLE && hdr->relocatable_kernel) {
		if (!is_power_of_two(hdr->kernel_alignment))
			return "the kernel's alignment is no power of two";
		bz->is_relocatable = true;
		bz->alignment = bz->min_alignment = hdr->kernel_alignment;
	}
	if (hdr->version < VERSION_INIT_SIZE)
		return NULL;
	bz->init_size = hdr->init_size;
	bz->pref_address = hdr->pref_address;
	if (hdr->min_alignment >= 32)
		return "the kernel's least alignment is 4 GiB or more";
	if (hdr->min_alignment)
		bz->min_alignment =
			min_u64(1ull << hdr->min_alignment, bz->alignment);
	if (bz->init_size < bz->kernel.len)
		return "init_size is less than the kernel's own length";
	if (bz->pref_address + bz->init_size < bz->pref_address)
		return "the preferred address passes the end of memory";
	return NULL;
}

why bzimage_parse(struct view image, struct bzimage *out)
{
	why bad;

	memset(out, 0, sizeof(*out));
	bad = read_header(image, out);
	if (bad)
		return bad;
	if (out->hdr.version < VERSION_INITRD_MAX)
		return "the boot protocol is older than 2.03";
	if (!(out->hdr.loadflags & LINUX_LOADED_HIGH))
		return "this is a zImage, which must be loaded low";
	if (!out->hdr.syssize || !out->hdr.code32_start)
		return "there is only a 16-bit entry";
	bad = find_kernel(image, out);
	if (bad)
		return bad;
	read_limits(out);
	return read_placement(out);
}

struct view bzimage_version(struct view image)
{
	static const struct view none = { (const u8 *)"", 0 };
	struct view text;
	u16 at = 0;

	if (!view_read(image, 0x20e, &at, sizeof(at)) || !at)
		return none;
	text = view_from(image, at + 0x200ull);
	text.len = min_u64(text.len, KERNEL_VERSION_MAX);
	text.len = strnlen((const char *)text.at, text.len);
	for (u64 i = 0; i < text.len; i++)
		if (text.at[i] == ' ')
			text.len = i;
	return text;
}
