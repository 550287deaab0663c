// SPDX-License-Identifier: BSD-2-Clause
/*
 * packed.c and packed_patch.c: gangway with a kernel and its modules in one
 * file, as gangway finds them in memory.
 */
#include "bootparam.h"
#include "elf.h"
#include "mb1.h"
#include "mb2.h"
#include "packed.h"
#include "payload_guest.h"

#define IMAGE	  MIB
#define IMAGE_LEN 0x20000
#define BSS	  0x8000 /* where it begins in that */
#define PHDRS	  64
#define MB1_AT	  0x104
#define MB2_AT	  0x148
#define MARK_AT	  0x190

/* A gangway.elf as it lies in a file, and the pack behind it. */
static u8 image[IMAGE_LEN + FILE_LEN] __attribute__((aligned(8)));
static u64 pack_len;
static struct file initrd;

static void put_elf(void)
{
	struct elf64_ehdr hdr = { .e_type = ET_EXEC,
				  .e_machine = EM_X86_64,
				  .e_phoff = PHDRS,
				  .e_phentsize = sizeof(struct elf64_phdr),
				  .e_phnum = 2 };
	struct elf64_phdr code = { .p_type = PT_LOAD,
				   .p_paddr = IMAGE,
				   .p_filesz = BSS,
				   .p_memsz = BSS };
	struct elf64_phdr bss = { .p_type = PT_LOAD,
				  .p_paddr = IMAGE + BSS,
				  .p_memsz = IMAGE_LEN - BSS };

	memcpy(hdr.e_ident,
	       "\x7f"
	       "ELF\2\1\1",
	       7);
	memcpy(image, &hdr, sizeof(hdr));
	memcpy(image + PHDRS, &code, sizeof(code));
	memcpy(image + PHDRS + sizeof(code), &bss, sizeof(bss));
}

static void put_headers(void)
{
	struct mb1_header mb1 = { .magic = MB1_HEADER_MAGIC,
				  .header_addr = IMAGE + MB1_AT,
				  .load_addr = IMAGE + 0x10,
				  .load_end_addr = IMAGE + BSS,
				  .bss_end_addr = IMAGE + IMAGE_LEN };
	struct mb2_header mb2 = { .magic = MB2_HEADER_MAGIC,
				  .header_length = 40 };
	struct mb2_header_tag_address tag = { { MB2_HEADER_TAG_ADDRESS, 0,
						sizeof(tag) },
					      IMAGE + MB2_AT,
					      IMAGE,
					      IMAGE + BSS,
					      IMAGE + IMAGE_LEN };
	struct packed_mark mark = { .version = PACKED_VERSION,
				    .image_len = IMAGE_LEN };

	mb1.checksum = 0 - mb1.magic;
	mb2.checksum = 0 - mb2.magic - mb2.header_length;
	memcpy(image + MB1_AT, &mb1, sizeof(mb1));
	memcpy(image + MB2_AT, &mb2, sizeof(mb2));
	memcpy(image + MB2_AT + sizeof(mb2), &tag, sizeof(tag));
	memcpy(mark.magic, PACKED_MAGIC, sizeof(mark.magic));
	memcpy(image + MARK_AT, &mark, sizeof(mark));
}

/* A kernel "vmlinuz words" and an initrd without a string. */
static void put_pack(void)
{
	static const char string[] = "vmlinuz packed words";
	u8 *pack = image + IMAGE_LEN;
	struct packed_head head = { .nr = 2 };
	struct packed_entry entries[] = {
		{ 0x1000, kernel.len, 0x100, sizeof(string) - 1, 7, 0 },
		{ align_up(0x1000 + kernel.len, PACKED_ALIGN), initrd.len,
		  0x100, 0, 0, 0 },
	};

	memcpy(pack, &head, sizeof(head));
	memcpy(pack + sizeof(head), entries, sizeof(entries));
	memcpy(pack + 0x100, string, sizeof(string));
	memcpy(pack + entries[0].at, kernel.bytes, kernel.len);
	memcpy(pack + entries[1].at, initrd.bytes, initrd.len);
	pack_len = entries[1].at + initrd.len;
}

static int setup(void **state)
{
	payload_setup(state);
	file_noise(&initrd, 5001);
	memset(image, 0, sizeof(image));
	put_elf();
	put_headers();
	put_pack();
	return 0;
}

static void load(u32 flags)
{
	assert_fine(packed_patch(image, pack_len, flags));
	put(&mem, IMAGE, image, IMAGE_LEN + pack_len);
	next_module = 4 * MIB;
}

static void nothing_is_packed_into_a_plain_one(void **state)
{
	(void)state;
	put(&mem, IMAGE, image, IMAGE_LEN);
	assert_fine(packed_add(&mem, IMAGE, &info));
	assert_int_equal(info.nr_modules, 0);
}

static void kernel_and_modules_come_out(void **state)
{
	(void)state;
	load(0);
	assert_fine(packed_add(&mem, IMAGE, &info));
	assert_int_equal(info.nr_packed, 2);
	assert_kernel(0);
	assert_module(0, &initrd);
	assert_view(boot.payload.name, "vmlinuz");
	assert_view(boot.payload.line, "packed words");
	assert_view(boot.payload.string, "vmlinuz packed words");
	assert_held(&info, IMAGE + IMAGE_LEN + 0x1000,
		    IMAGE + IMAGE_LEN + 0x1000 + kernel.len);
	assert_held(&info, IMAGE + IMAGE_LEN + 0x100,
		    IMAGE + IMAGE_LEN + 0x114);
}

static void modules_from_outside_follow(void **state)
{
	static struct file other, zipped;

	(void)state;
	load(0);
	file_noise(&other, 99);
	file_gzip(&zipped, &kernel);
	module(&zipped, "a kernel");
	module(&other, "second");
	assert_fine(packed_add(&mem, IMAGE, &info));
	assert_kernel(0);
	assert_int_equal(boot.payload.nr_modules, 3);
	assert_module(0, &initrd);
	assert_module(1, &zipped);
	assert_module(2, &other);
	assert_view(boot.payload.modules[2].name, "second");
}

/* GRUB 2's strings have no name in front. */
static void a_string_is_as_the_loaders(void **state)
{
	(void)state;
	load(0);
	info.names.modules = false;
	assert_fine(packed_add(&mem, IMAGE, &info));
	assert_view(info.modules[0].string, "packed words");
	assert_view(info.modules[0].line, "packed words");
	assert_view(info.modules[1].string, "");
}

/* What is packed is meant: nothing else is tried. */
static void no_kernel_from_outside_stands_in(void **state)
{
	(void)state;
	memset(image + IMAGE_LEN + 0x1000, 0xaa, kernel.len);
	load(0);
	module(&kernel, "");
	assert_fine(packed_add(&mem, IMAGE, &info));
	assert_says(boot_open(&boot, &scratch),
		    "no module is a kernel: module 0 is ");
}

static void a_seal_refuses_words_and_modules(void **state)
{
	(void)state;
	load(PACKED_SEALED);
	module(&kernel, "");
	assert_says(packed_add(&mem, IMAGE, &info),
		    "this gangway is sealed, and takes no modules from "
		    "outside");
	info.nr_modules = 0;
	info.cmdline = VIEW("init=/bin/sh");
	assert_says(packed_add(&mem, IMAGE, &info),
		    "this gangway is sealed, and takes no words from outside: "
		    "\"init=/bin/sh\"");
	assert_view(info.cmdline, "");
	assert_fine(packed_add(&mem, IMAGE, &info));
	assert_int_equal(info.nr_modules, 2);
}

static void a_pack_that_leaves_the_file_is_refused(void **state)
{
	static const u32 places[] = { 0, 8, 16, 24, 28, 32 };

	for (u32 i = 0; i < ARRAY_LEN(places); i++) {
		payload_teardown(state);
		setup(state);
		memset(image + IMAGE_LEN + places[i], 0xff, 4);
		load(0);
		assert_non_null(packed_add(&mem, IMAGE, &info));
	}
	payload_teardown(state);
	setup(state);
	pack_len = 7;
	load(0);
	assert_says(packed_add(&mem, IMAGE, &info), "the pack has no entry");
}

static void a_pack_outside_of_memory_is_refused(void **state)
{
	(void)state;
	load(0);
	put32(&mem, IMAGE + MARK_AT + 36, 1);
	assert_says(packed_add(&mem, IMAGE, &info), "the pack is out of sight");
}

/* As a loader sees the file, whichever part it goes by. */
static void every_header_goes_to_the_end(void **state)
{
	u32 end = IMAGE + IMAGE_LEN;
	struct mb2_header_tag_address tag;
	struct elf64_phdr bss;
	struct mb1_header mb1;
	struct range span;
	struct elf elf;

	(void)state;
	load(0);
	end += (u32)pack_len;
	memcpy(&mb1, image + MB1_AT, sizeof(mb1));
	assert_int_equal(mb1.load_end_addr, end);
	assert_int_equal(mb1.bss_end_addr, end);
	memcpy(&tag, image + MB2_AT + sizeof(struct mb2_header), sizeof(tag));
	assert_int_equal(tag.load_end_addr, end);
	assert_int_equal(tag.bss_end_addr, end);
	assert_fine(
		elf_open((struct view){ image, IMAGE_LEN + pack_len }, &elf));
	assert_fine(elf_span(&elf, &span));
	assert_int_equal(span.start, IMAGE);
	assert_int_equal(span.end, end);
	bss = elf_segment(&elf, 1);
	assert_int_equal(bss.p_offset, BSS);
	assert_int_equal(bss.p_filesz, bss.p_memsz);
}

static void what_is_no_gangway_is_not_patched(void **state)
{
	static const u32 places[] = { 0, PHDRS, MB2_AT, MARK_AT, MARK_AT + 16 };

	for (u32 i = 0; i < ARRAY_LEN(places); i++) {
		payload_teardown(state);
		setup(state);
		image[places[i]] ^= 0x40;
		memset(image + PHDRS + sizeof(struct elf64_phdr), 0, 4);
		assert_non_null(packed_patch(image, pack_len, 0));
	}
	payload_teardown(state);
	setup(state);
	assert_says(packed_patch(image, 4 * GIB, 0),
		    "gangway and the pack would not end below 4 GiB");
	assert_says(packed_patch(image, ~0ull, 0), "the pack is too long");
}

static void what_uefi_starts_grows_in_each_header_but_elfs(void **state)
{
	struct linux_setup_header header = { .setup_sects = 1,
					     .header = LINUX_MAGIC,
					     .init_size = 0x1000 };
	struct mb1_header mb1;

	(void)state;
	assert_says(packed_patch_efi(image, 0x30001), "it has no setup header");
	memcpy(image + LINUX_HEADER_AT, &header, sizeof(header));
	assert_says(packed_patch_efi(image, 1023), "it has no setup header");
	assert_says(packed_patch_efi(image, 4 * GIB), "gangway and what is");
	assert_fine(packed_patch_efi(image, 0x30001));
	memcpy(&header, image + LINUX_HEADER_AT, sizeof(header));
	assert_int_equal(header.syssize, (0x30010 - 1024) / 16);
	assert_true(header.init_size >= 0x30001 - 1024 + 64 * KIB);
	assert_int_equal(header.init_size % PAGE_SIZE, 0);
	memcpy(&mb1, image + MB1_AT, sizeof(mb1));
	assert_int_equal(mb1.load_end_addr, IMAGE + 0x30001);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, payload_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(nothing_is_packed_into_a_plain_one),
		TEST(kernel_and_modules_come_out),
		TEST(modules_from_outside_follow),
		TEST(a_string_is_as_the_loaders),
		TEST(no_kernel_from_outside_stands_in),
		TEST(a_seal_refuses_words_and_modules),
		TEST(a_pack_that_leaves_the_file_is_refused),
		TEST(a_pack_outside_of_memory_is_refused),
		TEST(every_header_goes_to_the_end),
		TEST(what_is_no_gangway_is_not_patched),
		TEST(what_uefi_starts_grows_in_each_header_but_elfs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
