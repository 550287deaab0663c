// SPDX-License-Identifier: BSD-2-Clause
/*
 * Device paths are sequences of nodes, each with its length.
 */
#include "device_path.h"

#include "initrd_path.h"
#include "text.h"

#define NODE_MAX 0xffff

const EFI_DEVICE_PATH *device_path_next(const EFI_DEVICE_PATH *path)
{
	u64 len = (u64)path->Length[0] | (u64)path->Length[1] << 8;

	if (path->Type == END_DEVICE_PATH_TYPE || len < sizeof(*path))
		return NULL;
	return (const EFI_DEVICE_PATH *)((const u8 *)path + len);
}

struct view device_path_find(const EFI_DEVICE_PATH *path, u8 type, u8 subtype)
{
	const EFI_DEVICE_PATH *next;

	for (; path; path = next) {
		next = device_path_next(path);
		if (next && path->Type == type && path->SubType == subtype)
			return (struct view){ (const u8 *)path,
					      (u64)((const u8 *)next -
						    (const u8 *)path) };
	}
	return VIEW("");
}

u64 device_path_len(const EFI_DEVICE_PATH *path)
{
	const EFI_DEVICE_PATH *at = path, *next;

	while (at && at->Type != END_DEVICE_PATH_TYPE) {
		next = device_path_next(at);
		if (!next)
			return 0;
		at = next;
	}
	return (u64)((const u8 *)at - (const u8 *)path);
}

const EFI_DEVICE_PATH *device_path_of(EFI_HANDLE handle)
{
	EFI_GUID guid = EFI_DEVICE_PATH_PROTOCOL_GUID;

	return firmware_protocol(handle, guid);
}

why device_path_of_file(EFI_HANDLE volume, struct view name,
			EFI_DEVICE_PATH **out)
{
	EFI_DEVICE_PATH file = { MEDIA_DEVICE_PATH, MEDIA_FILEPATH_DP, { 0 } };
	EFI_DEVICE_PATH end = END_NODE;
	const EFI_DEVICE_PATH *path = device_path_of(volume);
	u64 nr = text_to_utf16(name, NULL, 0), at = device_path_len(path);
	u64 len = sizeof(file) + nr * sizeof(u16);
	struct view pages;
	u16 *units;
	why bad;

	*out = NULL;
	if (!path || len > NODE_MAX)
		return NULL;
	bad = pages_take(at + len + sizeof(end), &pages);
	if (bad)
		return bad;
	*out = (EFI_DEVICE_PATH *)pages_writable(pages);
	file.Length[0] = (u8)len;
	file.Length[1] = (u8)(len >> 8);
	memcpy(*out, path, at);
	memcpy((u8 *)*out + at, &file, sizeof(file));
	units = (u16 *)((u8 *)*out + at + sizeof(file));
	text_to_utf16(name, units, nr);
	for (u64 i = 0; i < nr; i++)
		if (units[i] == '/')
			units[i] = '\\';
	memcpy((u8 *)*out + at + len, &end, sizeof(end));
	return NULL;
}
