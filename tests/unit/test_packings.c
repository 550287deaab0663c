// SPDX-License-Identifier: BSD-2-Clause
/*
 * xz, lzma, zstd and lz4 files against what their libraries made, and against
 * what can be wrong with them.
 */
#include "packed_file.h"

#define MAX_CONTENT (20 * MIB)
#define MAX_FILE    (MAX_CONTENT + MIB)
#define MAX_ROOM    (64 * MIB)
#define SMALL	    3000 /* bytes, of which each bit is tried */

static const struct {
	const char *name;
	packer pack;
	bool has_end, is_checked, may_follow;
} ways[] = {
	{ "xz", pack_xz_crc32, true, true, true },
	{ "xz", pack_xz_crc64, true, true, true },
	{ "xz", pack_xz_sha256, true, true, true },
	{ "lzma", pack_lzma, true, false, false },
	{ "bzip2", pack_bzip2, true, true, true },
	{ "zstd", pack_zstd, true, true, true },
	{ "lz4", pack_lz4, true, true, true },
	{ "lz4", pack_lz4_blocks, true, true, true },
	{ "lz4", pack_lz4_legacy, false, false, true },
};

static u8 content[MAX_CONTENT], file[MAX_FILE], big[MAX_ROOM];
static u64 file_len;
static u32 nr_pauses;

/* Bytes that pack well in some places and not at all in others. */
static int setup(void **state)
{
	u32 lfsr = 1;

	(void)state;
	for (u64 i = 0; i < MAX_CONTENT; i++) {
		lfsr = lfsr >> 1 ^ (lfsr & 1 ? 0xedb88320 : 0);
		content[i] = i / 5000 % 20 ? (u8)(i % 97) : (u8)lfsr;
	}
	file_len = 0;
	return 0;
}

static void pack(u32 way, u64 len)
{
	file_len += ways[way].pack(file + file_len, MAX_FILE - file_len,
				   (struct view){ content, len });
}

/* Open a copy of the file that ends where it ends, into room that ends too. */
static why open_in(u64 room, u64 *len)
{
	u8 *in = malloc(max_u64(file_len, 1));
	struct packing_room to = { room == MAX_ROOM ? big : malloc(room), room,
				   NULL };
	struct view view = { in, file_len };
	const struct packing *packing;
	why bad;

	memcpy(in, file, file_len);
	packing = packing_of(view);
	bad = packing ? packing->open(packing, view, &to, len) : "not claimed";
	if (!bad && to.at != big)
		memcpy(big, to.at, *len);
	if (to.at != big)
		free(to.at);
	free(in);
	return bad;
}

static why open_file(void)
{
	u64 len;

	return open_in(MAX_ROOM, &len);
}

static void assert_opens_to(u64 at, u64 expected)
{
	u64 len = 0;

	assert_fine(open_in(MAX_ROOM, &len));
	assert_int_equal(len, expected);
	assert_memory_equal(big + at, content, len - at);
}

static void content_of_any_length_is_unpacked(void **state)
{
	static const u64 lengths[] = { 1,	    7,		4096,
				       65536,	    65537,	MIB - 1,
				       MIB,	    MIB + 1,	8 * MIB,
				       8 * MIB + 1, MAX_CONTENT };

	(void)state;
	for (u32 way = 0; way < ARRAY_LEN(ways); way++)
		for (u32 i = 0; i < ARRAY_LEN(lengths); i++) {
			file_len = 0;
			pack(way, lengths[i]);
			assert_string_equal(
				packing_of((struct view){ file, file_len })
					->name,
				ways[way].name);
			assert_opens_to(0, lengths[i]);
		}
}

static void streams_are_joined(void **state)
{
	(void)state;
	for (u32 way = 0; way < ARRAY_LEN(ways); way++) {
		if (!ways[way].may_follow)
			continue;
		file_len = 0;
		pack(way, 5);
		pack(way, 70000);
		assert_opens_to(5, 70005);
		assert_memory_equal(big, content, 5);
	}
}

static void frames_for_others_are_passed_over(void **state)
{
	static const char other[] = "\x57\x2a\x4d\x18\3\0\0\0abc";

	(void)state;
	for (u32 way = 5; way < 8; way++) {
		file_len = 0;
		pack(way, 5);
		memcpy(file + file_len, other, sizeof(other) - 1);
		file_len += sizeof(other) - 1;
		pack(way, 70000);
		assert_opens_to(5, 70005);
	}
}

static void what_follows_the_last_stream_is_left_alone(void **state)
{
	static const char rests[][8] = { "\0\0\0\0\0\0", "\x57\x2a\x4d\x18",
					 "\xfd\x37zXY", "garbage" };

	(void)state;
	for (u32 way = 0; way < ARRAY_LEN(ways); way++)
		for (u32 i = 0; i < ARRAY_LEN(rests); i++) {
			file_len = 0;
			pack(way, 5000);
			memcpy(file + file_len, rests[i], 7);
			file_len += 7;
			assert_opens_to(0, 5000);
		}
}

static void a_damaged_second_stream_is_refused(void **state)
{
	(void)state;
	for (u32 way = 0; way < ARRAY_LEN(ways); way++) {
		u64 first;

		if (!ways[way].may_follow)
			continue;
		file_len = 0;
		pack(way, 500);
		first = file_len;
		pack(way, 5000);
		file_len -= (file_len - first) / 2;
		assert_says(open_file(), "the file is cut off: ");
	}
}

static void a_file_cut_anywhere_is_refused(void **state)
{
	(void)state;
	for (u32 way = 0; way < ARRAY_LEN(ways); way++) {
		file_len = 0;
		pack(way, SMALL);
		while (file_len-- > 16) {
			why bad = open_file();

			if (!ways[way].has_end && file_len <= 8)
				break;
			assert_says(bad, "the file is cut off: ");
		}
	}
}

static void a_damaged_file_never_opens_to_other_content(void **state)
{
	u64 len, packed_len;

	(void)state;
	for (u32 way = 0; way < ARRAY_LEN(ways); way++) {
		file_len = 0;
		pack(way, SMALL);
		packed_len = file_len;
		for (u64 bit = 0; bit < packed_len * 8; bit++) {
			file[bit / 8] ^= (u8)(1u << bit % 8);
			if (!open_in(MAX_ROOM, &len) && ways[way].is_checked) {
				assert_int_equal(len, SMALL);
				assert_memory_equal(big, content, SMALL);
			}
			file[bit / 8] ^= (u8)(1u << bit % 8);
		}
	}
}

/* Between too little and enough there is one length only. */
static void room_is_never_passed(void **state)
{
	static const u64 lengths[] = { 1, 5000, 300000, 3 * MIB };
	u64 len;

	(void)state;
	for (u32 way = 0; way < ARRAY_LEN(ways); way++)
		for (u32 i = 0; i < ARRAY_LEN(lengths); i++) {
			u64 small = lengths[i] - 1, large = MAX_ROOM - 1;

			file_len = 0;
			pack(way, lengths[i]);
			while (large - small > 5000) {
				u64 room = (small + large) / 2;

				if (!open_in(room, &len)) {
					assert_int_equal(len, lengths[i]);
					assert_memory_equal(big, content, len);
					large = room;
				} else {
					assert_true(len > room);
					small = room;
				}
			}
			assert_true(large < lengths[i] + 10 * MIB);
		}
}

static void too_little_room_has_its_sentences(void **state)
{
	u64 len;

	(void)state;
	file_len = pack_xz(file, MAX_FILE, (struct view){ content, 5000 },
			   LZMA_CHECK_CRC32, 96 * MIB);
	assert_says(open_file(), "to unpack it takes 983");
	for (u32 way = 0; way < ARRAY_LEN(ways); way++) {
		file_len = 0;
		pack(way, 8 * MIB);
		assert_non_null(open_in(8 * MIB - 1, &len));
		assert_true(len > 8 * MIB - 1);
	}
}

/* What is said to come out, and does not, or is more than there is room for. */
static void lengths_that_lie_are_refused(void **state)
{
	u64 len;

	(void)state;
	file_len = pack_zstd(file, MAX_FILE, (struct view){ content, 5000 });
	assert_int_equal(file[4] >> 6, 1); /* two bytes, less 256 */
	file[5] ^= 1;
	assert_says(open_file(), "the compressed data is damaged behind byte ");
	file[5] ^= 1;
	file_len = pack_lz4(file, MAX_FILE, (struct view){ content, 5000 });
	file[6] ^= 1; /* which the header's own checksum covers */
	assert_says(open_file(), "the compressed data is damaged behind byte ");
	file_len = pack_lzma(file, MAX_FILE, (struct view){ content, 5000 });
	memcpy(file + 5, "\x87\x13\0\0\0\0\0", 8); /* 4999 */
	assert_says(open_file(), "the compressed data is damaged behind byte ");
	file_len = 0;
	for (u32 i = 0; i < 3; i++) {
		file_len = pack_zstd(file, MAX_FILE,
				     (struct view){ content, 3 * MIB });
		assert_says(open_in(2 * MIB, &len),
			    "there is not enough free RAM to unpack into: ");
		assert_true(len > 2 * MIB);
	}
}

static why open_view(struct view view, const struct packing_room *room,
		     u64 *len)
{
	const struct packing *packing = packing_of(view);

	return packing->open(packing, view, room, len);
}

static why peek(struct view view, const struct packing_room *room,
		struct view *out)
{
	const struct packing *packing = packing_of(view);

	return packing->peek(packing, view, room, out);
}

static void count_pause(void)
{
	nr_pauses++;
}

static void it_pauses_after_each_mib(void **state)
{
	struct packing_room room = { big, MAX_ROOM, count_pause };
	u64 len;

	(void)state;
	for (u32 way = 0; way < ARRAY_LEN(ways); way++) {
		struct view view;

		file_len = 0;
		pack(way, MAX_CONTENT);
		view = (struct view){ file, file_len };
		nr_pauses = 0;
		assert_fine(open_view(view, &room, &len));
		assert_true(nr_pauses >= (ways[way].has_end ? 20 : 3));
	}
}

static void a_peek_shows_the_beginning(void **state)
{
	struct packing_room room = { big, MAX_ROOM, NULL };
	static const u64 lengths[] = { 1, 5000, 65536, 300000, 9 * MIB };

	(void)state;
	for (u32 way = 0; way < ARRAY_LEN(ways); way++)
		for (u32 i = 0; i < ARRAY_LEN(lengths); i++) {
			struct view view, seen;

			file_len = 0;
			pack(way, lengths[i]);
			view = (struct view){ file, file_len };
			assert_fine(peek(view, &room, &seen));
			assert_true(seen.len >= min_u64(lengths[i], 32 * KIB));
			assert_true(seen.len <= 256 * KIB);
			assert_memory_equal(seen.at, content, seen.len);
		}
}

static void a_peek_judges_no_more_than_it_shows(void **state)
{
	struct packing_room room = { big, MAX_ROOM, NULL };

	(void)state;
	for (u32 way = 0; way < ARRAY_LEN(ways); way++) {
		struct view view, seen;

		file_len = 0;
		pack(way, MAX_CONTENT);
		view = (struct view){ file, file_len / 2 };
		if (ways[way].has_end)
			assert_fine(peek(view, &room, &seen));
		view.len = 16;
		assert_says(peek(view, &room, &seen), "the file is cut off: ");
	}
}

/* Linux's build puts the length behind it. */
static void a_length_behind_legacy_blocks_is_none(void **state)
{
	u32 len = 20 * MIB;

	(void)state;
	pack(ARRAY_LEN(ways) - 1, 9 * MIB);
	memcpy(file + file_len, &len, sizeof(len));
	file_len += sizeof(len);
	assert_opens_to(0, 9 * MIB);
}

#define TEST(f) cmocka_unit_test_setup(f, setup)

static void packings_have_names(void **state)
{
	static const char *const names[] = { "bzip2", "lz4", "xz", "zstd" };

	(void)state;
	for (u32 i = 0; i < ARRAY_LEN(names); i++)
		assert_string_equal(packing_named(view_string(names[i]))->name,
				    names[i]);
	assert_null(packing_named(VIEW("lzo")));
	assert_null(packing_named(VIEW("")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(content_of_any_length_is_unpacked),
		TEST(streams_are_joined),
		TEST(frames_for_others_are_passed_over),
		TEST(what_follows_the_last_stream_is_left_alone),
		TEST(a_damaged_second_stream_is_refused),
		TEST(a_file_cut_anywhere_is_refused),
		TEST(a_damaged_file_never_opens_to_other_content),
		TEST(room_is_never_passed),
		TEST(too_little_room_has_its_sentences),
		TEST(lengths_that_lie_are_refused),
		TEST(it_pauses_after_each_mib),
		TEST(a_peek_shows_the_beginning),
		TEST(a_peek_judges_no_more_than_it_shows),
		TEST(a_length_behind_legacy_blocks_is_none),
		TEST(packings_have_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
