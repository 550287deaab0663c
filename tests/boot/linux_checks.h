/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What Linux must find when a boot has left: its registers, its own bytes, and
 * all that the zero page leads to.
 */
#ifndef TESTS_BOOT_LINUX_CHECKS_H
#define TESTS_BOOT_LINUX_CHECKS_H

#include "bzimage_file.h"
#include "loaders.h"

#define MAX_PARTS 6

/* A kernel and the initrd's parts, whose bytes tell where they belong. */
static struct linux_guest {
	struct linux_setup_header hdr;
	u64 kernel_len;
	u32 nr_parts;
	u64 part_len[MAX_PARTS];
	const char *line; /* the command line it must get */
} guest;

static struct linux_boot_params params;

static inline u8 part_byte(u32 part, u64 i)
{
	return (u8)(i * 13 + i / 251 + part * 91 + 5);
}

static inline void part_write(u8 *out, u32 part)
{
	for (u64 i = 0; i < guest.part_len[part]; i++)
		out[i] = part_byte(part, i);
}

static inline u64 align_part(u64 len)
{
	return align_up(len, 4);
}

static inline phys initrd_at(void)
{
	return params.hdr.ramdisk_image | (u64)params.ext_ramdisk_image << 32;
}

static inline u64 initrd_len(void)
{
	return params.hdr.ramdisk_size | (u64)params.ext_ramdisk_size << 32;
}

static inline bool is_64bit(void)
{
	return guest.hdr.version >= 0x20c &&
	       guest.hdr.xloadflags & LINUX_XLF_KERNEL_64;
}

static inline bool is_above_4g(void)
{
	return is_64bit() && guest.hdr.xloadflags & LINUX_XLF_ABOVE_4G;
}

static inline phys kernel_at(void)
{
	return handoff.entry - (is_64bit() ? LINUX_ENTRY_64 : 0);
}

static inline void check_registers(void)
{
	assert_int_equal(handoff.mode,
			 is_64bit() ? HANDOFF_LONG : HANDOFF_LINUX32);
	assert_int_equal(handoff.eax, 0);
	assert_int_equal(handoff.ebx, 0);
	assert_int_equal(handoff.rsp % 16, 0);
	assert_true(range_within(
		(struct range){ handoff.rsp - 1024, handoff.rsp }, plan.arena));
	assert_true(range_within(
		(struct range){ handoff.rsi, handoff.rsi + 4096 }, plan.arena));
	assert_mapped(paging_table(handoff.tables), handoff.entry,
		      handoff.entry, PTE_WRITABLE);
	assert_mapped(paging_table(handoff.tables), handoff.rsi, handoff.rsi,
		      PTE_WRITABLE);
}

/* The memory it runs in: boot.rst's runtime_start. */
static inline struct range kernel_window(void)
{
	const struct linux_setup_header *hdr = &params.hdr;
	u64 align = hdr->kernel_alignment;
	phys start = kernel_at();

	if (hdr->relocatable_kernel)
		start = align_up(max_u64(start, hdr->pref_address), align);
	return (struct range){ start, start + hdr->init_size };
}

static inline void assert_in_ram(struct range range)
{
	for (u32 i = 0; i < params.e820_entries; i++) {
		struct linux_e820_entry e = params.e820_table[i];

		if (e.type == REGION_RAM &&
		    range_within(range,
				 (struct range){ e.addr, e.addr + e.size }))
			return;
	}
	fail_msg("0x%lx-0x%lx is not RAM", range.start, range.end);
}

/* Nothing lies where something else does, nor where the kernel will run. */
static inline void check_separate(void)
{
	struct range pieces[] = {
		kernel_window(),
		{ kernel_at(), kernel_at() + guest.kernel_len },
		{ initrd_at(),
		  align_up(initrd_at() + initrd_len(), PAGE_SIZE) },
		plan.arena,
	};

	for (u32 i = 0; i < ARRAY_LEN(pieces); i++) {
		if (!range_empty(pieces[i]))
			assert_in_ram(pieces[i]);
		for (u32 j = 0; j < i; j++)
			assert_true((i == 1 && j == 0) ||
				    !range_overlaps(pieces[i], pieces[j]));
	}
	if (!guest.hdr.relocatable_kernel)
		assert_int_equal(kernel_at(), guest.hdr.pref_address);
}

static inline void check_initrd(void)
{
	u64 len = 0;

	if (!guest.nr_parts) {
		assert_int_equal(initrd_at() | initrd_len(), 0);
		return;
	}
	assert_int_equal(initrd_at() % PAGE_SIZE, 0);
	if (!is_above_4g())
		assert_true(initrd_at() + initrd_len() <=
			    params.hdr.initrd_addr_max + 1ull);
	for (u32 p = 0; p < guest.nr_parts; p++) {
		const u8 *at;

		for (; len % 4; len++)
			assert_int_equal(*guest_at(&mem, initrd_at() + len, 1),
					 0);
		at = guest_at(&mem, initrd_at() + len, guest.part_len[p]);
		for (u64 i = 0; i < guest.part_len[p]; i++)
			if (at[i] != part_byte(p, i))
				fail_msg("part %u differs at 0x%lx", p, i);
		len += guest.part_len[p];
	}
	assert_int_equal(initrd_len(), len);
}

static inline void check_map(void)
{
	assert_int_equal(params.e820_entries, machine.nr_regions);
	for (u32 i = 0; i < machine.nr_regions; i++) {
		struct linux_e820_entry e = params.e820_table[i];

		assert_int_equal(e.addr, machine.regions[i].range.start);
		assert_int_equal(e.size, range_len(machine.regions[i].range));
		assert_int_equal(e.type, machine.regions[i].type);
	}
}

static inline void check_setup_data(void)
{
	struct linux_setup_data node;

	assert_true(mem_read(&mem, params.hdr.setup_data, &node, sizeof(node)));
	assert_int_equal(node.type, LINUX_SETUP_RNG_SEED);
	assert_int_equal(node.len, 32);
	assert_int_equal(node.next, 0);
	assert_int_equal(*guest_at(&mem, params.hdr.setup_data + 16, 32), 0x5e);
}

/* All that is not RAM, and page 0, is as it was. */
static inline void check_untouched(void)
{
	for (u32 i = 0; i < machine.nr_regions; i++) {
		struct range r = machine.regions[i].range;

		if (machine.regions[i].type == REGION_RAM || r.end > RAM_LEN)
			continue;
		for (phys at = r.start; at < r.end; at++)
			if (mem.host[at] != 0xcc)
				fail_msg("0x%lx was written", at);
	}
	for (u64 i = 0; i < PAGE_SIZE; i++)
		if (i != 0x40e && i != 0x40f)
			assert_int_equal(mem.host[i], 0xcc);
}

/* Leave, and see what the kernel sees. */
static inline void check_linux(void)
{
	machine_leave();
	assert_true(mem_read(&mem, handoff.rsi, &params, sizeof(params)));
	check_registers();
	assert_kernel_bytes(guest_at(&mem, kernel_at(), guest.kernel_len),
			    guest.kernel_len);
	assert_int_equal(params.hdr.code32_start, kernel_at());
	assert_int_equal(params.sentinel, 0);
	assert_int_equal(params.hdr.type_of_loader, 0xff);
	assert_int_equal(params.acpi_rsdp_addr, RSDP_AT);
	assert_string_equal(
		(const char *)guest_at(&mem, params.hdr.cmd_line_ptr, 2048),
		guest.line);
	check_separate();
	check_initrd();
	check_map();
	if (guest.hdr.version >= 0x209)
		check_setup_data();
	check_untouched();
}

#endif
