// SPDX-License-Identifier: BSD-2-Clause
/*
 * Linux as the ELF file that a bzImage carries: 64-bit by its 64-bit entry,
 * 32-bit, where it has no PVH entry, by its 32-bit entry. There is no setup
 * header in it, so the zero page gets the one such a kernel would have had.
 */
#include "bzimage.h"

#include "elf.h"
#include "format.h"
#include "reason.h"
#include "start_info.h"

/* __startup_64() asks for this of any distance it is moved by. */
#define MOVE_ALIGN (2 * MIB)

/* Linux has notes of its own since 4.19, and Xen's if made for that. */
static enum claim claims(struct view image, bool is_64)
{
	struct elf elf;

	if (!elf_claims(image) || elf_open(image, &elf) || elf.is_64 != is_64 ||
	    (is_64 && elf.machine != EM_X86_64))
		return CLAIM_NONE;
	return elf_is_linux(&elf) ? CLAIM_SURE : CLAIM_POSSIBLE;
}

static enum claim claims_64(struct view image)
{
	return claims(image, true);
}

static enum claim claims_32(struct view image)
{
	return claims(image, false);
}

/* Describe it in the words of a setup header. */
static why open_vmlinux(struct view file, struct elf *elf, phys *entry,
			struct bzimage *bz)
{
	struct range span;
	why bad = elf_open(file, elf);

	memset(bz, 0, sizeof(*bz));
	if (!bad)
		bad = elf_span(elf, &span);
	if (bad)
		return bad;
	if (!elf_entry(elf, elf->entry, entry))
		return reason_format("the entry lies in no segment: it is "
				     "0x%lx",
				     elf->entry);
	bz->hdr = (struct linux_setup_header){
		.root_flags = 1, /* mounted for reading only, at first */
		.boot_flag = LINUX_BOOT_FLAG,
		.header = LINUX_MAGIC,
		.version = 0x20f,
		.loadflags = LINUX_LOADED_HIGH,
		.kernel_alignment = MOVE_ALIGN,
		.initrd_addr_max = 0x7fffffff,
		.cmdline_size = 2047,
	};
	bz->elf = elf;
	bz->kernel = file;
	bz->pref_address = span.start;
	bz->init_size = range_len(span);
	bz->alignment = bz->min_alignment = MOVE_ALIGN;
	bz->is_64bit = bz->is_above_4g = elf->is_64;
	bz->is_relocatable = elf->is_64 && span.start % MOVE_ALIGN == 0;
	bz->initrd_end = bz->hdr.initrd_addr_max + 1ull;
	bz->cmdline_max = bz->hdr.cmdline_size;
	return NULL;
}

static why plan_vmlinux(const struct boot *boot, struct plan *plan)
{
	struct bzimage bz;
	struct elf elf;
	phys entry = 0;
	why bad = open_vmlinux(boot->payload.image, &elf, &entry, &bz);

	if (!bad)
		bad = linux_plan(boot, &bz, plan);
	plan->entry_at = entry + plan->load - bz.pref_address;
	return bad;
}

static why tell_vmlinux(const struct boot *boot, const struct plan *plan,
			struct arena *arena, struct handoff *out)
{
	struct bzimage bz;
	struct elf elf;
	phys entry;
	why bad = open_vmlinux(boot->payload.image, &elf, &entry, &bz);

	if (!bad)
		linux_tell(boot, plan, &bz, arena, out);
	return bad;
}

static const struct format vmlinux = {
	.name = "vmlinux",
	/* Before PVH: only a zero page carries framebuffer, EFI tables and
	 * setup_data. */
	.rank = 40,
	.is_linux = true,
	.claims = claims_64,
	.plan = plan_vmlinux,
	.tell = tell_vmlinux,
};
FORMAT(vmlinux);

static const struct format vmlinux32 = {
	.name = "vmlinux32",
	/* Behind PVH: by that a 32-bit kernel learns more than by the entry
	 * that it was not made for. */
	.rank = 60,
	.is_linux = true,
	.claims = claims_32,
	.plan = plan_vmlinux,
	.tell = tell_vmlinux,
};
FORMAT(vmlinux32);
