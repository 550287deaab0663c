// SPDX-License-Identifier: BSD-2-Clause
/*
 * The firmware's random numbers (UEFI 2.10, section 37.5), and the table in
 * which Linux looks for some (include/linux/efi.h, struct
 * linux_efi_random_seed).
 */
#include "seed.h"

#include "config_table.h"

#define FORMER_MAX 512
#define LINUX_RANDOM_SEED_GUID                                                 \
	{                                                                      \
		0x1ce1e5bc, 0x7ceb, 0x42f2,                                    \
		{                                                              \
			0x81, 0xe5, 0x8a, 0xad, 0xf1, 0x80, 0xf5, 0x7b         \
		}                                                              \
	}

struct linux_random_seed {
	u32 size;
	u8 bytes[SEED_LEN];
};
WIRE_SIZE(struct linux_random_seed, 36);

u32 seed_take(u8 *out)
{
	EFI_GUID guid = EFI_RNG_PROTOCOL_GUID;
	EFI_RNG_PROTOCOL *random = firmware_find(guid);

	return random && !random->GetRNG(random, NULL, SEED_LEN, out) ? SEED_LEN
								      : 0;
}

struct view seed_former(void)
{
	EFI_GUID guid = LINUX_RANDOM_SEED_GUID;
	const struct linux_random_seed *table = config_table_find(guid);

	return table ? (struct view){ table->bytes,
				      min_u64(table->size, FORMER_MAX) }
		     : VIEW("");
}

why seed_install(const u8 seed[SEED_LEN])
{
	EFI_GUID guid = LINUX_RANDOM_SEED_GUID;
	struct linux_random_seed told = { .size = SEED_LEN };
	struct view table;
	why bad = config_table_take(sizeof(told), &table);

	if (bad)
		return bad;
	memcpy(told.bytes, seed, SEED_LEN);
	memcpy(pages_writable(table), &told, sizeof(told));
	wipe(&told, sizeof(told));
	return config_table_install(table, guid);
}
