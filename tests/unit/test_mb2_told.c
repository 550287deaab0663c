// SPDX-License-Identifier: BSD-2-Clause
/*
 * mb2_info.c: the boot information, tag by tag. The numbers of pitfalls are
 * those of our protocol notes, chapter 6.
 */
#include "kernel_guest.h"
#include "multiboot_file.h"

#define ST_AT 0x67f001018

static u32 nr_of[MB2_NR_TAGS];	 /* how many of each type were told */
static phys tag_of[MB2_NR_TAGS]; /* the last of each */

static void make_kernel(u16 efi_tag)
{
	struct kernel_file file = kernel_file(false, LINK_AT, 0);

	kernel_setup(NULL);
	kernel_write(&file, guest_at(&mem, FILE_AT, FILE_LEN));
	mb2_header_begin(FILE_AT + FILE_HEADER);
	if (efi_tag)
		MB2_HEADER_TAG(efi_tag, MB2_HEADER_TAG_OPTIONAL, LINK_AT);
	mb2_header_end();
	assert_string_equal(guest_kernel(FILE_AT, FILE_LEN), "multiboot2");
}

static int setup(void **state)
{
	(void)state;
	make_kernel(0);
	return 0;
}

/* Every boot's tags fill the information, one after the other. */
static void boot_kernel(void)
{
	phys at, end;

	guest_boot();
	memset(nr_of, 0, sizeof(nr_of));
	assert_int_equal(handoff.ebx % 8, 0);
	end = handoff.ebx + get32(handoff.ebx);
	assert_int_equal(get32(handoff.ebx + 4), 0);
	assert_true(range_within(r(handoff.ebx, end), plan.arena));
	assert_true(handoff.ebx >= 64 * KIB);
	for (at = handoff.ebx + 8; at < end; at += align_up(get32(at + 4), 8)) {
		u32 type = get32(at);

		assert_true(type < MB2_NR_TAGS);
		assert_true(get32(at + 4) >= 8);
		assert_int_equal(nr_of[MB2_TAG_END], 0);
		nr_of[type]++;
		tag_of[type] = at;
	}
	assert_int_equal(at, end); /* the end tag's too: it is 8 long */
	assert_int_equal(nr_of[MB2_TAG_END], 1);
	assert_int_equal(get32(tag_of[MB2_TAG_END] + 4), 8);
}

static void assert_tag(u32 type, u32 size)
{
	assert_int_equal(nr_of[type], 1);
	assert_int_equal(get32(tag_of[type] + 4), size);
}

static void assert_string_tag(u32 type, const char *string)
{
	assert_tag(type, 8 + (u32)strlen(string) + 1);
	assert_told_string(tag_of[type] + 8, string);
}

static void assert_tags(const char *types)
{
	for (u32 type = 0; type < MB2_NR_TAGS; type++)
		assert_int_equal(!!nr_of[type], types[type] == '1');
}

static void a_bare_machine_is_told_of(void **state)
{
	(void)state;
	boot_kernel();
	assert_tags("1110101001000000000001");
	assert_string_tag(MB2_TAG_CMDLINE, "kernel");
	assert_string_tag(MB2_TAG_BOOT_LOADER_NAME, "gangway " GANGWAY_VERSION);
	assert_tag(MB2_TAG_LOAD_BASE_ADDR, 12);
	assert_int_equal(get32(tag_of[MB2_TAG_LOAD_BASE_ADDR] + 8), LINK_AT);
}

/* Strings of all lengths: whatever needs padding must not move the rest. */
static void pitfall_55_total_size_is_the_sum_of_aligned_tags(void **state)
{
	static const char text[] = "0123456789abcdef";

	(void)state;
	for (u32 len = 0; len < sizeof(text); len++) {
		setup(state);
		info.cmdline = (struct view){ (u8 *)text, len };
		info.smbios = (struct view){ (u8 *)text, len };
		guest_module(6 * MIB, 1, "", text + len);
		guest_module(5 * MIB, 1, text + len, "");
		boot_kernel();
		assert_int_equal(nr_of[MB2_TAG_MODULE], 2);
		assert_int_equal(nr_of[MB2_TAG_SMBIOS], !!len);
	}
}

static void modules_and_names(void **state)
{
	phys at;

	(void)state;
	info.cmdline = VIEW("outer gangway.log=quiet words");
	boot.payload.line = VIEW("inner");
	boot.payload.name = VIEW("/xen.gz");
	guest_module(6 * MIB + 1, 0x2001, "initrd.img", "its words");
	guest_module(5 * MIB, 0x1000, "", "no name");
	boot_kernel();
	assert_string_tag(MB2_TAG_CMDLINE, "/xen.gz inner outer words");
	at = tag_of[MB2_TAG_MODULE];
	assert_int_equal(get32(at + 8), 5 * MIB);
	assert_int_equal(get32(at + 12), 5 * MIB + 0x1000);
	assert_told_string(at + 16, "module2 no name");
	assert_int_equal(get32(at + 4), 16 + 16);
	at -= align_up(16 + sizeof("initrd.img its words"), 8);
	assert_int_equal(get32(at), MB2_TAG_MODULE);
	assert_int_equal(get32(at + 8), plan.module_at[0]);
	assert_int_equal(get32(at + 12), plan.module_at[0] + 0x2001);
	assert_told_string(at + 16, "initrd.img its words");
	boot.options.argv0 = false;
	boot_kernel();
	assert_string_tag(MB2_TAG_CMDLINE, "inner outer words");
	assert_told_string(tag_of[MB2_TAG_MODULE] + 16, "no name");
}

static void pitfall_56_57_58_memory_is_told_exactly(void **state)
{
	static const u32 types[] = { 1, 2, 3, 4, 5, 7, 12, 0xefffffff };
	phys map;

	(void)state;
	for (u64 i = 0; i < ARRAY_LEN(types); i++)
		guest_map(8 * GIB + 3 * i, 8 * GIB + 3 * i + 2, types[i]);
	boot_kernel();
	map = tag_of[MB2_TAG_MMAP];
	assert_tag(MB2_TAG_BASIC_MEMINFO, 16);
	assert_int_equal(get32(tag_of[MB2_TAG_BASIC_MEMINFO] + 8), 639);
	assert_int_equal(get32(tag_of[MB2_TAG_BASIC_MEMINFO] + 12),
			 (RAM_END - MIB) / 1024);
	assert_tag(MB2_TAG_MMAP, 16 + 24 * info.nr_regions);
	assert_int_equal(get32(map + 8), 24);
	assert_int_equal(get32(map + 12), 0);
	for (u32 i = 0; i < info.nr_regions; i++) {
		struct range range = info.regions[i].range;

		assert_int_equal(get64(map + 16 + 24 * i), range.start);
		assert_int_equal(get64(map + 24 + 24 * i), range_len(range));
		assert_int_equal(get32(map + 32 + 24 * i),
				 info.regions[i].type);
		assert_int_equal(get32(map + 36 + 24 * i), 0);
	}
}

static void a_framebuffer_is_told_of(void **state)
{
	phys at;

	(void)state;
	info.framebuffer = (struct framebuffer){
		.type = FRAMEBUFFER_RGB,
		.at = 0x1234fd000000,
		.pitch = 5120,
		.width = 1280,
		.height = 1024,
		.bits_per_pixel = 32,
		.red = { 16, 8 },
		.green = { 8, 7 },
		.blue = { 1, 6 },
	};
	boot_kernel();
	at = tag_of[MB2_TAG_FRAMEBUFFER];
	assert_tag(MB2_TAG_FRAMEBUFFER, 38);
	assert_int_equal(get64(at + 8), 0x1234fd000000);
	assert_int_equal(get32(at + 16), 5120);
	assert_int_equal(get32(at + 20), 1280);
	assert_int_equal(get32(at + 24), 1024);
	assert_int_equal(get32(at + 28), 32 | 1 << 8);
	assert_memory_equal(guest_at(&mem, at + 32, 6),
			    "\x10\x08\x08\x07\x01\x06", 6);
	info.framebuffer.type = FRAMEBUFFER_TEXT;
	boot_kernel();
	assert_int_equal(*guest_at(&mem, tag_of[MB2_TAG_FRAMEBUFFER] + 29, 1),
			 MB2_FRAMEBUFFER_TEXT);
}

static void assert_rsdp(u32 type, u32 len)
{
	struct acpi_rsdp rsdp = make_rsdp(type == MB2_TAG_ACPI_NEW ? 2 : 0);

	boot_kernel();
	/* A new one is told in its old form too, as GRUB does. */
	assert_int_equal(nr_of[MB2_TAG_ACPI_OLD], 1);
	assert_int_equal(nr_of[MB2_TAG_ACPI_NEW], type == MB2_TAG_ACPI_NEW);
	assert_memory_equal(guest_at(&mem, tag_of[MB2_TAG_ACPI_OLD] + 8, 20),
			    &rsdp, 20);
	assert_tag(type, 8 + len);
	assert_memory_equal(guest_at(&mem, tag_of[type] + 8, len), &rsdp, len);
}

static void the_rsdp_is_told_by_its_revision(void **state)
{
	static struct acpi_rsdp old, new;

	(void)state;
	old = make_rsdp(0);
	new = make_rsdp(2);
	info.rsdp = RSDP_AT;
	assert_rsdp(MB2_TAG_ACPI_NEW, 36);
	put_rsdp(&mem, RSDP_AT, 0);
	assert_rsdp(MB2_TAG_ACPI_OLD, 20);
	/* A copy is as good. */
	info.rsdp = 0;
	info.rsdp_copy = (struct view){ (u8 *)&new, 36 };
	assert_rsdp(MB2_TAG_ACPI_NEW, 36);
	info.rsdp_copy = (struct view){ (u8 *)&old, 20 };
	assert_rsdp(MB2_TAG_ACPI_OLD, 20);
	info.rsdp_copy = (struct view){ (u8 *)&old, 36 };
	assert_rsdp(MB2_TAG_ACPI_OLD, 20);
	/* What is none is not told. */
	info.rsdp_copy = VIEW("");
	info.rsdp = RSDP_AT + 1;
	boot_kernel();
	assert_int_equal(nr_of[MB2_TAG_ACPI_OLD] + nr_of[MB2_TAG_ACPI_NEW], 0);
	info.rsdp = HOST_RAM; /* out of sight */
	boot_kernel();
	assert_int_equal(nr_of[MB2_TAG_ACPI_OLD] + nr_of[MB2_TAG_ACPI_NEW], 0);
}

static void smbios_is_told_as_it_came(void **state)
{
	static const char smbios[] = "\3\2......_SM3_ and more";

	(void)state;
	info.smbios = VIEW(smbios);
	boot_kernel();
	assert_tag(MB2_TAG_SMBIOS, 8 + sizeof(smbios) - 1);
	assert_memory_equal(guest_at(&mem, tag_of[MB2_TAG_SMBIOS] + 8, 16),
			    smbios, 16);
}

static void know_efi(bool is_64bit)
{
	static u8 map[3 * 48];

	for (u32 i = 0; i < sizeof(map); i++)
		map[i] = kernel_byte(i);
	info.efi = (struct efi_tables){
		.system_table = is_64bit ? ST_AT : (u32)ST_AT,
		.image_handle = 0x7654321,
		.is_64bit = is_64bit,
		.memory_map = { map, sizeof(map) },
		.descriptor_size = 48,
		.descriptor_version = 1,
	};
}

static void pitfall_69_70_71_efi_is_told_by_the_right_tags(void **state)
{
	phys at;

	(void)state;
	know_efi(true);
	boot_kernel();
	assert_tags("1110101001001000010011");
	assert_tag(MB2_TAG_EFI64, 16);
	assert_int_equal(get64(tag_of[MB2_TAG_EFI64] + 8), ST_AT);
	assert_tag(MB2_TAG_EFI64_IH, 16);
	assert_int_equal(get64(tag_of[MB2_TAG_EFI64_IH] + 8), 0x7654321);
	at = tag_of[MB2_TAG_EFI_MMAP];
	assert_tag(MB2_TAG_EFI_MMAP, 16 + 3 * 48);
	assert_int_equal(get32(at + 8), 48);
	assert_int_equal(get32(at + 12), 1);
	assert_file_bytes(guest_at(&mem, at + 16, 3 * 48), 0, 3 * 48);
	setup(state);
	know_efi(false);
	boot_kernel();
	assert_tags("1110101001010000010101");
	assert_tag(MB2_TAG_EFI32, 12);
	assert_int_equal(get32(tag_of[MB2_TAG_EFI32] + 8), (u32)ST_AT);
	assert_tag(MB2_TAG_EFI32_IH, 12);
	/* Only what is known. */
	setup(state);
	know_efi(true);
	info.efi.image_handle = 0;
	info.efi.memory_map = VIEW("");
	boot_kernel();
	assert_tags("1110101001001000000001");
}

/* It would take boot services for alive. */
static void
pitfall_68_a_kernel_that_asks_for_them_gets_no_efi_tags(void **state)
{
	(void)state;
	for (u32 is_64bit = 0; is_64bit < 2; is_64bit++) {
		make_kernel(MB2_HEADER_TAG_EFI_BS);
		know_efi(is_64bit);
		info.rsdp = RSDP_AT;
		info.smbios = VIEW("\3\2......_SM3_");
		boot_kernel();
		assert_tags("1110101001000111000001");
		assert_string_equal(plan.odd,
				    "the kernel asks for EFI's boot services, "
				    "which have ended: gangway.efi would keep "
				    "them");
	}
	make_kernel(MB2_HEADER_TAG_EFI_BS);
	boot_kernel(); /* on a BIOS */
	assert_null(plan.odd);
}

static void an_efi_entry_alone_changes_nothing(void **state)
{
	(void)state;
	for (u16 tag = MB2_HEADER_TAG_ENTRY_EFI32;
	     tag <= MB2_HEADER_TAG_ENTRY_EFI64; tag++) {
		make_kernel(tag);
		know_efi(true);
		boot_kernel();
		assert_tags("1110101001001000010011");
		assert_null(plan.odd);
	}
}

static void everything_at_once_fits(void **state)
{
	static char line[65000], names[1001];

	(void)state;
	memset(line, 'x', sizeof(line) - 1);
	memset(names, 'y', sizeof(names) - 1);
	guest_map(0x80000, 0x9fc00, REGION_RESERVED);
	info.cmdline = (struct view){ (u8 *)line, sizeof(line) - 1 };
	for (u32 i = 0; i < MAX_MODULES - 1; i++)
		guest_module(10 * MIB + i * 0x2001, 0x10, "", names + i);
	for (phys at = 8 * GIB; info.nr_regions < MAX_REGIONS; at += GIB)
		guest_map(at, at + MIB, 1 + (u32)(at / GIB) % 2);
	know_efi(true);
	info.efi.memory_map = info.smbios = info.cmdline;
	info.rsdp = RSDP_AT;
	info.framebuffer.type = FRAMEBUFFER_RGB;
	boot_kernel();
	assert_tags("1111101011001111010011");
	assert_int_equal(nr_of[MB2_TAG_MODULE], MAX_MODULES - 1);
}

#define TEST(f) cmocka_unit_test_setup(f, setup)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_bare_machine_is_told_of),
		TEST(pitfall_55_total_size_is_the_sum_of_aligned_tags),
		TEST(modules_and_names),
		TEST(pitfall_56_57_58_memory_is_told_exactly),
		TEST(a_framebuffer_is_told_of),
		TEST(the_rsdp_is_told_by_its_revision),
		TEST(smbios_is_told_as_it_came),
		TEST(pitfall_69_70_71_efi_is_told_by_the_right_tags),
		TEST(pitfall_68_a_kernel_that_asks_for_them_gets_no_efi_tags),
		TEST(an_efi_entry_alone_changes_nothing),
		TEST(everything_at_once_fits),
	};

	return cmocka_run_group_tests(tests, NULL, kernel_end);
}
