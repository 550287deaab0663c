// SPDX-License-Identifier: BSD-2-Clause
/*
 * PVH kernels: ELF files with a note that names a 32-bit entry (Xen
 * docs/misc/pvh.pandoc, public/elfnote.h).
 */
#include "format.h"
#include "image.h"
#include "reason.h"
#include "start_info.h"
#include "tell.h"

/* Linux looks at all of it through a map of 1 GiB, and has a table of 128, to
 * which it adds. */
#define LINUX_SEES    GIB
#define LINUX_REGIONS 126

#define RELOC_ALIGN (2 * MIB)

/* The values of a note, those it leaves out as they were. */
static bool read_note(const struct elf *elf, u32 type, void *out, u64 max)
{
	struct view desc;

	if (!elf_note(elf, VIEW(PVH_NOTE_OWNER), type, &desc))
		return false;
	memcpy(out, desc.at, min_u64(desc.len, max));
	return true;
}

static enum claim claims_pvh(struct view image)
{
	struct elf elf;
	struct view desc;

	return elf_claims(image) && !elf_open(image, &elf) &&
			       elf_note(&elf, VIEW(PVH_NOTE_OWNER),
					PVH_ELFNOTE_PHYS32_ENTRY, &desc)
		       ? CLAIM_SURE
		       : CLAIM_NONE;
}

static void read_reloc(struct image *image)
{
	struct pvh_reloc reloc = {
		.align = RELOC_ALIGN,
		.max = 0xffffffff,
	};

	if (!read_note(&image->elf, PVH_ELFNOTE_PHYS32_RELOC, &reloc,
		       sizeof(reloc)) ||
	    !is_power_of_two(reloc.align))
		return;
	image->is_relocatable = true;
	image->room = (struct room){
		.align = reloc.align,
		.min = reloc.min,
		.end = reloc.max + 1ull,
	};
}

static why open_pvh(struct view file, struct image *image)
{
	u64 entry = 0;
	why bad = image_open_segments(file, image);

	if (bad)
		return bad;
	if (!read_note(&image->elf, PVH_ELFNOTE_PHYS32_ENTRY, &entry,
		       sizeof(entry)))
		return "there is no note with an entry";
	if (entry - image->span.start >= range_len(image->span))
		return reason_format("PHYS32_ENTRY lies outside the kernel: it "
				     "is 0x%lx, and the kernel 0x%lx-0x%lx",
				     entry, image->span.start, image->span.end);
	image->entry = entry;
	read_reloc(image);
	return NULL;
}

static why plan_pvh(const struct boot *boot, struct plan *plan)
{
	struct image image;
	why bad = open_pvh(boot->payload.image, &image);

	if (bad)
		return bad;
	plan->entry = "PVH";
	plan->arena_end = LINUX_SEES;
	plan->arena_len +=
		sizeof(struct pvh_start_info) + TELL_RSDP_LEN +
		tell_strings_len(boot, false) + 32 +
		boot->payload.nr_modules * sizeof(struct pvh_modlist_entry) +
		(boot->info->nr_regions + 2) * sizeof(struct pvh_memmap_entry);
	return image_plan(boot, &image, plan);
}

static void put_modules(const struct boot *boot, const struct plan *plan,
			struct arena *arena, struct pvh_start_info *start)
{
	const struct payload *payload = &boot->payload;
	u32 nr = payload->nr_modules;
	struct pvh_modlist_entry *list;

	if (!nr)
		return;
	list = arena_take(arena, nr * sizeof(list[0]), 8,
			  &start->modlist_paddr);
	for (u32 i = 0; i < nr && list; i++)
		list[i] = (struct pvh_modlist_entry){
			.paddr = plan->module_at[i],
			.size = range_len(payload->modules[i].range),
			.cmdline_paddr = tell_put_string(boot, i, false, arena),
		};
	start->nr_modules = nr;
}

static void put_map(struct boot_info *info, u32 max, struct arena *arena,
		    struct pvh_start_info *start)
{
	struct pvh_memmap_entry entry = { .reserved = 0 };
	bool chosen[MAX_REGIONS];

	start->memmap_entries = tell_regions(info, max, chosen);
	start->memmap_paddr = align_up(arena->next, 8);
	for (u32 i = 0; i < info->nr_regions; i++) {
		if (!chosen[i])
			continue;
		entry.addr = info->regions[i].range.start;
		entry.size = range_len(info->regions[i].range);
		entry.type = info->regions[i].type;
		arena_put(arena, &entry, sizeof(entry), 8);
	}
}

static why tell_pvh(const struct boot *boot, const struct plan *plan,
		    struct arena *arena, struct handoff *out)
{
	struct pvh_start_info start = {
		.magic = PVH_START_MAGIC,
		.version = 1,
		.flags = boot->info->pvh_flags,
	};
	struct image image;
	why bad = open_pvh(boot->payload.image, &image);

	start.cmdline_paddr = tell_put_string(boot, TELL_KERNEL, false, arena);
	put_modules(boot, plan, arena, &start);
	start.rsdp_paddr = tell_rsdp(boot->info, arena);
	put_map(boot->info,
		elf_is_linux(&image.elf) ? LINUX_REGIONS : MAX_REGIONS, arena,
		&start);
	out->ebx = arena_put(arena, &start, sizeof(start), 8);
	return bad;
}

static const struct format pvh = {
	.name = "pvh",
	.rank = 50,
	.claims = claims_pvh,
	.plan = plan_pvh,
	.tell = tell_pvh,
};
FORMAT(pvh);
