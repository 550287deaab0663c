// SPDX-License-Identifier: BSD-2-Clause
/*
 * SMBIOS's entry point, of 32 bits ("_SM_") or 64 ("_SM3_").
 */
#include "smbios.h"

#define ENTRY_MIN 24
#define ENTRY_MAX (SMBIOS_TOLD_MAX - HEAD_LEN)
#define HEAD_LEN  8

u64 smbios_put(const struct mem *mem, phys at, u8 out[SMBIOS_TOLD_MAX])
{
	u8 entry[ENTRY_MAX] = { 0 }, sum = 0;
	u32 len_at = 5;
	u64 len;

	if (!at || !mem_read(mem, at, entry, ENTRY_MIN))
		return 0;
	if (!memcmp(entry, "_SM3_", 5))
		len_at = 6;
	else if (memcmp(entry, "_SM_", 4))
		return 0;
	len = entry[len_at];
	if (len < ENTRY_MIN || len > ENTRY_MAX ||
	    !mem_read(mem, at, entry, len))
		return 0;
	for (u64 i = 0; i < len; i++)
		sum = (u8)(sum + entry[i]);
	if (sum)
		return 0;
	memset(out, 0, HEAD_LEN);
	out[0] = entry[len_at + 1];
	out[1] = entry[len_at + 2];
	memcpy(out + HEAD_LEN, entry, len);
	return HEAD_LEN + len;
}
