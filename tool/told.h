/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a kernel is told, field by field.
 */
#ifndef TOOL_TOLD_H
#define TOOL_TOLD_H

#include "facts.h"
#include "handoff.h"
#include "world.h"

/* Read it as the kernel would, from the registers of its entry. */
void told_facts(json_t *facts, const struct handoff *handoff);

#endif
