// SPDX-License-Identifier: BSD-2-Clause
/*
 * An entry's identifier is its file name without boot counter.
 */
#include "choose.h"

#include "console.h"
#include "firmware.h"
#include "glob.h"
#include "loader_variables.h"
#include "print.h"
#include "volume.h"

#define LOADER_CONF "\\loader\\loader.conf"
#define ID_LEN	    256
#define CONF_MAX    (64 * KIB)

static struct view id_of(const struct candidate *candidate, char id[ID_LEN])
{
	struct view name = candidate->entry.name;
	struct view suffix = candidate->is_image ? VIEW(".efi") : VIEW(".conf");

	name.len = min_u64(name.len, ID_LEN - suffix.len);
	memcpy(id, name.at, name.len);
	memcpy(id + name.len, suffix.at, suffix.len);
	return (struct view){ (const u8 *)id, name.len + suffix.len };
}

static bool find_wish(const struct candidates *all, struct view wish, u32 *out)
{
	char id[ID_LEN];

	if (!wish.len)
		return false;
	for (u32 i = 0; i < all->nr; i++) {
		if (!glob_matches(wish, id_of(&all->list[i], id)))
			continue;
		*out = i;
		return true;
	}
	return false;
}

static struct view read_default(void)
{
	struct view text;

	if (!volume_has(VIEW(LOADER_CONF)) ||
	    volume_read_part(VIEW(LOADER_CONF), 0, CONF_MAX, &text))
		return VIEW("");
	return bls_value(text, VIEW("default"));
}

static void add_wish(struct candidates *all, struct view wish)
{
	u32 i;

	if (wish.len && !find_wish(all, wish, &i))
		folders_add(all, wish);
}

void choose_among(struct candidates *out)
{
	out->nr = 0;
	if (!volume_is_served()) {
		folders_list(out);
		return;
	}
	add_wish(out, loader_read(u"LoaderEntryOneShot"));
	add_wish(out, loader_read(u"LoaderEntryDefault"));
	add_wish(out, read_default());
}

u32 choose_first(const struct candidates *all)
{
	struct view once = loader_read(u"LoaderEntryOneShot");
	u32 first = 0;

	if (once.len)
		loader_forget(u"LoaderEntryOneShot");
	if (!find_wish(all, once, &first) &&
	    !find_wish(all, loader_read(u"LoaderEntryDefault"), &first))
		(void)find_wish(all, read_default(), &first);
	return first;
}

void choose_count(struct candidate *candidate)
{
	struct view path = candidate->path, name = path, next, folder = path;
	u64 len;
	why bad;

	for (u64 at = path.len; at && path.at[at - 1] != '\\'; at--)
		folder.len = at - 1;
	name = view_from(path, folder.len);
	len = bls_count(name, NULL, 0);
	if (!len)
		return;
	bad = pages_take(folder.len + len, &next);
	if (!bad) {
		memcpy(pages_writable(next), folder.at, folder.len);
		bls_count(name, (char *)pages_writable(next) + folder.len, len);
		volume_use(candidate->volume);
		bad = volume_rename(path, view_from(next, folder.len));
		volume_use(NULL);
	}
	if (bad) {
		say("gangway: the boot counter cannot be updated: %s", bad);
		return;
	}
	candidate->path = next;
	loader_write(u"LoaderBootCountPath", next);
}
