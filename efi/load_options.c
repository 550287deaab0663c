// SPDX-License-Identifier: BSD-2-Clause
/*
 * Load options, and the name of the file they are for (UEFI 2.10, sections 9.1
 * and 10.3.5.4). The shell and iPXE give the name as the first word; GRUB gives
 * the folder and the file a node each.
 */
#include "load_options.h"

#include "cmdline.h"
#include "firmware.h"
#include "text.h"

#define NAME_LEN 512

/* Add a node's text to a path of len bytes, with one backslash between them;
 * the new length. */
static u64 add_part(struct view units, char name[NAME_LEN], u64 len)
{
	bool is_first = !len;

	if (!is_first && name[len - 1] == '\\')
		len--;
	if (!is_first && (!units.len || units.at[0] != '\\'))
		name[len++] = '\\';
	return len + text_from_utf16(units, name + len, NAME_LEN - len);
}

/* The texts of all nodes of a path that name a file, as UTF-8, in name; empty
 * if they do not fit. */
static struct view file_name(const EFI_DEVICE_PATH *path, char name[NAME_LEN])
{
	struct view out = { (const u8 *)name, 0 }, units;
	u64 len;

	while (path && path->Type != END_DEVICE_PATH_TYPE) {
		len = (u64)path->Length[0] | (u64)path->Length[1] << 8;
		if (len < sizeof(*path))
			return out;
		units = (struct view){ (const u8 *)(path + 1),
				       len - sizeof(*path) };
		if (path->Type == MEDIA_DEVICE_PATH &&
		    path->SubType == MEDIA_FILEPATH_DP)
			out.len = add_part(units, name, out.len);
		if (out.len >= NAME_LEN)
			return VIEW("");
		path = (const EFI_DEVICE_PATH *)((const u8 *)path + len);
	}
	return out;
}

static struct view last_part(struct view path)
{
	for (u64 at = path.len; at; at--)
		if (path.at[at - 1] == '/' || path.at[at - 1] == '\\')
			return view_from(path, at);
	return path;
}

/* Volumes know no case, and neither slash from the other. */
static u8 folded(u8 c)
{
	if (c == '/')
		return '\\';
	return c >= 'A' && c <= 'Z' ? c | ('a' ^ 'A') : c;
}

static bool is_same(struct view a, struct view b)
{
	bool is_same = a.len == b.len;

	for (u64 i = 0; i < a.len && is_same; i++)
		is_same = folded(a.at[i]) == folded(b.at[i]);
	return is_same;
}

/* Is the first word gangway's own file name? */
static bool is_own_name(struct view word, const EFI_LOADED_IMAGE *self)
{
	EFI_GUID shell = EFI_SHELL_PARAMETERS_PROTOCOL_GUID;
	char path[NAME_LEN];
	struct view name = last_part(file_name(self->FilePath, path));

	return firmware_protocol(firmware_image, shell) ||
	       (name.len && is_same(last_part(word), name));
}

struct view load_options_own_path(void)
{
	EFI_GUID guid = EFI_LOADED_IMAGE_PROTOCOL_GUID;
	EFI_LOADED_IMAGE *self = firmware_protocol(firmware_image, guid);

	char path[NAME_LEN];
	struct view text = VIEW(""), out;

	if (self)
		text = file_name(self->FilePath, path);
	if (pages_take(text.len, &out))
		return VIEW("");
	memcpy(pages_writable(out), text.at, text.len);
	return out;
}

bool load_options_is_own_path(struct view path)
{
	struct view own = load_options_own_path();

	if (path.len && folded(path.at[0]) == '\\')
		path = view_from(path, 1);
	if (own.len && own.at[0] == '\\')
		own = view_from(own, 1);
	return own.len && is_same(path, own);
}

why load_options_read(struct view *out)
{
	EFI_GUID guid = EFI_LOADED_IMAGE_PROTOCOL_GUID;
	EFI_LOADED_IMAGE *self = firmware_protocol(firmware_image, guid);
	struct view units = VIEW(""), text = VIEW(""), rest, word;
	u64 len;
	why bad;

	if (self && self->LoadOptions)
		units = (struct view){ self->LoadOptions,
				       self->LoadOptionsSize };
	len = text_from_utf16(units, NULL, 0);
	bad = len ? pages_take(len, &text) : NULL;
	if (bad)
		return bad;
	text_from_utf16(units, (char *)pages_writable(text), len);
	rest = text;
	if (cmdline_next(&rest, &word) && is_own_name(word, self))
		text = rest;
	*out = text;
	return NULL;
}
