/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A boot that is planned already and only to be told: what zero_page_put()
 * wants, and where its results are.
 */
#ifndef TESTS_ZERO_PAGE_GUEST_H
#define TESTS_ZERO_PAGE_GUEST_H

#include "bzimage.h"
#include "bzimage_file.h"

#define GUEST_LEN (2 * MIB)
#define ARENA	  0x10000
#define NO_DATA	  ((struct view){ (const u8 *)"", 0 })

static struct mem mem;
static struct boot_info info;
static struct boot boot;
static struct plan plan;
static struct linux_setup_header hdr; /* of the kernel's file */
static struct bzimage bz;
static struct linux_boot_params params; /* what was told */

static inline void guest_add(phys start, u64 len, u32 type)
{
	assert_fine(try_region(&info, start, len, type));
}

static inline int guest_setup(void **state)
{
	(void)state;
	mem = guest_new(0, GUEST_LEN);
	info_init(&info, "test");
	guest_add(0, 0x9fc00, REGION_RAM);
	guest_add(MIB, 63 * MIB, REGION_RAM);
	boot_init(&boot, &mem, &info);
	boot.payload.image.at = NULL; /* what is to be freed */
	plan_init(&plan, &info);
	plan.load = 16 * MIB;
	plan.alignment = 2 * MIB;
	hdr = bzimage_header(0x20f);
	return 0;
}

static inline int guest_teardown(void **state)
{
	(void)state;
	free((void *)(uintptr_t)boot.payload.image.at);
	guest_free(&mem);
	return 0;
}

static inline void guest_parse(void)
{
	boot.payload.image = bzimage_new(&hdr, 5000);
	assert_fine(bzimage_parse(boot.payload.image, &bz));
}

/* Tell in an arena that is no longer than zero_page_len() says, and starts as
 * badly as can be. */
static inline void guest_tell(void)
{
	struct arena arena =
		arena_of(&mem, ARENA + 1 - PAGE_SIZE, ARENA + 1 - PAGE_SIZE);
	phys at;

	guest_parse();
	arena.end += zero_page_len(&boot, &bz);
	at = zero_page_put(&boot, &plan, &bz, &arena);
	assert_false(arena.is_full);
	assert_fine(info.bad);
	assert_int_equal(at, ARENA);
	memcpy(&params, guest_at(&mem, at, sizeof(params)), sizeof(params));
	free((void *)(uintptr_t)boot.payload.image.at);
	boot.payload.image.at = NULL;
}

/* The n-th node of the chain; false if it is shorter. */
static inline bool guest_node(u32 n, struct linux_setup_data *node,
			      struct view *data)
{
	phys at = params.hdr.setup_data;

	while (at) {
		assert_int_equal(at % 8, 0);
		assert_true(mem_read(&mem, at, node, sizeof(*node)));
		assert_true(
			mem_view(&mem, at + sizeof(*node), node->len, data));
		if (!n--)
			return true;
		at = node->next;
	}
	return false;
}

static inline void assert_node(u32 n, u32 type, struct view expected)
{
	struct linux_setup_data node;
	struct view data;

	assert_true(guest_node(n, &node, &data));
	assert_int_equal(node.type, type);
	assert_true(view_equal(data, expected));
}

static inline void assert_chain_ends(u32 n)
{
	struct linux_setup_data node;
	struct view data;

	assert_false(guest_node(n, &node, &data));
}

#endif
