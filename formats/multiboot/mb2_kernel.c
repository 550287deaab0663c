// SPDX-License-Identifier: BSD-2-Clause
/*
 * Multiboot2 kernels: the header's tags say what to load, where it may go, how
 * it is entered and what must be told (Multiboot2 Specification 2.0, 3.1). The
 * format enters them by their i386 entry.
 */
#include "mb2_kernel.h"

#include "format.h"
#include "kludge.h"
#include "reason.h"

/* What a header's tags say; sizes tell whether there was one. */
struct tags {
	struct mb2_header_tag_address address;
	struct mb2_header_tag_entry entry, efi64;
	struct mb2_header_tag_relocatable relocatable;
};

/* Find the header in the first 32 KiB; *tags is what follows its head. */
static bool find_header(struct view image, u64 *at, struct view *tags)
{
	u64 magic = MB2_HEADER_MAGIC | (u64)MB2_ARCHITECTURE_I386
					       << 32; /* the field behind it */
	struct view left = image;
	struct mb2_header header;

	left.len = min_u64(left.len, MB2_HEADER_SEARCH);
	for (; view_find64(&left, magic); left = view_from(left, MB2_ALIGN)) {
		if (!view_read(left, 0, &header, sizeof(header)) ||
		    header.magic + header.architecture + header.header_length +
			    header.checksum ||
		    header.header_length < sizeof(header) ||
		    !view_cut(left, sizeof(header),
			      header.header_length - sizeof(header), tags))
			continue;
		*at = (u64)(left.at - image.at);
		return true;
	}
	return false;
}

/* Take the next tag off the front; false at the end. */
static bool next_tag(struct view *left, struct mb2_header_tag *head,
		     struct view *tag)
{
	if (!view_read(*left, 0, head, sizeof(*head)) ||
	    head->type == MB2_HEADER_TAG_END || head->size < sizeof(*head) ||
	    !view_cut(*left, 0, head->size, tag))
		return false;
	*left = view_from(*left, align_up(head->size, MB2_ALIGN));
	return true;
}

/* A header in what is no ELF file means nothing without addresses. */
static enum claim claims_mb2(struct view image)
{
	struct mb2_header_tag_address address;
	struct mb2_header_tag head;
	struct view left, tag;
	u64 at;

	if (!find_header(image, &at, &left))
		return CLAIM_NONE;
	if (elf_claims(image))
		return CLAIM_SURE;
	while (next_tag(&left, &head, &tag))
		if (head.type == MB2_HEADER_TAG_ADDRESS)
			return view_read(tag, 0, &address, sizeof(address))
				       ? kludge_claim(at, address.header_addr,
						      address.load_addr)
				       : CLAIM_INSIDE;
	return CLAIM_NONE;
}

/* What is wrong with what begins as a header does, in words that follow "a
 * Multiboot 2 header"; NULL: it is no header. */
static why judge_header(struct view left, u64 at)
{
	bool is_near = at + sizeof(struct mb2_header) <= MB2_HEADER_SEARCH;
	struct mb2_header header;

	if (!view_read(left, 0, &header, sizeof(header)))
		return NULL;
	if (header.magic + header.architecture + header.header_length +
	    header.checksum)
		return is_near ? "with a wrong checksum" : NULL;
	if (header.architecture != MB2_ARCHITECTURE_I386)
		return "for another architecture than i386";
	if (at % MB2_ALIGN)
		return "which is no multiple of 8";
	if (at + header.header_length > MB2_HEADER_SEARCH)
		return "not whole in the first 32 KiB, where loaders look";
	if (header.header_length < sizeof(header))
		return "with a length below its own";
	return "without addresses, which only ELF files do without";
}

static why misses_mb2(struct view image)
{
	why wrong = NULL;

	for (u64 shift = 0; shift < sizeof(u32); shift++) {
		struct view left = view_from(image, shift);

		while (!wrong && view_find32(&left, MB2_HEADER_MAGIC)) {
			u64 at = (u64)(left.at - image.at);

			wrong = judge_header(left, at);
			if (wrong)
				wrong = reason_format(
					"a Multiboot 2 header at 0x%lx, %s", at,
					wrong);
			left = view_from(left, sizeof(u32));
		}
	}
	return wrong;
}

/* What the specification knows is told where it is known: no machine has all
 * of it, and GRUB starts kernels that demand more than theirs has. */
static why check_request(struct view tag)
{
	u32 type;

	for (u64 at = sizeof(struct mb2_header_tag);
	     view_read(tag, at, &type, sizeof(type)); at += sizeof(type))
		if (type >= MB2_NR_TAGS)
			return reason_format(
				"the header asks for information tag %u", type);
	return NULL;
}

/* A tag's fields, if all are there. */
static why get(struct view tag, void *out, u64 size)
{
	return view_read(tag, 0, out, size)
		       ? NULL
		       : "a tag of the header is too short for its type";
}

static why read_tag(struct view tag, const struct mb2_header_tag *head,
		    struct mb2_kernel *kernel, struct tags *tags)
{
	bool is_optional = head->flags & MB2_HEADER_TAG_OPTIONAL;

	switch (head->type) {
	case MB2_HEADER_TAG_INFO_REQUEST:
		return is_optional ? NULL : check_request(tag);
	case MB2_HEADER_TAG_ADDRESS:
		return get(tag, &tags->address, sizeof(tags->address));
	case MB2_HEADER_TAG_ENTRY:
		return get(tag, &tags->entry, sizeof(tags->entry));
	case MB2_HEADER_TAG_RELOCATABLE:
		return get(tag, &tags->relocatable, sizeof(tags->relocatable));
	case MB2_HEADER_TAG_EFI_BS:
		kernel->wants_services = true;
		return NULL;
	case MB2_HEADER_TAG_ENTRY_EFI64:
		return get(tag, &tags->efi64, sizeof(tags->efi64));
	case MB2_HEADER_TAG_ENTRY_EFI32: /* firmware here is of 64 bits */
	case MB2_HEADER_TAG_CONSOLE_FLAGS:
	case MB2_HEADER_TAG_FRAMEBUFFER:
	case MB2_HEADER_TAG_MODULE_ALIGN:
		return NULL; /* it gets what there is, and aligned modules */
	default:
		return is_optional
			       ? NULL
			       : reason_format(
					 "the header has the unknown tag %u",
					 head->type);
	}
}

static why set_room(const struct mb2_header_tag_relocatable *tag,
		    struct image *image)
{
	if (!is_power_of_two(tag->align))
		return "the kernel's alignment is no power of two";
	image->is_relocatable = true;
	image->leaves_home = tag->preference == MB2_PREFERENCE_LOWEST ||
			     tag->preference == MB2_PREFERENCE_HIGHEST;
	image->room = (struct room){
		.align = tag->align,
		.min = tag->min_addr,
		.end = tag->max_addr + 1ull,
		.highest = tag->preference == MB2_PREFERENCE_HIGHEST,
	};
	return NULL;
}

static why open_image(struct view file, u64 header_at, const struct tags *tags,
		      struct image *image)
{
	struct kludge kludge;
	why bad;

	if (tags->address.head.size) {
		if (!tags->entry.head.size)
			return "the header has addresses but no entry address, "
			       "as one for UEFI only (gangway.efi, a UKI of it) "
			       "has: start it under UEFI";
		memcpy(&kludge, &tags->address.header_addr,
		       offsetof(struct kludge, entry_addr));
		kludge.entry_addr = tags->entry.entry_addr;
		bad = kludge_open(file, header_at, &kludge, image);
	} else {
		bad = tags->entry.head.size ? image_open_segments(file, image)
					    : image_open_elf(file, image);
		image->wants_symbols = true;
		if (tags->entry.head.size)
			image->entry = tags->entry.entry_addr;
		if (!bad &&
		    image->entry - image->span.start >= range_len(image->span))
			bad = reason_format("entry_addr lies outside the "
					    "kernel: it is 0x%lx, and the "
					    "kernel 0x%lx-0x%lx",
					    image->entry, image->span.start,
					    image->span.end);
	}
	if (!bad && tags->relocatable.head.size)
		bad = set_room(&tags->relocatable, image);
	return bad;
}

bool mb2_is_live(struct view file)
{
	struct mb2_header_tag head;
	struct view tags, tag;
	u64 at;

	if (!find_header(file, &at, &tags))
		return false;
	while (next_tag(&tags, &head, &tag))
		if (head.type == MB2_HEADER_TAG_EFI_BS)
			return true;
	return false;
}

why mb2_open(struct view file, bool live, struct mb2_kernel *out)
{
	struct mb2_header_tag head;
	struct view left, tag;
	struct tags tags;
	why bad = NULL;
	u64 at;

	memset(&tags, 0, sizeof(tags));
	out->wants_services = false;
	if (!find_header(file, &at, &left))
		return "there is no header";
	while (!bad && next_tag(&left, &head, &tag))
		bad = read_tag(tag, &head, out, &tags);
	if (live && !out->wants_services)
		return "the kernel does not ask for boot services";
	if (live && tags.efi64.head.size)
		tags.entry = tags.efi64;
	return bad ? bad : open_image(file, at, &tags, &out->image);
}

static why plan_mb2(const struct boot *boot, struct plan *plan)
{
	struct mb2_kernel kernel;
	why bad = mb2_open(boot->payload.image, false, &kernel);

	if (bad)
		return bad;
	plan->entry = "Multiboot 2";
	plan->arena_start = MULTIBOOT_TOLD_AT;
	plan->arena_len += mb2_info_len(boot, &kernel);
	bad = image_plan(boot, &kernel.image, plan);
	if (kernel.wants_services && boot->info->efi.system_table)
		plan->odd = "the kernel asks for EFI's boot services, which "
			    "have ended: gangway.efi would keep them";
	return bad;
}

static why tell_mb2(const struct boot *boot, const struct plan *plan,
		    struct arena *arena, struct handoff *out)
{
	struct mb2_kernel kernel;
	why bad = mb2_open(boot->payload.image, false, &kernel);

	out->eax = MB2_LOADER_MAGIC;
	out->ebx = mb2_info_put(boot, plan, &kernel, false, arena);
	return bad;
}

static const struct format multiboot2 = {
	.name = "multiboot2",
	.rank = 20, /* before Multiboot 1, which tells less */
	.claims = claims_mb2,
	.misses = misses_mb2,
	.plan = plan_mb2,
	.tell = tell_mb2,
};
FORMAT(multiboot2);
