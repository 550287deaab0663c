// SPDX-License-Identifier: BSD-2-Clause
/*
 * Computer Hardware IDs, and the list of machines.
 */
#include "hwids.h"

#include <bearssl/bearssl_hash.h>

#define VERSION_AT 6
#define VARIANT_AT 8
#define VERSION_5  0x50
#define VARIANT	   0x80

#define MAKER	BIT(MANUFACTURER)
#define BOARD	(BIT(BOARD_MANUFACTURER) | BIT(BOARD_PRODUCT))
#define BIT(of) (1u << HWIDS_##of)

/* Which strings each type of ID is made of. */
static const u32 made_of[] = {
	[3] = MAKER | BIT(FAMILY) | BIT(PRODUCT) | BIT(SKU) | BOARD,
	[4] = MAKER | BIT(FAMILY) | BIT(PRODUCT) | BIT(SKU),
	[5] = MAKER | BIT(FAMILY) | BIT(PRODUCT),
	[6] = MAKER | BIT(SKU) | BOARD,
	[7] = MAKER | BIT(SKU),
	[8] = MAKER | BIT(PRODUCT) | BOARD,
	[9] = MAKER | BIT(PRODUCT),
	[10] = MAKER | BIT(FAMILY) | BOARD,
	[11] = MAKER | BIT(FAMILY),
};

/* Without blanks around it and zeros in front of it, as fwupd has it. */
static struct view clean(struct view text)
{
	while (text.len && text.at[0] == ' ')
		text = view_from(text, 1);
	while (text.len && text.at[0] == '0')
		text = view_from(text, 1);
	while (text.len && text.at[text.len - 1] == ' ')
		text.len--;
	return text;
}

/* In UTF-16; each byte is a character. */
static void add(br_sha1_context *context, struct view text)
{
	for (u64 i = 0; i < text.len; i++) {
		u8 unit[2] = { text.at[i], 0 };

		br_sha1_update(context, unit, sizeof(unit));
	}
}

static void swap(u8 *bytes, u32 len)
{
	for (u32 i = 0; i < len / 2; i++) {
		u8 byte = bytes[i];

		bytes[i] = bytes[len - 1 - i];
		bytes[len - 1 - i] = byte;
	}
}

bool hwids_id(const struct view fields[HWIDS_NR_FIELDS], u32 type, u8 out[16])
{
	static const u8 space[16] = { 0x70, 0xff, 0xd8, 0x12,
				      0x4c, 0x7f, 0x4c, 0x7d };
	u8 hash[br_sha1_SIZE];
	br_sha1_context context;

	br_sha1_init(&context);
	br_sha1_update(&context, space, sizeof(space));
	for (u32 i = 0; i < HWIDS_NR_FIELDS; i++) {
		struct view text = clean(fields[i]);

		if (!(made_of[type] & 1u << i))
			continue;
		if (!text.len)
			return false;
		if (i)
			add(&context, VIEW("&"));
		add(&context, text);
	}
	br_sha1_out(&context, hash);
	hash[VERSION_AT] = (u8)((hash[VERSION_AT] & 0x0f) | VERSION_5);
	hash[VARIANT_AT] = (u8)((hash[VARIANT_AT] & 0x3f) | VARIANT);
	swap(hash, 4);
	swap(hash + 4, 2);
	swap(hash + 6, 2);
	memcpy(out, hash, 16);
	return true;
}

/* The string at an offset of the section; empty if it does not end there. */
static struct view string_at(struct view section, u32 at)
{
	struct view text = view_from(section, at);
	const u8 *end = text.len ? memchr(text.at, 0, text.len) : NULL;

	return end ? (struct view){ text.at, (u64)(end - text.at) } : VIEW("");
}

static struct view compatible_of(struct view section, const u8 id[16])
{
	struct hwids_device device;

	for (u64 at = 0; view_read(section, at, &device, sizeof(device)) &&
			 device.descriptor;
	     at += sizeof(device))
		if (device.descriptor == HWIDS_TREE &&
		    !memcmp(device.id, id, sizeof(device.id)))
			return string_at(section, device.compatible);
	return VIEW("");
}

struct view hwids_compatible(struct view section,
			     const struct view fields[HWIDS_NR_FIELDS])
{
	static const u8 types[] = HWIDS_TYPES;
	struct view found = VIEW("");
	u8 id[16];

	for (u32 i = 0; i < ARRAY_LEN(types) && !found.len; i++)
		if (hwids_id(fields, types[i], id))
			found = compatible_of(section, id);
	return found;
}
