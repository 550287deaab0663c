// SPDX-License-Identifier: BSD-2-Clause
/*
 * Linux's setup header: each field that decides something.
 */
#include "inspect.h"

#include "bzimage.h"
#include "compress.h"

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

static void add_header(json_t *tree, const struct linux_setup_header *hdr)
{
	fact_text(tree, "protocol", "%u.%02u", hdr->version >> 8,
		  hdr->version & 0xff);
	fact_number(tree, "setup_sects", hdr->setup_sects);
	fact_number(tree, "syssize", hdr->syssize);
	add_flags(tree, hdr);
	fact_address(tree, "code32_start", hdr->code32_start);
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

void inspect_linux(json_t *facts, struct view file)
{
	struct bzimage bz;
	struct view payload;
	json_t *tree;
	why bad;

	if (bzimage_claims(file) == CLAIM_NONE)
		return;
	tree = fact_tree(facts, "linux");
	fact_view(tree, "version", bzimage_version(file));
	bad = bzimage_parse(file, &bz);
	add_header(tree, &bz.hdr);
	if (bad) {
		fact_damage(tree, LINUX_HEADER_AT, bad);
		return;
	}
	fact_flag(tree, "entry_64", bz.is_64bit);
	if (view_cut(bz.kernel, bz.hdr.payload_offset, bz.hdr.payload_length,
		     &payload))
		fact_text(tree, "compression", "%s",
			  compression_name(compression_of(payload)));
}
