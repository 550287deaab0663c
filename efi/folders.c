// SPDX-License-Identifier: BSD-2-Clause
/*
 * Walks through the folders and keeps a sorted list.
 */
#include "folders.h"

#include "console.h"
#include "firmware.h"
#include "pe.h"
#include "print.h"
#include "volume.h"

#define ENTRIES	    "\\loader\\entries\\"
#define IMAGES	    "\\EFI\\Linux\\"
#define HEADERS_LEN (2 * PAGE_SIZE) /* enough for PE_SECTIONS_MAX */

static why path_of(struct view folder, struct view name, struct view *out)
{
	why bad = pages_take(folder.len + name.len, out);

	if (bad)
		return bad;
	memcpy(pages_writable(*out), folder.at, folder.len);
	memcpy(pages_writable(*out) + folder.len, name.at, name.len);
	return NULL;
}

static struct candidate new_candidate(bool is_image)
{
	return (struct candidate){ is_image, volume_handle(), VIEW(""),
				   bls_entry_of(VIEW(""), VIEW("")) };
}

static void forget(const struct candidate *candidate)
{
	pages_give(range_at(candidate->path));
	pages_give(range_at(candidate->entry.text));
	pages_give(range_at(candidate->entry.release));
}

/* In the specification's order. If there are too many, the last is dropped. */
static void insert(struct candidates *all, const struct candidate *new)
{
	u32 at = 0;

	while (at < all->nr &&
	       !bls_is_before(&new->entry, &all->list[at].entry))
		at++;
	if (at == MAX_CANDIDATES) {
		forget(new);
		return;
	}
	if (all->nr == MAX_CANDIDATES)
		forget(&all->list[--all->nr]);
	for (u32 i = all->nr++; i > at; i--)
		all->list[i] = all->list[i - 1];
	all->list[at] = *new;
}

static why read_entry(struct candidate *new, bool *is_one)
{
	struct view folder = VIEW(ENTRIES), text;
	why bad = volume_read(new->path, &text);

	if (bad)
		return bad;
	*is_one = bls_read(view_from(new->path, folder.len), text, &new->entry);
	new->entry.text = text;
	if (!*is_one && bls_value(text, VIEW("uki-url")).len)
		return "gangway downloads no images (uki-url)";
	return NULL;
}

/* Read the content of a section from the volume; empty if there is none. */
static why read_section(struct view path, struct view headers, struct view name,
			struct view *out)
{
	u64 at, len;

	*out = VIEW("");
	if (!pe_place(headers, name, &at, &len))
		return NULL;
	return volume_read_part(path, at, len, out);
}

/* Make a candidate of a file; *is_uki is false if it is not one for us. */
static why read_image(struct candidate *new, bool *is_uki)
{
	struct bls_entry *entry = &new->entry;
	struct view headers;
	u64 at, len;
	why bad = volume_read_part(new->path, 0, HEADERS_LEN, &headers);

	if (bad)
		return bad;
	*is_uki = pe_place(headers, VIEW(".linux"), &at, &len);
	if (*is_uki)
		bad = read_section(new->path, headers, VIEW(".osrel"),
				   &entry->text);
	if (*is_uki && !bad)
		bad = read_section(new->path, headers, VIEW(".uname"),
				   &entry->release);
	pages_give(range_at(headers));
	bls_read_release(entry->text, entry);
	return bad;
}

/* Judge a file by its name, then by its content. */
static why judge(struct candidates *all, struct view folder, struct view name,
		 bool is_image)
{
	struct candidate new = new_candidate(is_image);
	struct view suffix = is_image ? VIEW(".efi") : VIEW(".conf");
	bool is_one = false;
	why bad;

	new.entry.name = name;
	if (!bls_take_suffix(&new.entry.name, suffix, &new.entry.is_spent))
		return NULL;
	bad = path_of(folder, name, &new.path);
	if (bad)
		return bad;
	bad = is_image ? read_image(&new, &is_one) : read_entry(&new, &is_one);
	if (bad)
		say("gangway: find uefi: %s, so it is left out", bad);
	new.entry.name.at = new.path.at + folder.len;
	if (is_one && !bad)
		insert(all, &new);
	else
		forget(&new);
	return NULL;
}

static why judge_entry(struct view name, void *all)
{
	return judge(all, VIEW(ENTRIES), name, false);
}

static why judge_image(struct view name, void *all)
{
	return judge(all, VIEW(IMAGES), name, true);
}

/* The name is known, and the rest not worth a download. */
static why add_image(struct candidates *all, struct view id)
{
	struct candidate new = new_candidate(true);
	struct view folder = VIEW(IMAGES), suffix = VIEW(".efi");
	struct view name = id;
	why bad;

	if (!bls_take_suffix(&name, suffix, &new.entry.is_spent))
		return NULL;
	bad = path_of(folder, id, &new.path);
	if (bad)
		return bad;
	new.entry.name = (struct view){ new.path.at + folder.len, name.len };
	insert(all, &new);
	return NULL;
}

void folders_add(struct candidates *all, struct view id)
{
	why bad = add_image(all, id);

	if (!bad)
		bad = judge_entry(id, all);
	if (bad)
		say("gangway: find uefi: %s", bad);
}

static void list_volume(struct candidates *out)
{
	why bad = volume_list(VIEW(ENTRIES), judge_entry, out);

	if (bad)
		say("gangway: find uefi: %s", bad);
	bad = volume_list(VIEW(IMAGES), judge_image, out);
	if (bad)
		say("gangway: find uefi: %s", bad);
}

void folders_list(struct candidates *out)
{
	void *extended = volume_extended();

	out->nr = 0;
	list_volume(out);
	if (!extended)
		return;
	volume_use(extended);
	list_volume(out);
	volume_use(NULL);
}
