// SPDX-License-Identifier: BSD-2-Clause
/*
 * Multiboot 1 kernels: the header says what to load, the boot information says
 * all we know (Multiboot Specification 0.6.96, sections 3.1 to 3.3).
 */
#include "mb1.h"

#include "format.h"
#include "kludge.h"
#include "reason.h"
#include "symbols.h"
#include "tell.h"

#define ALIGN 4 /* of tables */
#define KNOWN (MB1_HEADER_PAGE_ALIGN | MB1_HEADER_MEMORY | MB1_HEADER_VIDEO)

/* Find the header: as much of it as flags says lies in the first 8 KiB. */
static bool find_header(struct view image, struct mb1_header *out, u64 *at)
{
	struct view left = image;
	u64 size;

	left.len = min_u64(left.len, MB1_HEADER_SEARCH);
	memset(out, 0, sizeof(*out));
	for (; view_find32(&left, MB1_HEADER_MAGIC);
	     left = view_from(left, MB1_HEADER_ALIGN)) {
		size = offsetof(struct mb1_header, header_addr);
		if (!view_read(left, 0, out, size) ||
		    out->magic + out->flags + out->checksum)
			continue;
		if (out->flags & MB1_HEADER_ADDRESSES)
			size = offsetof(struct mb1_header, mode_type);
		*at = (u64)(left.at - image.at);
		if (view_read(left, 0, out, size))
			return true;
	}
	return false;
}

/* A header in what is no ELF file means nothing without addresses. */
static enum claim claims_mb1(struct view image)
{
	struct mb1_header header;
	u64 at;

	if (!find_header(image, &header, &at))
		return CLAIM_NONE;
	if (elf_claims(image))
		return CLAIM_SURE;
	return header.flags & MB1_HEADER_ADDRESSES
		       ? kludge_claim(at, header.header_addr, header.load_addr)
		       : CLAIM_NONE;
}

/* What is wrong with what begins as a header does, in words that follow "a
 * Multiboot header"; NULL: it is no header. */
static why judge_header(struct view left, u64 at)
{
	u32 head[3]; /* magic, flags, checksum */
	bool is_near = at + sizeof(head) <= MB1_HEADER_SEARCH;

	if (!view_read(left, 0, head, sizeof(head)))
		return NULL;
	if (head[0] + head[1] + head[2])
		return is_near ? "with a wrong checksum" : NULL;
	if (at % MB1_HEADER_ALIGN)
		return "which is no multiple of 4";
	if (!is_near)
		return "behind the first 8 KiB, where loaders look";
	return "without addresses, which only ELF files do without";
}

static why misses_mb1(struct view image)
{
	why wrong = NULL;

	for (u64 shift = 0; shift < MB1_HEADER_ALIGN; shift++) {
		struct view left = view_from(image, shift);

		while (!wrong && view_find32(&left, MB1_HEADER_MAGIC)) {
			u64 at = (u64)(left.at - image.at);

			wrong = judge_header(left, at);
			if (wrong)
				wrong = reason_format(
					"a Multiboot header at 0x%lx, %s", at,
					wrong);
			left = view_from(left, MB1_HEADER_ALIGN);
		}
	}
	return wrong;
}

static why open_mb1(struct view file, struct image *image)
{
	struct mb1_header header;
	struct kludge kludge;
	u64 at;
	u32 unknown;
	why bad;

	if (!find_header(file, &header, &at))
		return "there is no header";
	unknown = header.flags & MB1_HEADER_MANDATORY & ~(u32)KNOWN;
	if (unknown)
		return reason_format("the header asks for the unknown feature "
				     "%u",
				     (u32)__builtin_ctz(unknown));
	if (header.flags & MB1_HEADER_ADDRESSES) {
		memcpy(&kludge, &header.header_addr, sizeof(kludge));
		return kludge_open(file, at, &kludge, image);
	}
	bad = image_open_elf(file, image);
	image->wants_symbols = true;
	return bad;
}

static u64 bios_len(const struct boot_info *info)
{
	return info->bios.drives.len + APM_LEN + VBE_CONTROL_LEN +
	       VBE_MODE_LEN + info->palette.len + 5 * ALIGN;
}

static why plan_mb1(const struct boot *boot, struct plan *plan)
{
	struct image image;
	why bad = open_mb1(boot->payload.image, &image);

	if (bad)
		return bad;
	plan->entry = "Multiboot 1";
	plan->arena_start = MULTIBOOT_TOLD_AT;
	plan->arena_len +=
		sizeof(struct mb1_info) + 16 +
		tell_strings_len(boot, boot->options.argv0) +
		boot->payload.nr_modules * sizeof(struct mb1_module) +
		boot->info->nr_regions * sizeof(struct mb1_mmap) +
		bios_len(boot->info) + symbols_len(&image.elf);
	return image_plan(boot, &image, plan);
}

/* Bytes of the loader's, where they are found by a pointer. */
static u32 put_view(struct arena *arena, struct view bytes)
{
	return (u32)arena_put(arena, bytes.at, bytes.len, ALIGN);
}

static void put_modules(const struct boot *boot, const struct plan *plan,
			struct arena *arena, struct mb1_info *mb1)
{
	const struct payload *payload = &boot->payload;
	u32 nr = payload->nr_modules;
	struct mb1_module *list;
	phys list_at;

	if (!nr)
		return;
	list = arena_take(arena, nr * sizeof(list[0]), 4, &list_at);
	for (u32 i = 0; i < nr && list; i++) {
		phys at = plan->module_at[i];

		list[i] = (struct mb1_module){
			.mod_start = (u32)at,
			.mod_end = (u32)(at +
					 range_len(payload->modules[i].range)),
			.string = (u32)tell_put_string(
				boot, i, boot->options.argv0, arena),
		};
	}
	mb1->flags |= MB1_INFO_MODS;
	mb1->mods_count = nr;
	mb1->mods_addr = (u32)list_at;
}

static void put_memory(const struct boot_info *info, struct arena *arena,
		       struct mb1_info *mb1)
{
	struct mb1_mmap entry = { .size = MB1_MMAP_SIZE };
	phys at;

	mb1->flags |= MB1_INFO_MEMORY | MB1_INFO_MEM_MAP;
	mb1->mem_lower = tell_lower_kib(info);
	mb1->mem_upper = (u32)tell_memory_kib(info, MIB);
	mb1->mmap_length = info->nr_regions * (u32)sizeof(entry);
	for (u32 i = 0; i < info->nr_regions; i++) {
		entry.base_addr = info->regions[i].range.start;
		entry.length = range_len(info->regions[i].range);
		entry.type = info->regions[i].type;
		at = arena_put(arena, &entry, sizeof(entry), 4);
		if (!i)
			mb1->mmap_addr = (u32)at;
	}
}

static void put_symbols(const struct elf *elf, const struct plan *plan,
			struct arena *arena, struct mb1_info *mb1)
{
	u64 len = symbols_len(elf);
	phys at;
	u8 *table;

	if (!len)
		return;
	table = arena_take(arena, len, 8, &at);
	if (!table)
		return;
	symbols_tell(elf, plan, table);
	mb1->flags |= MB1_INFO_ELF_SHDR;
	mb1->syms[0] = (u32)elf->shnum;
	mb1->syms[1] = (u32)elf->shentsize;
	mb1->syms[2] = (u32)at;
	mb1->syms[3] = (u32)elf->shstrndx;
}

/* Partitions have 8 bits here. */
static u32 boot_device(const struct bios *bios)
{
	u32 device = bios->drive << 24;

	for (u32 i = 0; i < ARRAY_LEN(bios->partitions); i++)
		device |= (bios->partitions[i] & MB1_NO_PARTITION)
			  << (16 - 8 * i);
	return device;
}

static void put_bios(const struct bios *bios, struct arena *arena,
		     struct mb1_info *mb1)
{
	if (bios->has_device) {
		mb1->flags |= MB1_INFO_BOOTDEV;
		mb1->boot_device = boot_device(bios);
	}
	if (bios->drives.len) {
		mb1->flags |= MB1_INFO_DRIVES;
		mb1->drives_length = (u32)bios->drives.len;
		mb1->drives_addr = put_view(arena, bios->drives);
	}
	if (bios->config_table) {
		mb1->flags |= MB1_INFO_CONFIG;
		mb1->config_table = (u32)bios->config_table;
	}
	if (bios->apm.len) {
		mb1->flags |= MB1_INFO_APM_TABLE;
		mb1->apm_table = put_view(arena, bios->apm);
	}
	if (!bios->vbe_control.len || !bios->vbe_mode_info.len)
		return;
	mb1->flags |= MB1_INFO_VBE;
	mb1->vbe_control_info = put_view(arena, bios->vbe_control);
	mb1->vbe_mode_info = put_view(arena, bios->vbe_mode_info);
	mb1->vbe_mode = bios->vbe_mode;
	memcpy(mb1->vbe_interface, bios->vbe_interface,
	       sizeof(mb1->vbe_interface));
}

static void put_framebuffer(const struct framebuffer *fb, struct view colors,
			    struct arena *arena, struct mb1_info *mb1)
{
	struct mb1_palette palette = { 0, (u16)(colors.len / 3) };

	if (fb->type == FRAMEBUFFER_NONE)
		return;
	mb1->flags |= MB1_INFO_FRAMEBUFFER;
	mb1->framebuffer_type = (u8)(fb->type - FRAMEBUFFER_INDEXED);
	mb1->framebuffer_addr = fb->at;
	mb1->framebuffer_pitch = fb->pitch;
	mb1->framebuffer_width = fb->width;
	mb1->framebuffer_height = fb->height;
	mb1->framebuffer_bpp = fb->bits_per_pixel;
	if (fb->type != FRAMEBUFFER_INDEXED) {
		memcpy(mb1->color_info, &fb->red, sizeof(mb1->color_info));
		return;
	}
	if (colors.len)
		palette.addr = put_view(arena, colors);
	memcpy(mb1->color_info, &palette, sizeof(palette));
}

static why tell_mb1(const struct boot *boot, const struct plan *plan,
		    struct arena *arena, struct handoff *out)
{
	bool named = boot->options.argv0;
	struct mb1_info mb1;
	struct image image;
	why bad = open_mb1(boot->payload.image, &image);

	memset(&mb1, 0, sizeof(mb1));
	mb1.flags = MB1_INFO_CMDLINE | MB1_INFO_LOADER_NAME;
	mb1.cmdline = (u32)tell_put_string(boot, TELL_KERNEL, named, arena);
	mb1.boot_loader_name =
		(u32)tell_put_string(boot, TELL_LOADER, named, arena);
	put_modules(boot, plan, arena, &mb1);
	put_memory(boot->info, arena, &mb1);
	put_symbols(&image.elf, plan, arena, &mb1);
	put_bios(&boot->info->bios, arena, &mb1);
	put_framebuffer(&boot->info->framebuffer, boot->info->palette, arena,
			&mb1);
	out->eax = MB1_LOADER_MAGIC;
	out->ebx = arena_put(arena, &mb1, sizeof(mb1), 8);
	return bad;
}

static const struct format multiboot1 = {
	.name = "multiboot1",
	.rank = 30, /* before what is found by notes: Xen has those for PVH */
	.claims = claims_mb1,
	.misses = misses_mb1,
	.plan = plan_mb1,
	.tell = tell_mb1,
};
FORMAT(multiboot1);
