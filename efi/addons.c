// SPDX-License-Identifier: BSD-2-Clause
/*
 * Addons are loaded, so that the firmware checks and measures them, and then
 * read from memory.
 */
#include "addons.h"

#include "beside.h"
#include "console.h"
#include "device_path.h"
#include "firmware.h"
#include "pe.h"
#include "print.h"
#include "volume.h"
#include "vouch.h"

static struct view section(struct view image, struct view name)
{
	struct view out = VIEW("");

	return pe_section(image, PE_LOADED, name, &out) ? VIEW("") : out;
}

static struct view to_nul(struct view text)
{
	const u8 *end = memchr(text.at, 0, text.len);

	if (end)
		text.len = (u64)(end - text.at);
	return text;
}

static why copy(struct view from, struct view *out)
{
	why bad = pages_take(from.len, out);

	if (!bad)
		memcpy(pages_writable(*out), from.at, from.len);
	return bad;
}

static why add_words(struct view words, struct addons *out)
{
	struct view all;
	u64 at = out->words.len ? out->words.len + 1 : 0;
	why bad;

	words = to_nul(words);
	if (!words.len)
		return NULL;
	bad = pages_take(at + words.len, &all);
	if (bad)
		return bad;
	memset(pages_writable(all), ' ', at);
	memcpy(pages_writable(all), out->words.at, out->words.len);
	memcpy(pages_writable(all) + at, words.at, words.len);
	out->words = all;
	return NULL;
}

static why add_file(struct addon_files *files, struct view name,
		    struct view content)
{
	struct addon_file file = { .name = name };
	why bad;

	if (!content.len)
		return NULL;
	if (files->nr == MAX_ADDONS)
		return "there are too many addons";
	bad = copy(content, &file.content);
	if (!bad)
		files->list[files->nr++] = file;
	return bad;
}

static why take(struct view image, struct view name, struct view uname,
		struct addons *out)
{
	struct view wanted = to_nul(section(image, VIEW(".uname")));
	why bad;

	if (section(image, VIEW(".linux")).len)
		return "it contains a kernel";
	if (wanted.len && uname.len && !view_equal(wanted, to_nul(uname)))
		return "it is for another kernel";
	bad = add_words(section(image, VIEW(".cmdline")), out);
	if (!bad)
		bad = add_file(&out->trees, name, section(image, VIEW(".dtb")));
	if (!bad)
		bad = add_file(&out->initrds, name,
			       section(image, VIEW(".initrd")));
	if (!bad)
		bad = add_file(&out->ucodes, name,
			       section(image, VIEW(".ucode")));
	return bad;
}

static why load(struct view path, EFI_HANDLE *child)
{
	EFI_DEVICE_PATH *device_path;
	struct view file;
	EFI_STATUS status;
	why bad = volume_read(path, &file);

	if (!bad)
		bad = device_path_of_file(volume_handle(), path, &device_path);
	if (bad)
		return bad;
	status = vouch_load(file, device_path, false, child);
	pages_give(range_at(file));
	if (!status)
		return NULL;
	if (status == EFI_SECURITY_VIOLATION && *child)
		firmware->UnloadImage(*child);
	return "the firmware refuses to load it";
}

static why read_one(const struct beside *files, u32 i, struct view uname,
		    struct addons *out)
{
	EFI_GUID guid = EFI_LOADED_IMAGE_PROTOCOL_GUID;
	EFI_HANDLE child = NULL;
	EFI_LOADED_IMAGE *image;
	struct view path;
	why bad = beside_path(files, i, &path);

	if (!bad)
		bad = load(path, &child);
	if (bad)
		return bad;
	image = firmware_protocol(child, guid);
	if (image)
		bad = take((struct view){ image->ImageBase, image->ImageSize },
			   files->names[i], uname, out);
	firmware->UnloadImage(child);
	return bad;
}

void addons_read(struct view folder, struct view uname, struct addons *out)
{
	static struct beside files;

	beside_list(folder, VIEW(".addon.efi"), VIEW(""), &files);
	for (u32 i = 0; i < files.nr; i++) {
		why bad = read_one(&files, i, uname, out);

		if (bad)
			say("gangway: the addon \"%.*s\" is left out: %s",
			    SHOW(files.names[i]), bad);
	}
}
