/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is odd about a boot, though nothing forbids it: most likely somebody
 * meant something else.
 */
#ifndef FORMATS_ODD_H
#define FORMATS_ODD_H

#include "boot.h"
#include "reason.h"

#define MAX_ODD 8 /* sentences that are kept */

struct odd {
	u32 nr; /* of all */
	char said[MAX_ODD][REASON_LEN];
};

/* Look at a boot whose kernel is opened. */
void odd_find(const struct boot *boot, struct odd *out);

#endif
