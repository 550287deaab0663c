// SPDX-License-Identifier: BSD-2-Clause
/*
 * Walks through the folders, keeping the best of what they meet.
 */
#include "folders.h"

#include "firmware.h"
#include "pe.h"
#include "volume.h"

#define ENTRIES	    "\\loader\\entries\\"
#define IMAGES	    "\\EFI\\Linux\\"
#define HEADERS_LEN (2 * PAGE_SIZE) /* enough for the most sections */

static why path_of(struct view folder, struct view name, struct view *out)
{
	why bad = pages_take(folder.len + name.len, out);

	if (bad)
		return bad;
	memcpy(pages_writable(*out), folder.at, folder.len);
	memcpy(pages_writable(*out) + folder.len, name.at, name.len);
	return NULL;
}

static struct candidate new_candidate(void)
{
	return (struct candidate){ true, VIEW(""),
				   bls_entry_of(VIEW(""), VIEW("")) };
}

static void forget(const struct candidate *candidate)
{
	pages_give(range_at(candidate->path));
	pages_give(range_at(candidate->entry.text));
	pages_give(range_at(candidate->entry.release));
}

static void keep_better(struct candidate *best, const struct candidate *other)
{
	struct candidate before = *best;

	if (before.is_there && !bls_is_before(&other->entry, &before.entry)) {
		forget(other);
		return;
	}
	*best = *other;
	if (before.is_there)
		forget(&before);
}

static why judge_entry(struct view name, void *best)
{
	struct candidate new = new_candidate();
	struct view folder = VIEW(ENTRIES), text, stem = name;
	bool is_spent;
	why bad;

	if (!bls_take_suffix(&stem, VIEW(".conf"), &is_spent))
		return NULL;
	bad = path_of(folder, name, &new.path);
	if (!bad)
		bad = volume_read(new.path, &text);
	if (bad)
		return bad;
	if (bls_read(view_from(new.path, folder.len), text, &new.entry)) {
		keep_better(best, &new);
	} else {
		new.entry.text = text;
		forget(&new);
	}
	return NULL;
}

why folders_entry(struct candidate *best)
{
	best->is_there = false;
	return volume_list(VIEW(ENTRIES), judge_entry, best);
}

/* The content of a section, read off the volume; empty if there is none. */
static why read_section(struct view path, struct view headers, struct view name,
			struct view *out)
{
	u64 at, len;

	*out = VIEW("");
	if (!pe_place(headers, name, &at, &len))
		return NULL;
	return volume_read_part(path, at, len, out);
}

/* Make a candidate of a file; *is_uki false if it is none for us. */
static why read_image(struct candidate *new, bool *is_uki)
{
	struct bls_entry *entry = &new->entry;
	struct view headers;
	u64 at, len;
	why bad = volume_read_part(new->path, 0, HEADERS_LEN, &headers);

	if (bad)
		return bad;
	*is_uki = pe_claims(headers) &&
		  pe_place(headers, VIEW(".linux"), &at, &len);
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

static why judge_image(struct view name, void *best)
{
	struct candidate new = new_candidate();
	struct view folder = VIEW(IMAGES);
	bool is_uki = false;
	why bad;

	new.entry.name = name;
	if (!bls_take_suffix(&new.entry.name, VIEW(".efi"),
			     &new.entry.is_spent))
		return NULL;
	bad = path_of(folder, name, &new.path);
	if (!bad)
		bad = read_image(&new, &is_uki);
	if (bad)
		return bad;
	new.entry.name.at = new.path.at + folder.len;
	if (is_uki)
		keep_better(best, &new);
	else
		forget(&new);
	return NULL;
}

why folders_image(struct candidate *best)
{
	best->is_there = false;
	return volume_list(VIEW(IMAGES), judge_image, best);
}
