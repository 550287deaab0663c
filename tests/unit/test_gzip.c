// SPDX-License-Identifier: BSD-2-Clause
/*
 * gzip.c against files that zlib made, and against what can be wrong with
 * them. The numbers of pitfalls are those of our protocol notes, chapter 6.
 */
#include "gzip.h"
#include "gzip_file.h"

#define MAX_CONTENT (400 * KIB)
#define MAX_FILE    (MAX_CONTENT + 4096)

static u8 content[MAX_CONTENT], file[MAX_FILE], out[MAX_CONTENT];
static u64 file_len;

/* Bytes that pack well in some places and not at all in others. */
static int setup(void **state)
{
	u32 lfsr = 1;

	(void)state;
	for (u64 i = 0; i < MAX_CONTENT; i++) {
		lfsr = lfsr >> 1 ^ (lfsr & 1 ? 0xedb88320 : 0);
		content[i] = i / 5000 % 2 ? (u8)lfsr : (u8)(i % 97);
	}
	file_len = 0;
	return 0;
}

static void pack(u64 len, gz_header *head)
{
	file_len += gzip_write(file + file_len, MAX_FILE - file_len,
			       (struct view){ content, len }, head);
}

/* Open a copy of the file that ends where it ends, into room that ends too. */
static why open_in(u64 room, u64 *len)
{
	u8 *in = malloc(max_u64(file_len, 1)), *to = malloc(max_u64(room, 1));
	why bad;

	assert_non_null(in);
	assert_non_null(to);
	memcpy(in, file, file_len);
	bad = gzip_open((struct view){ in, file_len }, to, room, NULL, len);
	if (!bad)
		memcpy(out, to, *len);
	free(in);
	free(to);
	return bad;
}

static why open_file(void)
{
	u64 len;

	return open_in(MAX_CONTENT, &len);
}

static void assert_opens_to(u64 at, u64 expected)
{
	u64 len = 0;

	assert_fine(open_in(MAX_CONTENT, &len));
	assert_int_equal(len, expected);
	assert_memory_equal(out + at, content, len - at);
}

static void content_of_any_length_is_unpacked(void **state)
{
	static const u64 lengths[] = { 0,     1,     2,	    7,	    8,
				       9,     255,   4096,  32767,  32768,
				       32769, 65536, 98305, 300000, 400 * KIB };

	(void)state;
	for (u32 i = 0; i < ARRAY_LEN(lengths); i++) {
		file_len = 0;
		pack(lengths[i], NULL);
		assert_opens_to(0, lengths[i]);
	}
}

/* Their tables are built when the first is met. */
static void blocks_of_fixed_codes_are_unpacked(void **state)
{
	struct view some = { content, 30000 };

	(void)state;
	file_len = gzip_write_as(Z_FIXED, file, MAX_FILE, some, NULL);
	assert_int_equal(file[10] & 6, 2); /* the first block's type */
	assert_opens_to(0, some.len);
	assert_opens_to(0, some.len);
}

static void all_headers_are_skipped(void **state)
{
	u8 extra[300], name[] = "vmlinux", comment[] = "a comment";

	(void)state;
	memset(extra, 0, sizeof(extra));
	for (u32 flags = 0; flags < 32; flags++) {
		gz_header head = {
			.text = flags & 1,
			.hcrc = flags >> 1 & 1,
			.extra = flags & 4 ? extra : NULL,
			.extra_len = sizeof(extra),
			.name = flags & 8 ? name : NULL,
			.comment = flags & 16 ? comment : NULL,
		};

		file_len = 0;
		pack(5000, &head);
		assert_int_equal(file[3], flags);
		assert_opens_to(0, 5000);
	}
}

static void an_empty_extra_field_and_name_are_skipped(void **state)
{
	u8 nothing[] = "";
	gz_header head = { .extra = nothing, .name = nothing };

	(void)state;
	pack(10, &head);
	assert_opens_to(0, 10);
}

static void pitfall_110_reserved_flags_are_refused(void **state)
{
	(void)state;
	pack(100, NULL);
	for (u32 bit = 5; bit < 8; bit++) {
		file[3] = (u8)(1u << bit);
		assert_why(open_file(), "the header has reserved flags");
	}
}

static void only_deflate_is_claimed(void **state)
{
	(void)state;
	pack(10, NULL);
	assert_true(gzip_claims((struct view){ file, 3 }));
	assert_false(gzip_claims((struct view){ file, 2 }));
	assert_false(gzip_claims(VIEW("")));
	for (u32 i = 0; i < 3; i++) {
		file[i] ^= 1;
		assert_false(gzip_claims((struct view){ file, file_len }));
		file[i] ^= 1;
	}
}

static void members_are_joined(void **state)
{
	(void)state;
	pack(5, NULL);
	pack(0, NULL);
	pack(70000, NULL);
	assert_opens_to(5, 70005);
	assert_memory_equal(out, content, 5);
}

static void a_damaged_second_member_is_refused(void **state)
{
	(void)state;
	pack(5, NULL);
	pack(5, NULL);
	file[file_len - 8] ^= 1;
	assert_why(open_file(), "the checksum is wrong");
	file_len -= 9;
	assert_non_null(open_file());
}

static void what_follows_the_last_member_is_left_alone(void **state)
{
	(void)state;
	pack(5000, NULL);
	memset(file + file_len, 0, 700);
	file_len += 700;
	assert_opens_to(0, 5000);
	memcpy(file + file_len - 700, "\x1f\x8b\x07 garbage", 11);
	assert_opens_to(0, 5000);
	memcpy(file + file_len - 700, "\x1f\x8b\x08\xff", 4);
	assert_why(open_file(), "the header has reserved flags");
}

static void pitfall_109_a_forged_length_is_refused(void **state)
{
	(void)state;
	pack(5000, NULL);
	for (u32 i = 1; i <= 4; i++) {
		file[file_len - i] ^= 0x80;
		assert_why(open_file(), "the length is wrong");
		file[file_len - i] ^= 0x80;
	}
	memset(file + file_len - 4, 0, 4);
	assert_why(open_file(), "the length is wrong");
}

static void pitfall_110_a_wrong_checksum_is_refused(void **state)
{
	(void)state;
	pack(5000, NULL);
	for (u32 bit = 0; bit < 32; bit++) {
		u8 *byte = file + file_len - 8 + bit / 8;

		*byte ^= (u8)(1u << bit % 8);
		assert_why(open_file(), "the checksum is wrong");
		*byte ^= (u8)(1u << bit % 8);
	}
}

static void a_file_cut_anywhere_is_refused(void **state)
{
	u8 extra[20] = { 1 }, name[] = "name", comment[] = "comment";
	gz_header head = { .extra = extra,
			   .extra_len = sizeof(extra),
			   .name = name,
			   .comment = comment,
			   .hcrc = 1 };

	(void)state;
	pack(6000, &head);
	while (file_len--) {
		struct view v = { file, file_len };

		if (gzip_claims(v))
			assert_non_null(open_file());
	}
}

static void each_cut_has_its_sentence(void **state)
{
	static const struct {
		u64 len;
		const char *reason;
	} cases[] = {
		{ 9, "the header is cut off" },
		{ 11, "the extra field is cut off" },
		{ 13, "the file name does not end" },
		{ 18, "the comment does not end" },
		{ 26, "the header passes the end of the file" },
		{ 28, "the file is cut off" },
	};
	u8 extra[2] = { 1, 2 }, name[] = "nam", comment[] = "comment";
	gz_header head = { .extra = extra,
			   .extra_len = sizeof(extra),
			   .name = name,
			   .comment = comment,
			   .hcrc = 1 };

	(void)state;
	pack(100, &head);
	for (u32 i = 0; i < ARRAY_LEN(cases); i++) {
		file_len = cases[i].len;
		assert_why(open_file(), cases[i].reason);
	}
	file_len = 0;
	pack(100, NULL);
	file_len--;
	assert_why(open_file(), "the checksum is cut off");
}

static void room_is_never_passed(void **state)
{
	static const u64 lengths[] = { 1, 5000, 32768, 32769, 100000 };
	u64 len;

	(void)state;
	for (u32 i = 0; i < ARRAY_LEN(lengths); i++) {
		file_len = 0;
		pack(lengths[i], NULL);
		assert_fine(open_in(lengths[i], &len));
		assert_int_equal(len, lengths[i]);
		assert_says(open_in(lengths[i] - 1, &len),
			    "there is not enough free RAM to unpack into: ");
		assert_true(len > lengths[i] - 1);
	}
	file_len -= 5;
	assert_why(open_in(1000000, &len), "the checksum is cut off");
	assert_true(len <= 1000000);
	file_len = 0;
	pack(100, NULL);
	pack(100, NULL);
	assert_fine(open_in(200, &len));
	assert_says(open_in(199, &len),
		    "there is not enough free RAM to unpack into: ");
}

static void a_damaged_file_never_opens_to_other_content(void **state)
{
	u64 len;

	(void)state;
	pack(800, NULL);
	for (u64 bit = 0; bit < file_len * 8; bit++) {
		file[bit / 8] ^= (u8)(1u << bit % 8);
		if (gzip_claims((struct view){ file, file_len }) &&
		    !open_in(MAX_CONTENT, &len)) {
			assert_int_equal(len, 800);
			assert_memory_equal(out, content, 800);
		}
		file[bit / 8] ^= (u8)(1u << bit % 8);
	}
}

static void assert_peek(u64 expected)
{
	struct view seen;

	assert_fine(gzip_peek((struct view){ file, file_len }, &seen));
	assert_int_equal(seen.len, expected);
	assert_memory_equal(seen.at, content, expected);
}

static void a_peek_shows_the_beginning(void **state)
{
	static const u64 lengths[] = {
		0, 1, 5000, 32767, 32768, 32769, 300000
	};

	(void)state;
	for (u32 i = 0; i < ARRAY_LEN(lengths); i++) {
		file_len = 0;
		pack(lengths[i], NULL);
		assert_peek(min_u64(lengths[i], GZIP_PEEK_LEN));
	}
}

static void a_peek_judges_no_more_than_it_shows(void **state)
{
	struct view seen;

	(void)state;
	pack(400 * KIB, NULL);
	file_len /= 2;
	assert_peek(GZIP_PEEK_LEN);
	file_len = 0;
	pack(5000, NULL);
	file[file_len - 1] ^= 1;
	assert_peek(5000);
	file_len = 20;
	assert_why(gzip_peek((struct view){ file, file_len }, &seen),
		   "the file is cut off");
	file[10] = 0xff;
	assert_why(gzip_peek((struct view){ file, file_len }, &seen),
		   "the compressed data is damaged");
	file[3] = 0xe0;
	assert_why(gzip_peek((struct view){ file, file_len }, &seen),
		   "the header has reserved flags");
}

#define TEST(f) cmocka_unit_test_setup(f, setup)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(content_of_any_length_is_unpacked),
		TEST(blocks_of_fixed_codes_are_unpacked),
		TEST(all_headers_are_skipped),
		TEST(an_empty_extra_field_and_name_are_skipped),
		TEST(pitfall_110_reserved_flags_are_refused),
		TEST(only_deflate_is_claimed),
		TEST(members_are_joined),
		TEST(a_damaged_second_member_is_refused),
		TEST(what_follows_the_last_member_is_left_alone),
		TEST(pitfall_109_a_forged_length_is_refused),
		TEST(pitfall_110_a_wrong_checksum_is_refused),
		TEST(a_file_cut_anywhere_is_refused),
		TEST(each_cut_has_its_sentence),
		TEST(room_is_never_passed),
		TEST(a_damaged_file_never_opens_to_other_content),
		TEST(a_peek_shows_the_beginning),
		TEST(a_peek_judges_no_more_than_it_shows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
