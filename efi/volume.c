// SPDX-License-Identifier: BSD-2-Clause
/*
 * Files by the Simple File System protocol (UEFI 2.10, sections 13.4, 13.5).
 */
#include "volume.h"

#include "console.h"
#include "network.h"
#include "print.h"
#include "text.h"

#define MAX_PATH  512 /* units */
#define READ_STEP MIB /* some firmware fails with more */

static struct {
	EFI_FILE_INFO info;
	CHAR16 more[MAX_PATH]; /* of its name */
} entry;

static void *used; /* a volume's handle; NULL: gangway's own */

void volume_use(void *handle)
{
	used = handle;
}

void *volume_handle(void)
{
	EFI_GUID guid = EFI_LOADED_IMAGE_PROTOCOL_GUID;
	EFI_LOADED_IMAGE *image = firmware_protocol(firmware_image, guid);

	if (used)
		return used;
	return image ? image->DeviceHandle : NULL;
}

/* The volume's root; NULL if gangway does not come from a volume. */
static EFI_FILE *open_root(void)
{
	EFI_GUID guid = EFI_SIMPLE_FILE_SYSTEM_PROTOCOL_GUID;
	EFI_FILE_IO_INTERFACE *volume =
		firmware_protocol(volume_handle(), guid);
	EFI_FILE *root;

	if (!volume || volume->OpenVolume(volume, &root))
		return NULL;
	return root;
}

static EFI_FILE *open_path(struct view path, UINT64 mode)
{
	static CHAR16 units[MAX_PATH];
	u64 nr = text_to_utf16(path, units, MAX_PATH);
	EFI_FILE *root = open_root(), *file = NULL;

	if (!root)
		return NULL;
	for (u64 i = 0; i < min_u64(nr, MAX_PATH); i++)
		if (units[i] == '/')
			units[i] = '\\';
	if (nr > MAX_PATH || root->Open(root, &file, units, mode, 0))
		file = NULL;
	root->Close(root);
	return file;
}

static why read_all(EFI_FILE *file, u64 len, struct view *out)
{
	struct view pages = VIEW("");
	why bad = pages_take(len, &pages);

	for (u64 done = 0; !bad && done < len;) {
		UINTN step = min_u64(len - done, READ_STEP);

		if (done && done % WATCHDOG_BYTES == 0)
			firmware_feed_watchdog(0);
		if (file->Read(file, &step, pages_writable(pages) + done) ||
		    !step)
			bad = "the file cannot be read completely";
		done += step;
	}
	if (!bad)
		*out = pages;
	return bad;
}

/* Read the information about a file or a folder into entry. */
static why ask(EFI_FILE *file)
{
	EFI_GUID guid = EFI_FILE_INFO_ID;
	UINTN size = sizeof(entry);

	if (!file)
		return "there is no such file";
	if (file->GetInfo(file, &guid, &size, &entry))
		return "the firmware does not tell the file's size";
	return NULL;
}

static why read_file(EFI_FILE *file, u64 offset, u64 len, struct view *out)
{
	why bad = ask(file);

	if (bad)
		return bad;
	if (entry.info.Attribute & EFI_FILE_DIRECTORY)
		return "it is a folder, not a file";
	offset = min_u64(offset, entry.info.FileSize);
	if (offset && file->SetPosition(file, offset))
		return "the firmware cannot seek in the file";
	return read_all(file, min_u64(len, entry.info.FileSize - offset), out);
}

bool volume_is_there(void)
{
	EFI_FILE *root = open_root();

	if (root)
		root->Close(root);
	return root;
}

bool volume_is_served(void)
{
	return !volume_is_there() && network_is_there();
}

bool volume_has(struct view path)
{
	EFI_FILE *file = open_path(path, EFI_FILE_MODE_READ);

	if (file)
		file->Close(file);
	return file || (volume_is_served() && network_has(path));
}

static why read_served(struct view path, u64 offset, u64 len, struct view *out)
{
	struct view all;
	why bad = network_read(path, &all);

	if (bad)
		return bad;
	*out = view_from(all, min_u64(offset, all.len));
	out->len = min_u64(out->len, len);
	return NULL;
}

why volume_read_part(struct view path, u64 offset, u64 len, struct view *out)
{
	EFI_FILE *file = open_path(path, EFI_FILE_MODE_READ);
	why bad = !file && volume_is_served()
			  ? read_served(path, offset, len, out)
			  : read_file(file, offset, len, out);

	if (bad)
		say("gangway: the file is \"%.*s\"", SHOW(path));
	if (file)
		file->Close(file);
	return bad;
}

why volume_read(struct view path, struct view *out)
{
	return volume_read_part(path, 0, ~0ull, out);
}

/* The file name in entry; empty if it is a folder or the name is unusable. */
static struct view name_of(u64 size)
{
	static char name[3 * MAX_PATH];
	u64 at = offsetof(EFI_FILE_INFO, FileName);
	struct view units = { (const u8 *)entry.info.FileName, size - at };
	struct view text = { (const u8 *)name, 0 };

	if (size <= at || entry.info.Attribute & EFI_FILE_DIRECTORY)
		return text;
	text.len = text_from_utf16(units, name, sizeof(name));
	if (text.len > sizeof(name))
		text.len = 0;
	return text;
}

static why list(EFI_FILE *folder, why (*each)(struct view, void *),
		void *context)
{
	why bad = ask(folder);

	/* A file's content would be read as names. */
	if (!bad && !(entry.info.Attribute & EFI_FILE_DIRECTORY))
		return NULL;
	while (!bad) {
		UINTN size = sizeof(entry);
		struct view name;

		if (folder->Read(folder, &size, &entry))
			return "the folder cannot be read completely";
		if (!size)
			return NULL;
		name = name_of(size);
		if (name.len)
			bad = each(name, context);
	}
	return bad;
}

why volume_list(struct view path, why (*each)(struct view name, void *context),
		void *context)
{
	EFI_FILE *folder = open_path(path, EFI_FILE_MODE_READ);
	why bad;

	if (!folder)
		return NULL;
	bad = list(folder, each, context);
	folder->Close(folder);
	return bad;
}

static why rename(EFI_FILE *file, struct view name)
{
	EFI_GUID guid = EFI_FILE_INFO_ID;
	why bad = ask(file);
	u64 nr;

	if (bad)
		return bad;
	nr = text_to_utf16(name, entry.info.FileName, MAX_PATH);
	if (nr > MAX_PATH)
		return "the file's new name is too long";
	entry.info.Size = offsetof(EFI_FILE_INFO, FileName) + nr * sizeof(u16);
	return file->SetInfo(file, &guid, entry.info.Size, &entry)
		       ? "the firmware cannot rename the file"
		       : NULL;
}

why volume_rename(struct view path, struct view name)
{
	EFI_FILE *file =
		open_path(path, EFI_FILE_MODE_READ | EFI_FILE_MODE_WRITE);
	why bad = rename(file, name);

	if (file)
		file->Close(file);
	return bad;
}

why volume_overwrite(struct view path, struct view content)
{
	EFI_FILE *file =
		open_path(path, EFI_FILE_MODE_READ | EFI_FILE_MODE_WRITE);
	UINTN len = content.len;
	why bad = NULL;

	if (!file || file->Write(file, &len, (void *)content.at) ||
	    len != content.len || file->Flush(file))
		bad = "the firmware does not write a file";
	if (file)
		file->Close(file);
	return bad;
}
