// SPDX-License-Identifier: BSD-2-Clause
/*
 * gangway pack: a kernel and all it needs in one file. Names of options are
 * those of ukify, where it has one.
 */
#include <bearssl/bearssl_hash.h>
#include <getopt.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "bundle.h"
#include "bzimage.h"
#include "extract.h"
#include "tool.h"

#define TEXTS                                                                  \
	(1u << PART_PROFILE | 1u << PART_OSREL | 1u << PART_CMDLINE |          \
	 1u << PART_UNAME | 1u << PART_SBAT)

enum {
	OUTPUT,
	KERNEL,
	LINUX,
	INITRD,
	MICROCODE,
	CMDLINE,
	DTB,
	DEVICETREE,
	DEVICETREE_AUTO,
	HWIDS,
	SPLASH,
	MODULE,
	PROFILE,
	JOIN_PROFILE,
	OS_RELEASE,
	UNAME,
	SBAT,
	HASH,
	SIGN,
	SIGN_KEY,
	SIGN_CERTIFICATE,
	TYPE,
	STUB,
	EXTRACT,
	SEALED,
};

static const struct choice choices[] = {
	[OUTPUT] = { "output", "FILE", "the file to write; also -o" },
	[KERNEL] = { "kernel", "FILE", "the kernel, of any format" },
	[LINUX] = { "linux", "FILE", "the same" },
	[INITRD] = { "initrd", "FILE", "an initrd; several are joined" },
	[MICROCODE] = { "microcode", "FILE", "microcode, before the initrds" },
	[CMDLINE] = { "cmdline", "WORDS", "the command line; @FILE: in FILE" },
	[DTB] = { "dtb", "FILE", "the device tree" },
	[DEVICETREE] = { "devicetree", "FILE", "the same" },
	[DEVICETREE_AUTO] = { "devicetree-auto", "FILE",
			      "one of several trees, for the machine that it "
			      "fits (uki)" },
	[HWIDS] = { "hwids", "DIR",
		    "which machines the trees are for: *.json (uki)" },
	[SPLASH] = { "splash", "FILE",
		     "a picture for systemd's stub to show (uki)" },
	[MODULE] = { "module", "FILE[,STRING]",
		     "a module, for kernels that take several" },
	[PROFILE] = { "profile", "TEXT",
		      "begin a profile (uki): options that follow are its own" },
	[JOIN_PROFILE] = { "join-profile", "FILE",
			   "add the profiles of another image (uki)" },
	[OS_RELEASE] = { "os-release", "FILE",
			 "what is packed (uki), or its text; default: "
			 "/etc/os-release" },
	[UNAME] = { "uname", "VERSION",
		    "the kernel's version (uki); default: its own" },
	[SBAT] = { "sbat", "FILE",
		   "lines for the stub's .sbat, or their text (uki)" },
	[HASH] = { "hash", "FILE",
		   "allow FILE beside the image with Secure Boot (uki)" },
	[SIGN] = { "sign", "KEY,CERT", "sign the image by sbsign (uki)" },
	[SIGN_KEY] = { "secureboot-private-key", "KEY",
		       "the same, one by one" },
	[SIGN_CERTIFICATE] = { "secureboot-certificate", "CERT", "the same" },
	[TYPE] = { "type", "TYPE",
		   "uki, hybrid or bzimage, fit, elf or cpio; default: by the "
		   "output's name" },
	[STUB] = { "stub", "FILE",
		   "gangway.efi or gangway.elf, or systemd's stub" },
	[EXTRACT] = { "extract", NULL,
		      "pack the vmlinux that a bzImage unpacks to" },
	[SEALED] = { "sealed", NULL,
		     "take no words and no modules from outside (uki, elf)" },
	{ 0 },
};

/* A UKI whose stub is gangway.efi is a bzImage, too, and starts as Multiboot
 * kernels do. */
static const struct {
	const char *name, *suffix;
	void (*pack)(const struct bundle *bundle);
	bool is_hybrid;
} types[] = {
	{ "uki", ".efi", pack_uki, false },
	{ "hybrid", NULL, pack_uki, true },
	{ "bzimage", NULL, pack_uki, true },
	{ "fit", ".itb", pack_fit, false },
	{ "fit", ".fit", pack_fit, false },
	{ "elf", ".elf", pack_elf, false },
	{ "cpio", ".cpio", pack_cpio, false },
};

struct part *bundle_add(struct bundle *bundle, enum part_kind kind, u32 profile,
			struct view bytes)
{
	if (bundle->nr == MAX_PARTS)
		misuse("more than %u parts are given", MAX_PARTS);
	bundle->parts[bundle->nr] = (struct part){ .kind = kind,
						   .profile = profile,
						   .descriptor = -1,
						   .string = "",
						   .bytes = bytes };
	return &bundle->parts[bundle->nr++];
}

struct part *bundle_add_file(struct bundle *bundle, enum part_kind kind,
			     u32 profile, const char *path)
{
	struct input input = input_open(path);
	struct part *part = bundle_add(bundle, kind, profile, input.bytes);

	if (!input.bytes.len)
		refuse(path, "it is empty");
	if (TEXTS & 1u << kind)
		text_check(path, input.bytes.len);
	part->path = path;
	part->descriptor = input.descriptor;
	return part;
}

/* "@FILE" is what is in the file. */
static void add_text(struct bundle *bundle, enum part_kind kind, u32 profile,
		     const char *text)
{
	if (*text == '@')
		bundle_add_file(bundle, kind, profile, text + 1);
	else
		bundle_add(bundle, kind, profile, view_string(text));
}

/* A file, and behind the first comma its string. */
static void add_module(struct bundle *bundle, u32 profile, const char *value)
{
	char *path = strdup(value), *comma = path ? strchr(path, ',') : NULL;

	if (!path)
		refuse(NULL, "there is no memory");
	if (comma)
		*comma = 0;
	bundle_add_file(bundle, PART_MODULE, profile, path)->string =
		comma ? comma + 1 : "";
}

void bundle_add_text_or_file(struct bundle *bundle, enum part_kind kind,
			     u32 profile, const char *value)
{
	if (*value != '@' && access(value, F_OK) && strpbrk(value, "=,"))
		bundle_add(bundle, kind, profile, view_string(value));
	else
		bundle_add_file(bundle, kind, profile, value + (*value == '@'));
}

static void read_sign(struct bundle *bundle, const char *value)
{
	char *key = strdup(value), *comma = key ? strchr(key, ',') : NULL;

	if (!comma || comma == key || !comma[1])
		misuse("--sign needs a key and a certificate, with a comma "
		       "between them");
	*comma = 0;
	bundle->key = key;
	bundle->certificate = comma + 1;
}

static void hash_step(void *context, struct view piece)
{
	br_sha256_update(context, piece.at, piece.len);
}

/* A line as sha256sum writes it. */
static void add_hash(struct bundle *bundle, const char *path)
{
	struct input input = input_open(path);
	const struct part *old = bundle_part(bundle, PART_HASHES);
	u64 len = old ? old->bytes.len : 0;
	u64 room = len + 2 * br_sha256_SIZE + strlen(path) + 8;
	br_sha256_context context;
	u8 hash[br_sha256_SIZE];
	char *text = get_memory(room), *at = text + len;

	br_sha256_init(&context);
	input_stream(input.bytes, hash_step, &context);
	br_sha256_out(&context, hash);
	if (old)
		memcpy(text, old->bytes.at, len);
	for (u32 i = 0; i < sizeof(hash); i++)
		at += sprintf(at, "%02x", hash[i]);
	at += sprintf(at, "  %s\n", basename((char *)path));
	if (!old)
		old = bundle_add(bundle, PART_HASHES, 0, VIEW(""));
	bundle->parts[old - bundle->parts].bytes =
		(struct view){ (const u8 *)text, (u64)(at - text) };
}

/* What is asked for beside the parts. */
struct wishes {
	const char *type;
	bool is_extract;
	u32 profile;
};

static void read_part(struct bundle *bundle, struct wishes *wishes, int choice,
		      const char *value)
{
	u32 profile = wishes->profile;

	switch (choice) {
	case KERNEL:
	case LINUX:
		bundle_add_file(bundle, PART_KERNEL, profile, value);
		break;
	case INITRD:
		bundle_add_file(bundle, PART_INITRD, profile, value);
		break;
	case MICROCODE:
		bundle_add_file(bundle, PART_UCODE, profile, value);
		break;
	case CMDLINE:
		add_text(bundle, PART_CMDLINE, profile, value);
		break;
	case DEVICETREE_AUTO:
		bundle_add_file(bundle, PART_DTBAUTO, profile, value);
		break;
	case HWIDS:
		bundle_add(bundle, PART_HWIDS, profile, hwids_read(value))
			->path = value;
		break;
	case SPLASH:
		bundle_add_file(bundle, PART_SPLASH, profile, value);
		break;
	case DTB:
	case DEVICETREE:
		bundle_add_file(bundle, PART_DTB, profile, value);
		break;
	case MODULE:
		add_module(bundle, profile, value);
		break;
	case PROFILE:
		wishes->profile++;
		add_text(bundle, PART_PROFILE, wishes->profile, value);
		break;
	case JOIN_PROFILE:
		bundle_join(bundle, &wishes->profile, value);
		break;
	case UNAME:
		add_text(bundle, PART_UNAME, profile, value);
		break;
	}
}

static void read_wish(struct bundle *bundle, struct wishes *wishes, int choice,
		      const char *value)
{
	switch (choice) {
	case OUTPUT:
		bundle->path = value;
		break;
	case OS_RELEASE:
		bundle_add_text_or_file(bundle, PART_OSREL, wishes->profile,
					value);
		break;
	case SBAT:
		bundle_add_text_or_file(bundle, PART_SBAT, 0, value);
		break;
	case HASH:
		add_hash(bundle, value);
		break;
	case SIGN:
		read_sign(bundle, value);
		break;
	case SIGN_KEY:
		bundle->key = value;
		break;
	case SIGN_CERTIFICATE:
		bundle->certificate = value;
		break;
	case TYPE:
		wishes->type = value;
		break;
	case STUB:
		bundle->gangway = value;
		break;
	case EXTRACT:
		wishes->is_extract = true;
		break;
	case SEALED:
		bundle_add(bundle, PART_SEAL, 0, VIEW("sealed\n"));
		break;
	default:
		read_part(bundle, wishes, choice, value);
	}
}

static void extract_kernels(struct bundle *bundle)
{
	for (u32 i = 0; i < bundle->nr; i++) {
		struct part *part = &bundle->parts[i];
		u64 before = part->bytes.len;

		if (part->kind != PART_KERNEL)
			continue;
		part->bytes = extract(part->path, part->bytes);
		part->descriptor = -1;
		printf("%s: extracted, %lu bytes instead of %lu; it starts "
		       "without KASLR, which is work of the bzImage's\n",
		       part->path, part->bytes.len, before);
	}
}

static bool ends_in(const char *path, const char *suffix)
{
	u64 len = strlen(path), suffix_len = strlen(suffix);

	return len > suffix_len && !strcmp(path + len - suffix_len, suffix);
}

static u32 type_of(const struct bundle *bundle, const char *name)
{
	for (u32 i = 0; i < ARRAY_LEN(types); i++)
		if (name ? !strcmp(name, types[i].name)
			 : types[i].suffix &&
				    ends_in(bundle->path, types[i].suffix))
			return i;
	if (name)
		misuse("there is no type \"%s\"", name);
	misuse("the name %s does not tell the type of the bundle: give --type",
	       bundle->path);
}

static int pack(const struct command *command, int argc, char **argv)
{
	static struct bundle bundle;
	struct wishes wishes = { .type = NULL };
	const char *value;
	int choice;
	u32 type;

	while ((choice = choose(command, argc, argv, &value)) >= 0)
		read_wish(&bundle, &wishes, choice, value);
	if (optind < argc)
		misuse("\"%s\" belongs to no option", argv[optind]);
	if (!bundle.path)
		misuse("no file to write is given: -o FILE");
	type = type_of(&bundle, wishes.type);
	if (types[type].pack == pack_cpio ? !bundle_part(&bundle, PART_MODULE)
					  : !bundle.nr)
		misuse("nothing is given to be packed");
	if (types[type].pack == pack_uki)
		bundle_facts(&bundle);
	if (wishes.is_extract)
		extract_kernels(&bundle);
	bundle_check(&bundle);
	bundle.is_hybrid = types[type].is_hybrid;
	if (types[type].pack == pack_uki)
		bundle_fold_modules(&bundle);
	types[type].pack(&bundle);
	return 0;
}

const struct command pack_command = {
	.name = "pack",
	.arguments = "-o FILE --kernel FILE [OPTION]...",
	.purpose = "Make one file of a kernel and all it needs",
	.choices = choices,
	.run = pack,
};
