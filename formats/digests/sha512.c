// SPDX-License-Identifier: BSD-2-Clause
/*
 * SHA-512 and its shorter kin, for programs that have room for them.
 */
#include "digest.h"

static const struct digest sha384 = { "sha384", &br_sha384_vtable };
static const struct digest sha512 = { "sha512", &br_sha512_vtable };

DIGEST(sha384);
DIGEST(sha512);
