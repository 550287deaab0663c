// SPDX-License-Identifier: BSD-2-Clause
/*
 * \loader\random-seed and LoaderSystemToken, which bootctl makes (systemd's
 * Boot Loader Interface; bootctl(1), random-seed).
 */
#include "kept_seed.h"

#include "loader_variables.h"
#include "seed.h"
#include "volume.h"

#define KEPT	    "\\loader\\random-seed"
#define KEPT_MAX    (32 * KIB)
#define HAS_DONE_IT (1ull << 6) /* of systemd's LoaderFeatures */

static struct {
	u8 of_firmware[SEED_LEN];
	UINT64 count;
	EFI_TIME time;
} fresh;

/* Asked but once: later it is gangway's own word. */
static bool is_done_before(void)
{
	static bool is_known, is_done;
	u64 features = 0;

	if (!is_known)
		is_done = view_read(loader_read_bytes(u"LoaderFeatures"), 0,
				    &features, sizeof(features)) &&
			  features & HAS_DONE_IT;
	is_known = true;
	return is_done;
}

static struct view fresh_bytes(const void *at, u64 len, bool are_there)
{
	return (struct view){ at, are_there ? len : 0 };
}

/* Volume and token may have been copied to other machines, and under Secure
 * Boot anybody may have written them. */
static bool are_enough(struct view former, struct view firmwares,
		       struct view token, struct view kept, struct view count)
{
	if (former.len >= SEED_LEN || firmwares.len)
		return true;
	return !firmware_is_secure() && token.len >= SEED_LEN &&
	       kept.len >= SEED_LEN && count.len;
}

/* What is kept is overwritten, also where it was longer. */
static why keep(struct view kept, const u8 next[SEED_LEN])
{
	why bad = kept.len < SEED_LEN ? pages_take(SEED_LEN, &kept) : NULL;

	if (bad)
		return bad;
	memset(pages_writable(kept), 0, kept.len);
	memcpy(pages_writable(kept), next, SEED_LEN);
	return volume_overwrite(VIEW(KEPT), kept);
}

static why mix(struct view kept)
{
	EFI_RUNTIME_SERVICES *runtime = firmware_table->RuntimeServices;
	struct view former = seed_former(),
		    token = loader_read_bytes(u"LoaderSystemToken"),
		    firmwares = fresh_bytes(fresh.of_firmware, SEED_LEN,
					    seed_take(fresh.of_firmware)),
		    count = fresh_bytes(
			    &fresh.count, sizeof(fresh.count),
			    !firmware->GetNextMonotonicCount(&fresh.count)),
		    time = fresh_bytes(&fresh.time, sizeof(fresh.time),
				       !runtime->GetTime(&fresh.time, NULL));
	struct view sources[] = { former, firmwares, token, kept, count, time };
	u8 next[SEED_LEN], now[SEED_LEN];
	why bad;

	if (!are_enough(former, firmwares, token, kept, count))
		return "there is too little that nobody knows";
	seed_mix(sources, ARRAY_LEN(sources), next, now);
	bad = keep(kept, next);
	if (!bad)
		bad = seed_install(now);
	wipe(now, sizeof(now));
	wipe(next, sizeof(next));
	wipe(&fresh, sizeof(fresh));
	return bad;
}

why kept_seed_pass(void)
{
	struct view kept;
	why bad;

	/* A server's cannot be renewed. */
	if (is_done_before() || volume_is_served() || !volume_has(VIEW(KEPT)))
		return NULL;
	bad = volume_read_part(VIEW(KEPT), 0, KEPT_MAX, &kept);
	return bad ? bad : mix(kept);
}
