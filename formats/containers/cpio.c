// SPDX-License-Identifier: BSD-2-Clause
/*
 * The "new ASCII" format: a head of numbers in hexadecimal, the name with its
 * NUL, the content, each padded to 4 bytes.
 */
#include "cpio.h"

#define MAGIC	     "070701"
#define ZERO	     "00000000"
#define NR_FIELDS    13
#define FIELD_LEN    8
#define FOLDER	     0040000
#define FILE	     0100000
#define PARENTS_MODE 0555

/* The fields, in their order. */
struct fields {
	u32 inode, mode, uid, gid, nr_links, time, size;
	u32 major, minor, device_major, device_minor, name_len, check;
};
_Static_assert(sizeof(struct fields) == NR_FIELDS * sizeof(u32), "fields");

static void put(struct cpio *cpio, const void *bytes, u64 len)
{
	if (cpio->len < cpio->room)
		memcpy(cpio->out + cpio->len, bytes,
		       min_u64(len, cpio->room - cpio->len));
	cpio->len += len;
}

static void pad(struct cpio *cpio)
{
	static const u8 zeroes[4];

	put(cpio, zeroes, align_up(cpio->len, 4) - cpio->len);
}

static void put_number(struct cpio *cpio, u32 number)
{
	char digits[FIELD_LEN];

	for (u32 i = FIELD_LEN; i; i--, number >>= 4)
		digits[i - 1] = "0123456789abcdef"[number & 15];
	put(cpio, digits, sizeof(digits));
}

static void put_head(struct cpio *cpio, const struct fields *fields)
{
	u32 numbers[NR_FIELDS];

	memcpy(numbers, fields, sizeof(numbers));
	put(cpio, MAGIC, sizeof(MAGIC) - 1);
	for (u32 i = 0; i < NR_FIELDS; i++)
		put_number(cpio, numbers[i]);
}

static void put_folder(struct cpio *cpio, struct view path, u32 mode)
{
	struct fields fields = {
		.inode = cpio->inode++,
		.mode = FOLDER | mode,
		.nr_links = 1,
		.name_len = (u32)path.len + 1,
	};

	put_head(cpio, &fields);
	put(cpio, path.at, path.len);
	put(cpio, "", 1);
	pad(cpio);
}

void cpio_folder(struct cpio *cpio, struct view path, u32 mode)
{
	for (u64 i = 1; i < path.len; i++)
		if (path.at[i] == '/')
			put_folder(cpio, (struct view){ path.at, i },
				   PARENTS_MODE);
	put_folder(cpio, path, mode);
}

void cpio_file(struct cpio *cpio, struct view folder, struct view name,
	       u32 mode, struct view content)
{
	struct fields fields = {
		.inode = cpio->inode++,
		.mode = FILE | mode,
		.nr_links = 1,
		.size = (u32)content.len,
		.name_len = (u32)(folder.len + 1 + name.len + 1),
	};

	put_head(cpio, &fields);
	put(cpio, folder.at, folder.len);
	put(cpio, "/", 1);
	put(cpio, name.at, name.len);
	put(cpio, "", 1);
	pad(cpio);
	put(cpio, content.at, content.len);
	pad(cpio);
}

/* To the letter as systemd-stub writes it, whose archives are measured too. */
void cpio_end(struct cpio *cpio)
{
	static const char trailer[] = MAGIC ZERO ZERO ZERO ZERO
		"00000001" ZERO ZERO ZERO ZERO ZERO ZERO "0000000B" ZERO
		"TRAILER!!!";

	put(cpio, trailer, sizeof(trailer));
	pad(cpio);
}
