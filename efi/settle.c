// SPDX-License-Identifier: BSD-2-Clause
/*
 * Finding a place for gangway itself, by all that is known before it runs. It
 * takes RAM by the loader's map from 1 MiB on that is none of what the loader
 * left. This is compiled twice, for the modes it may be called in; it refers to
 * nothing outside, and has no data.
 */
#include "settle.h"

#include "bootparam.h"
#include "mb1.h"
#include "pe_layout.h"

#define LINE_MAX  (64 * KIB) /* more may lie there than has been told */
#define MAX_NODES 128
#define BEYOND	  (1ull << 52)
#define SETUP_LEN PAGE_SIZE /* of the file, in front of the image */

/* Headers may lie at odd addresses. */
struct anywhere {
	struct pe_section section;
} wire_packed;

/* Memory that is looked for, or looked at. */
struct hunt {
	const struct settle_image *self;
	const struct linux_boot_params *params;
	u64 home; /* where the image lies; and what is packed behind it: */
	u64 packed, file_end;
	u64 at;
	bool is_hit; /* by something that is in the way */
};

static inline const void *see(u64 at)
{
	return (const void *)(unsigned long)at;
}

/* Nothing may lie there. */
static void avoid(struct hunt *hunt, u64 start, u64 len)
{
	u64 end = len < BEYOND - start ? start + len : BEYOND;

	if (start >= BEYOND || !len || end <= hunt->at ||
	    start >= hunt->at + hunt->self->len)
		return;
	hunt->at = align_up(end, PAGE_SIZE);
	hunt->is_hit = true;
}

static u64 join(u32 low, u32 high)
{
	return low | (u64)high << 32;
}

static void avoid_nodes(struct hunt *hunt, u64 at)
{
	for (u32 i = 0; at && i < MAX_NODES; i++) {
		const struct linux_setup_data *node = see(at);
		const struct linux_setup_indirect *far =
			see(at + sizeof(*node));

		/* In 32-bit mode the chain ends where memory does. */
		if ((unsigned long)at != at)
			return;
		avoid(hunt, at, sizeof(*node) + node->len);
		if (node->type == LINUX_SETUP_INDIRECT)
			avoid(hunt, far->addr, far->len);
		at = node->next;
	}
}

static void avoid_linux(struct hunt *hunt)
{
	const struct linux_boot_params *params = hunt->params;
	const struct linux_setup_header *hdr = &params->hdr;

	for (u32 i = 0; i < params->e820_entries && i < LINUX_E820_MAX; i++)
		if (params->e820_table[i].type != 1)
			avoid(hunt, params->e820_table[i].addr,
			      params->e820_table[i].size);
	avoid(hunt, (unsigned long)params, sizeof(*params));
	avoid(hunt, join(hdr->cmd_line_ptr, params->ext_cmd_line_ptr),
	      LINE_MAX);
	avoid(hunt, join(hdr->ramdisk_image, params->ext_ramdisk_image),
	      join(hdr->ramdisk_size, params->ext_ramdisk_size));
	avoid(hunt, join(params->efi_info.memmap, params->efi_info.memmap_hi),
	      params->efi_info.memmap_size);
	avoid_nodes(hunt, hdr->setup_data);
}

/* The image's pages must be in one GiB, as its page tables are. */
static void avoid_border(struct hunt *hunt)
{
	u64 border = align_up(hunt->at + 1, GIB);

	if (hunt->at + hunt->self->len > border)
		avoid(hunt, border - PAGE_SIZE, PAGE_SIZE);
}

/* Is there room between the two? */
static bool find(struct hunt *hunt, u64 start, u64 end)
{
	hunt->at = align_up(max_u64(start, MIB), PAGE_SIZE);
	do {
		hunt->is_hit = false;
		avoid(hunt, hunt->home, hunt->file_end - hunt->home);
		avoid_linux(hunt);
		avoid_border(hunt);
	} while (hunt->is_hit);
	return hunt->at + hunt->self->len <= end;
}

/* Could it stay where it is, of RAM until end? */
static bool is_well(struct hunt *hunt, u64 start, u64 end)
{
	u64 len = hunt->self->len;

	hunt->at = hunt->home;
	hunt->is_hit = false;
	if (hunt->at < start || hunt->at + len > end)
		return false;
	avoid(hunt, hunt->packed, hunt->file_end - hunt->packed);
	avoid_linux(hunt);
	avoid_border(hunt);
	return !hunt->is_hit;
}

/* Not by pointers to the two: code is not yet where they would say. */
static u64 look(struct hunt *hunt, bool at_home)
{
	const struct linux_boot_params *params = hunt->params;
	u64 end;

	for (u32 i = 0; i < params->e820_entries && i < LINUX_E820_MAX; i++) {
		const struct linux_e820_entry *entry = &params->e820_table[i];

		if (entry->type != 1)
			continue;
		end = min_u64(entry->addr + entry->size, 4 * GIB);
		if (at_home ? is_well(hunt, entry->addr, end)
			    : find(hunt, entry->addr, end))
			return hunt->at;
	}
	return 0;
}

/* Does the header that a Multiboot loader went by say that all is loaded? */
static bool is_loaded(const struct hunt *hunt)
{
	const struct mb1_header *header =
		see(hunt->home + hunt->self->multiboot);

	return hunt->file_end - hunt->home <= header->load_end_addr -
						      header->header_addr +
						      hunt->self->multiboot;
}

/* What lies behind the image in the file, by its sections. */
static void find_packed(struct hunt *hunt)
{
	const u8 *at = see(hunt->home + hunt->self->headers);
	const struct pe_header *head = (const void *)at;
	const struct anywhere *table =
		(const void *)(at + sizeof(*head) + head->optional_len);
	u64 loaded_end = hunt->home + hunt->self->loaded_len;

	hunt->packed = BEYOND;
	hunt->file_end = loaded_end;
	for (u32 i = 0; i < head->nr_sections && i < PE_SECTIONS_MAX; i++) {
		u64 start = hunt->home - SETUP_LEN + table[i].section.raw_at;

		if (!table[i].section.raw_size || start < loaded_end)
			continue;
		hunt->packed = min_u64(hunt->packed, start);
		hunt->file_end = max_u64(hunt->file_end,
					 start + table[i].section.raw_size);
	}
	hunt->packed = min_u64(hunt->packed, hunt->file_end);
}

static u8 *copy_to(unsigned long place, const u8 *home, unsigned long len)
{
	u8 *to = (u8 *)place;

	if (to != home)
		asm volatile("rep movsb"
			     : "+D"(to), "+S"(home), "+c"(len)
			     :
			     : "memory");
	return (u8 *)place;
}

/* As base_relocs_apply(), which is of 64-bit code. In 32-bit mode the upper
 * halves of addresses are 0, and stay so. A block may end with an entry of 0.
 */
static void relocate(u8 *image, u32 relocs, u32 len)
{
	const u8 *block = image + relocs, *end = block + len;
	u8 *file = image - SETUP_LEN;

	for (u32 size; block + 8 <= end; block += size) {
		const u16 *entry = (const void *)(block + 8), *last;
		u8 *page = file + *(const u32 *)(const void *)block;

		size = *(const u32 *)(const void *)(block + 4);
		if (size < 8)
			return;
		last = (const void *)(block + size);
		for (; entry < last && *entry; entry++)
			*(unsigned long *)(void *)(page + *entry % PAGE_SIZE) +=
				(unsigned long)file;
	}
}

static void fix(u8 *image, const struct settle_image *self)
{
	u8 *base = image + self->fixups_base;
	const u32 *fixup = (const void *)(image + self->fixups);

	for (; fixup < (const u32 *)(void *)(image + self->fixups_end); fixup++)
		*(u32 *)(void *)(base + *fixup) += (u32)(unsigned long)base;
}

__attribute__((used)) unsigned long settle(const struct settle_image *self,
					   unsigned long at, u32 door,
					   unsigned long info_at)
{
	struct settle_image *settled;
	struct hunt hunt;
	u64 place = at;
	u8 *image;

	hunt.self = self;
	hunt.params = see(info_at);
	hunt.home = at;
	find_packed(&hunt);
	if (door == SETTLE_MULTIBOOT && !is_loaded(&hunt))
		hunt.file_end = at + self->loaded_len;
	if (door == SETTLE_LINUX)
		place = look(&hunt, true);
	if (!place)
		place = look(&hunt, false);
	image = copy_to((unsigned long)(place ? place : at), see(at),
			self->loaded_len);
	relocate(image, self->relocs, self->relocs_len);
	fix(image, self);
	settled = (void *)(image + ((const u8 *)self - (const u8 *)see(at)));
	settled->home = at;
	settled->file_end = hunt.file_end;
	return (unsigned long)image;
}
