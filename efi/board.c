// SPDX-License-Identifier: BSD-2-Clause
/*
 * Identifies the machine by its device tree or by SMBIOS (DSP0134, sections 7.2
 * and 7.3).
 */
#include "board.h"

#include "hwids.h"
#include "library.h"
#include "smbios.h"
#include "uki.h"

/* SMBIOS structures, and the offsets of string numbers in them. */
#define SYSTEM	     1
#define BOARD	     2
#define MANUFACTURER 4
#define PRODUCT	     5
#define SKU	     25
#define FAMILY	     26

static struct view compatible; /* of the firmware's tree */
static bool has_tree;
static struct view fields[HWIDS_NR_FIELDS];

void board_read(const struct mem *mem, const struct boot_info *info)
{
	static const struct {
		enum hwids_field field;
		u8 type, offset;
	} places[] = {
		{ HWIDS_MANUFACTURER, SYSTEM, MANUFACTURER },
		{ HWIDS_FAMILY, SYSTEM, FAMILY },
		{ HWIDS_PRODUCT, SYSTEM, PRODUCT },
		{ HWIDS_SKU, SYSTEM, SKU },
		{ HWIDS_BOARD_MANUFACTURER, BOARD, MANUFACTURER },
		{ HWIDS_BOARD_PRODUCT, BOARD, PRODUCT },
	};

	has_tree = info->devicetree.len;
	library_begin();
	compatible = uki_board(info->devicetree);
	library_end();
	for (u32 i = 0; i < ARRAY_LEN(places); i++)
		fields[places[i].field] = smbios_field(
			mem, info->smbios, places[i].type, places[i].offset);
}

struct view board_name(struct view image, enum pe_form form, u32 profile)
{
	struct view hwids;

	if (has_tree)
		return compatible;
	if (pe_profile_section(image, form, profile, VIEW(".hwids"), &hwids))
		return VIEW("");
	return hwids_compatible(hwids, fields);
}
