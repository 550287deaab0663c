// SPDX-License-Identifier: BSD-2-Clause
/*
 * Whole boots of random machines with little RAM: each either starts Linux
 * with all that it must find, or is refused in the planning with a sentence
 * about memory. SEED=n starts at boot n, BOOTS=n does that many.
 */
#include "linux_checks.h"

#define SMALL_RAM (4 * MIB)

static u8 file[2 * MIB];
static u64 number, random_state;
static struct range taken[16];
static u32 nr_taken;

/* splitmix64 */
static u64 below(u64 limit)
{
	u64 z = (random_state += 0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return (z ^ z >> 31) % limit;
}

/* RAM from 1 MiB to the end of a small machine, with some holes. */
static void make_map(void)
{
	phys at = MIB, end = SMALL_RAM - below(2 * MIB);

	machine.nr_regions = 3;
	while (at < end) {
		u64 len = min_u64(end - at, 256 * KIB + below(3 * MIB));
		u64 hole = below(2) ? 4096 : 1 + below(64 * KIB);

		machine.regions[machine.nr_regions++] =
			(struct region){ { at, at + len }, REGION_RAM };
		at += len;
		if (at + hole >= end)
			break;
		machine.regions[machine.nr_regions++] =
			(struct region){ { at, at + hole }, REGION_RESERVED };
		at += hole;
	}
}

static void make_kernel(void)
{
	struct linux_setup_header *hdr = &guest.hdr;

	*hdr = bzimage_header((u16)(0x20a + below(6)));
	guest.kernel_len = 1 + below(500 * KIB);
	hdr->init_size = (u32)(guest.kernel_len + below(MIB));
	hdr->pref_address = (MIB << below(3)) + below(3) * 4096;
	hdr->kernel_alignment = 4096u << below(9);
	hdr->min_alignment = (u8)(12 + below(4));
	hdr->relocatable_kernel = below(4) != 0;
	if (!hdr->relocatable_kernel)
		hdr->kernel_alignment = 4096;
	hdr->initrd_addr_max =
		(u32)(below(2) ? 0x7fffffff : SMALL_RAM - below(2 * MIB));
	if (below(2))
		hdr->xloadflags = (u16)below(4);
	bzimage_write(file, *hdr, guest.kernel_len);
}

/* Somewhere in RAM where nothing else lies; false if none was hit upon. */
static bool find_place(u64 len, phys *out)
{
	for (u32 tries = 0; tries < 200; tries++) {
		phys at = MIB + below(SMALL_RAM - MIB);
		struct range range = { at, at + len };
		bool fits = false;

		if (below(4))
			range = (struct range){ align_down(at, 4096),
						align_down(at, 4096) + len };
		for (u32 i = 0; i < machine.nr_regions; i++)
			fits |= machine.regions[i].type == REGION_RAM &&
				range_within(range, machine.regions[i].range);
		for (u32 i = 0; i < nr_taken; i++)
			fits &= !range_overlaps(range, taken[i]);
		if (!fits)
			continue;
		taken[nr_taken++] = range;
		*out = range.start;
		return true;
	}
	return false;
}

static void put_parts(u32 nr)
{
	phys at;

	for (; nr && guest.nr_parts < MAX_PARTS; nr--) {
		u32 part = guest.nr_parts;
		u64 len = 1 + below(below(2) ? 4096 : 400 * KIB);

		if (!find_place(len, &at))
			continue;
		guest.part_len[guest.nr_parts++] = len;
		part_write(file, part);
		machine_put(at, file, len, "initrd");
	}
}

/* False if the modules found no place in this machine. */
static bool make_machine(void)
{
	u32 before = (u32)below(3);
	phys at;

	machine_new();
	memset(&guest, 0, sizeof(guest));
	guest.line = "outer words";
	make_map();
	nr_taken = 1;
	taken[0] = (struct range){ GANGWAY, GANGWAY + GANGWAY_LEN };
	if (!find_place(16 * KIB, &at))
		return false;
	machine.info_at = align_up(at, 8);
	put_parts(before);
	make_kernel();
	if (!find_place(bzimage_len(&guest.hdr, guest.kernel_len), &at))
		return false;
	machine_put(at, file, bzimage_len(&guest.hdr, guest.kernel_len), "k");
	put_parts((u32)below(4));
	return true;
}

static bool is_about_memory(const char *reason)
{
	return strstr(reason, "RAM") || strstr(reason, " goes to ");
}

static void random_machines_boot_or_say_why_not(void **state)
{
	const char *seed = getenv("SEED"), *count = getenv("BOOTS");
	u64 nr = count ? strtoull(count, NULL, 0) : 400, started = 0;

	(void)state;
	number = seed ? strtoull(seed, NULL, 0) : 1;
	for (u64 end = number + nr; number < end; number++) {
		why bad;

		random_state = number << 20;
		if (!make_machine())
			continue;
		bad = loaders[below(3)].load();
		if (bad && (strcmp(step, "plan") || !is_about_memory(bad)))
			fail_msg("SEED=%lu: %s: %s", number, step, bad);
		if (bad)
			continue;
		check_linux();
		started++;
	}
	assert_true(count || started > nr / 4);
}

/* cmocka leaves a failed test by longjmp: say which boot it was. */
static int say_number(void **state)
{
	(void)state;
	print_message("last: SEED=%lu BOOTS=1\n", number);
	return machine_end(state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(random_machines_boot_or_say_why_not),
	};

	return cmocka_run_group_tests(tests, NULL, say_number);
}
