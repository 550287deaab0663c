// SPDX-License-Identifier: BSD-2-Clause
/*
 * Lists of names.
 */
#include "beside.h"

#include "bls.h"
#include "console.h"
#include "firmware.h"
#include "load_options.h"
#include "print.h"
#include "volume.h"

#define EXTRA	 ".extra.d"
#define NAME_MAX 255

struct search {
	struct view suffix, without;
	struct beside *out;
};

static u8 lower(u8 c)
{
	return c >= 'A' && c <= 'Z' ? c | ('a' ^ 'A') : c;
}

static bool ends_with(struct view name, struct view suffix)
{
	if (!suffix.len || name.len < suffix.len)
		return false;
	for (u64 i = 0; i < suffix.len; i++)
		if (lower(name.at[name.len - suffix.len + i]) != suffix.at[i])
			return false;
	return true;
}

static bool is_plain(struct view name)
{
	for (u64 i = 0; i < name.len; i++)
		if (name.at[i] >= 0x80)
			return false;
	return name.len && name.len <= NAME_MAX && name.at[0] != '.';
}

static bool is_before(struct view a, struct view b)
{
	int result = memcmp(a.at, b.at, min_u64(a.len, b.len));

	return result ? result < 0 : a.len < b.len;
}

static why copy(struct view text, struct view *out)
{
	why bad = pages_take(text.len, out);

	if (!bad)
		memcpy(pages_writable(*out), text.at, text.len);
	return bad;
}

static why take_name(struct view name, void *context)
{
	struct search *search = context;
	struct beside *out = search->out;
	u32 at = out->nr;
	why bad;

	if (!is_plain(name) || !ends_with(name, search->suffix) ||
	    ends_with(name, search->without))
		return NULL;
	if (out->nr == MAX_BESIDE)
		return "there are too many files";
	bad = copy(name, &name);
	if (bad)
		return bad;
	for (; at && is_before(name, out->names[at - 1]); at--)
		out->names[at] = out->names[at - 1];
	out->names[at] = name;
	out->nr++;
	return NULL;
}

void beside_list(struct view folder, struct view suffix, struct view without,
		 struct beside *out)
{
	struct search search = { suffix, without, out };
	why bad;

	out->folder = folder;
	out->nr = 0;
	bad = folder.len ? volume_list(folder, take_name, &search) : NULL;
	if (bad)
		say("gangway: %.*s: %s", SHOW(folder), bad);
}

why beside_path(const struct beside *files, u32 i, struct view *out)
{
	struct view folder = files->folder, name = files->names[i];
	why bad = pages_take(folder.len + 1 + name.len, out);

	if (bad)
		return bad;
	memcpy(pages_writable(*out), folder.at, folder.len);
	pages_writable(*out)[folder.len] = '\\';
	memcpy(pages_writable(*out) + folder.len + 1, name.at, name.len);
	return NULL;
}

/* The boot counter is left out, since it changes from boot to boot. */
struct view beside_folder(void)
{
	struct view path = load_options_own_path(), stem = path, extra;
	struct view suffix = VIEW(EXTRA), end;
	bool is_spent;

	while (stem.len && stem.at[stem.len - 1] != '.')
		stem.len--;
	if (!stem.len)
		return VIEW("");
	end = view_from(path, stem.len - 1);
	stem = path;
	if (!bls_take_suffix(&stem, end, &is_spent) ||
	    pages_take(stem.len + end.len + suffix.len, &extra))
		return VIEW("");
	memcpy(pages_writable(extra), stem.at, stem.len);
	memcpy(pages_writable(extra) + stem.len, end.at, end.len);
	memcpy(pages_writable(extra) + stem.len + end.len, suffix.at,
	       suffix.len);
	return extra;
}
