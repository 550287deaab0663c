// SPDX-License-Identifier: BSD-2-Clause
/*
 * Makes archives of files, in the order in which systemd-stub joins and
 * measures them (systemd-stub(7)).
 */
#include "companions.h"

#include "addons.h"
#include "beside.h"
#include "confidential.h"
#include "console.h"
#include "cpio.h"
#include "firmware.h"
#include "measure.h"
#include "pe.h"
#include "print.h"
#include "smbios.h"
#include "volume.h"

#define FOLDER_MODE  0555
#define FILE_MODE    0444
#define SECRET_DIR   0500
#define SECRET_FILE  0400
#define FOR_ALL	     "\\loader\\addons"
#define PARAMETERS   u"StubPcrKernelParameters"
#define SYSTEM_EXT   u"StubPcrInitRDSysExts"
#define CONFIG_EXT   u"StubPcrInitRDConfExts"
#define SMBIOS_WORDS "io.systemd.stub.kernel-cmdline-extra="

/* A kind of files and where Linux finds them. Without a folder they are beside
 * the image. */
struct kind {
	char suffix[16], without[16], folder[24], target[32], text[48];
	u32 folder_mode, file_mode, pcr;
	const CHAR16 *tells; /* this variable the PCR */
};

static const struct kind kinds[] = {
	{ ".cred", "", "", ".extra/credentials", "Credentials initrd",
	  SECRET_DIR, SECRET_FILE, MEASURE_CONFIG, PARAMETERS },
	{ ".cred", "", "\\loader\\credentials", ".extra/global_credentials",
	  "Global credentials initrd", SECRET_DIR, SECRET_FILE, MEASURE_CONFIG,
	  PARAMETERS },
	{ ".raw", ".confext.raw", "", ".extra/sysext",
	  "System extension initrd", FOLDER_MODE, FILE_MODE, MEASURE_EXTENSIONS,
	  SYSTEM_EXT },
	{ ".raw", ".confext.raw", "\\loader\\extensions",
	  ".extra/global_sysext", "Global system extension initrd", FOLDER_MODE,
	  FILE_MODE, MEASURE_EXTENSIONS, SYSTEM_EXT },
	{ ".confext.raw", "", "", ".extra/confext",
	  "Configuration extension initrd", FOLDER_MODE, FILE_MODE,
	  MEASURE_CONFIG, CONFIG_EXT },
	{ ".confext.raw", "", "\\loader\\extensions", ".extra/global_confext",
	  "Global configuration extension initrd", FOLDER_MODE, FILE_MODE,
	  MEASURE_CONFIG, CONFIG_EXT },
};

/* Sections that become files. They have been measured already. */
static const char extras[][2][32] = {
	{ ".pcrsig", "tpm2-pcr-signature.json" },
	{ ".pcrpkey", "tpm2-pcr-public-key.pem" },
	{ ".osrel", "os-release" },
	{ ".profile", "profile" },
};

static struct view text_of(const char *text)
{
	return (struct view){ (const u8 *)text, strlen(text) };
}

/* Behind all others, or in front of them. */
static why add_initrd(struct boot *boot, struct view content, bool is_first)
{
	struct range range = range_at(content);
	struct payload *payload = &boot->payload;
	u32 nr = boot->info->nr_modules, at = payload->nr_modules;

	info_add_module(boot->info, range.start, range.end, VIEW(""));
	if (boot->info->bad || boot->info->nr_modules == nr ||
	    at == MAX_MODULES)
		return boot->info->bad;
	for (; is_first && at; at--)
		payload->modules[at] = payload->modules[at - 1];
	payload->modules[at] = boot->info->modules[nr];
	payload->nr_modules++;
	return NULL;
}

static u64 write_archive(const struct kind *kind, const struct beside *files,
			 const struct view *contents, u8 *out, u64 room)
{
	struct cpio cpio = cpio_begin(out, room);

	cpio_folder(&cpio, text_of(kind->target), kind->folder_mode);
	for (u32 i = 0; i < files->nr; i++)
		cpio_file(&cpio, text_of(kind->target), files->names[i],
			  kind->file_mode, contents[i]);
	cpio_end(&cpio);
	return cpio.len;
}

/* Read them all; one that cannot be read is left out. */
static void read_files(struct beside *files, struct view *contents)
{
	u32 nr = 0;

	for (u32 i = 0; i < files->nr; i++) {
		struct view path;

		if (beside_path(files, i, &path) ||
		    volume_read(path, &contents[nr]))
			continue;
		files->names[nr++] = files->names[i];
	}
	files->nr = nr;
}

static why add_kind(struct boot *boot, const struct kind *kind,
		    struct view folder)
{
	static struct view contents[MAX_BESIDE];
	static struct beside files;
	struct view archive;
	why bad;

	if (kind->folder[0])
		folder = text_of(kind->folder);
	beside_list(folder, text_of(kind->suffix), text_of(kind->without),
		    &files);
	read_files(&files, contents);
	if (!files.nr)
		return NULL;
	bad = pages_take(write_archive(kind, &files, contents, NULL, 0),
			 &archive);
	if (bad)
		return bad;
	write_archive(kind, &files, contents, pages_writable(archive),
		      archive.len);
	for (u32 i = 0; i < files.nr; i++)
		pages_give(range_at(contents[i]));
	measure_beside(kind->pcr, archive, text_of(kind->text), 0);
	measure_tell(kind->tells, kind->pcr);
	return add_initrd(boot, archive, false);
}

static u64 write_extra(const char *name, struct view content, u8 *out, u64 room)
{
	struct cpio cpio = cpio_begin(out, room);

	cpio_folder(&cpio, VIEW(".extra"), FOLDER_MODE);
	cpio_file(&cpio, VIEW(".extra"), text_of(name), FILE_MODE, content);
	cpio_end(&cpio);
	return cpio.len;
}

static why add_extras(struct boot *boot, const struct found *found)
{
	struct view content, archive;
	why bad = NULL;

	for (u32 i = 0; i < ARRAY_LEN(extras) && !bad; i++) {
		const char *name = extras[i][1];

		if (pe_profile_section(found->self, found->form, found->profile,
				       text_of(extras[i][0]), &content) ||
		    !content.len)
			continue;
		bad = pages_take(write_extra(name, content, NULL, 0), &archive);
		if (bad)
			return bad;
		write_extra(name, content, pages_writable(archive),
			    archive.len);
		bad = add_initrd(boot, archive, false);
	}
	return bad;
}

static why add_words(struct boot *boot, struct view words)
{
	struct view *line = &boot->payload.line, all;
	why bad;

	if (!words.len)
		return NULL;
	measure_beside_words(words);
	measure_tell(PARAMETERS, MEASURE_CONFIG);
	bad = pages_take(line->len + 1 + words.len, &all);
	if (bad)
		return bad;
	memcpy(pages_writable(all), line->at, line->len);
	pages_writable(all)[line->len] = ' ';
	memcpy(pages_writable(all) + line->len + 1, words.at, words.len);
	*line = all;
	return NULL;
}

/* They come from the host, which a confidential guest does not trust. */
static why add_words_of_smbios(struct boot *boot)
{
	if (guest_is_confidential())
		return NULL;
	return add_words(boot, smbios_string(boot->mem, boot->info->smbios,
					     VIEW(SMBIOS_WORDS)));
}

/* What an addon has, but for words. */
static void measure_addon(const struct addon_file *file, u32 tag)
{
	measure_beside(MEASURE_CONFIG, file->content, file->name, tag);
	measure_tell(PARAMETERS, MEASURE_CONFIG);
}

static void take_trees(struct boot *boot, const struct addon_files *trees)
{
	for (u32 i = 0; i < trees->nr; i++) {
		boot->payload.devicetree = trees->list[i].content;
		measure_addon(&trees->list[i], MEASURE_DTB_ADDON);
	}
}

/* The kernel uses the first microcode that it finds. */
static why add_addons(struct boot *boot, const struct addons *addons)
{
	const struct addon_files *ucodes = &addons->ucodes;
	const struct addon_files *initrds = &addons->initrds;
	why bad = NULL;

	for (u32 i = ucodes->nr; i && !bad; i--)
		measure_addon(&ucodes->list[i - 1], MEASURE_UCODE_ADDON);
	for (u32 i = 0; i < ucodes->nr && !bad; i++)
		bad = add_initrd(boot, ucodes->list[i].content, true);
	for (u32 i = 0; i < initrds->nr && !bad; i++) {
		measure_addon(&initrds->list[i], MEASURE_INITRD_ADDON);
		bad = add_initrd(boot, initrds->list[i].content, false);
	}
	return bad;
}

static why add_beside(struct boot *boot, const struct found *found)
{
	static struct addons addons;
	struct view folder = beside_folder(), uname = VIEW("");
	why bad;

	if (pe_profile_section(found->self, found->form, found->profile,
			       VIEW(".uname"), &uname))
		uname = VIEW("");
	addons.words = VIEW("");
	addons.trees.nr = addons.initrds.nr = addons.ucodes.nr = 0;
	addons_read(VIEW(FOR_ALL), uname, &addons);
	addons_read(folder, uname, &addons);
	bad = add_words(boot, addons.words);
	if (!bad)
		bad = add_words_of_smbios(boot);
	take_trees(boot, &addons.trees);
	for (u32 i = 0; i < ARRAY_LEN(kinds) && !bad; i++)
		bad = add_kind(boot, &kinds[i], folder);
	if (!bad)
		bad = add_extras(boot, found);
	return bad ? bad : add_addons(boot, &addons);
}

/* Where there is none, Linux asks for its loader's. */
static why add_empty(struct boot *boot)
{
	struct cpio cpio = cpio_begin(NULL, 0);
	struct view archive;
	why bad;

	cpio_end(&cpio);
	bad = pages_take(cpio.len, &archive);
	if (bad)
		return bad;
	cpio = cpio_begin(pages_writable(archive), archive.len);
	cpio_end(&cpio);
	return add_initrd(boot, archive, false);
}

why companions_add(struct boot *boot, const struct found *found)
{
	why bad;

	if (found->has_companions)
		return add_beside(boot, found);
	bad = add_extras(boot, found);
	if (!bad && found->is_sealed && !boot->payload.nr_modules)
		bad = add_empty(boot);
	return bad;
}
