// SPDX-License-Identifier: BSD-2-Clause
/*
 * vmlinux_kernel.c: Linux as an ELF file, and the zero page it gets. The
 * numbers of pitfalls are those of our protocol notes, chapter 6.
 */
#include "bootparam.h"
#include "kernel_guest.h"
#include "start_info.h"

#define VIRTUAL 0xffffffff80000000
#define TAKEN	"no free RAM for the kernel and what it unpacks: "

static struct kernel_file file;
static struct linux_boot_params params;

/* As Linux's: linked high, entered by a physical address. */
static void make_kernel(bool is_64, phys link)
{
	kernel_setup(NULL);
	file = kernel_file(is_64, link, is_64 ? VIRTUAL : 0xc0000000);
	file.entry = link + ENTRY_OFFSET;
	kernel_note(&file, "Linux", 0x100, "", 0);
}

static int setup(void **state)
{
	(void)state;
	make_kernel(true, LINK_AT);
	return 0;
}

static const char *claimed(void)
{
	info.nr_modules = 0;
	return guest_elf(&file, FILE_AT);
}

static void boot_kernel(const char *format)
{
	phys at = 0;

	assert_string_equal(claimed(), format);
	assert_fine(guest_plan());
	assert_in_ram(plan.arena);
	assert_false(range_overlaps(plan.arena, plan.window));
	assert_fine(boot_tell(&boot, &plan, &stub_departure, &at));
	assert_true(mem_read(&mem, at, &handoff, sizeof(handoff)));
	depart_copies(&mem, plan.copies, plan.nr_copies);
	assert_loaded(plan.load);
	assert_true(range_within(r(handoff.rsi, handoff.rsi + sizeof(params)),
				 plan.arena));
	assert_true(mem_read(&mem, handoff.rsi, &params, sizeof(params)));
}

static void it_is_entered_by_its_64_bit_entry(void **state)
{
	(void)state;
	boot_kernel("vmlinux");
	assert_int_equal(handoff.mode, HANDOFF_LONG);
	assert_int_equal(handoff.entry, LINK_AT + ENTRY_OFFSET);
	assert_int_equal(handoff.eax | handoff.ebx, 0);
	assert_string_equal(plan.entry, "64-bit entry");
	assert_int_equal(plan.load, LINK_AT);
	assert_int_equal(plan.window.start, LINK_AT);
	assert_int_equal(plan.window.end, LINK_AT + SPAN_LEN);
	assert_gap(LINK_AT);
	/* The tables reach what the kernel reads first. */
	assert_mapped(paging_table(handoff.tables), handoff.entry,
		      handoff.entry, PTE_WRITABLE);
	assert_mapped(paging_table(handoff.tables), handoff.rsi, handoff.rsi,
		      PTE_WRITABLE);
}

static void an_entry_may_be_virtual(void **state)
{
	(void)state;
	file.entry += VIRTUAL;
	boot_kernel("vmlinux");
	assert_int_equal(handoff.entry, LINK_AT + ENTRY_OFFSET);
	setup(state);
	file.entry = LINK_AT + TEXT_LEN;
	assert_string_equal(claimed(), "vmlinux");
	assert_says(guest_plan(), "the entry lies in no segment");
}

static void it_gets_the_setup_header_it_does_not_have(void **state)
{
	static const struct linux_setup_header zero;
	struct linux_setup_header *hdr = &params.hdr;

	(void)state;
	boot_kernel("vmlinux");
	assert_int_equal(params.sentinel, 0);
	assert_int_equal(hdr->boot_flag, 0xaa55);
	assert_int_equal(hdr->header, LINUX_MAGIC);
	assert_int_equal(hdr->version, 0x20f);
	assert_int_equal(hdr->type_of_loader, 0xff);
	assert_int_equal(hdr->loadflags, LINUX_LOADED_HIGH); /* no KASLR */
	assert_int_equal(hdr->root_flags, 1);
	assert_int_equal(hdr->vid_mode, 0xffff);
	assert_int_equal(hdr->initrd_addr_max, 0x7fffffff);
	assert_int_equal(hdr->cmdline_size, 2047);
	assert_int_equal(hdr->kernel_alignment, 2 * MIB);
	assert_int_equal(hdr->code32_start, LINK_AT);
	assert_int_equal(hdr->hardware_subarch, 0);
	/* All else is as in a page made from zeroes. */
	hdr->boot_flag = hdr->version = hdr->root_flags = hdr->vid_mode = 0;
	hdr->header = hdr->initrd_addr_max = hdr->cmdline_size = 0;
	hdr->type_of_loader = hdr->loadflags = 0;
	hdr->kernel_alignment = hdr->code32_start = hdr->cmd_line_ptr = 0;
	assert_memory_equal(hdr, &zero, sizeof(zero));
	assert_int_equal(params.ext_ramdisk_image | params.ext_ramdisk_size, 0);
}

static void it_is_told_what_any_linux_is_told(void **state)
{
	(void)state;
	info.rsdp = RSDP_AT;
	info.cmdline = VIEW("root=/dev/vda gangway.log=quiet ro");
	info.subarch = 3;
	info.nr_setup_data = 1;
	info.setup_data[0] = (struct setup_node){ 3, VIEW("PCI") };
	info.framebuffer = (struct framebuffer){ .type = FRAMEBUFFER_RGB,
						 .at = 0xfd000000,
						 .width = 640 };
	boot_kernel("vmlinux");
	assert_told_string(params.hdr.cmd_line_ptr, "root=/dev/vda ro");
	assert_int_equal(params.acpi_rsdp_addr, RSDP_AT);
	assert_int_equal(params.hdr.hardware_subarch, 3);
	assert_int_equal(params.screen_info.lfb_width, 640);
	assert_int_equal(get32(params.hdr.setup_data + 8), 3);
	assert_int_equal(params.e820_entries, info.nr_regions);
}

static void modules_are_its_initrd(void **state)
{
	phys initrd;

	(void)state;
	guest_module(6 * MIB + 5, 101, "", "");
	guest_module(5 * MIB, 0x1003, "", "");
	boot_kernel("vmlinux");
	initrd = params.hdr.ramdisk_image;
	assert_int_equal(initrd % PAGE_SIZE, 0);
	assert_int_equal(params.hdr.ramdisk_size, 104 + 0x1003);
	for (u64 i = 0; i < 101; i++)
		assert_int_equal(*guest_at(&mem, initrd + i, 1),
				 module_byte(0, i));
	assert_all(guest_at(&mem, initrd + 101, 3), 0, 3);
	for (u64 i = 0; i < 0x1003; i++)
		assert_int_equal(*guest_at(&mem, initrd + 104 + i, 1),
				 module_byte(1, i));
}

/* The kernel's gap is its own: of an initrd in it, one of the two moves. */
static void nothing_lies_between_its_segments(void **state)
{
	(void)state;
	file.segments[SEGMENT_DATA].p_paddr = LINK_AT + MIB;
	assert_string_equal(claimed(), "vmlinux");
	guest_module(LINK_AT + 0x10000, 0x1000, "", "");
	assert_fine(guest_plan());
	assert_false(range_overlaps(plan.initrd, plan.window));
	assert_int_equal(range_len(plan.window), MIB + DATA_MEMSZ);
}

static void pitfall_44_it_moves_by_2_mib_or_not_at_all(void **state)
{
	phys expected;

	(void)state;
	for (phys hole = LINK_AT; hole < 12 * MIB; hole += 2 * MIB) {
		setup(state);
		for (phys at = LINK_AT; at <= hole; at += 2 * MIB)
			guest_map(at + 0x1000, at + 0x1001, REGION_RESERVED);
		boot_kernel("vmlinux");
		expected = hole + 2 * MIB;
		if (expected == FILE_AT) /* where there is still something */
			expected += 2 * MIB;
		assert_int_equal(plan.load, expected);
		assert_int_equal(handoff.entry, plan.load + ENTRY_OFFSET);
		assert_int_equal(params.hdr.code32_start, plan.load);
		assert_int_equal(params.hdr.kernel_alignment, 2 * MIB);
	}
	setup(state);
	guest_map(LINK_AT + SPAN_LEN - 1, RAM_END, REGION_RESERVED);
	assert_string_equal(claimed(), "vmlinux");
	assert_says(guest_plan(), TAKEN);
	/* Room there is, but not at a multiple. */
	setup(state);
	guest_no_ram();
	guest_map(0, 0x9f000, REGION_RAM);
	guest_map(LINK_AT + 1, LINK_AT + 2 * MIB, REGION_RAM);
	assert_string_equal(claimed(), "vmlinux");
	assert_says(guest_plan(), TAKEN);
}

static void pitfall_44_linked_off_2_mib_it_does_not_move(void **state)
{
	(void)state;
	make_kernel(true, LINK_AT + MIB);
	boot_kernel("vmlinux");
	assert_int_equal(plan.load, LINK_AT + MIB);
	make_kernel(true, LINK_AT + MIB);
	guest_map(LINK_AT + MIB, LINK_AT + MIB + 1, REGION_RESERVED);
	assert_string_equal(claimed(), "vmlinux");
	assert_why(guest_plan(), "the kernel goes to 0x500000-0x503234, but "
				 "0x500000-0x500001 is reserved");
}

static void a_32_bit_kernel_without_pvh_has_its_32_bit_entry(void **state)
{
	(void)state;
	make_kernel(false, LINK_AT);
	boot_kernel("vmlinux32");
	assert_int_equal(handoff.mode, HANDOFF_LINUX32);
	assert_int_equal(handoff.entry, LINK_AT + ENTRY_OFFSET);
	assert_int_equal(handoff.eax | handoff.ebx, 0);
	assert_string_equal(plan.entry, "32-bit entry");
	/* It is not position independent. */
	make_kernel(false, LINK_AT);
	guest_map(LINK_AT, LINK_AT + 1, REGION_RESERVED);
	assert_string_equal(claimed(), "vmlinux32");
	assert_says(guest_plan(), "the kernel goes to 0x400000-0x403234, but ");
	/* With it, PVH goes first. */
	make_kernel(false, LINK_AT);
	kernel_note(&file, "Xen", PVH_ELFNOTE_PHYS32_ENTRY, (u32[]){ LINK_AT },
		    4);
	assert_string_equal(claimed(), "pvh");
	boot.options.format = format_named(VIEW("vmlinux32"));
	boot_kernel("vmlinux32");
}

static void a_32_bit_kernel_has_its_initrd_below_2_gib(void **state)
{
	(void)state;
	make_kernel(false, LINK_AT);
	guest_map(16 * MIB, 8 * GIB, REGION_RAM);
	assert_string_equal(claimed(), "vmlinux32");
	guest_module(6 * GIB, 0x1000, "", "");
	assert_fine(guest_plan());
	assert_int_equal(plan.initrd.end, 2 * GIB);
	/* The other takes it where it is. */
	setup(state);
	guest_map(16 * MIB, 8 * GIB, REGION_RAM);
	assert_string_equal(claimed(), "vmlinux");
	guest_module(6 * GIB, 0x1000, "", "");
	assert_fine(guest_plan());
	assert_int_equal(plan.initrd.start, 6 * GIB);
}

static void only_notes_tell_that_it_is_linux(void **state)
{
	(void)state;
	file.notes_len = 0;
	kernel_note(&file, "GNU", 3, "build", 5);
	assert_string_equal(claimed(), "none");
	kernel_note(&file, "Xen", XEN_ELFNOTE_GUEST_OS, "FreeBSD", 8);
	assert_string_equal(claimed(), "none");
	file.notes_len = 0;
	kernel_note(&file, "Xen", XEN_ELFNOTE_GUEST_OS, "linux", 6);
	assert_string_equal(claimed(), "vmlinux");
	file.machine = EM_386;
	assert_string_equal(claimed(), "none");
	/* The class decides, whatever the machine. */
	make_kernel(false, LINK_AT);
	file.machine = EM_X86_64;
	assert_string_equal(claimed(), "vmlinux32");
}

static void damaged_files_are_refused(void **state)
{
	(void)state;
	file.segments[SEGMENT_DATA].p_filesz = DATA_MEMSZ + 1;
	assert_string_equal(claimed(), "vmlinux");
	assert_says(guest_plan(),
		    "a segment has more bytes in the file than in memory");
	setup(state);
	file.segments[SEGMENT_TEXT].p_offset = FILE_LEN;
	assert_string_equal(claimed(), "vmlinux");
	assert_says(guest_plan(), "a segment passes the end of the file");
}

#define TEST(f) cmocka_unit_test_setup(f, setup)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(it_is_entered_by_its_64_bit_entry),
		TEST(an_entry_may_be_virtual),
		TEST(it_gets_the_setup_header_it_does_not_have),
		TEST(it_is_told_what_any_linux_is_told),
		TEST(modules_are_its_initrd),
		TEST(nothing_lies_between_its_segments),
		TEST(pitfall_44_it_moves_by_2_mib_or_not_at_all),
		TEST(pitfall_44_linked_off_2_mib_it_does_not_move),
		TEST(a_32_bit_kernel_without_pvh_has_its_32_bit_entry),
		TEST(a_32_bit_kernel_has_its_initrd_below_2_gib),
		TEST(only_notes_tell_that_it_is_linux),
		TEST(damaged_files_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, kernel_end);
}
