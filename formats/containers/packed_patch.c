// SPDX-License-Identifier: BSD-2-Clause
/*
 * The beginning of a gangway.elf with a pack, or a gangway.efi with sections:
 * what loaders read there says how long the file is.
 */
#include "bootparam.h"
#include "elf.h"
#include "mb1.h"
#include "mb2.h"
#include "packed.h"

/* They are put behind the file, whose headers nobody may change then; but what
 * goes by Linux's makes room for init_size bytes, and reads or asks for all. */
#define ROOM_FOR_SIGNATURES (64 * KIB)

static struct view view_of(const u8 *beginning)
{
	return (struct view){ beginning, PACKED_WITHIN };
}

/* The last segment, which is .bss, goes up to the pack's end, which counts from
 * the file's first byte. */
static why patch_segments(u8 *beginning, u64 end)
{
	struct elf64_phdr bss = { .p_paddr = 0 }, segment;
	phys first = ~0ull;
	struct elf elf;
	u64 at = 0;
	why bad = elf_open(view_of(beginning), &elf);

	if (bad || !elf.is_64)
		return bad ? bad : "it is no 64-bit ELF file";
	for (u64 i = 0; i < elf.phnum; i++) {
		segment = elf_segment(&elf, i);
		if (segment.p_type != PT_LOAD)
			continue;
		first = min_u64(first, segment.p_paddr);
		if (segment.p_paddr < bss.p_paddr)
			continue;
		bss = segment;
		at = elf.phoff + i * elf.phentsize;
	}
	bss.p_offset = bss.p_paddr - first;
	if (!at || end < bss.p_offset || first + end > 4 * GIB)
		return "gangway and the pack would not end below 4 GiB";
	bss.p_filesz = bss.p_memsz = end - bss.p_offset;
	memcpy(beginning + at, &bss, sizeof(bss));
	return NULL;
}

/* gangway-pvh.elf has none; gangway.efi leaves out the file's first bytes. */
static void patch_mb1(u8 *beginning, u64 end)
{
	struct mb1_header header;
	struct view left = view_of(beginning);

	while (view_find32(&left, MB1_HEADER_MAGIC)) {
		u64 at = (u64)(left.at - beginning);

		if (view_read(left, 0, &header, sizeof(header)) &&
		    !(header.magic + header.flags + header.checksum)) {
			header.load_end_addr =
				header.header_addr - (u32)at + (u32)end;
			header.bss_end_addr = header.load_end_addr;
			memcpy(beginning + at, &header, sizeof(header));
			return;
		}
		left = view_from(left, MB1_HEADER_ALIGN);
	}
}

static why patch_tag(u8 *beginning, u64 header_at, u64 end)
{
	struct mb2_header_tag_address tag;
	u64 at = header_at + sizeof(struct mb2_header);

	while (view_read(view_of(beginning), at, &tag, sizeof(tag)) &&
	       tag.head.size >= sizeof(tag.head)) {
		if (tag.head.type == MB2_HEADER_TAG_ADDRESS) {
			tag.load_end_addr = tag.load_addr + (u32)end;
			tag.bss_end_addr = tag.load_end_addr;
			memcpy(beginning + at, &tag, sizeof(tag));
			return NULL;
		}
		at += align_up(tag.head.size, MB2_ALIGN);
	}
	return "its Multiboot 2 header has no addresses";
}

static why patch_mb2(u8 *beginning, u64 end)
{
	struct mb2_header header;
	struct view left = view_of(beginning);

	while (view_find64(&left, MB2_HEADER_MAGIC)) {
		u64 at = (u64)(left.at - beginning);

		if (view_read(left, 0, &header, sizeof(header)) &&
		    header.magic + header.architecture + header.header_length ==
			    -header.checksum)
			return patch_tag(beginning, at, end);
		left = view_from(left, MB2_ALIGN);
	}
	return "it has no Multiboot 2 header";
}

why packed_patch(u8 *beginning, u64 len, u32 flags)
{
	struct packed_mark mark;
	u64 at, end;
	why bad;

	if (!packed_find(view_of(beginning), &mark, &at))
		return "it is no gangway.elf of this version";
	end = mark.image_len + len;
	if (end < len)
		return "the pack is too long";
	bad = patch_segments(beginning, end);
	if (!bad)
		bad = patch_mb2(beginning, end);
	if (bad)
		return bad;
	patch_mb1(beginning, end);
	mark.len = len;
	mark.flags = flags;
	memcpy(beginning + at, &mark, sizeof(mark));
	return NULL;
}

static why patch_linux(u8 *beginning, u64 len)
{
	struct linux_setup_header header;
	u64 setup_len;

	memcpy(&header, beginning + LINUX_HEADER_AT, sizeof(header));
	setup_len = (header.setup_sects + 1u) * 512;
	if (header.header != LINUX_MAGIC || len < setup_len)
		return "it has no setup header of Linux's";
	len -= setup_len;
	header.syssize = (u32)(align_up(len, 16) / 16);
	header.init_size =
		(u32)max_u64(align_up(len + ROOM_FOR_SIGNATURES, PAGE_SIZE),
			     header.init_size);
	memcpy(beginning + LINUX_HEADER_AT, &header, sizeof(header));
	return NULL;
}

why packed_patch_efi(u8 *beginning, u64 len)
{
	why bad;

	/* By Multiboot it begins at 1 MiB. */
	if (len > 4 * GIB - MIB)
		return "gangway and what is packed would not end below 4 GiB";
	bad = patch_linux(beginning, len);
	if (!bad)
		bad = patch_mb2(beginning, len);
	if (!bad)
		patch_mb1(beginning, len);
	return bad;
}
