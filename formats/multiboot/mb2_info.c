// SPDX-License-Identifier: BSD-2-Clause
/*
 * Writing Multiboot2's boot information (Multiboot2 Specification 2.0, 3.6).
 * Tags follow each other in the arena, each on the next multiple of 8.
 */
#include "mb2_kernel.h"

#include "acpi.h"
#include "mb2_tags.h"
#include "symbols.h"
#include "tell.h"

#define TAG_MAX	   48 /* head, fields and padding of any tag */
#define NR_SINGLES 20 /* tags that there may be one of */

/* Is this tag of the loader's one that has no form of its own here? Those are
 * DHCP's answers, another SMBIOS, ACPI's roots, and what is yet to be invented.
 */
static bool is_handed_on(const struct boot_info *info, u32 type,
			 struct view content)
{
	switch (type) {
	case MB2_TAG_NETWORK:
		return true;
	case MB2_TAG_SMBIOS:
		return content.at != info->smbios.at;
	case MB2_TAG_ACPI_OLD:
	case MB2_TAG_ACPI_NEW:
		return acpi_rsdp_valid(content);
	default:
		return type >= MB2_NR_TAGS;
	}
}

/* Take the next such tag off the front: its type and what follows its head.
 * False if there is none. */
static bool next_handed_on(const struct boot_info *info, struct view *left,
			   u32 *type, struct view *content)
{
	struct view tag;
	why bad = NULL;

	do {
		*type = mb2_tags_next(left, &bad, &tag);
		*content = view_from(tag, sizeof(struct mb2_tag));
		if (tag.len && is_handed_on(info, *type, *content))
			return true;
	} while (tag.len);
	return false;
}

static u64 handed_on_len(const struct boot_info *info)
{
	struct view left = view_from(info->tags, sizeof(struct mb2_info));
	struct view content;
	u64 len = 0;
	u32 type;

	while (next_handed_on(info, &left, &type, &content))
		len += sizeof(struct mb2_tag) + MB2_ALIGN + content.len;
	return len;
}

u64 mb2_info_len(const struct boot *boot, const struct mb2_kernel *kernel)
{
	const struct boot_info *info = boot->info;

	return (NR_SINGLES + boot->payload.nr_modules) * TAG_MAX +
	       tell_strings_len(boot, boot->options.argv0) +
	       info->nr_regions * sizeof(struct mb2_mmap_entry) +
	       info->smbios.len + info->efi.memory_map.len + info->palette.len +
	       VBE_CONTROL_LEN + VBE_MODE_LEN + sizeof(struct acpi_rsdp) +
	       symbols_len(&kernel->image.elf) + handed_on_len(info);
}

/* Write a tag: its head, its fields, then len bytes that are the caller's to
 * fill (NULL, if there is no room). */
static u8 *put_tag(struct arena *arena, u32 type, const void *fields,
		   u64 fields_len, u64 len)
{
	struct mb2_tag head = {
		.type = type,
		.size = (u32)(sizeof(head) + fields_len + len),
	};
	phys at;

	arena_put(arena, &head, sizeof(head), MB2_ALIGN);
	arena_put(arena, fields, fields_len, 1);
	return arena_take(arena, len, 1, &at);
}

static void put_bytes(struct arena *arena, u32 type, const void *fields,
		      u64 fields_len, struct view bytes)
{
	u8 *to = put_tag(arena, type, fields, fields_len, bytes.len);

	if (to)
		memcpy(to, bytes.at, bytes.len);
}

static void put_string(const struct boot *boot, struct arena *arena, u32 type,
		       u32 what, const void *fields, u64 fields_len)
{
	bool named = boot->options.argv0;
	u64 len = tell_string(boot, what, named, NULL, 0);
	u8 *to = put_tag(arena, type, fields, fields_len, len + 1);

	if (to)
		tell_string(boot, what, named, (char *)to, len);
}

static void put_modules(const struct boot *boot, const struct plan *plan,
			struct arena *arena)
{
	for (u32 i = 0; i < boot->payload.nr_modules; i++) {
		struct range range = boot->payload.modules[i].range;
		u32 fields[2] = { (u32)plan->module_at[i],
				  (u32)(plan->module_at[i] +
					range_len(range)) };

		put_string(boot, arena, MB2_TAG_MODULE, i, fields,
			   sizeof(fields));
	}
}

static void put_memory(const struct boot_info *info, struct arena *arena)
{
	u32 sizes[2] = { tell_lower_kib(info),
			 (u32)tell_memory_kib(info, MIB) };
	u32 version[2] = { sizeof(struct mb2_mmap_entry), 0 };
	struct mb2_mmap_entry entry = { .reserved = 0 };
	u8 *to;

	put_tag(arena, MB2_TAG_BASIC_MEMINFO, sizes, sizeof(sizes), 0);
	to = put_tag(arena, MB2_TAG_MMAP, version, sizeof(version),
		     info->nr_regions * sizeof(entry));
	for (u32 i = 0; to && i < info->nr_regions; i++) {
		entry.base_addr = info->regions[i].range.start;
		entry.length = range_len(info->regions[i].range);
		entry.type = info->regions[i].type;
		memcpy(to + i * sizeof(entry), &entry, sizeof(entry));
	}
}

static void put_framebuffer(const struct framebuffer *fb, struct view palette,
			    struct arena *arena)
{
	struct mb2_tag_framebuffer tag = {
		.framebuffer_addr = fb->at,
		.framebuffer_pitch = fb->pitch,
		.framebuffer_width = fb->width,
		.framebuffer_height = fb->height,
		.framebuffer_bpp = fb->bits_per_pixel,
		.framebuffer_type = (u8)(fb->type - FRAMEBUFFER_INDEXED),
	};
	u16 num_colors = (u16)(palette.len / 3);
	u64 len = 0;
	u8 *colors;

	if (fb->type == FRAMEBUFFER_NONE)
		return;
	if (fb->type == FRAMEBUFFER_RGB)
		len = MB2_COLOR_INFO_RGB_SIZE;
	if (fb->type == FRAMEBUFFER_INDEXED)
		len = sizeof(num_colors) + palette.len; /* else none */
	colors = put_tag(arena, MB2_TAG_FRAMEBUFFER, &tag.framebuffer_addr,
			 sizeof(tag) - sizeof(tag.head), len);
	if (colors && fb->type == FRAMEBUFFER_RGB)
		memcpy(colors, &fb->red, len);
	if (!colors || fb->type != FRAMEBUFFER_INDEXED)
		return;
	memcpy(colors, &num_colors, sizeof(num_colors));
	memcpy(colors + sizeof(num_colors), palette.at, palette.len);
}

static void put_bios(const struct bios *bios, struct arena *arena)
{
	u32 device[3] = { bios->drive, bios->partitions[0],
			  bios->partitions[1] };
	u8 *to;

	if (bios->has_device)
		put_tag(arena, MB2_TAG_BOOTDEV, device, sizeof(device), 0);
	if (bios->apm.len)
		put_bytes(arena, MB2_TAG_APM, "", 0, bios->apm);
	if (!bios->vbe_control.len || !bios->vbe_mode_info.len)
		return;
	to = put_tag(arena, MB2_TAG_VBE, &bios->vbe_mode,
		     sizeof(bios->vbe_mode) + sizeof(bios->vbe_interface),
		     VBE_CONTROL_LEN + VBE_MODE_LEN);
	if (!to)
		return;
	memcpy(to, bios->vbe_control.at, VBE_CONTROL_LEN);
	memcpy(to + VBE_CONTROL_LEN, bios->vbe_mode_info.at, VBE_MODE_LEN);
}

static void put_sections(const struct elf *elf, const struct plan *plan,
			 struct arena *arena)
{
	u64 len = symbols_len(elf);
	u32 fields[3] = { 0, 0, 0 };
	u8 *to;

	if (len) {
		fields[0] = (u32)elf->shnum;
		fields[1] = (u32)elf->shentsize;
		fields[2] = (u32)elf->shstrndx;
	}
	to = put_tag(arena, MB2_TAG_ELF_SECTIONS, fields, sizeof(fields), len);
	if (to && len)
		symbols_tell(elf, plan, to);
}

/* A copy of the RSDP: in the old form, and in the new one if it is of that. */
static void put_rsdp(const struct boot *boot, struct arena *arena)
{
	struct view rsdp = boot->info->rsdp_copy;
	u64 old_len = offsetof(struct acpi_rsdp, length);
	u8 revision = 0;

	if (!rsdp.len && !mem_view(boot->mem, boot->info->rsdp,
				   sizeof(struct acpi_rsdp), &rsdp))
		return;
	if (!acpi_rsdp_valid(rsdp) ||
	    !view_read(rsdp, offsetof(struct acpi_rsdp, revision), &revision,
		       1))
		return;
	put_bytes(arena, MB2_TAG_ACPI_OLD, "", 0,
		  (struct view){ rsdp.at, old_len });
	rsdp.len = min_u64(rsdp.len, sizeof(struct acpi_rsdp));
	if (revision >= 2)
		put_bytes(arena, MB2_TAG_ACPI_NEW, "", 0, rsdp);
}

/* The loader's own tags; ACPI's roots if it had none. */
static void put_handed_on(const struct boot *boot, struct arena *arena)
{
	const struct boot_info *info = boot->info;
	struct view left = view_from(info->tags, sizeof(struct mb2_info));
	bool has_rsdp = false;
	struct view content;
	u32 type;

	while (next_handed_on(info, &left, &type, &content)) {
		put_bytes(arena, type, "", 0, content);
		has_rsdp |=
			type == MB2_TAG_ACPI_OLD || type == MB2_TAG_ACPI_NEW;
	}
	if (!has_rsdp)
		put_rsdp(boot, arena);
}

static void put_pointer(struct arena *arena, bool is_64bit, u32 type64,
			u32 type32, phys pointer)
{
	if (pointer)
		put_tag(arena, is_64bit ? type64 : type32, &pointer,
			is_64bit ? sizeof(u64) : sizeof(u32), 0);
}

/* EFI's tables; its map, once it does not change any more. */
static void put_efi(const struct efi_tables *efi, bool live,
		    struct arena *arena)
{
	u32 fields[2] = { efi->descriptor_size, efi->descriptor_version };

	put_pointer(arena, efi->is_64bit, MB2_TAG_EFI64, MB2_TAG_EFI32,
		    efi->system_table);
	put_pointer(arena, efi->is_64bit, MB2_TAG_EFI64_IH, MB2_TAG_EFI32_IH,
		    efi->image_handle);
	if (live)
		put_tag(arena, MB2_TAG_EFI_BS, "", 0, 0);
	else if (efi->memory_map.len)
		put_bytes(arena, MB2_TAG_EFI_MMAP, fields, sizeof(fields),
			  efi->memory_map);
}

phys mb2_info_put(const struct boot *boot, const struct plan *plan,
		  const struct mb2_kernel *kernel, bool live,
		  struct arena *arena)
{
	const struct boot_info *info = boot->info;
	u32 base = (u32)plan->load;
	phys at;
	struct mb2_info *head =
		arena_take(arena, sizeof(*head), MB2_ALIGN, &at);

	put_string(boot, arena, MB2_TAG_CMDLINE, TELL_KERNEL, "", 0);
	put_string(boot, arena, MB2_TAG_BOOT_LOADER_NAME, TELL_LOADER, "", 0);
	put_modules(boot, plan, arena);
	if (!live)
		put_memory(info, arena);
	put_framebuffer(&info->framebuffer, info->palette, arena);
	put_sections(&kernel->image.elf, plan, arena);
	if (info->smbios.len)
		put_bytes(arena, MB2_TAG_SMBIOS, "", 0, info->smbios);
	put_bios(&info->bios, arena);
	put_handed_on(boot, arena);
	/* Whoever asks for boot services takes these for live ones. */
	if (live || !kernel->wants_services)
		put_efi(&info->efi, live, arena);
	put_tag(arena, MB2_TAG_LOAD_BASE_ADDR, &base, sizeof(base), 0);
	put_tag(arena, MB2_TAG_END, "", 0, 0);
	if (head)
		head->total_size = (u32)(arena->next - at);
	return at;
}
