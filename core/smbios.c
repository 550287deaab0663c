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

#define OEM_STRINGS  11
#define END_OF_TABLE 127
#define TABLE_MAX    MIB

/* What begins each structure; its strings follow, each with a NUL, and then
 * another one. */
struct head {
	u8 type, len;
	u16 handle;
};
WIRE_SIZE(struct head, 4);

static struct view table_of(const struct mem *mem, struct view told)
{
	struct view entry = view_from(told, HEAD_LEN), table = VIEW("");
	u64 at = 0, len;
	u32 at_32 = 0, max = 0;
	u16 len_16 = 0;

	if (view_starts(entry, VIEW("_SM3_"))) {
		if (!view_read(entry, 12, &max, sizeof(max)) ||
		    !view_read(entry, 16, &at, sizeof(at)))
			return table;
		len = max;
	} else {
		if (!view_read(entry, 22, &len_16, sizeof(len_16)) ||
		    !view_read(entry, 24, &at_32, sizeof(at_32)))
			return table;
		at = at_32;
		len = len_16;
	}
	len = min_u64(len, TABLE_MAX);
	return at && mem_view(mem, at, len, &table) ? table : VIEW("");
}

/* Take a string off a structure's end; false at the last one's end. */
static bool take_string(struct view *left, struct view *out)
{
	const u8 *end = left->len ? memchr(left->at, 0, left->len) : NULL;

	if (!end)
		return false;
	*out = (struct view){ left->at, (u64)(end - left->at) };
	*left = view_from(*left, out->len + 1);
	return out->len;
}

/* Take a structure off the table: its own bytes, and its strings with their
 * NULs. False at the end. */
static bool take_structure(struct view *left, struct head *head,
			   struct view *own, struct view *strings)
{
	struct view string, rest;

	if (!view_read(*left, 0, head, sizeof(*head)) ||
	    head->len < sizeof(*head) || head->type == END_OF_TABLE ||
	    !view_cut(*left, 0, head->len, own))
		return false;
	*strings = view_from(*left, head->len);
	rest = *strings;
	while (take_string(&rest, &string))
		;
	if (rest.at - strings->at == 1) /* two NULs all the same */
		rest = view_from(rest, 1);
	strings->len = (u64)(rest.at - strings->at);
	*left = rest;
	return true;
}

struct view smbios_string(const struct mem *mem, struct view told,
			  struct view prefix)
{
	struct view left = table_of(mem, told), own, strings, string;
	struct head head;

	while (take_structure(&left, &head, &own, &strings))
		while (head.type == OEM_STRINGS &&
		       take_string(&strings, &string))
			if (string.len > prefix.len &&
			    view_starts(string, prefix))
				return view_from(string, prefix.len);
	return VIEW("");
}

struct view smbios_field(const struct mem *mem, struct view told, u8 type,
			 u8 offset)
{
	struct view left = table_of(mem, told), own, strings, string;
	struct head head;
	u8 number;

	while (take_structure(&left, &head, &own, &strings)) {
		if (head.type != type)
			continue;
		if (!view_read(own, offset, &number, sizeof(number)))
			break;
		while (number && take_string(&strings, &string))
			if (!--number)
				return string;
		break;
	}
	return VIEW("");
}
