// SPDX-License-Identifier: BSD-2-Clause
/*
 * The firmware's table (UEFI 2.10, section 4.6.1.3), and U-Boot's
 * EFI_DT_FIXUP_PROTOCOL, by which firmware fixes up a tree that is not its own.
 */
#include "devicetree_pass.h"

#include "config_table.h"
#include "console.h"
#include "devicetree.h"
#include "format.h"
#include "library.h"
#include "plan.h"
#include "seed.h"
#include "tree.h"
#include "trust.h"

#define TREE_MAX       (16 * MIB)
#define APPLY_FIXUPS   (1u << 0)
#define RESERVE_MEMORY (1u << 1)
#define DTB_TABLE_GUID                                                         \
	{                                                                      \
		0xb1b621d5, 0xf19c, 0x41a5,                                    \
		{                                                              \
			0x83, 0x0b, 0xd9, 0x15, 0x2c, 0x69, 0xaa, 0xe0         \
		}                                                              \
	}
#define DT_FIXUP_GUID                                                          \
	{                                                                      \
		0xe617d64c, 0xfe08, 0x46da,                                    \
		{                                                              \
			0xf4, 0xdc, 0xbb, 0xd5, 0x87, 0x0c, 0x73, 0x00         \
		}                                                              \
	}

struct dt_fixup {
	u64 revision;
	EFI_STATUS(EFIAPI *fixup)
	(struct dt_fixup *self, void *tree, UINTN *size, u32 flags);
};

static u8 *prepared; /* for the zero page; NULL if there is none */

void devicetree_collect(const struct mem *mem, struct boot_info *info)
{
	EFI_GUID guid = DTB_TABLE_GUID;
	phys at = phys_of(config_table_find(guid));
	struct view file, tree = VIEW("");

	if (!at)
		return;
	library_begin();
	if (mem_view(mem, at, min_u64(mem_reach(mem, at), TREE_MAX), &file) &&
	    tree_claims(file) && tree_check(file, &tree))
		tree = VIEW("");
	library_end();
	if (tree.len)
		info->devicetree = tree;
	else
		say("gangway: the firmware's device tree is damaged and "
		    "ignored");
}

void devicetree_judge(struct boot *boot, const struct found *found)
{
	struct view *tree = &boot->payload.devicetree;
	bool is_good;

	if (!tree->len || tree->at == boot->info->devicetree.at)
		return;
	library_begin();
	is_good = trust_covers(found, *tree);
	library_end();
	if (is_good)
		return;
	say("gangway: a device tree without a signed hash is ignored, "
	    "because Secure Boot is on");
	*tree = boot->info->devicetree;
}

/* What goes into the tree; the command line is in pages. */
static why choose(const struct boot *boot, bool has_initrd, u8 *seed,
		  struct chosen *out)
{
	u64 len = boot_cmdline(boot, NULL, 0);
	why bad = pages_take(len, &out->bootargs);

	if (bad)
		return bad;
	boot_cmdline(boot, (char *)pages_writable(out->bootargs), len);
	out->rng_seed = (struct view){ seed, seed_take(seed) };
	out->has_initrd = has_initrd;
	return NULL;
}

static why fix(struct view tree, const struct chosen *chosen, u8 *room,
	       struct view *out)
{
	why bad;

	library_begin();
	bad = devicetree_fix(tree, chosen, room, out);
	library_end();
	return bad;
}

/* Let the firmware fix the tree up; it may need more room. */
static why fix_by_firmware(struct view *table, u64 used)
{
	EFI_GUID guid = DT_FIXUP_GUID;
	struct dt_fixup *firmwares = firmware_find(guid);
	u32 flags = APPLY_FIXUPS | RESERVE_MEMORY;
	struct view larger;
	EFI_STATUS status;
	UINTN size = table->len;
	why bad;

	if (!firmwares)
		return NULL;
	status = firmwares->fixup(firmwares, pages_writable(*table), &size,
				  flags);
	if (status == EFI_BUFFER_TOO_SMALL) {
		bad = config_table_take(size, &larger);
		if (bad)
			return bad;
		memcpy(pages_writable(larger), table->at, min_u64(used, size));
		*table = larger;
		status = firmwares->fixup(firmwares, pages_writable(larger),
					  &size, flags);
	}
	return status ? "the firmware cannot fix up the device tree" : NULL;
}

why devicetree_install(const struct boot *boot)
{
	struct view tree = boot->payload.devicetree, table, fixed;
	EFI_GUID guid = DTB_TABLE_GUID;
	struct chosen chosen;
	u8 seed[SEED_LEN];
	why bad;

	if (!tree.len || tree.at == boot->info->devicetree.at)
		return NULL;
	/* The kernel's stub decides where the initrd goes. */
	bad = choose(boot, false, seed, &chosen);
	if (!bad)
		bad = config_table_take(devicetree_room(tree, &chosen), &table);
	if (!bad)
		bad = fix(tree, &chosen, pages_writable(table), &fixed);
	wipe(seed, sizeof(seed));
	if (!bad)
		bad = fix_by_firmware(&table, fixed.len);
	return bad ? bad : config_table_install(table, guid);
}

why devicetree_prepare(struct boot *boot)
{
	struct payload *payload = &boot->payload;
	struct view tree = payload->devicetree, room;
	struct chosen chosen;
	u8 seed[SEED_LEN];
	why bad;

	if (!tree.len || !payload->format->is_linux)
		return NULL;
	bad = choose(boot, payload->nr_modules, seed, &chosen);
	if (!bad)
		bad = pages_take(devicetree_room(tree, &chosen), &room);
	if (!bad)
		bad = fix(tree, &chosen, pages_writable(room),
			  &payload->devicetree);
	wipe(seed, sizeof(seed));
	if (bad)
		return bad;
	prepared = pages_writable(room);
	info_hold(boot->info, phys_of(prepared), payload->devicetree.len);
	return boot->info->bad;
}

void devicetree_finish(const struct boot *boot)
{
	if (prepared)
		devicetree_set_initrd(prepared, boot->plan->initrd);
}
