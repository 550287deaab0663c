// SPDX-License-Identifier: BSD-2-Clause
/*
 * Unified kernel images (UAPI.5): gangway.efi, or any other stub, with a
 * section for each part behind its own. Addresses follow from the sizes.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bootparam.h"
#include "bundle.h"
#include "packed.h"
#include "pe_file.h"
#include "tool.h"

#define INITIALISED    0x40	  /* a section's characteristics */
#define READABLE       0x40000000 /* by nobody else */
#define NR_SECTIONS_AT 6
#define IMAGE_SIZE_AT  56 /* in the optional header */
#define CHECKSUM_AT    64
#define NO_PROGRAM     127 /* the exit code where there is no sbsign */
#define SBAT_HEAD      "sbat,1,"
#define HEADER_MAGIC_AT                                                        \
	(LINUX_HEADER_AT + offsetof(struct linux_setup_header, header))
#define MAX_PIECES  (2 * MAX_PARTS)
#define MAX_SECTION (u32) ~0u

static const char *const section_names[NR_PART_KINDS] = {
	[PART_PROFILE] = ".profile", [PART_OSREL] = ".osrel",
	[PART_CMDLINE] = ".cmdline", [PART_DTB] = ".dtb",
	[PART_DTBAUTO] = ".dtbauto", [PART_HWIDS] = ".hwids",
	[PART_SPLASH] = ".splash",   [PART_UNAME] = ".uname",
	[PART_HASHES] = ".hashes",   [PART_UCODE] = ".ucode",
	[PART_SEAL] = PACKED_SEAL,   [PART_INITRD] = ".initrd",
	[PART_KERNEL] = ".linux",
};

enum part_kind uki_part_kind(struct view section)
{
	for (u32 i = 0; i < NR_PART_KINDS; i++)
		if (section_names[i] &&
		    view_equal(section, view_string(section_names[i])))
			return i;
	return NR_PART_KINDS;
}

/* A UKI that is being made: the headers of the stub, to be changed, and what
 * follows the stub, in pieces. */
struct uki {
	const struct bundle *bundle;
	struct input stub;
	struct pe_file pe;
	u8 *headers;
	u64 headers_len, stub_end;
	u64 next_at, next_virtual;
	bool is_hybrid; /* the stub is what other loaders start, too */
	u32 nr_sections, nr_pieces;
	struct {
		u64 at;
		struct view bytes;
	} pieces[MAX_PIECES];
};

static void put32(struct uki *uki, u64 at, u64 value)
{
	u32 small = (u32)value;

	memcpy(uki->headers + at, &small, sizeof(small));
}

/* To other loaders the file is one piece, in which nothing may lie where .bss
 * is: this becomes a part of the last section, as zeroes of the file. */
static void lay_out_hybrid(struct uki *uki)
{
	struct pe_section section;
	u32 magic = 0;
	u64 at;

	uki->is_hybrid = view_read(uki->stub.bytes, HEADER_MAGIC_AT, &magic,
				   sizeof(magic)) &&
			 magic == LINUX_MAGIC;
	for (u32 i = 0; uki->is_hybrid && i < uki->nr_sections; i++) {
		at = uki->pe.sections_at + i * sizeof(section);
		memcpy(&section, uki->headers + at, sizeof(section));
		if (section.raw_at != section.virtual_address ||
		    (u64)section.raw_at + section.raw_size != uki->stub_end)
			continue;
		uki->next_at = align_up((u64)section.virtual_address +
						section.virtual_size,
					uki->pe.section_align);
		section.raw_size = (u32)(uki->next_at - section.raw_at);
		memcpy(uki->headers + at, &section, sizeof(section));
	}
}

static void open_stub(struct uki *uki)
{
	struct pe_file *pe = &uki->pe;
	struct pe_section section;
	why bad;

	uki->stub = bundle_gangway(uki->bundle, "gangway.efi");
	bad = pe_file_open(uki->stub.bytes, pe);
	bad = bad ? bad : pe_file_stub(pe);
	if (bad)
		refuse(uki->stub.path, "%s", bad);
	uki->headers_len = pe->optional.size_of_headers;
	uki->nr_sections = pe->head.nr_sections;
	uki->stub_end = uki->headers_len;
	if (uki->headers_len <
	    pe->sections_at + uki->nr_sections * sizeof(section))
		refuse(uki->stub.path,
		       "at 0x%lx: its headers end in front of "
		       "their table of sections",
		       pe->head_at);
	for (u32 i = 0; i < uki->nr_sections; i++) {
		if (!pe_file_section(pe, i, &section))
			refuse(uki->stub.path,
			       "its table of sections passes its end");
		uki->stub_end = max_u64(uki->stub_end,
					(u64)section.raw_at + section.raw_size);
		uki->next_virtual = max_u64(uki->next_virtual,
					    (u64)section.virtual_address +
						    section.virtual_size);
	}
	if (uki->stub_end > uki->stub.bytes.len)
		refuse(uki->stub.path, "at 0x%lx: it is cut off",
		       uki->stub.bytes.len);
	uki->headers = get_memory(uki->headers_len);
	memcpy(uki->headers, uki->stub.bytes.at, uki->headers_len);
	uki->next_at = align_up(uki->stub_end, pe->file_align);
	lay_out_hybrid(uki);
	if (bundle_part(uki->bundle, PART_SEAL) && !uki->is_hybrid)
		refuse(uki->stub.path,
		       "it knows no seal: give gangway.efi by --stub");
	if (uki->bundle->is_hybrid && !uki->is_hybrid)
		refuse(uki->stub.path,
		       "it starts by UEFI alone, and takes no modules: give "
		       "gangway.efi by --stub");
}

static void add_piece(struct uki *uki, struct view bytes, u64 align)
{
	uki->next_at = align_up(uki->next_at, align);
	if (uki->nr_pieces == MAX_PIECES)
		refuse(uki->bundle->path, "it would have too many parts");
	uki->pieces[uki->nr_pieces].at = uki->next_at;
	uki->pieces[uki->nr_pieces++].bytes = bytes;
	uki->next_at += bytes.len;
}

/* What a section whose pieces end here is, in the file. */
static void end_section(struct uki *uki, struct pe_section *section)
{
	u64 len = uki->next_at - section->raw_at;

	uki->next_at = align_up(uki->next_at, uki->pe.file_align);
	if (uki->next_at > MAX_SECTION ||
	    section->virtual_address + len > MAX_SECTION)
		refuse(uki->bundle->path, "it would be longer than 4 GiB, "
					  "which is the most of a PE image");
	section->virtual_size = (u32)len;
	section->raw_size = (u32)(uki->next_at - section->raw_at);
}

/* Write a section's header behind the others. */
static void add_header(struct uki *uki, const struct pe_section *section)
{
	u64 at = uki->pe.sections_at + uki->nr_sections * sizeof(*section);

	if (uki->nr_sections == PE_SECTIONS_MAX ||
	    at + sizeof(*section) > uki->headers_len)
		refuse(uki->stub.path,
		       "its headers have no room for section %u",
		       uki->nr_sections + 1);
	memcpy(uki->headers + at, section, sizeof(*section));
	uki->nr_sections++;
}

/* Part i, and with it the initrds that follow it. Returns how many. */
static u32 add_section(struct uki *uki, u32 i)
{
	const struct part *first = &uki->bundle->parts[i], *part = first;
	const struct part *end = uki->bundle->parts + uki->bundle->nr;
	struct pe_section section = {
		.virtual_address =
			(u32)align_up(uki->next_virtual, uki->pe.section_align),
		.raw_at = (u32)uki->next_at,
		.characteristics = INITIALISED | READABLE,
	};

	memcpy(section.name, section_names[first->kind],
	       strlen(section_names[first->kind]));
	do {
		add_piece(uki, part->bytes,
			  part == first ? uki->pe.file_align : INITRD_ALIGN);
		part++;
	} while (part < end && part->kind == PART_INITRD &&
		 first->kind == PART_INITRD && part->profile == first->profile);
	end_section(uki, &section);
	add_header(uki, &section);
	uki->next_virtual = (u64)section.virtual_address + section.virtual_size;
	return (u32)(part - first);
}

/* The stub's lines with those of the bundle behind them, in one piece. */
static struct view join_sbat(struct view old, struct view more)
{
	const u8 *end;
	u8 *joined;

	old.len = strnlen((const char *)old.at, old.len);
	if (old.len && view_starts(more, VIEW(SBAT_HEAD))) {
		end = memchr(more.at, '\n', more.len);
		more = end ? view_from(more, (u64)(end - more.at) + 1)
			   : VIEW("");
	}
	joined = get_memory(old.len + more.len);
	memcpy(joined, old.at, old.len);
	memcpy(joined + old.len, more.at, more.len);
	return (struct view){ joined, old.len + more.len };
}

/* The section keeps its address, and may grow up to the next one's. */
static void replace_sbat(struct uki *uki, u32 i, struct pe_section *section,
			 struct view more)
{
	struct pe_section next = { .virtual_address = MAX_SECTION };
	struct view old;
	why bad = pe_file_content(&uki->pe, section, &old);

	if (bad)
		refuse(uki->stub.path, "at 0x%x: %s", section->raw_at, bad);
	section->raw_at = (u32)uki->next_at;
	add_piece(uki, join_sbat(old, more), 1);
	end_section(uki, section);
	if (pe_file_section(&uki->pe, i + 1, &next) &&
	    section->virtual_address + section->virtual_size >
		    next.virtual_address)
		refuse(uki->stub.path,
		       "its .sbat has no room for %lu bytes "
		       "more",
		       more.len);
	memcpy(uki->headers + uki->pe.sections_at + i * sizeof(*section),
	       section, sizeof(*section));
}

static void add_sbat(struct uki *uki)
{
	struct view more = bundle_bytes(uki->bundle, PART_SBAT);
	struct pe_section section;

	for (u32 i = 0; more.len && pe_file_section(&uki->pe, i, &section); i++)
		if (view_equal(pe_section_name(&section), VIEW(".sbat"))) {
			replace_sbat(uki, i, &section, more);
			return;
		}
	if (more.len)
		refuse(uki->stub.path, "it has no section .sbat to add to");
}

/* Sizes in all the headers, and no signature any more. */
static void end_headers(struct uki *uki)
{
	u64 optional = uki->pe.optional_at;
	u16 nr = (u16)uki->nr_sections;
	why bad = NULL;

	memcpy(uki->headers + uki->pe.head_at + NR_SECTIONS_AT, &nr,
	       sizeof(nr));
	put32(uki, optional + IMAGE_SIZE_AT,
	      align_up(uki->next_virtual, uki->pe.section_align));
	put32(uki, optional + CHECKSUM_AT, 0);
	if (uki->pe.certificates_len) {
		put32(uki, optional + PE_CERTIFICATES_AT, 0);
		put32(uki, optional + PE_CERTIFICATES_AT + 4, 0);
	}
	if (uki->is_hybrid && uki->headers_len >= PACKED_WITHIN)
		bad = packed_patch_efi(uki->headers, uki->next_at);
	if (bad)
		refuse(uki->bundle->path, "with all these sections, %s", bad);
}

/* In the child: sbsign sees both files by their descriptors, and what it says
 * goes to a third. */
static void run_sbsign(const struct bundle *bundle, int from, int to, int said)
{
	char source[32], target[32];

	snprintf(source, sizeof(source), "/dev/fd/%d", dup(from));
	snprintf(target, sizeof(target), "/dev/fd/%d", dup(to));
	if (dup2(said, STDOUT_FILENO) >= 0 && dup2(said, STDERR_FILENO) >= 0)
		execlp("sbsign", "sbsign", "--key", bundle->key, "--cert",
		       bundle->certificate, "--output", target, source, NULL);
	_exit(NO_PROGRAM);
}

static void refuse_unsigned(const struct bundle *bundle, int status, int said)
{
	char text[512] = "";
	ssize_t len = pread(said, text, sizeof(text) - 1, 0);

	if (WIFEXITED(status) && WEXITSTATUS(status) == NO_PROGRAM)
		refuse(bundle->path, "it cannot be signed: there is no sbsign, "
				     "which is in the package sbsigntool");
	text[strcspn(text, "\n")] = 0;
	refuse(bundle->path, "sbsign cannot sign it: %s", len > 0 ? text : "");
}

/* A signed copy takes the output's place. */
static void sign(const struct bundle *bundle, struct output *out)
{
	int scratch = output_scratch(bundle->path), status = 0;
	int said = output_scratch(bundle->path);
	pid_t child;

	if (scratch < 0 || said < 0)
		refuse(bundle->path, "its file system has no files without a "
				     "name, which signing needs");
	fflush(NULL);
	child = fork();
	if (!child)
		run_sbsign(bundle, out->descriptor, scratch, said);
	if (child < 0 || waitpid(child, &status, 0) < 0)
		refuse_errno(bundle->path, "sbsign cannot be run");
	if (status)
		refuse_unsigned(bundle, status, said);
	close(said);
	output_replace(out, scratch);
}

void pack_uki(const struct bundle *bundle)
{
	static struct uki uki;
	struct output out;

	bundle_only(bundle, "uki", ~0u);
	uki = (struct uki){ .bundle = bundle };
	open_stub(&uki);
	add_sbat(&uki);
	for (u32 i = 0; i < bundle->nr && bundle->parts[i].kind != PART_SBAT;)
		i += add_section(&uki, i);
	end_headers(&uki);
	out = output_begin(bundle->path);
	out.total = uki.next_at;
	output_put(&out, (struct view){ uki.headers, uki.headers_len });
	output_put(&out, (struct view){ uki.stub.bytes.at + uki.headers_len,
					uki.stub_end - uki.headers_len });
	for (u32 i = 0; i < uki.nr_pieces; i++) {
		output_pad_to(&out, uki.pieces[i].at);
		output_put(&out, uki.pieces[i].bytes);
	}
	output_pad(&out, uki.pe.file_align);
	if (bundle->key)
		sign(bundle, &out);
	output_end(&out);
	free(uki.headers);
}
