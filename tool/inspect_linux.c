// SPDX-License-Identifier: BSD-2-Clause
/*
 * Linux's setup header: each field that decides something.
 */
#include "inspect.h"

#include "bzimage.h"
#include "compress.h"

#define KERNEL_INFO_MAGIC "LToP"
#define MAX_BANNER	  512
#define PROTOCOL_OLDEST	  0x203 /* that gangway starts */

static const struct {
	u32 bit;
	const char *name;
} load_flags[] = {
	{ LINUX_LOADED_HIGH, "LOADED_HIGH" }, { 1u << 1, "KASLR" },
	{ 1u << 5, "QUIET" },		      { 1u << 6, "KEEP_SEGMENTS" },
	{ LINUX_CAN_USE_HEAP, "CAN_USE_HEAP" },
}, xload_flags[] = {
	{ LINUX_XLF_KERNEL_64, "KERNEL_64" },
	{ LINUX_XLF_ABOVE_4G, "CAN_BE_LOADED_ABOVE_4G" },
	{ 1u << 2, "EFI_HANDOVER_32" },
	{ 1u << 3, "EFI_HANDOVER_64" },
	{ 1u << 4, "EFI_KEXEC" },
	{ 1u << 5, "5LEVEL" },
	{ 1u << 6, "5LEVEL_ENABLED" },
	{ 1u << 7, "MEM_ENCRYPTION" },
};

static void add_flags(json_t *tree, const struct linux_setup_header *hdr)
{
	fact_address(tree, "loadflags", hdr->loadflags);
	for (u32 i = 0; i < ARRAY_LEN(load_flags); i++)
		if (hdr->loadflags & load_flags[i].bit)
			fact_sentence(tree, "loadflags_set",
				      load_flags[i].name);
	fact_address(tree, "xloadflags", hdr->xloadflags);
	for (u32 i = 0; i < ARRAY_LEN(xload_flags); i++)
		if (hdr->xloadflags & xload_flags[i].bit)
			fact_sentence(tree, "xloadflags_set",
				      xload_flags[i].name);
}

static void add_header(json_t *tree, const struct linux_setup_header *hdr,
		       u64 header_len)
{
	fact_text(tree, "protocol", "%u.%02u", hdr->version >> 8,
		  hdr->version & 0xff);
	fact_address(tree, "header_end", LINUX_HEADER_AT + header_len);
	fact_number(tree, "setup_sects", hdr->setup_sects);
	fact_number(tree, "syssize", hdr->syssize);
	fact_address(tree, "type_of_loader", hdr->type_of_loader);
	add_flags(tree, hdr);
	fact_address(tree, "code32_start", hdr->code32_start);
	fact_address(tree, "heap_end_ptr", hdr->heap_end_ptr);
	fact_address(tree, "initrd_addr_max", hdr->initrd_addr_max);
	fact_address(tree, "kernel_alignment", hdr->kernel_alignment);
	fact_number(tree, "min_alignment", hdr->min_alignment);
	fact_flag(tree, "relocatable_kernel", hdr->relocatable_kernel);
	fact_number(tree, "cmdline_size", hdr->cmdline_size);
	fact_number(tree, "hardware_subarch", hdr->hardware_subarch);
	fact_address(tree, "pref_address", hdr->pref_address);
	fact_address(tree, "init_size", hdr->init_size);
	fact_address(tree, "handover_offset", hdr->handover_offset);
	fact_address(tree, "kernel_info_offset", hdr->kernel_info_offset);
	fact_address(tree, "payload_offset", hdr->payload_offset);
	fact_number(tree, "payload_length", hdr->payload_length);
}

/* All of the version, with who built it and when. */
static void add_banner(json_t *tree, struct view file)
{
	struct view banner = bzimage_version(file);
	u64 at = (u64)(banner.at - file.at);

	if (!banner.len)
		return;
	banner = view_from(file, at);
	banner.len = strnlen((const char *)banner.at,
			     min_u64(banner.len, MAX_BANNER));
	fact_view(tree, "banner", banner);
}

/* Linux's build puts the unpacked length behind what it compresses; gzip does
 * so itself. */
static void add_payload(json_t *tree, const struct bzimage *bz)
{
	struct view payload;
	u32 len;

	if (!view_cut(bz->kernel, bz->hdr.payload_offset,
		      bz->hdr.payload_length, &payload) ||
	    !payload.len)
		return;
	fact_text(tree, "compression", "%s",
		  compression_name(compression_of(payload)));
	if (view_read(payload, payload.len - sizeof(len), &len, sizeof(len)))
		fact_number(tree, "unpacked_size", len);
}

/* What grew too long for the header (boot.rst, "The kernel_info"). */
static void add_kernel_info(json_t *tree, const struct bzimage *bz)
{
	struct {
		u8 magic[4];
		u32 size, size_total, setup_type_max;
	} info;
	json_t *found;

	if (!bz->hdr.kernel_info_offset)
		return;
	found = fact_tree(tree, "kernel_info");
	if (!view_read(bz->kernel, bz->hdr.kernel_info_offset, &info,
		       sizeof(info)) ||
	    memcmp(info.magic, KERNEL_INFO_MAGIC, sizeof(info.magic))) {
		fact_damage(found, bz->hdr.kernel_info_offset,
			    "there is no kernel_info");
		return;
	}
	fact_number(found, "size", info.size);
	fact_number(found, "size_total", info.size_total);
	fact_address(found, "setup_type_max", info.setup_type_max);
}

/* Is it whole, maybe, but for a BIOS alone? */
static bool is_started_otherwise(const struct linux_setup_header *hdr)
{
	return hdr->version < PROTOCOL_OLDEST ||
	       !(hdr->loadflags & LINUX_LOADED_HIGH) || !hdr->syssize ||
	       !hdr->code32_start;
}

void inspect_linux(json_t *facts, struct view file)
{
	struct bzimage bz = { .header_len = 0 };
	json_t *tree;
	why bad;

	if (bzimage_claims(file) == CLAIM_NONE)
		return;
	tree = fact_tree(facts, "linux");
	fact_view(tree, "version", bzimage_version(file));
	bad = bzimage_parse(file, &bz);
	add_banner(tree, file);
	add_header(tree, &bz.hdr, bz.header_len);
	if (bad && is_started_otherwise(&bz.hdr))
		fact_text(tree, "not_started", "%s", bad);
	else if (bad)
		fact_damage(tree, LINUX_HEADER_AT, bad);
	if (bad)
		return;
	fact_flag(tree, "entry_64", bz.is_64bit);
	add_payload(tree, &bz);
	add_kernel_info(tree, &bz);
}
