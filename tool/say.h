/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where the lines of a boot go, which machine/log.c says.
 */
#ifndef TOOL_SAY_H
#define TOOL_SAY_H

#include <jansson.h>

/* Collect the next lines in a list instead of printing them; NULL: print. */
void say_into(json_t *lines);

#endif
