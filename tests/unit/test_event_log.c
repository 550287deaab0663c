// SPDX-License-Identifier: BSD-2-Clause
/*
 * core/event_log.c: where a log ends, and how long other events are.
 */
#include "guest.h"

#include "event_log.h"
#include "tcg.h"

#define LOG_LEN 4096

static struct mem mem;
static u64 end; /* of what was written */
static struct view all;

static void add(const void *bytes, u64 len)
{
	put(&mem, end, bytes, len);
	end += len;
}

static void add16(u16 value)
{
	add(&value, sizeof(value));
}

static void add32(u32 value)
{
	add(&value, sizeof(value));
}

static void add_zeroes(u64 len)
{
	memset(guest_at(&mem, end, len), 0, len);
	end += len;
}

/* With digests of SHA-1 and SHA-256; returns its length. */
static u64 add_event(u32 data_len)
{
	u64 start = end;

	add32(11);
	add32(TCG_EV_IPL);
	add32(2);
	add16(4);
	add_zeroes(20);
	add16(11);
	add_zeroes(32);
	add32(data_len);
	add_zeroes(data_len);
	return end - start;
}

static int set_up(void **state)
{
	struct tcg_first_event first = { .type = 3, .data_len = 28 + 8 + 1 };
	struct tcg_spec_id spec = { .signature = "Spec ID Event03",
				    .nr_algorithms = 2 };

	(void)state;
	mem = guest_new(0, LOG_LEN);
	all = (struct view){ mem.host, LOG_LEN };
	end = 0;
	add(&first, sizeof(first));
	add(&spec, sizeof(spec));
	add16(4);
	add16(20);
	add16(11);
	add16(32);
	add_zeroes(1);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	guest_free(&mem);
	return 0;
}

static void a_log_of_nothing_is_its_first_event(void **state)
{
	u64 len;

	(void)state;
	assert_fine(event_log_len(all, 0, &len));
	assert_int_equal(len, end);
}

static void a_log_ends_where_its_last_event_does(void **state)
{
	u64 len, last;

	(void)state;
	add_event(7);
	last = end;
	assert_int_equal(add_event(100), 12 + 22 + 34 + 4 + 100);
	assert_fine(event_log_len(all, last, &len));
	assert_int_equal(len, end);
	all.len = end;
	assert_fine(event_log_len(all, last, &len));
}

static void a_log_that_begins_otherwise_is_refused(void **state)
{
	u64 len;

	(void)state;
	put(&mem, sizeof(struct tcg_first_event), "spec", 4);
	assert_why(event_log_len(all, 0, &len),
		   "the event log does not begin as one");
	all.len = sizeof(struct tcg_first_event) - 1;
	assert_why(event_log_len(all, 0, &len),
		   "the event log does not begin as one");
}

static void a_first_event_past_the_end_is_refused(void **state)
{
	u64 len;

	(void)state;
	all.len = end - 1;
	assert_why(event_log_len(all, 0, &len),
		   "the event log does not begin as one");
}

static why try_last(u64 last)
{
	u64 len;

	return event_log_len(all, last, &len);
}

static void a_damaged_last_event_is_refused(void **state)
{
	static const char reason[] = "the event log's last event is damaged";
	u64 last = end;

	(void)state;
	add_event(9);
	for (all.len = last; all.len < end; all.len++)
		assert_why(try_last(last), reason);
	assert_fine(try_last(last));
	assert_why(try_last(end), reason);
	assert_why(try_last(~0ull), reason);
	put16(&mem, last + 12, 5); /* no such algorithm */
	assert_why(try_last(last), reason);
	put16(&mem, last + 12, 4);
	put32(&mem, last + 8, 0xffffffff); /* digests */
	assert_why(try_last(last), reason);
	put32(&mem, last + 8, 2);
	put32(&mem, end - 9 - 4, 0xffffffff); /* bytes of data */
	assert_why(try_last(last), reason);
}

static void an_algorithm_list_that_is_cut_ends_there(void **state)
{
	u64 last = end;

	(void)state;
	add_event(9);
	put32(&mem, sizeof(struct tcg_first_event) + 24, 0xffffffff);
	put16(&mem, last + 12, 5);
	assert_why(try_last(last), "the event log's last event is damaged");
}

static void late_events_are_summed(void **state)
{
	u64 start = end, sum, len;

	(void)state;
	sum = add_event(0) + add_event(5) + add_event(64);
	assert_fine(event_log_sum(all, view_from(all, start), 3, &len));
	assert_int_equal(len, sum);
	assert_fine(event_log_sum(all, view_from(all, start), 0, &len));
	assert_int_equal(len, 0);
	all.len = end;
	assert_why(event_log_sum(all, view_from(all, start), 4, &len),
		   "a late event is damaged");
	assert_why(event_log_sum(all, view_from(all, start), ~0ull, &len),
		   "a late event is damaged");
}

static void an_old_log_ends_behind_its_last_event(void **state)
{
	struct tcg_first_event event = { .data_len = 5 };
	u64 last = sizeof(event) + 5, len;
	struct view log;

	(void)state;
	end = 0;
	for (u32 i = 0; i < 2; i++) {
		add(&event, sizeof(event));
		add_zeroes(5);
	}
	log = (struct view){ guest_at(&mem, 0, end + 9), end + 9 };
	assert_fine(event_log_old_len(log, last, &len));
	assert_int_equal(len, end);
	for (log.len = 0; log.len < end; log.len++)
		assert_why(event_log_old_len(log, last, &len),
			   "the last event of the event log of TCG 1.2 is "
			   "damaged");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_log_of_nothing_is_its_first_event),
		TEST(a_log_ends_where_its_last_event_does),
		TEST(a_log_that_begins_otherwise_is_refused),
		TEST(a_first_event_past_the_end_is_refused),
		TEST(a_damaged_last_event_is_refused),
		TEST(an_algorithm_list_that_is_cut_ends_there),
		TEST(late_events_are_summed),
		TEST(an_old_log_ends_behind_its_last_event),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
