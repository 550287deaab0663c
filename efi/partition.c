// SPDX-License-Identifier: BSD-2-Clause
/*
 * XBOOTLDR has its own partition type in the GPT, which the firmware tells by a
 * protocol.
 */
#include "partition.h"

#include "initrd_path.h"
#include "text.h"
#include "volume.h"

#define PARTITION_INFO_GUID                                                    \
	{                                                                      \
		0x8cf2f62c, 0xbc9b, 0x4821,                                    \
		{                                                              \
			0x80, 0x8d, 0xec, 0x9e, 0xc4, 0x21, 0xa1, 0xa0         \
		}                                                              \
	}
#define XBOOTLDR_GUID                                                          \
	{                                                                      \
		0xbc13c2ff, 0x59e6, 0x4262,                                    \
		{                                                              \
			0xa3, 0x52, 0xb2, 0x75, 0xfd, 0x6f, 0x71, 0x72         \
		}                                                              \
	}
#define PARTITION_GPT  2
#define SIGNATURE_GUID 2
#define NODE_MAX       0xffff

struct partition_info {
	u32 revision, type;
	u8 is_system, reserved[7];
	EFI_GUID gpt_type; /* first of the GPT's entry, if type says GPT */
} packed;
WIRE_SIZE(struct partition_info, 32);

static const EFI_DEVICE_PATH *next_node(const EFI_DEVICE_PATH *path)
{
	u64 len = (u64)path->Length[0] | (u64)path->Length[1] << 8;

	if (path->Type == END_DEVICE_PATH_TYPE || len < sizeof(*path))
		return NULL;
	return (const EFI_DEVICE_PATH *)((const u8 *)path + len);
}

u64 device_path_len(const EFI_DEVICE_PATH *path)
{
	const EFI_DEVICE_PATH *at = path, *next;

	while (at && at->Type != END_DEVICE_PATH_TYPE) {
		next = next_node(at);
		if (!next)
			return 0;
		at = next;
	}
	return (u64)((const u8 *)at - (const u8 *)path);
}

static const EFI_DEVICE_PATH *path_of(EFI_HANDLE handle)
{
	EFI_GUID guid = EFI_DEVICE_PATH_PROTOCOL_GUID;

	return firmware_protocol(handle, guid);
}

why device_path_of_file(EFI_HANDLE volume, struct view name,
			EFI_DEVICE_PATH **out)
{
	EFI_DEVICE_PATH file = { MEDIA_DEVICE_PATH, MEDIA_FILEPATH_DP, { 0 } };
	EFI_DEVICE_PATH end = END_NODE;
	const EFI_DEVICE_PATH *path = path_of(volume);
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

/* The node for the partition; NULL if there is none. */
static const HARDDRIVE_DEVICE_PATH *partition_node(EFI_HANDLE handle)
{
	const EFI_DEVICE_PATH *node = path_of(handle);

	while (node && !(node->Type == MEDIA_DEVICE_PATH &&
			 node->SubType == MEDIA_HARDDRIVE_DP))
		node = next_node(node);
	return (const HARDDRIVE_DEVICE_PATH *)node;
}

bool partition_guid(EFI_HANDLE volume, EFI_GUID *out)
{
	const HARDDRIVE_DEVICE_PATH *node = partition_node(volume);

	if (!node || node->SignatureType != SIGNATURE_GUID)
		return false;
	memcpy(out, node->Signature, sizeof(*out));
	return true;
}

static bool is_on_same_disk(EFI_HANDLE a, EFI_HANDLE b)
{
	const u8 *a_at = (const u8 *)path_of(a), *b_at = (const u8 *)path_of(b);
	const u8 *a_node = (const u8 *)partition_node(a);
	const u8 *b_node = (const u8 *)partition_node(b);

	return a_node && b_node && a_node - a_at == b_node - b_at &&
	       !memcmp(a_at, b_at, (u64)(a_node - a_at));
}

static bool is_extended(EFI_HANDLE handle)
{
	EFI_GUID guid = PARTITION_INFO_GUID, wanted = XBOOTLDR_GUID;
	const struct partition_info *found = firmware_protocol(handle, guid);

	return found && found->type == PARTITION_GPT &&
	       !memcmp(&found->gpt_type, &wanted, sizeof(wanted));
}

void *volume_extended(void)
{
	EFI_GUID guid = EFI_SIMPLE_FILE_SYSTEM_PROTOCOL_GUID;
	EFI_HANDLE *handles, found = NULL, own = volume_handle();
	UINTN nr;

	if (firmware->LocateHandleBuffer(ByProtocol, &guid, NULL, &nr,
					 &handles))
		return NULL;
	for (UINTN i = 0; i < nr && !found; i++)
		if (handles[i] != own && is_extended(handles[i]) &&
		    is_on_same_disk(handles[i], own))
			found = handles[i];
	firmware->FreePool(handles);
	return found;
}
