// SPDX-License-Identifier: BSD-2-Clause
/*
 * Writing Multiboot2's boot information (Multiboot2 Specification 2.0, 3.6).
 * Tags follow each other in the arena, each on the next multiple of 8.
 */
#include "mb2_kernel.h"

#include "acpi.h"
#include "symbols.h"
#include "tell.h"

#define TAG_MAX	   48 /* head, fields and padding of any tag */
#define NR_SINGLES 14 /* tags that there may be one of */

u64 mb2_info_len(const struct boot *boot, const struct mb2_kernel *kernel)
{
	const struct boot_info *info = boot->info;

	return (NR_SINGLES + boot->payload.nr_modules) * TAG_MAX +
	       tell_strings_len(boot, boot->options.argv0) +
	       info->nr_regions * sizeof(struct mb2_mmap_entry) +
	       info->smbios.len + info->efi.memory_map.len +
	       sizeof(struct acpi_rsdp) + symbols_len(&kernel->image.elf);
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
	u32 sizes[2] = { (u32)tell_memory_kib(info, 0),
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

static void put_framebuffer(const struct framebuffer *fb, struct arena *arena)
{
	struct mb2_tag_framebuffer tag = {
		.framebuffer_addr = fb->at,
		.framebuffer_pitch = fb->pitch,
		.framebuffer_width = fb->width,
		.framebuffer_height = fb->height,
		.framebuffer_bpp = fb->bits_per_pixel,
		.framebuffer_type = (u8)(fb->type - FRAMEBUFFER_INDEXED),
	};
	struct view colors = { (const u8 *)&fb->red, MB2_COLOR_INFO_RGB_SIZE };

	if (fb->type == FRAMEBUFFER_NONE)
		return;
	put_bytes(arena, MB2_TAG_FRAMEBUFFER, &tag.framebuffer_addr,
		  sizeof(tag) - sizeof(tag.head), colors);
}

static void put_sections(const struct elf *elf, const struct plan *plan,
			 struct arena *arena)
{
	u32 fields[3] = { (u32)elf->shnum, (u32)elf->shentsize,
			  (u32)elf->shstrndx };
	u64 len = symbols_len(elf);
	u8 *to;

	if (!len)
		return;
	to = put_tag(arena, MB2_TAG_ELF_SECTIONS, fields, sizeof(fields), len);
	if (to)
		symbols_tell(elf, plan, to);
}

/* A copy of the RSDP, in the tag of its revision. */
static void put_rsdp(const struct boot *boot, struct arena *arena)
{
	struct view rsdp = boot->info->rsdp_copy;
	u64 len = offsetof(struct acpi_rsdp, length);
	u8 revision = 0;

	if (!rsdp.len && !mem_view(boot->mem, boot->info->rsdp,
				   sizeof(struct acpi_rsdp), &rsdp))
		return;
	if (!acpi_rsdp_valid(rsdp) ||
	    !view_read(rsdp, offsetof(struct acpi_rsdp, revision), &revision,
		       1))
		return;
	if (revision >= 2)
		len = sizeof(struct acpi_rsdp);
	rsdp.len = min_u64(rsdp.len, len);
	put_bytes(arena, revision >= 2 ? MB2_TAG_ACPI_NEW : MB2_TAG_ACPI_OLD,
		  "", 0, rsdp);
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
	put_framebuffer(&info->framebuffer, arena);
	put_sections(&kernel->image.elf, plan, arena);
	if (info->smbios.len)
		put_bytes(arena, MB2_TAG_SMBIOS, "", 0, info->smbios);
	put_rsdp(boot, arena);
	/* A kernel with an EFI entry takes these for live boot services. */
	if (live || !kernel->knows_efi)
		put_efi(&info->efi, live, arena);
	put_tag(arena, MB2_TAG_LOAD_BASE_ADDR, &base, sizeof(base), 0);
	put_tag(arena, MB2_TAG_END, "", 0, 0);
	if (head)
		head->total_size = (u32)(arena->next - at);
	return at;
}
