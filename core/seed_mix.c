// SPDX-License-Identifier: BSD-2-Clause
/*
 * SHA-256 over all sources, each behind its length, so that no byte can pass
 * from one to the other; then over that and a number.
 */
#include "seed_mix.h"

#include <bearssl/bearssl_hash.h>

#define LABEL "gangway random seed 1"

_Static_assert(br_sha256_SIZE == SEED_LEN, "a seed is a hash");

static void derive(const u8 key[SEED_LEN], u8 number, u8 out[SEED_LEN])
{
	br_sha256_context context;

	br_sha256_init(&context);
	br_sha256_update(&context, key, SEED_LEN);
	br_sha256_update(&context, &number, sizeof(number));
	br_sha256_out(&context, out);
}

void seed_mix(const struct view *sources, u32 nr, u8 next[SEED_LEN],
	      u8 now[SEED_LEN])
{
	br_sha256_context context;
	u8 key[SEED_LEN];

	br_sha256_init(&context);
	br_sha256_update(&context, LABEL, sizeof(LABEL));
	for (u32 i = 0; i < nr; i++) {
		br_sha256_update(&context, &sources[i].len,
				 sizeof(sources[i].len));
		br_sha256_update(&context, sources[i].at, sources[i].len);
	}
	br_sha256_out(&context, key);
	derive(key, 0, next);
	derive(key, 1, now);
}
