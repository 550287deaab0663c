// SPDX-License-Identifier: BSD-2-Clause
/*
 * Files, by the simple file system protocol (UEFI 2.10, sections 13.4, 13.5).
 */
#include "volume.h"

#include "console.h"
#include "print.h"
#include "text.h"

#define MAX_PATH  512 /* units */
#define READ_STEP (16 * MIB)

static struct {
	EFI_FILE_INFO info;
	CHAR16 more[MAX_PATH]; /* of its name */
} entry;

/* The volume's root; NULL if gangway does not come from a volume. */
static EFI_FILE *open_root(void)
{
	EFI_GUID image_guid = EFI_LOADED_IMAGE_PROTOCOL_GUID;
	EFI_GUID volume_guid = EFI_SIMPLE_FILE_SYSTEM_PROTOCOL_GUID;
	EFI_LOADED_IMAGE *image = firmware_protocol(firmware_image, image_guid);
	EFI_FILE_IO_INTERFACE *volume =
		image ? firmware_protocol(image->DeviceHandle, volume_guid)
		      : NULL;
	EFI_FILE *root;

	if (!volume || volume->OpenVolume(volume, &root))
		return NULL;
	return root;
}

static EFI_FILE *open_path(struct view path)
{
	static CHAR16 units[MAX_PATH];
	u64 nr = text_to_utf16(path, units, MAX_PATH);
	EFI_FILE *root = open_root(), *file = NULL;

	if (!root)
		return NULL;
	for (u64 i = 0; i < min_u64(nr, MAX_PATH); i++)
		if (units[i] == '/')
			units[i] = '\\';
	if (nr > MAX_PATH ||
	    root->Open(root, &file, units, EFI_FILE_MODE_READ, 0))
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

		if (file->Read(file, &step, pages_writable(pages) + done) ||
		    !step)
			bad = "a file cannot be read to its end";
		done += step;
	}
	if (!bad)
		*out = pages;
	return bad;
}

static why read_file(EFI_FILE *file, struct view *out)
{
	EFI_GUID guid = EFI_FILE_INFO_ID;
	UINTN size = sizeof(entry);

	if (!file)
		return "there is no such file";
	if (file->GetInfo(file, &guid, &size, &entry))
		return "the firmware does not tell a file's length";
	if (entry.info.Attribute & EFI_FILE_DIRECTORY)
		return "a folder is no file";
	return read_all(file, entry.info.FileSize, out);
}

why volume_read(struct view path, struct view *out)
{
	EFI_FILE *file = open_path(path);
	why bad = read_file(file, out);

	if (bad)
		say("gangway: the file is \"%.*s\"", SHOW(path));
	if (file)
		file->Close(file);
	return bad;
}

static why list(EFI_FILE *folder, why (*each)(struct view, void *),
		void *context)
{
	static char name[3 * MAX_PATH];
	why bad = NULL;

	while (!bad) {
		UINTN size = sizeof(entry);
		struct view units, text = { (const u8 *)name, 0 };

		if (folder->Read(folder, &size, &entry))
			return "a folder cannot be read to its end";
		if (!size)
			return NULL;
		if (entry.info.Attribute & EFI_FILE_DIRECTORY)
			continue;
		units = (struct view){ (const u8 *)entry.info.FileName,
				       size - offsetof(EFI_FILE_INFO,
						       FileName) };
		text.len = text_from_utf16(units, name, sizeof(name));
		if (text.len && text.len <= sizeof(name))
			bad = each(text, context);
	}
	return bad;
}

why volume_list(struct view path, why (*each)(struct view name, void *context),
		void *context)
{
	EFI_FILE *folder = open_path(path);
	why bad;

	if (!folder)
		return NULL;
	bad = list(folder, each, context);
	folder->Close(folder);
	return bad;
}
