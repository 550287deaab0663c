// SPDX-License-Identifier: BSD-2-Clause
/*
 * The places where a kernel may be, in order. What is found becomes a list of
 * modules, as from any other door.
 */
#include "find.h"

#include "board.h"
#include "cmdline.h"
#include "console.h"
#include "firmware.h"
#include "folders.h"
#include "library.h"
#include "load_options.h"
#include "packed.h"
#include "sealed.h"
#include "uki.h"
#include "volume.h"

/* Add a module with its name and its arguments. */
static void add(struct boot_info *info, struct view content, struct view name,
		struct view line)
{
	struct range range = range_at(content);
	u32 nr = info->nr_modules;

	if (!content.len)
		return;
	info_add_module(info, range.start, range.end, VIEW(""));
	if (info->nr_modules == nr)
		return;
	info->modules[nr].name = name;
	info->modules[nr].line = line;
}

/* Join two texts; words get a blank between them. */
static why join(struct view a, struct view b, bool are_words, struct view *out)
{
	struct view pages = a;
	why bad;

	if (are_words && (!a.len || !b.len)) {
		*out = a.len ? a : b;
		return NULL;
	}
	bad = pages_take(a.len + are_words + b.len, &pages);
	if (bad)
		return bad;
	memcpy(pages_writable(pages), a.at, a.len);
	if (are_words)
		pages_writable(pages)[a.len] = ' ';
	memcpy(pages_writable(pages) + a.len + are_words, b.at, b.len);
	*out = pages;
	return NULL;
}

/* A packed command line ends at a NUL or at the section's end. Control
 * characters become blanks, and blanks at the end are removed, as by
 * systemd-stub. */
static why packed_line(struct view text, struct view *out)
{
	const u8 *end = memchr(text.at, 0, text.len);
	why bad;

	if (end)
		text.len = (u64)(end - text.at);
	while (text.len && text.at[text.len - 1] <= ' ')
		text.len--;
	*out = text;
	bad = text.len ? pages_take(text.len, out) : NULL;
	for (u64 i = 0; i < text.len && !bad; i++)
		pages_writable(*out)[i] = text.at[i] < ' ' ? ' ' : text.at[i];
	return bad;
}

/* Add the sections of gangway's own image. */
static why add_sections(struct boot_info *info, const struct found *found,
			u32 profile)
{
	struct uki uki;
	why bad;

	library_begin();
	bad = uki_open(found->self, found->form, profile,
		       board_name(found->self, found->form, profile), &uki);
	library_end();
	if (bad)
		return bad;
	add(info, uki.kernel, VIEW(""), VIEW(""));
	add(info, uki.ucode, VIEW(""), VIEW(""));
	add(info, uki.initrd, VIEW(""), VIEW(""));
	add(info, uki.devicetree, VIEW(""), VIEW(""));
	return NULL;
}

/* As the firmware has loaded it. */
static why see_ourselves(struct found *found)
{
	EFI_GUID guid = EFI_LOADED_IMAGE_PROTOCOL_GUID;
	EFI_LOADED_IMAGE *self = firmware_protocol(firmware_image, guid);

	if (!self)
		return "the firmware does not tell where gangway is loaded";
	found->self = (struct view){ self->ImageBase, self->ImageSize };
	found->form = PE_LOADED;
	return NULL;
}

static why see_section(const struct found *found, struct view name,
		       struct view *out)
{
	return pe_section(found->self, found->form, name, out);
}

why find_seal(struct found *found)
{
	struct view seal = VIEW("");
	why bad = see_section(found, VIEW(".linux"), &found->kernel);

	if (!bad)
		bad = see_section(found, VIEW(PACKED_SEAL), &seal);
	found->is_packed = found->kernel.len;
	found->is_sealed = found->is_packed && seal.len;
	return bad;
}

why find_packed(struct boot_info *info, struct found *found)
{
	/* Otherwise the profile is that of a UKI found elsewhere. */
	u32 profile = found->is_packed ? found->profile : 0;
	why bad = see_section(found, VIEW(".hashes"), &found->hashes);

	if (!bad)
		bad = pe_profile_section(found->self, found->form, profile,
					 VIEW(".linux"), &found->kernel);
	if (!bad)
		bad = pe_profile_section(found->self, found->form, profile,
					 VIEW(".cmdline"), &found->line);
	if (!bad)
		bad = packed_line(found->line, &found->words);
	if (bad || !found->is_packed)
		return bad;
	return add_sections(info, found, profile);
}

/* "@1" as the first word chooses a profile; it is removed. */
static void take_profile(struct boot_info *info, struct found *found)
{
	struct view rest = info->cmdline, word;

	if (!cmdline_next(&rest, &word) ||
	    !words_profile(word, &found->profile))
		return;
	found->profile_word = word;
	info->cmdline = rest;
}

/* Add a file of the volume. */
static why add_file(struct boot_info *info, struct found *found,
		    struct named_file file, struct view line)
{
	struct view content;
	why bad = volume_read(file.path, &content);

	if (!bad)
		add(info, content, file.path, line);
	if (file.is_kernel)
		found->volume = volume_handle();
	if (!bad && file.is_kernel && !content.len)
		bad = "the kernel's file is empty";
	return bad;
}

/* Add the files that a text names, the kernel first. */
static why add_files(struct boot_info *info, struct found *found,
		     struct view text,
		     bool (*next)(struct view *, struct named_file *),
		     struct view line)
{
	struct named_file file;
	why bad = NULL;

	for (u32 kernel = 2; kernel--;) {
		struct view left = text;

		while (!bad && next(&left, &file))
			if (file.is_kernel == kernel)
				bad = add_file(info, found, file,
					       kernel ? line : file.line);
	}
	return bad;
}

static why find_by_words(struct boot_info *info, struct found *found,
			 struct view options)
{
	struct view rest;
	u64 len = words_without_files(options, NULL, 0);
	why bad;

	if (words_kernels(options) > 1)
		return "the load options name more than one kernel";
	bad = pages_take(len, &rest);
	if (bad)
		return bad;
	words_without_files(options, (char *)pages_writable(rest), len);
	info->cmdline = rest;
	bad = add_files(info, found, options, words_next_file, VIEW(""));
	found->has_named_initrd = info->nr_modules > 1;
	return bad;
}

static bool drop_strings(struct boot_info *info)
{
	bool has_some = false;

	for (u32 i = 0; i < info->nr_modules; i++) {
		has_some |= info->modules[i].line.len;
		info->modules[i].line = VIEW("");
	}
	return has_some;
}

/* A packed command line that is fixed excludes all others. */
static void drop_outside_words(struct boot_info *info)
{
	if (drop_strings(info))
		say("gangway: arguments of entries and modules are ignored, "
		    "because a command line is packed");
}

void find_forget_words(struct boot_info *info, const struct found *found)
{
	info->cmdline = VIEW("");
	drop_strings(info);
	info->modules[0].line = found->words;
}

/* Wherever the kernel was found. */
why find_join_lines(struct boot_info *info, struct found *found)
{
	struct view *line = &info->modules[0].line;

	if (found->is_line_fixed)
		drop_outside_words(info);
	return join(found->words, *line, true, line);
}

/* The entry's profile counts if the load options choose none. */
static why take_profile_of(const struct bls_entry *entry, struct found *found)
{
	struct view word;
	why bad;

	if (!entry->profile.len || found->profile_word.len)
		return NULL;
	bad = join(VIEW("@"), entry->profile, false, &word);
	if (bad)
		return bad;
	if (!words_profile(word, &found->profile))
		return "the entry's profile is not a number";
	found->profile_word = word;
	return NULL;
}

static why find_by_entry(struct boot_info *info, struct found *found,
			 const struct bls_entry *entry)
{
	struct view line, text = entry->text;
	why bad = take_profile_of(entry, found);
	u64 len;

	if (bad)
		return bad;
	if (bls_kernels(text) > 1)
		return "the entry names more than one kernel";
	if (bls_has_overlay(text))
		say("gangway: device tree overlays are ignored");
	if (bls_value(text, VIEW("extra")).len)
		say("gangway: the entry's extra files are ignored");
	len = bls_options(text, NULL, 0);
	bad = pages_take(len, &line);
	if (bad)
		return bad;
	bls_options(text, (char *)pages_writable(line), len);
	return add_files(info, found, text, bls_next_file, line);
}

/* Without words that name a kernel, or where they do not count, it would find
 * the same entry, and so on. */
static bool starts_ourselves(const struct boot_info *info,
			     const struct found *found)
{
	const struct module *kernel = &info->modules[0];

	return found->volume == volume_handle() && info->nr_modules &&
	       load_options_is_own_path(kernel->name) &&
	       (found->is_line_fixed || !words_kernels(kernel->line));
}

why find_candidate(struct boot_info *info, const struct candidate *candidate,
		   struct found *found)
{
	struct named_file image = { .is_kernel = true };
	why bad;

	volume_use(candidate->volume);
	image.path = candidate->path;
	if (candidate->is_image) {
		found->where = "\\EFI\\Linux";
		bad = add_file(info, found, image, VIEW(""));
	} else {
		found->where = "a boot loader entry";
		bad = find_by_entry(info, found, &candidate->entry);
	}
	volume_use(NULL);
	if (!bad && starts_ourselves(info, found))
		bad = "the entry starts gangway itself, and names no kernel";
	if (!bad)
		bad = find_join_lines(info, found);
	return bad ? bad : info->bad;
}

why find_kernel(struct boot_info *info, bool is_secure, struct found *out)
{
	why bad;

	*out = found_nothing("");
	bad = load_options_read(&info->cmdline);
	if (!bad)
		bad = see_ourselves(out);
	if (!bad)
		bad = find_seal(out);
	if (bad)
		return bad;
	if (!out->is_sealed)
		take_profile(info, out);
	bad = find_packed(info, out);
	if (bad)
		return bad;
	out->has_companions = out->is_packed && !out->is_sealed;
	out->is_line_fixed = out->is_sealed || (is_secure && out->line.len);
	if (out->is_sealed)
		sealed_forget(info, info->nr_modules);
	if (out->is_line_fixed && info->cmdline.len) {
		say("gangway: load options are ignored, because Secure Boot "
		    "is on and a command line is packed");
		info->cmdline = VIEW("");
	}
	out->where = out->is_packed ? "its own sections" : "the load options";
	if (!out->is_packed && words_kernels(info->cmdline))
		bad = find_by_words(info, out, info->cmdline);
	if (!bad && info->nr_modules)
		bad = find_join_lines(info, out);
	return bad ? bad : info->bad;
}
