// SPDX-License-Identifier: BSD-2-Clause
/*
 * gangway plan: a boot as a dry run, by the loader's own code.
 */
#include <getopt.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "bundle.h"
#include "console.h"
#include "dryrun.h"
#include "format.h"
#include "picture.h"
#include "print.h"
#include "report.h"
#include "say.h"
#include "told.h"
#include "tool.h"

#define DEFAULT_MEMORY (512 * MIB)

enum { DOOR, MEMORY, MAP, APPEND, SVG, JSON, GANGWAY };

static const struct choice choices[] = {
	[DOOR] = { "door", "DOOR",
		   "mb1 (default), mb2, pvh, linux or uefi: who starts "
		   "gangway" },
	[MEMORY] = { "memory", "SIZE", "the machine's; default: 512M" },
	[MAP] = { "map", "FILE",
		  "its memory map: dmesg's output, gangway's log, the UEFI "
		  "shell's memmap, or /sys/firmware/memmap" },
	[APPEND] = { "append", "WORDS", "words for gangway and its kernel" },
	[SVG] = { "svg", "FILE", "draw memory before and after to scale" },
	[JSON] = { "json", NULL, "print JSON" },
	[GANGWAY] = { "gangway", "FILE",
		      "the file that is started, such as one of pack's" },
	{ 0 },
};

struct wishes {
	const char *door, *map, *svg, *gangway;
	bool is_json;
};

static void read_wish(struct wishes *wishes, struct scene *scene, int choice,
		      const char *value)
{
	switch (choice) {
	case DOOR:
		wishes->door = value;
		break;
	case MEMORY:
		scene->memory = memory_size(value);
		break;
	case MAP:
		wishes->map = value;
		break;
	case APPEND:
		scene->append = value;
		break;
	case SVG:
		wishes->svg = value;
		break;
	case JSON:
		wishes->is_json = true;
		break;
	case GANGWAY:
		wishes->gangway = value;
		break;
	}
}

/* "FILE" or "FILE,STRING"; a file's own name may have a comma in it. */
static void add_file(struct scene *scene, const char *argument)
{
	char *path = strdup(argument), *comma;
	struct scene_file *file = &scene->files[scene->nr];

	if (scene->nr == MAX_MODULES)
		misuse("more than %u files are given", MAX_MODULES);
	if (!path)
		refuse(NULL, "there is no memory for %s", argument);
	comma = access(path, F_OK) ? strchr(path, ',') : NULL;
	if (comma)
		*comma = 0;
	file->input = input_open(path);
	file->words = comma ? comma + 1 : "";
	scene->nr++;
}

static void set_scene(struct scene *scene, const struct wishes *wishes,
		      const struct loader *loader)
{
	struct input gangway = gangway_file(wishes->gangway, loader->gangway);

	if (scene->nr > loader->max_modules)
		refuse(scene->files[1].input.path,
		       "%s gives gangway one file at most: pack them into one",
		       loader->who);
	scene->gangway = gangway.bytes;
	scene->name = gangway.path;
	if (wishes->map) {
		memmap_read(wishes->map, &scene->map);
		return;
	}
	scene->memory = scene->memory ? scene->memory : DEFAULT_MEMORY;
	if (loader->has_bios)
		memmap_of_pc(scene->memory, &scene->map);
	else
		memmap_of_vmm(scene->memory, &scene->map);
}

static const char *short_name(const char *path)
{
	return basename((char *)path);
}

static void add_before(struct picture *picture, const struct scene *scene,
		       const struct dryrun *run)
{
	for (u32 i = 0; i < world.info.holds.nr; i++)
		if (world.info.holds.list[i].until == UNTIL_TELL)
			picture_before(picture, world.info.holds.list[i].range,
				       "the loader's tables");
	picture_before(picture, run->gangway, "gangway");
	for (u32 i = 0; i < scene->nr; i++) {
		const struct scene_file *file = &scene->files[i];
		struct range range = { file->at,
				       file->at + file->input.bytes.len };

		picture_before(picture, range, "module %u: %s", i,
			       short_name(file->input.path));
	}
}

static void add_after(struct picture *picture, const struct plan *plan)
{
	const struct payload *payload = &world.boot.payload;

	picture_after(picture, plan->window, "%s, its window",
		      payload->format->name);
	picture_after(picture,
		      (struct range){ plan->load, plan->load + plan->load_len },
		      "%s, its image", payload->format->name);
	picture_after(picture, plan->initrd, "initrd");
	for (u32 i = 0; !payload->format->is_linux && i < payload->nr_modules;
	     i++) {
		u64 len = range_len(payload->modules[i].range);

		picture_after(picture,
			      (struct range){ plan->module_at[i],
					      plan->module_at[i] + len },
			      "module %u", i);
	}
	picture_after(picture, plan->arena, "what the kernel is told");
}

/* Each hold may have been the same as a module's: so the map is the door's. */
static void show(const struct scene *scene, const struct dryrun *run,
		 const struct wishes *wishes)
{
	static struct picture picture;
	json_t *facts = json_object();

	picture.info = &world.info;
	add_before(&picture, scene, run);
	if (!run->is_by_firmware) {
		add_after(&picture, &world.plan);
		told_facts(facts, &run->handoff);
	}
	if (wishes->svg)
		picture_draw(&picture, wishes->svg);
	if (!wishes->is_json) {
		picture_print(&picture);
		printf("\n");
		facts_print(facts);
	}
	json_decref(facts);
}

static void print_json(json_t *lines, const struct scene *scene,
		       const struct dryrun *run, why bad)
{
	json_t *facts = json_object();

	json_object_set(facts, "log", lines);
	for (u32 i = 0; i < scene->nr; i++) {
		json_t *one = fact_next(facts, "files");

		fact_view(one, "file", view_string(scene->files[i].input.path));
		fact_address(one, "at", scene->files[i].at);
		fact_number(one, "size", scene->files[i].input.bytes.len);
	}
	if (bad) {
		fact_text(facts, "refused", "%s %s: %s", run->step,
			  run->protocol, bad);
	} else if (!run->is_by_firmware) {
		const struct plan *plan = &world.plan;
		json_t *tree = fact_tree(facts, "plan");

		fact_address(tree, "load", plan->load);
		fact_address(tree, "load_len", plan->load_len);
		fact_address(tree, "window", plan->window.start);
		fact_address(tree, "window_end", plan->window.end);
		fact_address(tree, "initrd", plan->initrd.start);
		fact_address(tree, "initrd_end", plan->initrd.end);
		fact_address(tree, "arena", plan->arena.start);
		fact_address(tree, "arena_end", plan->arena.end);
		fact_number(tree, "copied", plan_copied(plan));
		told_facts(facts, &run->handoff);
	}
	facts_print_json(facts);
	json_decref(facts);
}

static int plan(const struct command *command, int argc, char **argv)
{
	static struct scene scene = { .append = "" };
	struct wishes wishes = { .door = "mb1" };
	struct dryrun run = { .step = "door" };
	const struct loader *loader;
	json_t *lines = json_array();
	const char *value;
	int choice;
	why bad;

	while ((choice = choose(command, argc, argv, &value)) >= 0)
		read_wish(&wishes, &scene, choice, value);
	for (int i = optind; i < argc; i++)
		add_file(&scene, argv[i]);
	loader = loader_named(wishes.door);
	if (!loader)
		misuse("there is no door \"%s\"", wishes.door);
	if (!scene.nr && !wishes.gangway)
		misuse("no kernel is given");
	set_scene(&scene, &wishes, loader);
	say_into(wishes.is_json ? lines : NULL);
	bad = dryrun_boot(loader, &scene, &run);
	if (bad && world.info.nr_regions)
		report_short(&world.info);
	if (wishes.is_json)
		print_json(lines, &scene, &run, bad);
	json_decref(lines);
	if (bad)
		refuse(scene.nr ? scene.files[0].input.path : scene.name,
		       "%s %s: %s", run.step, run.protocol, bad);
	show(&scene, &run, &wishes);
	return 0;
}

const struct command plan_command = {
	.name = "plan",
	.arguments = "[OPTION]... KERNEL[,STRING] [MODULE[,STRING]]...",
	.purpose = "Show where everything would go, without a machine",
	.choices = choices,
	.run = plan,
};
