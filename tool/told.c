// SPDX-License-Identifier: BSD-2-Clause
/*
 * The zero page, both Multiboots' information and PVH's start_info, out of the
 * memory of a planned boot.
 */
#include "told.h"

#include "bootparam.h"
#include "format.h"
#include "mb1.h"
#include "mb2.h"
#include "start_info.h"

#define MAX_TOLD 512 /* modules and regions that are shown */

/* A string at an address. */
static void add_string(json_t *facts, const char *name, phys at)
{
	struct view text;

	fact_address(facts, name, at);
	if (at && mem_string(&world.mem, at, MAX_STRING, &text))
		fact_view(fact_next(facts, "strings"), name, text);
}

static void add_region(json_t *facts, phys at, u64 len, u32 type)
{
	json_t *one = fact_next(facts, "map");

	fact_address(one, "start", at);
	fact_address(one, "end", at + len);
	fact_text(one, "type", "%s", region_name(type));
}

static void add_setup_data(json_t *facts, phys at)
{
	struct linux_setup_data node;

	for (u32 i = 0; at && i < MAX_SETUP_DATA &&
			mem_read(&world.mem, at, &node, sizeof(node));
	     i++) {
		json_t *one = fact_next(facts, "setup_data");

		fact_address(one, "at", at);
		fact_number(one, "type", node.type);
		fact_number(one, "len", node.len);
		at = node.next;
	}
}

static void add_linux_header(json_t *facts,
			     const struct linux_setup_header *hdr)
{
	fact_text(facts, "version", "%u.%02u", hdr->version >> 8,
		  hdr->version & 0xff);
	fact_address(facts, "type_of_loader", hdr->type_of_loader);
	fact_address(facts, "loadflags", hdr->loadflags);
	fact_address(facts, "code32_start", hdr->code32_start);
	fact_number(facts, "hardware_subarch", hdr->hardware_subarch);
	fact_address(facts, "init_size", hdr->init_size);
	fact_address(facts, "pref_address", hdr->pref_address);
	fact_address(facts, "setup_data", hdr->setup_data);
	add_setup_data(facts, hdr->setup_data);
}

static void add_zero_page(json_t *facts, phys at)
{
	static struct linux_boot_params page;
	json_t *tree = fact_tree(facts, "zero_page");
	const struct linux_setup_header *hdr = &page.hdr;

	fact_address(tree, "at", at);
	if (!mem_read(&world.mem, at, &page, sizeof(page)))
		return;
	add_string(tree, "cmd_line_ptr",
		   hdr->cmd_line_ptr | (u64)page.ext_cmd_line_ptr << 32);
	fact_address(tree, "ramdisk_image",
		     hdr->ramdisk_image | (u64)page.ext_ramdisk_image << 32);
	fact_number(tree, "ramdisk_size",
		    hdr->ramdisk_size | (u64)page.ext_ramdisk_size << 32);
	fact_address(tree, "acpi_rsdp_addr", page.acpi_rsdp_addr);
	add_linux_header(tree, hdr);
	fact_address(tree, "orig_video_isVGA",
		     page.screen_info.orig_video_isVGA);
	fact_address(tree, "efi_loader_signature",
		     page.efi_info.loader_signature);
	fact_number(tree, "e820_entries", page.e820_entries);
	for (u32 i = 0; i < page.e820_entries && i < LINUX_E820_MAX; i++)
		add_region(tree, page.e820_table[i].addr,
			   page.e820_table[i].size, page.e820_table[i].type);
}

static void add_module(json_t *facts, phys start, phys end, phys string)
{
	json_t *one = fact_next(facts, "modules");
	struct view text;

	fact_address(one, "start", start);
	fact_address(one, "end", end);
	if (string && mem_string(&world.mem, string, MAX_STRING, &text))
		fact_view(one, "string", text);
}

static void add_mb1_map(json_t *facts, const struct mb1_info *info)
{
	struct mb1_mmap entry;
	u64 at = info->mmap_addr, end = at + info->mmap_length;

	while (at < end && mem_read(&world.mem, at, &entry, sizeof(entry))) {
		add_region(facts, entry.base_addr, entry.length, entry.type);
		at += sizeof(entry.size) + entry.size;
	}
}

static void add_mb1(json_t *facts, phys at)
{
	json_t *tree = fact_tree(facts, "multiboot1_information");
	struct mb1_info info;
	struct mb1_module module;

	fact_address(tree, "at", at);
	if (!mem_read(&world.mem, at, &info, sizeof(info)))
		return;
	fact_address(tree, "flags", info.flags);
	fact_number(tree, "mem_lower", info.mem_lower);
	fact_number(tree, "mem_upper", info.mem_upper);
	add_string(tree, "cmdline", info.cmdline);
	add_string(tree, "boot_loader_name", info.boot_loader_name);
	fact_number(tree, "mods_count", info.mods_count);
	for (u32 i = 0; i < info.mods_count && i < MAX_TOLD; i++)
		if (mem_read(&world.mem, info.mods_addr + i * sizeof(module),
			     &module, sizeof(module)))
			add_module(tree, module.mod_start, module.mod_end,
				   module.string);
	add_mb1_map(tree, &info);
}

static void add_mb2_map(json_t *facts, struct view tag)
{
	struct mb2_mmap_entry entry;
	struct mb2_tag_mmap head;

	if (!view_read(tag, 0, &head, sizeof(head)) || !head.entry_size)
		return;
	for (u64 at = sizeof(head); view_read(tag, at, &entry, sizeof(entry));
	     at += head.entry_size)
		add_region(facts, entry.base_addr, entry.length, entry.type);
}

static void add_tag(json_t *facts, u32 type, struct view tag, phys at)
{
	struct mb2_tag_module module;
	json_t *one = fact_next(facts, "tags");

	fact_address(one, "at", at);
	fact_number(one, "type", type);
	fact_number(one, "size", tag.len);
	if (type == MB2_TAG_CMDLINE || type == MB2_TAG_BOOT_LOADER_NAME)
		fact_view(
			one, "string",
			(struct view){ tag.at + sizeof(struct mb2_tag),
				       tag.len - sizeof(struct mb2_tag) - 1 });
	if (type == MB2_TAG_MODULE &&
	    view_read(tag, 0, &module, sizeof(module)))
		add_module(facts, module.mod_start, module.mod_end,
			   at + sizeof(module));
	if (type == MB2_TAG_MMAP)
		add_mb2_map(facts, tag);
}

static void add_mb2(json_t *facts, phys at)
{
	json_t *tree = fact_tree(facts, "multiboot2_information");
	struct mb2_info info;
	struct mb2_tag head;
	struct view all, tag;
	u64 offset = sizeof(info);

	fact_address(tree, "at", at);
	if (!mem_read(&world.mem, at, &info, sizeof(info)) ||
	    !mem_view(&world.mem, at, info.total_size, &all))
		return;
	fact_number(tree, "total_size", info.total_size);
	while (view_read(all, offset, &head, sizeof(head)) &&
	       head.type != MB2_TAG_END && head.size >= sizeof(head) &&
	       view_cut(all, offset, head.size, &tag)) {
		add_tag(tree, head.type, tag, at + offset);
		offset += align_up(head.size, MB2_ALIGN);
	}
}

static void add_start_info(json_t *facts, phys at)
{
	json_t *tree = fact_tree(facts, "start_info");
	struct pvh_modlist_entry module;
	struct pvh_memmap_entry entry;
	struct pvh_start_info info;

	fact_address(tree, "at", at);
	if (!mem_read(&world.mem, at, &info, sizeof(info)))
		return;
	fact_number(tree, "version", info.version);
	fact_address(tree, "flags", info.flags);
	add_string(tree, "cmdline_paddr", info.cmdline_paddr);
	fact_address(tree, "rsdp_paddr", info.rsdp_paddr);
	fact_number(tree, "nr_modules", info.nr_modules);
	for (u32 i = 0; i < info.nr_modules && i < MAX_TOLD; i++)
		if (mem_read(&world.mem,
			     info.modlist_paddr + i * sizeof(module), &module,
			     sizeof(module)))
			add_module(tree, module.paddr,
				   module.paddr + module.size,
				   module.cmdline_paddr);
	for (u32 i = 0; i < info.memmap_entries && i < MAX_TOLD; i++)
		if (mem_read(&world.mem, info.memmap_paddr + i * sizeof(entry),
			     &entry, sizeof(entry)))
			add_region(tree, entry.addr, entry.size, entry.type);
}

static const char *mode_name(u64 mode)
{
	return mode == HANDOFF_LONG ? "64-bit" : "32-bit";
}

void told_facts(json_t *facts, const struct handoff *handoff)
{
	const struct format *format = world.boot.payload.format;
	json_t *entry = fact_tree(facts, "entry");

	fact_address(entry, "at", handoff->entry);
	fact_text(entry, "mode", "%s", mode_name(handoff->mode));
	fact_address(entry, "eax", handoff->eax);
	fact_address(entry, "ebx", handoff->ebx);
	fact_address(entry, "rsi", handoff->rsi);
	fact_address(entry, "rsp", handoff->rsp);
	if (format->is_linux)
		add_zero_page(facts, handoff->rsi);
	else if (format_is(format, VIEW("multiboot1")))
		add_mb1(facts, handoff->ebx);
	else if (format_is(format, VIEW("multiboot2")))
		add_mb2(facts, handoff->ebx);
	else
		add_start_info(facts, handoff->ebx);
}
