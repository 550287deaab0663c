/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the fuzzers of kernels share: a small machine made of the input, with
 * the kernel's file at the very end of its memory, so that ASan sees a step
 * beyond it; and what must be true of a kernel that was not refused.
 *
 * Input: options, the command line's length, further regions, modules, then
 * the file.
 */
#ifndef TESTS_FUZZ_KERNEL_H
#define TESTS_FUZZ_KERNEL_H

#include "acpi.h"
#include "doors.h"
#include "elf.h"
#include "oracle.h"

#define MEM_LEN	    0x140000ull
#define LOW_END	    0x9f000ull
#define FILE_MAX    0x20000ull
#define GANGWAY_LEN 0x8000ull
#define RSDP_AT	    0xf0000ull

static struct boot_info info, told;
static struct boot boot;
static struct plan plan;
static struct handoff handoff;
static u8 memory[MEM_LEN], before[MEM_LEN];
static const struct mem mem = { .host = memory, .len = MEM_LEN };

static inline void take_region(struct view *input)
{
	phys start = take_address(input);
	u64 len = take_address(input), type = take(input, 1);

	info_add_region(&info, start, len, (u32)type);
}

static inline void take_module(struct view *input)
{
	phys at = take(input, 3) % MEM_LEN;
	u64 len = min_u64(take(input, 2), MEM_LEN - at);

	info_add_module(&info, at, at + len, VIEW("name and words"));
}

/* What else a door may have told of. */
static inline void know_more(u64 options)
{
	static const char bytes[] = "\3\2......_SM3_ and more";

	if (options & 1)
		info_set_loader(&info,
				options & 2 ? VIEW("GRUB 2.06") : VIEW("qemu"));
	if (options & 4)
		info.smbios = VIEW(bytes);
	if (options & 8)
		info.rsdp = RSDP_AT;
	else if (options & 16)
		info.rsdp_copy = (struct view){ memory + RSDP_AT, 20 };
	if (options & 32)
		info.efi = (struct efi_tables){
			.system_table = 0x12345678,
			.image_handle = 0x77,
			.is_64bit = options & 64,
			.memory_map = { memory, 96 },
			.descriptor_size = 48,
			.descriptor_version = 1,
		};
	if (options & 128)
		info.framebuffer.type = FRAMEBUFFER_RGB;
}

/* A command line of any length: what is told ends anywhere in a page. */
static inline void take_cmdline(struct view *input)
{
	static u8 line[2 * PAGE_SIZE];

	memset(line, 'x', sizeof(line));
	info.cmdline = (struct view){ line, take(input, 2) % sizeof(line) };
}

/* A machine of the input's first bytes; what is left of it is the file. False
 * if a door would have refused it. */
static inline bool make_machine(struct view *input)
{
	u64 options = take(input, 1), more = take(input, 1);
	phys at;

	memset(memory, 0, MEM_LEN);
	memcpy(memory + RSDP_AT, "RSD PTR \xe1", 9);
	info_init(&info, "fuzz");
	boot_init(&boot, &mem, &info);
	know_more(more);
	take_cmdline(input);
	info_add_region(&info, 0, LOW_END, REGION_RAM);
	info_add_region(&info, MIB, MEM_LEN - MIB, REGION_RAM);
	info_hold(&info, MIB, GANGWAY_LEN);
	info_hold(&info, RSDP_AT, sizeof(struct acpi_rsdp));
	for (u64 i = options % 8; i; i--)
		take_region(input);
	input->len = min_u64(input->len, FILE_MAX);
	for (u64 i = options / 8 % 8; i; i--)
		take_module(input);
	boot.options.argv0 = !(options & 64);
	if (!input->len)
		return false;
	at = MEM_LEN - input->len;
	memcpy(memory + at, input->at, input->len);
	info_add_module(&info, at, MEM_LEN, VIEW(""));
	boot.payload.image = (struct view){ memory + at, input->len };
	boot.payload.string = info.names.line ? VIEW("kernel") : VIEW("");
	boot.payload.name = boot.payload.string;
	boot.payload.nr_modules = info.nr_modules - 1;
	memcpy(boot.payload.modules, info.modules, sizeof(info.modules));
	return !info_check(&info) && info.nr_modules;
}

/* An ELF header in front of the file's own bytes, which begin with nr
 * segments. */
static inline void put_elf(u8 nr, bool wide)
{
	u8 *file = memory + (boot.payload.image.at - memory);

	if (boot.payload.image.len < 64)
		return;
	memcpy(file, wide ? "\177ELF\2\1" : "\177ELF\1\1", 6);
	file[16] = ET_EXEC;
	file[18] = wide ? EM_X86_64 : EM_386;
	memset(file + (wide ? 32 : 28), 0, wide ? 8 : 4);
	file[wide ? 32 : 28] = 64; /* e_phoff */
	memset(file + (wide ? 54 : 42), 0, 4);
	file[wide ? 54 : 42] = wide ? 56 : 32;
	file[wide ? 56 : 44] = nr;
}

/* Is a source in the file or a module, or was it put there before? */
static inline bool is_known(u32 copy)
{
	struct range src = { plan.copies[copy].src,
			     plan.copies[copy].src + plan.copies[copy].len };
	bool known = range_empty(src);

	for (u32 i = 0; i < info.nr_modules; i++)
		known |= range_within(src, info.modules[i].range);
	for (u32 i = 0; i < copy; i++)
		known |= range_within(src, written(&plan.copies[i]));
	return known;
}

/* What the oracle does not say: where copies come from, that destinations are
 * apart from each other, and that the kernel is entered in itself. */
static inline void check_image(void)
{
	assert(plan.entry_at - plan.window.start < range_len(plan.window));
	assert(!range_overlaps(plan.symbols, plan.arena));
	for (u32 i = 0; i < plan.nr_copies; i++) {
		assert(is_known(i));
		for (u32 k = 0; k < i; k++)
			assert(!range_overlaps(written(&plan.copies[i]),
					       written(&plan.copies[k])));
	}
}

/* Tell, and do the copies. False if some of it lies outside of the memory
 * there is, or the map had no room for what telling adds. */
static inline bool leave(void)
{
	phys at = 0;
	why bad;

	if (plan.arena.end > MEM_LEN)
		return false;
	memcpy(before, memory, MEM_LEN);
	plan.arena.end = plan.arena.start + plan.arena_len; /* and no more */
	bad = boot_tell(&boot, &plan, &stub_departure, &at);
	if (bad) {
		assert(!strcmp(bad,
			       "the memory map has more than 1056 regions"));
		return false;
	}
	assert(mem_read(&mem, at, &handoff, sizeof(handoff)));
	for (u32 i = 0; i < plan.nr_copies; i++) {
		const struct copy *c = &plan.copies[i];

		if (!mem_has(&mem, c->dst, c->len + c->zero) ||
		    !mem_has(&mem, c->src, c->len))
			return false;
		memmove(memory + c->dst, memory + c->src, c->len);
		memset(memory + c->dst + c->len, 0, c->zero);
	}
	return true;
}

/* The bytes that were at from are at to. */
static inline void check_moved(phys to, phys from, u64 len)
{
	if (mem_has(&mem, to, len) && mem_has(&mem, from, len))
		assert(!memcmp(memory + to, before + from, len));
}

/* The file as it was; its own memory may have been written since. */
static inline struct view file_before(void)
{
	return (struct view){ before + (boot.payload.image.at - memory),
			      boot.payload.image.len };
}

/* The segments' bytes, of which a later one's count, and where they are. */
static inline void load_segments(u64 delta, u8 *bytes, bool *is_loaded)
{
	struct view file = file_before();
	struct elf elf;

	assert(!elf_open(file, &elf));
	for (u64 i = 0; i < elf.phnum; i++) {
		struct elf64_phdr s = elf_segment(&elf, i);
		phys to = s.p_paddr + delta;

		if (s.p_type != PT_LOAD || !s.p_memsz ||
		    !mem_has(&mem, to, s.p_memsz))
			continue;
		memset(is_loaded + to, true, s.p_memsz);
		memset(bytes + to, 0, s.p_memsz);
		assert(view_read(file, s.p_offset, bytes + to, s.p_filesz));
	}
}

/* Where there is RAM, every segment lies where it is linked to, moved by delta,
 * and is zero behind its bytes. */
static inline void check_segments(u64 delta)
{
	static u8 bytes[MEM_LEN];
	static bool is_loaded[MEM_LEN];

	memset(is_loaded, false, MEM_LEN);
	load_segments(delta, bytes, is_loaded);
	for (u32 i = 0; i < info.nr_regions; i++) {
		struct range ram = info.regions[i].range;

		if (info.regions[i].type != REGION_RAM)
			continue;
		for (phys at = ram.start; at < min_u64(ram.end, MEM_LEN); at++)
			assert(!is_loaded[at] || memory[at] == bytes[at]);
	}
}

static inline void check_told_map(void)
{
	assert(told.nr_regions == info.nr_regions);
	for (u32 i = 0; i < info.nr_regions; i++) {
		assert(told.regions[i].range.start ==
		       info.regions[i].range.start);
		assert(told.regions[i].range.end == info.regions[i].range.end);
		assert(told.regions[i].type == info.regions[i].type);
	}
}

/* What the protocol's own door reads is what was told, and points nowhere but
 * into the arena. */
static inline void read_back(const struct door *door, phys at)
{
	info_init(&told, "told");
	door->read(&mem, (u32)handoff.eax, at, &told);
	assert(!told.bad);
	/* A line of gangway's begins with a name, or else should have. */
	assert(!boot.options.argv0 || view_equal(told.cmdline, info.cmdline));
	for (u32 i = 0; i < told.holds.nr; i++)
		assert(told.holds.list[i].until != UNTIL_TELL ||
		       range_within(told.holds.list[i].range, plan.arena));
}

static inline void check_told_modules(void)
{
	assert(told.nr_modules == boot.payload.nr_modules);
	for (u32 i = 0; i < told.nr_modules; i++) {
		struct range was = boot.payload.modules[i].range;

		assert(told.modules[i].range.start == plan.module_at[i]);
		assert(range_len(told.modules[i].range) == range_len(was));
		check_moved(plan.module_at[i], was.start, range_len(was));
	}
}

/* Is the file of that format, and not refused? */
static inline bool plan_image(const char *name)
{
	boot.payload.format =
		format_of(boot.payload.image, format_named(view_string(name)),
			  CLAIM_POSSIBLE);
	if (!boot.payload.format || !plan_is_sound(&boot, &plan))
		return false;
	check_image();
	return true;
}

#endif
