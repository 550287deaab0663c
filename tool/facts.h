/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is found out about a file: one tree of names and values, printed for
 * people or as JSON. Addresses and flags are in hexadecimal, as text, since
 * JSON has no number for each of 64 bits; sizes and counts are numbers.
 */
#ifndef TOOL_FACTS_H
#define TOOL_FACTS_H

#include <jansson.h>

#include "view.h"

/* A tree below a name; the values of one name keep the order they come in. */
json_t *fact_tree(json_t *facts, const char *name);

/* Another tree of those below a name. */
json_t *fact_next(json_t *facts, const char *name);

void fact_text(json_t *facts, const char *name, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
void fact_number(json_t *facts, const char *name, u64 value);
void fact_address(json_t *facts, const char *name, u64 value);
void fact_flag(json_t *facts, const char *name, bool value);

/* A string from outside: what is not printable is a dot. */
void fact_view(json_t *facts, const char *name, struct view value);

/* A text of several lines, as it is: if it is none, as fact_view() has it. */
void fact_lines(json_t *facts, const char *name, struct view text);

/* Bytes in hexadecimal. */
void fact_bytes(json_t *facts, const char *name, struct view bytes);

/* Its length and its SHA-256. */
void fact_content(json_t *facts, struct view content);

/* Something is damaged: where, and which rule is broken. */
void fact_damage(json_t *facts, u64 at, why rule);

/* One more sentence below a name. */
void fact_sentence(json_t *facts, const char *name, const char *sentence);

/* Print a tree for people. */
void facts_print(const json_t *facts);

/* Print it for programs. */
void facts_print_json(const json_t *facts);

#endif
