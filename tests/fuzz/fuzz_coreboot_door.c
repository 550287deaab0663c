// SPDX-License-Identifier: BSD-2-Clause
/*
 * coreboot's door: tables of any records, whose sums are made right, as no
 * mutation would hit them.
 */
#include "cb_tables.h"
#include "fuzz_door.h"

#define INPUT_MAX 0x8000u

extern const struct door coreboot_door;

static u16 sum_of(const u8 *bytes, u64 len)
{
	u32 sum = 0;

	for (u64 i = 0; i < len; i++)
		sum += (u32)bytes[i] << 8 * (i & 1);
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return (u16)~sum;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static u8 input[INPUT_MAX];
	struct cb_header *head = (struct cb_header *)input;
	u64 room;

	size = size < INPUT_MAX ? size : INPUT_MAX;
	if (size < sizeof(*head))
		return 0;
	memset(input, 0, sizeof(input));
	memcpy(input, data, size);
	room = (size < FUZZ_SPLIT ? size : FUZZ_SPLIT) - sizeof(*head);
	memcpy(head->signature, CB_SIGNATURE, 4);
	head->header_bytes = sizeof(*head);
	head->table_bytes %= (u32)room + 1;
	head->table_checksum = sum_of(input + sizeof(*head), head->table_bytes);
	head->header_checksum = 0;
	head->header_checksum = sum_of(input, sizeof(*head));
	fuzz_door(&coreboot_door, 0, input, size);
	return 0;
}
