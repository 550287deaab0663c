// SPDX-License-Identifier: BSD-2-Clause
/*
 * The places where a kernel may be, in their order. What is found becomes a
 * list of modules, as any other door would have given it.
 */
#include "find.h"

#include "bls.h"
#include "cmdline.h"
#include "console.h"
#include "firmware.h"
#include "pe.h"
#include "text.h"
#include "volume.h"

#define ENTRIES "\\loader\\entries\\"
#define IMAGES	"\\EFI\\Linux\\"

/* Add a module with its name and its string. */
static void add(struct boot_info *info, struct view content, struct view name,
		struct view line)
{
	struct range range = range_at(content);
	u32 nr = info->nr_modules;

	info_add_module(info, range.start, range.end, VIEW(""));
	if (info->nr_modules == nr)
		return;
	info->modules[nr].name = name;
	info->modules[nr].line = line;
}

/* Two texts, one after the other, with a blank between them. */
static why join(struct view a, struct view b, struct view *out)
{
	struct view pages = a;
	why bad;

	if (!b.len) {
		*out = a;
		return NULL;
	}
	bad = pages_take(a.len + 1 + b.len, &pages);
	if (bad)
		return bad;
	memcpy(pages_writable(pages), a.at, a.len);
	pages_writable(pages)[a.len] = ' ';
	memcpy(pages_writable(pages) + a.len + 1, b.at, b.len);
	*out = pages;
	return NULL;
}

/* A packed command line ends at a NUL, or where the section does. */
static struct view to_nul(struct view text)
{
	const u8 *end = memchr(text.at, 0, text.len);

	if (end)
		text.len = (u64)(end - text.at);
	return text;
}

/* Add the sections of a UKI; microcode comes in front of the initrd. *packed is
 * its own command line. */
static why add_sections(struct boot_info *info, struct view image,
			enum pe_form form, struct view outside,
			struct view *packed_line)
{
	static const char names[][9] = { ".linux", ".ucode", ".initrd",
					 ".dtb" };
	struct view content, line;
	why bad = pe_section(image, form, VIEW(".cmdline"), &line);

	if (bad)
		return bad;
	*packed_line = to_nul(line);
	bad = join(*packed_line, outside, &line);
	for (u32 i = 0; i < ARRAY_LEN(names) && !bad; i++) {
		struct view name = { (const u8 *)names[i], strlen(names[i]) };

		bad = pe_section(image, form, name, &content);
		if (!bad)
			add(info, content, VIEW(""), i ? VIEW("") : line);
	}
	return bad;
}

static why find_in_ourselves(struct boot_info *info, struct found *found,
			     struct view *packed_line)
{
	EFI_GUID guid = EFI_LOADED_IMAGE_PROTOCOL_GUID;
	EFI_LOADED_IMAGE *self = firmware_protocol(firmware_image, guid);
	struct view image, kernel;
	why bad;

	if (!self)
		return "the firmware does not say where gangway lies";
	image = (struct view){ self->ImageBase, self->ImageSize };
	bad = pe_section(image, PE_LOADED, VIEW(".hashes"), &found->hashes);
	if (!bad)
		bad = pe_section(image, PE_LOADED, VIEW(".linux"), &kernel);
	if (bad || !kernel.len)
		return bad;
	found->is_packed = true;
	return add_sections(info, image, PE_LOADED, VIEW(""), packed_line);
}

/* The load options as text; the shell puts the program's name in front. */
static why read_options(struct view *out)
{
	EFI_GUID image_guid = EFI_LOADED_IMAGE_PROTOCOL_GUID;
	EFI_GUID shell_guid = EFI_SHELL_PARAMETERS_PROTOCOL_GUID;
	EFI_LOADED_IMAGE *self = firmware_protocol(firmware_image, image_guid);
	struct view units = VIEW(""), text = VIEW(""), name;
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
	if (firmware_protocol(firmware_image, shell_guid) &&
	    !cmdline_next(&text, &name))
		text = VIEW("");
	*out = text;
	return NULL;
}

/* Add a file of the volume. */
static why add_file(struct boot_info *info, struct named_file file,
		    struct view line)
{
	struct view content;
	why bad = volume_read(file.path, &content);

	if (!bad)
		add(info, content, file.path, line);
	if (!bad && file.is_kernel && !content.len)
		bad = "the kernel's file is empty";
	return bad;
}

/* Add the files that a text names, the kernel first. */
static why add_files(struct boot_info *info, struct view text,
		     bool (*next)(struct view *, struct named_file *),
		     struct view line)
{
	struct named_file file;
	why bad = NULL;

	for (u32 kernel = 2; kernel--;) {
		struct view left = text;

		while (!bad && next(&left, &file))
			if (file.is_kernel == kernel)
				bad = add_file(info, file,
					       kernel ? line : file.line);
	}
	return bad;
}

static why find_by_words(struct boot_info *info, struct view options)
{
	struct view rest;
	u64 len = words_without_files(options, NULL, 0);
	why bad = pages_take(len, &rest);

	if (bad)
		return bad;
	words_without_files(options, (char *)pages_writable(rest), len);
	info->cmdline = rest;
	return add_files(info, options, words_next_file, VIEW(""));
}

/* The best entry that a walk through a folder has met. */
struct best {
	bool is_there;
	struct bls_entry entry;
	struct view path; /* in pages */
};

static why path_of(struct view folder, struct view name, struct view *out)
{
	why bad = pages_take(folder.len + name.len, out);

	if (bad)
		return bad;
	memcpy(pages_writable(*out), folder.at, folder.len);
	memcpy(pages_writable(*out) + folder.len, name.at, name.len);
	return NULL;
}

static void keep_better(struct best *best, const struct best *other)
{
	const struct best *loser = other;
	struct best before = *best;

	if (!best->is_there || bls_is_before(&other->entry, &best->entry)) {
		*best = *other;
		loser = &before;
	}
	if (!loser->is_there)
		return;
	pages_give(range_at(loser->path));
	if (loser->entry.text.len)
		pages_give(range_at(loser->entry.text));
}

static why judge_entry(struct view name, void *context)
{
	struct best *best = context, new = { .is_there = true };
	struct view text = VIEW(""), folder = VIEW(ENTRIES);
	bool is_spent;
	struct view stem = name;
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
		return NULL;
	}
	pages_give(range_at(new.path));
	if (text.len)
		pages_give(range_at(text));
	return NULL;
}

static why find_entry(struct boot_info *info)
{
	struct best best = { .is_there = false };
	struct view line, text;
	why bad = volume_list(VIEW(ENTRIES), judge_entry, &best);
	u64 len;

	if (bad || !best.is_there)
		return bad;
	text = best.entry.text;
	len = bls_options(text, NULL, 0);
	bad = pages_take(len, &line);
	if (bad)
		return bad;
	bls_options(text, (char *)pages_writable(line), len);
	return add_files(info, text, bls_next_file, line);
}

static why judge_image(struct view name, void *context)
{
	struct best *best = context, new = { .is_there = true };
	struct view folder = VIEW(IMAGES);
	why bad;

	new.entry = (struct bls_entry){ .name = name, .text = VIEW("") };
	if (!bls_take_suffix(&new.entry.name, VIEW(".efi"),
			     &new.entry.is_spent))
		return NULL;
	bad = path_of(folder, name, &new.path);
	if (bad)
		return bad;
	new.entry.name.at = new.path.at + folder.len;
	keep_better(best, &new);
	return NULL;
}

static why find_image(struct boot_info *info)
{
	struct best best = { .is_there = false };
	struct named_file file = { .is_kernel = true };
	why bad = volume_list(VIEW(IMAGES), judge_image, &best);

	if (bad || !best.is_there)
		return bad;
	file.path = best.path;
	return add_file(info, file, VIEW(""));
}

/* Who packs a command line means that one. */
static void judge_outside_words(struct boot_info *info, struct view packed_line)
{
	if (!packed_line.len || !info->cmdline.len)
		return;
	say("gangway: words from outside are ignored, since Secure Boot is on");
	info->cmdline = VIEW("");
}

why find_kernel(struct boot_info *info, bool is_secure, struct found *out)
{
	struct view packed_line = VIEW("");
	why bad;

	*out = (struct found){ "its own sections", false, VIEW("") };
	bad = find_in_ourselves(info, out, &packed_line);
	if (!bad)
		bad = read_options(&info->cmdline);
	if (bad)
		return bad;
	if (is_secure)
		judge_outside_words(info, packed_line);
	if (info->nr_modules)
		return info->bad;
	out->where = "the load options";
	if (words_have_kernel(info->cmdline))
		return find_by_words(info, info->cmdline);
	out->where = "a boot loader entry";
	bad = find_entry(info);
	if (bad || info->nr_modules)
		return bad;
	out->where = "\\EFI\\Linux";
	bad = find_image(info);
	if (bad || info->nr_modules)
		return bad;
	return "there is no kernel in gangway's sections, on its load options, "
	       "in \\loader\\entries or in \\EFI\\Linux";
}

why find_in_uki(struct boot_info *info)
{
	static struct module rest[MAX_MODULES];
	struct module uki = info->modules[0];
	struct view image = { (const u8 *)uki.range.start,
			      range_len(uki.range) };
	struct view packed_line;
	u32 nr = info->nr_modules;
	why bad;

	memcpy(rest, info->modules, sizeof(rest));
	info->nr_modules = 0;
	bad = add_sections(info, image, PE_FILE, uki.line, &packed_line);
	for (u32 i = 1; i < nr && !bad; i++)
		add(info,
		    (struct view){ (const u8 *)rest[i].range.start,
				   range_len(rest[i].range) },
		    rest[i].name, rest[i].line);
	return bad ? bad : info->bad;
}
