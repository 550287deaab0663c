// SPDX-License-Identifier: BSD-2-Clause
/*
 * gangway.elf with a kernel and modules in it: packed.h says how it lies in the
 * file.
 */
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>

#include "bundle.h"
#include "elf.h"
#include "packed.h"
#include "tool.h"

/* A pack that is being made: its entries, in their order, and their strings. */
struct pack {
	const struct bundle *bundle;
	u32 nr;
	const struct part *parts[MAX_PARTS];
	struct packed_entry entries[MAX_PARTS];
	char *strings;
	u64 strings_len;
};

/* "NAME WORDS", as a Multiboot loader gives it. */
static void add(struct pack *pack, const struct part *part, struct view words)
{
	struct view name = view_string(basename((char *)part->path));
	struct packed_entry *entry = &pack->entries[pack->nr];
	u64 len = name.len + (words.len ? 1 + words.len : 0);
	char *strings = realloc(pack->strings, pack->strings_len + len + 1);

	if (!strings)
		refuse(NULL, "there is no memory for strings");
	snprintf(strings + pack->strings_len, len + 1, "%.*s%s%.*s",
		 (int)name.len, name.at, words.len ? " " : "", (int)words.len,
		 words.at);
	*entry = (struct packed_entry){ .len = part->bytes.len,
					.string_at = (u32)pack->strings_len,
					.string_len = (u32)len,
					.name_len = (u32)name.len };
	pack->strings = strings;
	pack->strings_len += len;
	pack->parts[pack->nr++] = part;
}

/* The kernel first, then what it gets. */
static void add_all(struct pack *pack)
{
	const struct bundle *bundle = pack->bundle;
	const struct part *kernel = bundle_part(bundle, PART_KERNEL);

	if (!kernel)
		misuse("a bundle of the type elf needs a kernel");
	add(pack, kernel, bundle_bytes(bundle, PART_CMDLINE));
	for (u32 i = 0; i < bundle->nr; i++) {
		const struct part *part = &bundle->parts[i];

		if (part != kernel && part->kind != PART_CMDLINE &&
		    part->kind != PART_SEAL)
			add(pack, part, view_string(part->string));
	}
}

/* Where everything goes; returns the pack's length. */
static u64 lay_out(struct pack *pack)
{
	u64 strings_at = sizeof(struct packed_head) +
			 pack->nr * sizeof(struct packed_entry);
	u64 at = strings_at + pack->strings_len;

	for (u32 i = 0; i < pack->nr; i++) {
		struct packed_entry *entry = &pack->entries[i];

		at = align_up(at, PACKED_ALIGN);
		entry->at = at;
		entry->string_at += (u32)strings_at;
		at += entry->len;
	}
	return align_up(at, PACKED_ALIGN);
}

static void write_pack(const struct pack *pack, const struct packed_mark *mark,
		       struct output *out)
{
	struct packed_head head = { .nr = pack->nr };

	output_pad_to(out, mark->image_len);
	output_put(out, (struct view){ (const u8 *)&head, sizeof(head) });
	output_put(out, (struct view){ (const u8 *)pack->entries,
				       pack->nr * sizeof(*pack->entries) });
	output_put(out, (struct view){ (const u8 *)pack->strings,
				       pack->strings_len });
	for (u32 i = 0; i < pack->nr; i++) {
		output_pad_to(out, mark->image_len + pack->entries[i].at);
		output_put(out, pack->parts[i]->bytes);
	}
	output_pad(out, PACKED_ALIGN);
}

void pack_elf(const struct bundle *bundle)
{
	static struct pack pack;
	struct input gangway = bundle_gangway(bundle, "gangway.elf");
	u8 beginning[PACKED_WITHIN];
	struct packed_mark mark;
	struct output out;
	struct range span;
	struct elf elf;
	why bad;
	u64 len;

	bundle_only(bundle, "elf",
		    1u << PART_KERNEL | 1u << PART_INITRD | 1u << PART_DTB |
			    1u << PART_CMDLINE | 1u << PART_MODULE |
			    1u << PART_SEAL);
	pack.bundle = bundle;
	add_all(&pack);
	len = lay_out(&pack);
	if (!view_read(gangway.bytes, 0, beginning, sizeof(beginning)) ||
	    !packed_find(gangway.bytes, &mark, NULL) || mark.len)
		refuse(gangway.path, "it is no gangway.elf, of this version, "
				     "with nothing in it");
	bad = elf_open(gangway.bytes, &elf);
	bad = bad ? bad : elf_span(&elf, &span);
	bad = bad ? bad
		  : packed_patch(beginning, len,
				 bundle_part(bundle, PART_SEAL) ? PACKED_SEALED
								: 0);
	if (bad)
		refuse(gangway.path, "%s", bad);
	out = output_begin(bundle->path);
	out.total = mark.image_len + len;
	output_put(&out, (struct view){ beginning, sizeof(beginning) });
	output_put(&out, view_from(gangway.bytes, sizeof(beginning)));
	write_pack(&pack, &mark, &out);
	output_end(&out);
}
