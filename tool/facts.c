// SPDX-License-Identifier: BSD-2-Clause
/*
 * Facts as a tree of jansson's, and how people see it.
 */
#include "facts.h"

#include <bearssl/bearssl_hash.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "input.h"
#include "print.h"
#include "tool.h"

#define TEXT_LEN 4096
#define INDENT	 2

json_t *fact_tree(json_t *facts, const char *name)
{
	json_t *tree = json_object_get(facts, name);

	if (tree)
		return tree;
	tree = json_object();
	json_object_set_new(facts, name, tree);
	return tree;
}

static json_t *list_of(json_t *facts, const char *name)
{
	json_t *list = json_object_get(facts, name);

	if (list)
		return list;
	list = json_array();
	json_object_set_new(facts, name, list);
	return list;
}

json_t *fact_next(json_t *facts, const char *name)
{
	json_t *tree = json_object();

	json_array_append_new(list_of(facts, name), tree);
	return tree;
}

void fact_text(json_t *facts, const char *name, const char *format, ...)
{
	char text[TEXT_LEN];
	va_list args;

	va_start(args, format);
	json_object_set_new(facts, name,
			    json_stringn(text, format_line(text, sizeof(text),
							   format, args)));
	va_end(args);
}

void fact_number(json_t *facts, const char *name, u64 value)
{
	json_object_set_new(facts, name, json_integer((json_int_t)value));
}

void fact_address(json_t *facts, const char *name, u64 value)
{
	fact_text(facts, name, "0x%lx", value);
}

void fact_flag(json_t *facts, const char *name, bool value)
{
	json_object_set_new(facts, name, json_boolean(value));
}

void fact_view(json_t *facts, const char *name, struct view value)
{
	fact_text(facts, name, "%.*s", SHOW_UP_TO(value, TEXT_LEN));
}

void fact_lines(json_t *facts, const char *name, struct view text)
{
	json_t *value;

	text.len = strnlen((const char *)text.at, text.len);
	value = json_stringn((const char *)text.at, text.len);
	if (value)
		json_object_set_new(facts, name, value);
	else
		fact_view(facts, name, text);
}

void fact_bytes(json_t *facts, const char *name, struct view bytes)
{
	char *text = get_memory(2 * bytes.len + 1);

	for (u64 i = 0; i < bytes.len; i++)
		snprintf(text + 2 * i, 3, "%02x", bytes.at[i]);
	json_object_set_new(facts, name, json_stringn(text, 2 * bytes.len));
	free(text);
}

static void hash_step(void *context, struct view piece)
{
	br_sha256_update(context, piece.at, piece.len);
}

void fact_content(json_t *facts, struct view content)
{
	br_sha256_context context;
	u8 hash[br_sha256_SIZE];

	br_sha256_init(&context);
	input_stream(content, hash_step, &context);
	br_sha256_out(&context, hash);
	fact_number(facts, "size", content.len);
	fact_bytes(facts, "sha256", (struct view){ hash, sizeof(hash) });
}

void fact_damage(json_t *facts, u64 at, why rule)
{
	json_t *damage = fact_next(facts, "damage");

	fact_address(damage, "at", at);
	fact_text(damage, "rule", "%s", rule);
}

void fact_sentence(json_t *facts, const char *name, const char *sentence)
{
	json_array_append_new(list_of(facts, name), json_string(sentence));
}

/* What a terminal might obey is not for it: text may come from anybody. */
static void print_text(const char *text, int column)
{
	for (; *text; text++)
		if (*text == '\n' && text[1])
			printf("\n%*s", column, "");
		else
			putchar((u8)*text < ' ' || *text == 0x7f ? '.' : *text);
}

/* Text of several lines begins on one of its own. */
static void print_value(const json_t *value, int column)
{
	const char *text = json_string_value(value);

	if (text && strchr(text, '\n'))
		printf("\n%*s", column, "");
	if (text)
		print_text(text, column);
	else if (json_is_integer(value))
		printf("%" JSON_INTEGER_FORMAT, json_integer_value(value));
	else
		printf("%s", json_is_true(value) ? "yes" : "no");
}

/* Does a tree go on one line? */
static bool is_flat(const json_t *tree)
{
	const char *name;
	json_t *value;

	json_object_foreach((json_t *)tree, name, value)
	{
		const char *text = json_string_value(value);

		if (json_is_object(value) || json_is_array(value) ||
		    (text && strchr(text, '\n')))
			return false;
	}
	return true;
}

static void print_flat(const json_t *tree)
{
	const char *name, *gap = "";
	json_t *value;

	json_object_foreach((json_t *)tree, name, value)
	{
		printf("%s%s ", gap, name);
		print_value(value, 0);
		gap = "  ";
	}
	printf("\n");
}

static void print_tree(const json_t *tree, int depth);

static void print_list(const json_t *list, int depth)
{
	size_t i;
	json_t *value;

	json_array_foreach(list, i, value)
	{
		printf("%*s", depth * INDENT, "");
		if (json_is_object(value) && is_flat(value)) {
			print_flat(value);
		} else if (json_is_object(value)) {
			printf("%zu:\n", i);
			print_tree(value, depth + 1);
		} else {
			print_value(value, depth * INDENT);
			printf("\n");
		}
	}
}

/* As deep as the tree is: files lie in each other a few times at most. */
static void print_tree(const json_t *tree, int depth)
{
	bool colour = is_colourful(STDOUT_FILENO);
	const char *name;
	json_t *value;

	json_object_foreach((json_t *)tree, name, value)
	{
		bool is_bad = colour && !strcmp(name, "damage");

		printf("%*s%s%s%s:", depth * INDENT, "",
		       is_bad ? "\033[1;31m" : "", name,
		       is_bad ? "\033[0m" : "");
		if (json_is_object(value) || json_is_array(value)) {
			printf("\n");
		} else {
			printf(" ");
			print_value(value, (depth + 1) * INDENT);
			printf("\n");
		}
		if (json_is_object(value))
			print_tree(value, depth + 1);
		if (json_is_array(value))
			print_list(value, depth + 1);
	}
}

void facts_print(const json_t *facts)
{
	print_tree(facts, 0);
}

void facts_print_json(const json_t *facts)
{
	json_dumpf(facts, stdout, JSON_INDENT(2) | JSON_PRESERVE_ORDER);
	printf("\n");
}
