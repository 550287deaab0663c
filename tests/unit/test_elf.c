// SPDX-License-Identifier: BSD-2-Clause
/*
 * elf.c: one file, and each thing that can be wrong with it. Every test runs
 * for both classes. The numbers of pitfalls are those of our protocol notes.
 */
#include "elf.h"
#include "guest.h"

#define FILE_LEN 0x800
#define FILE_AT	 (4 * MIB)
#define TEXT_AT	 (2 * MIB)
#define DATA_AT	 (TEXT_AT + 0x2000)
#define BSS_AT	 (TEXT_AT + 0x4000)
#define VIRTUAL	 (wide ? 0xffffffff80000000 : 0xc0000000)
#define EHDR	 (wide ? 64u : 52u) /* lengths */
#define PHDR	 (wide ? 56u : 32u)
#define STEP	 (PHDR + 8) /* from one segment to the next */
#define PHOFF	 (FILE_LEN - NR_SEGMENTS * STEP)
#define CUT_OFF	 "the ELF header is cut off"
#define UNKNOWN	 "the ELF class or byte order is unknown"
#define NO_TABLE "the table of segments is not in the file"
#define OUTSIDE	 "a segment passes the end of the file"
#define TAKEN	 "a segment goes to 0x"
#define SEGMENT(type, offset, at, filesz, memsz)                               \
	((struct elf64_phdr){ type, 5, offset, VIRTUAL + (at), at, filesz,     \
			      memsz, 1 })

enum { NOTES, OTHER, BSS, MORE, TEXT, EMPTY, DATA, NR_SEGMENTS };

static bool wide; /* the class: 64 bits */
static struct boot_info info;
static struct plan plan;
static struct elf elf;
static u64 delta;     /* how far to move it */
static u32 nr_before; /* copies in the plan */

/* What the file is made of; in the narrow class the low halves. */
static struct elf64_ehdr header;
static struct elf64_phdr segments[NR_SEGMENTS];
static u8 file[FILE_LEN];

static why open_file(void)
{
	struct elf32_ehdr narrow = { .e_entry = (u32)header.e_entry,
				     .e_phoff = (u32)header.e_phoff,
				     .e_shoff = (u32)header.e_shoff };

	memcpy(&narrow, &header, 24);
	memcpy(&narrow.e_flags, &header.e_flags, 16);
	memcpy(file, wide ? (void *)&header : &narrow, EHDR);
	for (u32 i = 0; i < NR_SEGMENTS; i++) {
		const struct elf64_phdr *s = &segments[i];
		u32 low[] = { s->p_type,	(u32)s->p_offset,
			      (u32)s->p_vaddr,	(u32)s->p_paddr,
			      (u32)s->p_filesz, (u32)s->p_memsz,
			      s->p_flags,	(u32)s->p_align };

		memcpy(file + PHOFF + i * STEP, wide ? s : (void *)low, PHDR);
	}
	return elf_open((struct view){ file, FILE_LEN }, &elf);
}

static why span_file(void)
{
	struct range span = { 1, 2 };
	why bad;

	assert_fine(open_file());
	bad = elf_span(&elf, &span);
	assert_int_equal(span.start, bad ? 1 : TEXT_AT);
	assert_int_equal(span.end, bad ? 2 : BSS_AT + 0x100);
	return bad;
}

static why place_file(void)
{
	why bad;

	assert_fine(span_file());
	plan_init(&plan, &info);
	plan.nr_copies = nr_before;
	bad = elf_place(&elf, delta, FILE_AT, &plan);
	return bad ? bad : plan.bad;
}

static int setup(void **state)
{
	(void)state;
	info_init(&info, "test");
	assert_fine(try_region(&info, MIB, 4 * MIB, REGION_RAM));
	delta = nr_before = 0;
	for (u32 i = 0; i < sizeof(header); i++)
		((u8 *)&header)[i] = (u8)i;
	memcpy(&header, wide ? "\177ELF\2\1" : "\177ELF\1\1", 6);
	header.e_machine = wide ? EM_X86_64 : EM_386;
	header.e_phoff = PHOFF;
	header.e_phentsize = (u16)STEP;
	header.e_phnum = NR_SEGMENTS;
	segments[NOTES] = SEGMENT(PT_NOTE, 0x80, TEXT_AT + 0x800, 0, 0x100);
	segments[OTHER] = SEGMENT(7, 0x80, 0x10, 0x20, 1);
	segments[BSS] = SEGMENT(PT_LOAD, FILE_LEN, BSS_AT, 0, 0x100);
	segments[MORE] = SEGMENT(PT_NOTE, 0x180, TEXT_AT + 0x800, 0, 0x100);
	segments[TEXT] = SEGMENT(PT_LOAD, 0x600, TEXT_AT, 0x181, 0x181);
	segments[EMPTY] = SEGMENT(PT_LOAD, ~0u, 0x3ffffff0, 0, 0);
	segments[DATA] = SEGMENT(PT_LOAD, 0x783, DATA_AT, 0x7d, 0x300);
	return 0;
}

/* Corrupt one field of a sound file, and see what is said of it. */
static void refused(void *field, u64 size, u64 value, why (*read)(void),
		    const char *reason)
{
	setup(NULL);
	assert_fine(read());
	memcpy(field, &value, size);
	assert_says(read(), reason);
}

#define REFUSED(field, ...) refused(&(field), sizeof(field), __VA_ARGS__)

static void header_and_segments_are_read(void **state)
{
	u64 low = wide ? ~0ull : ~0u;

	(void)state;
	header.e_machine = EM_386; /* even if the class is 64-bit */
	assert_fine(open_file());
	assert_true(elf_claims(VIEW(ELF_MAGIC)));
	assert_int_equal(elf.is_64, wide);
	assert_int_equal(elf.type, header.e_type);
	assert_int_equal(elf.machine, EM_386);
	assert_int_equal(elf.entry, header.e_entry & low);
	assert_int_equal(elf.shoff, header.e_shoff & low);
	assert_int_equal(elf.shentsize, header.e_shentsize);
	assert_int_equal(elf.shnum, header.e_shnum);
	assert_int_equal(elf.shstrndx, header.e_shstrndx);
	assert_int_equal(elf.phnum, NR_SEGMENTS);
	for (u32 i = 0; i < NR_SEGMENTS; i++) {
		struct elf64_phdr s = elf_segment(&elf, i);

		assert_memory_equal(&s, &segments[i], sizeof(s));
	}
}

static void a_header_that_is_wrong_or_cut_off_is_refused(void **state)
{
	(void)state;
	assert_fine(open_file());
	for (u64 len = 0; len < FILE_LEN; len++)
		assert_says(elf_open((struct view){ file, len }, &elf),
			    len < EHDR ? CUT_OFF : NO_TABLE);
	REFUSED(header.e_ident[3], 'X', open_file, CUT_OFF);
	REFUSED(header.e_ident[4], 0, open_file, UNKNOWN);
	REFUSED(header.e_ident[4], 3, open_file, UNKNOWN);
	REFUSED(header.e_ident[5], 2, open_file, UNKNOWN);
	REFUSED(header.e_machine, 40, open_file, "the ELF file is not for x86");
	REFUSED(header.e_phentsize, PHDR - 1, open_file, NO_TABLE);
	REFUSED(header.e_phnum, NR_SEGMENTS + 1, open_file,
		NO_TABLE ": 8 entries at byte ");
	REFUSED(header.e_phoff, ~0ull - 8, open_file, NO_TABLE);
	REFUSED(header.e_phoff, PHOFF + 1, open_file, NO_TABLE);
}

static void pitfall_51_a_segment_outside_file_or_memory_is_refused(void **state)
{
	(void)state;
	REFUSED(segments[TEXT].p_filesz, 0x182, span_file,
		"a segment has more bytes in the file than in memory: number 4, "
		"0x182 and 0x181");
	REFUSED(segments[EMPTY].p_filesz, 1, span_file,
		"a segment has more bytes in the file than in memory");
	REFUSED(segments[DATA].p_filesz, 0x7e, span_file, OUTSIDE);
	REFUSED(segments[DATA].p_offset, 0x784, span_file, OUTSIDE);
	REFUSED(segments[DATA].p_offset, ~0ull - 0x7c, span_file, OUTSIDE);
	if (wide)
		REFUSED(segments[BSS].p_paddr, -0x100ull, span_file,
			"a segment passes the end of memory");
	REFUSED(header.e_phnum, BSS, span_file, "there is no segment to load");
}

static void pitfall_53_segments_are_placed_and_gaps_not_touched(void **state)
{
	(void)state;
	for (delta = -0x3000ull; delta != 0x6000; delta += 0x3000) {
		const struct copy expected[] = {
			{ DATA_AT + delta, FILE_AT + 0x783, 0x7d, 0x283 },
			{ TEXT_AT + delta, FILE_AT + 0x600, 0x181, 0 },
			{ BSS_AT + delta, FILE_AT + FILE_LEN, 0, 0x100 },
		};

		assert_fine(place_file());
		assert_int_equal(plan.nr_copies, ARRAY_LEN(expected));
		assert_memory_equal(plan.copies, expected, sizeof(expected));
		assert_int_equal(plan.holds.nr, ARRAY_LEN(expected));
	}
}

static void a_place_that_is_not_free_is_refused(void **state)
{
	(void)state;
	delta = MIB - TEXT_AT - 1; /* whose first byte lies in ROM */
	assert_fine(place_file());
	assert_int_equal(plan.left_out.start, MIB - 1);
	assert_int_equal(plan.left_out.end, MIB);
	delta = 0;
	REFUSED(delta, 5 * MIB - BSS_AT - 0xff, place_file, TAKEN);
	REFUSED(delta, -DATA_AT - 0x80, place_file,
		"a segment passes the end of memory");
	REFUSED(nr_before, MAX_COPIES, place_file,
		"the plan has more than 1088 copies");
}

#define ENTRY(at) (elf_entry(&elf, at, &out) ? out : 0)

static void an_entry_is_virtual_or_else_physical(void **state)
{
	phys out;

	(void)state;
	segments[DATA].p_vaddr = TEXT_AT + 0x100; /* and TEXT's is p_paddr */
	assert_fine(open_file());
	assert_int_equal(ENTRY(VIRTUAL + TEXT_AT), TEXT_AT);
	assert_int_equal(ENTRY(VIRTUAL + BSS_AT + 0xff), BSS_AT + 0xff);
	assert_int_equal(ENTRY(VIRTUAL + BSS_AT + 0x100), 0);
	assert_int_equal(ENTRY(VIRTUAL + BSS_AT - 1), 0);
	assert_int_equal(ENTRY(TEXT_AT + 0xff), TEXT_AT + 0xff);
	assert_int_equal(ENTRY(TEXT_AT + 0x100), DATA_AT);
	assert_int_equal(ENTRY(DATA_AT + 0x2ff), DATA_AT + 0x2ff);
	assert_int_equal(ENTRY(DATA_AT + 0x300), 0);
	assert_int_equal(ENTRY(TEXT_AT + 0x800), 0); /* only a note */
}

static void note_is(struct view a, struct view b, u32 type, const char *want)
{
	struct view desc = VIEW("none");

	segments[NOTES].p_filesz = a.len;
	segments[MORE].p_filesz = b.len;
	memcpy(file + 0x80, a.at, a.len);
	memcpy(file + 0x180, b.at, b.len);
	assert_fine(open_file());
	assert_int_equal(elf_note(&elf, VIEW("Xen"), type, &desc), !!want);
	assert_view(desc, want ? want : "none");
}

/* Lengths of one byte, type 18. Padding is 'P', for nobody may look at it. */
#define N		       "\0\0\0"
#define NOTE(name, desc, rest) name N desc N "\22" N rest
#define XEN		       NOTE("\4", "\4", "Xen\0good")
#define EVIL		       NOTE("\4", "\4", "Xen\0evil")

static void a_note_is_found_by_owner_and_type(void **state)
{
	struct view xen = VIEW(XEN), evil = VIEW(EVIL);

	(void)state;
	note_is(xen, evil, 18, "good");
	note_is(VIEW(NOTE("\6", "\1", "Linux\0PPxPPP") XEN), evil, 18, "good");
	note_is(VIEW(""), xen, 18, "good");
	note_is(xen, xen, 19, NULL);
	note_is(VIEW("\4" N "\3" N "\23" N "Xen\0any"), xen, 0, "any");
	segments[NOTES].p_offset = FILE_LEN - 1;
	note_is(evil, xen, 18, "good"); /* OTHER is no PT_NOTE */
}

/* Whatever p_align says: segments of 8 have been seen with notes of 4, and the
 * other way round. */
static void notes_are_padded_to_4_or_8_bytes(void **state)
{
	struct view by_4 = VIEW(NOTE("\6", "\1", "Linux\0PPxPPP") XEN),
		    by_8 = VIEW(NOTE("\6", "\1", "Linux\0PPPPPPxPPPPPPP") XEN),
		    long_8 = VIEW(NOTE("\4", "\4", "GNU\0evilPPPP") XEN);

	(void)state;
	for (u64 align = 1; align <= 8; align *= 2) {
		segments[NOTES].p_align = align;
		note_is(by_4, VIEW(""), 18, "good");
		note_is(by_8, VIEW(""), 18, "good");
		note_is(long_8, VIEW(""), 18, "good");
		note_is(VIEW(XEN), VIEW(""), 18, "good");
	}
}

static void a_note_that_is_cut_off_is_not_found(void **state)
{
	static const struct view cut[] = {
		VIEW("\4" N "\0" N "\22\0\0"),
		VIEW(NOTE("\4", "\0", "Xen")),
		VIEW(NOTE("\4", "\5", "Xen\0evil")),
		VIEW("\xfd\xff\xff\xff\0" N "\22" N EVIL),
		VIEW("\4" N "\xfd\xff\xff\xff\1" N "Xen\0" EVIL),
	};

	(void)state;
	for (u32 i = 0; i < ARRAY_LEN(cut); i++)
		note_is(cut[i], VIEW(XEN), 18, "good");
}

static void pitfall_81_type_18_of_another_owner_is_not_found(void **state)
{
	(void)state;
	note_is(VIEW(NOTE("\4", "\4", "GNU\0evil")), VIEW(XEN), 18, "good");
	note_is(VIEW(NOTE("\4", "\4", "Xen!evil")), VIEW(XEN), 18, "good");
	note_is(VIEW(NOTE("\3", "\4", "Xen\0evil")), VIEW(XEN), 18, "good");
	note_is(VIEW(NOTE("\5", "\1", "Xen\0\0PPPe")), VIEW(XEN), 18, "good");
	note_is(VIEW(NOTE("\0", "\4", "evil")), VIEW(XEN), 18, "good");
}

#define TEST(f) cmocka_unit_test_setup(f, setup)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(header_and_segments_are_read),
		TEST(a_header_that_is_wrong_or_cut_off_is_refused),
		TEST(pitfall_51_a_segment_outside_file_or_memory_is_refused),
		TEST(pitfall_53_segments_are_placed_and_gaps_not_touched),
		TEST(a_place_that_is_not_free_is_refused),
		TEST(an_entry_is_virtual_or_else_physical),
		TEST(a_note_is_found_by_owner_and_type),
		TEST(notes_are_padded_to_4_or_8_bytes),
		TEST(a_note_that_is_cut_off_is_not_found),
		TEST(pitfall_81_type_18_of_another_owner_is_not_found),
	};
	int bad = cmocka_run_group_tests_name("32 bits", tests, NULL, NULL);

	wide = true;
	return bad + cmocka_run_group_tests_name("64 bits", tests, NULL, NULL);
}
