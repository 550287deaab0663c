// SPDX-License-Identifier: BSD-2-Clause
/*
 * What the loader has left: gangway's own file, and modules, of which those in
 * page 0 are copied, since that is not in the window.
 */
#include "find_handed.h"

#include "firmware.h"
#include "mb1.h"
#include "mb2_live_door.h"
#include "sealed.h"
#include "settle.h"

extern const u8 _file[], _image[];

/* Copy a module into the window. */
static why lift(struct boot_info *info, struct module *module)
{
	struct view pages = VIEW("");
	why bad = pages_take(range_len(module->range), &pages);

	if (bad)
		return bad;
	memcpy(pages_writable(pages), (const u8 *)module->range.start,
	       pages.len);
	module->range = range_at(pages);
	return holds_add(&info->holds, module->range, UNTIL_PLACE)
		       ? NULL
		       : "no free entry to hold a module";
}

/* The file lies as it is, from the page in front of the image on, up to where
 * its Multiboot header ends it. */
static struct view own_file(void)
{
	const u8 *at = _image + settle_self.multiboot;
	struct mb1_header header;

	memcpy(&header, at, sizeof(header));
	return (struct view){ _file, header.load_end_addr - header.header_addr +
					     (u64)(at - _file) };
}

/* Under Secure Boot a kernel in it does not count: nobody has checked the
 * file's signature. */
static why look_inside(struct boot_info *info, struct found *found)
{
	u64 at, len;
	why bad;

	found->self = own_file();
	found->form = PE_FILE;
	if (firmware_is_secure() ||
	    !pe_place(found->self, VIEW(".linux"), &at, &len) ||
	    !view_has(found->self, at, len))
		return NULL;
	found->where = "its own sections";
	bad = find_seal(found);
	return bad ? bad : find_packed(info, found);
}

/* GRUB puts its first module into page 0 if that is free. */
why find_handed(const struct mem *mem, const struct mb2_tags *tags,
		struct boot_info *info, struct found *out)
{
	u32 nr_packed;
	why bad;

	*out = found_nothing("the loader's modules");
	bad = look_inside(info, out);
	nr_packed = info->nr_modules;
	if (!bad)
		bad = mb2_live_read(mem, tags, info);
	if (!bad && out->is_sealed)
		sealed_forget(info, nr_packed);
	for (u32 i = 0; i < info->nr_modules && !bad; i++)
		if (!range_empty(info->modules[i].range) &&
		    info->modules[i].range.start < mem->start)
			bad = lift(info, &info->modules[i]);
	if (!bad && out->is_packed)
		bad = find_join_lines(info, out);
	return bad;
}
