/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The digests by which a FIT image vouches for its parts. Each registers itself
 * by DIGEST(x); a program knows those that are linked into it.
 */
#ifndef FORMATS_DIGEST_H
#define FORMATS_DIGEST_H

#include <bearssl/bearssl_hash.h>

#include "view.h"

#define DIGEST_MAX 64 /* bytes */

struct digest {
	const char *name;
	const br_hash_class *hash; /* NULL: CRC-32 */
};

#define DIGEST(symbol)                                                         \
	const struct digest *const digest_##symbol##_entry                     \
		__attribute__((used, retain, section("digests"))) = &(symbol)

/*
 * The digest of data by an algorithm of that name; its length, 0 if there is
 * no such algorithm. pause, if not NULL, is called after each MiB.
 */
u32 digest_of(struct view algorithm, struct view data, void (*pause)(void),
	      u8 out[DIGEST_MAX]);

#endif
