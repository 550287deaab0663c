// SPDX-License-Identifier: BSD-2-Clause
/*
 * XBOOTLDR has its own partition type in the GPT, which the firmware tells by a
 * protocol.
 */
#include "partition.h"

#include "device_path.h"
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

/* In the node of a partition. */
#define SIGNATURE_AT	  24
#define SIGNATURE_TYPE_AT 41

struct partition_info {
	u32 revision, type;
	u8 is_system, reserved[7];
	EFI_GUID gpt_type; /* first of the GPT's entry, if type says GPT */
} packed;
WIRE_SIZE(struct partition_info, 32);

/* The node for the partition; empty if there is none. */
static struct view partition_node(EFI_HANDLE handle)
{
	return device_path_find(device_path_of(handle), MEDIA_DEVICE_PATH,
				MEDIA_HARDDRIVE_DP);
}

bool partition_guid(EFI_HANDLE volume, EFI_GUID *out)
{
	struct view node = partition_node(volume);
	u8 type;

	return view_read(node, SIGNATURE_TYPE_AT, &type, sizeof(type)) &&
	       type == SIGNATURE_GUID &&
	       view_read(node, SIGNATURE_AT, out, sizeof(*out));
}

/* What is in front of a node. */
static struct view path_before(EFI_HANDLE handle, struct view node)
{
	const u8 *at = (const u8 *)device_path_of(handle);

	return (struct view){ at, (u64)(node.at - at) };
}

static bool is_on_same_disk(EFI_HANDLE a, EFI_HANDLE b)
{
	struct view a_node = partition_node(a), b_node = partition_node(b);

	return a_node.len && b_node.len &&
	       view_equal(path_before(a, a_node), path_before(b, b_node));
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
