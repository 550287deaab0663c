// SPDX-License-Identifier: BSD-2-Clause
/*
 * CRC-32 and SHA-256. What can be forged is not here: SHA-1 and MD5.
 */
#include "digest.h"

#include "checksum.h"

#define SLICE MIB /* between two pauses */

extern const struct digest *const __start_digests[], *const __stop_digests[];

static const struct digest crc32 = { "crc32", NULL };
static const struct digest sha256 = { "sha256", &br_sha256_vtable };

DIGEST(crc32);
DIGEST(sha256);

/* The next piece of data, after a pause; false: there is none. */
static bool next_slice(struct view *data, void (*pause)(void),
		       struct view *slice)
{
	u64 len = min_u64(data->len, SLICE);

	*slice = (struct view){ data->at, len };
	*data = view_from(*data, len);
	if (pause && len)
		pause();
	return len;
}

/* As mkimage writes it, big-endian. */
static u32 crc32_of(struct view data, void (*pause)(void), u8 *out)
{
	struct view slice;
	u32 crc = 0;

	while (next_slice(&data, pause, &slice))
		crc = checksum_crc32(crc, slice);
	crc = __builtin_bswap32(crc);
	memcpy(out, &crc, sizeof(crc));
	return sizeof(crc);
}

static u32 hash_of(const br_hash_class *class, struct view data,
		   void (*pause)(void), u8 *out)
{
	br_hash_compat_context context;
	struct view slice;

	class->init(&context.vtable);
	while (next_slice(&data, pause, &slice))
		class->update(&context.vtable, slice.at, slice.len);
	class->out(&context.vtable, out);
	return class->desc >> BR_HASHDESC_OUT_OFF & BR_HASHDESC_OUT_MASK;
}

u32 digest_of(struct view algorithm, struct view data, void (*pause)(void),
	      u8 out[DIGEST_MAX])
{
	for (const struct digest *const *d = __start_digests;
	     d < __stop_digests; d++) {
		const br_hash_class *hash = (*d)->hash;

		if (view_equal(view_string((*d)->name), algorithm))
			return hash ? hash_of(hash, data, pause, out)
				    : crc32_of(data, pause, out);
	}
	return 0;
}
