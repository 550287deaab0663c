/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Kernels of every protocol, told by gangway and read again by the protocol's
 * own door, as often as a test likes: what each protocol carries, arrives.
 */
#ifndef TESTS_BOOT_CARRIERS_H
#define TESTS_BOOT_CARRIERS_H

#include "bzimage_file.h"
#include "doors.h"
#include "kernel_guest.h"
#include "multiboot_file.h"
#include "open.h"
#include "start_info.h"

#define KERNEL_MAX 0x8000 /* bytes of a kernel's file */

/* A kind of kernel, and what its protocol carries. */
static const struct carrier {
	const char *format;
	const struct door *door;
	u32 magic;
	bool has_names, has_lines; /* of modules */
	bool has_screen, has_palette;
	bool has_efi, has_handle;
	bool has_smbios, has_flags, has_subarch;
} carriers[] = {
	{ .format = "multiboot1",
	  .door = &mb1_door,
	  .magic = MB1_LOADER_MAGIC,
	  .has_names = true,
	  .has_lines = true,
	  .has_screen = true,
	  .has_palette = true },
	{ .format = "multiboot2",
	  .door = &mb2_door,
	  .magic = MB2_LOADER_MAGIC,
	  .has_names = true,
	  .has_lines = true,
	  .has_screen = true,
	  .has_palette = true,
	  .has_efi = true,
	  .has_handle = true,
	  .has_smbios = true },
	{ .format = "pvh",
	  .door = &pvh_door,
	  .has_lines = true,
	  .has_flags = true },
	{ .format = "bzimage",
	  .door = &linux_door,
	  .has_screen = true,
	  .has_efi = true,
	  .has_subarch = true },
	{ .format = "vmlinux",
	  .door = &linux_door,
	  .has_screen = true,
	  .has_efi = true,
	  .has_subarch = true },
};

static struct boot_info told; /* what the door read of what was told */

/* Write a kernel, linked to an address, into memory; returns its length. */
static inline u64 carrier_put(const struct carrier *carrier, phys at, phys link)
{
	bool is_linux = carrier->door == &linux_door;
	struct linux_setup_header hdr = bzimage_header(0x20f);
	struct kernel_file file = kernel_file(is_linux, link, 0);
	u32 entry = (u32)link;

	if (!strcmp(carrier->format, "bzimage")) {
		hdr.pref_address = link;
		hdr.init_size = 0x10000;
		return bzimage_put(&mem, at, &hdr, 0x5000).len;
	}
	if (carrier->door == &pvh_door)
		kernel_note(&file, "Xen", PVH_ELFNOTE_PHYS32_ENTRY, &entry, 4);
	if (is_linux)
		kernel_note(&file, "Linux", 0x100, "", 0);
	kernel_write(&file, guest_at(&mem, at, FILE_LEN));
	if (carrier->door == &mb1_door)
		put_mb1_header(at + FILE_HEADER, 0);
	if (carrier->door == &mb2_door) {
		mb2_header_begin(at + FILE_HEADER);
		mb2_header_end();
	}
	return FILE_LEN;
}

/* What free memory holds, where telling begins to write. */
#define OLD_MEMORY 0xcc

/* From info to told, by way of its first kernel; old: what lies in the memory
 * that is to be handed over. */
static inline void carry_over(const struct carrier *carrier, u8 old)
{
	phys at = 0;

	boot_init(&boot, &mem, &info);
	assert_fine(boot_open(&boot, &plan));
	assert_string_equal(boot.payload.format->name, carrier->format);
	plan_init(&plan, &info);
	assert_fine(boot.payload.format->plan(&boot, &plan));
	memset(guest_at(&mem, plan.arena.start, range_len(plan.arena)), old,
	       range_len(plan.arena));
	assert_fine(boot_tell(&boot, &plan, &stub_departure, &at));
	assert_true(mem_read(&mem, at, &handoff, sizeof(handoff)));
	depart_copies(&mem, plan.copies, plan.nr_copies);
	info_init(&told, carrier->format);
	info_hold(&told, GANGWAY, GANGWAY_LEN);
	carrier->door->read(&mem, (u32)handoff.eax,
			    carrier->door == &linux_door ? handoff.rsi
							 : handoff.ebx,
			    &told);
	assert_fine(told.bad);
	assert_fine(info_check(&told));
	assert_int_equal((u32)handoff.eax, carrier->magic);
}

static inline void carry(const struct carrier *carrier)
{
	carry_over(carrier, OLD_MEMORY);
}

static inline void assert_same_map(const struct boot_info *expected)
{
	assert_int_equal(told.nr_regions, expected->nr_regions);
	for (u32 i = 0; i < told.nr_regions; i++)
		assert_region(&told, i, expected->regions[i].range.start,
			      expected->regions[i].range.end,
			      expected->regions[i].type);
	assert_int_equal(told.unknown_types, 0);
}

static inline void assert_same_screen(const struct framebuffer *expected)
{
	const struct framebuffer *fb = &told.framebuffer;

	assert_int_equal(fb->type, expected->type);
	assert_int_equal(fb->at, expected->at);
	assert_int_equal(fb->pitch, expected->pitch);
	assert_int_equal(fb->width, expected->width);
	assert_int_equal(fb->height, expected->height);
	assert_int_equal(fb->bits_per_pixel, expected->bits_per_pixel);
	assert_memory_equal(&fb->red, &expected->red, 3 * sizeof(fb->red));
}

static inline void assert_same_efi(const struct efi_tables *expected)
{
	const struct efi_tables *efi = &told.efi;

	assert_int_equal(efi->system_table, expected->system_table);
	assert_int_equal(efi->image_handle, expected->image_handle);
	assert_int_equal(efi->is_64bit, expected->is_64bit);
	assert_int_equal(efi->descriptor_size, expected->descriptor_size);
	assert_int_equal(efi->descriptor_version, expected->descriptor_version);
	assert_true(view_equal(efi->memory_map, expected->memory_map));
	assert_false(efi->boot_services);
}

/* What is left of a machine's information once a protocol has carried it. */
static inline void forget_what_is_lost(const struct carrier *carrier,
				       struct boot_info *left)
{
	static const struct view nothing = { (const u8 *)"", 0 };
	struct view map = left->efi.memory_map;

	if (!carrier->has_screen ||
	    (left->framebuffer.type == FRAMEBUFFER_INDEXED &&
	     !carrier->has_palette))
		left->framebuffer = (struct framebuffer){ 0 };
	/* Linux believes no pointer without a map. */
	if (!carrier->has_efi || (!carrier->has_handle && !map.len)) {
		left->efi = (struct efi_tables){ 0 };
		left->efi.memory_map = nothing;
	}
	if (!carrier->has_handle)
		left->efi.image_handle = 0;
	if (!carrier->has_smbios)
		left->smbios = nothing;
	if (!carrier->has_flags)
		left->pvh_flags = 0;
	if (!carrier->has_subarch)
		left->subarch = 0;
	if (!carrier->has_subarch)
		left->nr_setup_data = 0;
}

/* Everything but modules and lines. */
static inline void assert_carried(const struct boot_info *left)
{
	assert_same_map(left);
	assert_same_screen(&left->framebuffer);
	assert_same_efi(&left->efi);
	assert_true(view_equal(told.smbios, left->smbios));
	assert_int_equal(told.pvh_flags, left->pvh_flags);
	assert_int_equal(told.subarch, left->subarch);
	assert_int_equal(told.rsdp, left->rsdp);
	assert_int_equal(told.nr_setup_data, left->nr_setup_data);
	for (u32 i = 0; i < left->nr_setup_data; i++) {
		assert_int_equal(told.setup_data[i].type,
				 left->setup_data[i].type);
		assert_true(view_equal(told.setup_data[i].data,
				       left->setup_data[i].data));
	}
}

#endif
