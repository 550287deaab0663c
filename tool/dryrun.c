// SPDX-License-Identifier: BSD-2-Clause
/*
 * Booting in a window of our own memory, by the code of the floors.
 */
#include "dryrun.h"

#include "acpi.h"
#include "acpi_keep.h"
#include "bios_text.h"
#include "bundle.h"
#include "console.h"
#include "efi_map.h"
#include "elf.h"
#include "format.h"
#include "log.h"
#include "open.h"
#include "packed.h"
#include "pe.h"
#include "pe_file.h"
#include "reason.h"
#include "tool.h"
#include "world.h"

#define BIOS_RSDP  0xf59d0    /* where SeaBIOS has it */
#define RSDT_FROM  0x1a7d     /* that far into the BIOS's tables */
#define UEFI_SPARE (64 * MIB) /* at the end of RAM, for the firmware */

static u8 sum_of(const void *bytes, u64 len)
{
	u8 sum = 0;

	for (u64 i = 0; i < len; i++)
		sum = (u8)(sum + ((const u8 *)bytes)[i]);
	return sum;
}

/* A root pointer as SeaBIOS leaves it; the tables themselves are not played. */
static void put_rsdp(struct scene *scene)
{
	struct acpi_rsdp rsdp = {
		.rsdt_address = (u32)memmap_low_end(&scene->map) + RSDT_FROM
	};
	phys at = BIOS_RSDP;

	memcpy(rsdp.signature, ACPI_RSDP_SIGNATURE, sizeof(rsdp.signature));
	rsdp.checksum = (u8)-sum_of(&rsdp, ACPI_RSDP_V1_SIZE);
	scene->rsdp = world_tell(&at, &rsdp, ACPI_RSDP_V1_SIZE);
}

/* gangway's ELF file by its segments, as all loaders do it. */
static struct range load_elf(const struct scene *scene)
{
	struct range span;
	struct elf elf;
	why bad = elf_open(scene->gangway, &elf);

	bad = bad ? bad : elf_span(&elf, &span);
	if (bad)
		refuse(scene->name, "it is no gangway: %s", bad);
	if (!mem_has(&world.mem, span.start, range_len(span)))
		refuse(scene->name,
		       "it passes the end of the machine's memory");
	for (u64 i = 0; i < elf.phnum; i++) {
		struct elf64_phdr segment = elf_segment(&elf, i);

		if (segment.p_type == PT_LOAD)
			memcpy(world_at(segment.p_paddr, segment.p_memsz),
			       scene->gangway.at + segment.p_offset,
			       segment.p_filesz);
	}
	return span;
}

/* gangway.efi at the highest place that the firmware leaves. */
static struct range load_pe(const struct scene *scene)
{
	phys end = memmap_low_end(&scene->map);
	struct room want = { .align = PAGE_SIZE,
			     .min = MIB,
			     .end = end - min_u64(end, UEFI_SPARE),
			     .highest = true };
	struct range found;
	struct pe_file pe;
	why bad = pe_file_open(scene->gangway, &pe);

	bad = bad ? bad : pe_file_stub(&pe);
	if (bad)
		refuse(scene->name, "%s", bad);
	want.len = align_up(pe.image_size, PAGE_SIZE);
	info_init(&world.info, "uefi");
	memmap_tell(&scene->map, &world.info);
	plan_init(&world.plan, &world.info);
	if (!plan_find(&world.plan, &want, UNTIL_PLACE, &found))
		refuse(scene->name, "it finds no memory below 4 GiB");
	return (struct range){ found.start, found.start + pe.image_size };
}

/* What the firmware's functions would tell. */
static void read_uefi(const struct scene *scene)
{
	struct boot_info *info = &world.info;

	info->efi.memory_map = memmap_efi(&scene->map);
	info->efi.descriptor_size = sizeof(scene->map.efi[0]);
	if (scene->map.nr_efi)
		efi_map_read(info);
	else
		memmap_tell(&scene->map, info);
	info_set_cmdline(info, view_string(scene->append));
	for (u32 i = 0; i < scene->nr; i++) {
		const struct scene_file *file = &scene->files[i];

		info_add_module(info, file->at,
				file->at + file->input.bytes.len,
				view_string(file->words));
		info->modules[i].name = view_string(file->input.path);
	}
}

/* A log of the same files says where they were. */
static void place_as_told(struct scene *scene)
{
	for (u32 i = 0; i < scene->nr && i < scene->map.nr_modules; i++)
		if (range_len(scene->map.modules[i]) ==
		    scene->files[i].input.bytes.len)
			scene->files[i].at = scene->map.modules[i].start;
}

static void put_all(const struct loader *loader, struct scene *scene,
		    struct dryrun *out)
{
	phys end = 0;

	for (u32 i = 0; i < scene->map.nr; i++)
		if (scene->map.regions[i].type == REGION_RAM)
			end = max_u64(end, scene->map.regions[i].range.end);
	world_begin(end);
	if (loader->has_bios && scene->memory)
		put_rsdp(scene);
	out->gangway = loader->door ? load_elf(scene) : load_pe(scene);
	loader->place(scene, out->gangway);
	place_as_told(scene);
	for (u32 i = 0; i < scene->nr; i++) {
		const struct scene_file *file = &scene->files[i];

		if (!file->at)
			refuse(file->input.path,
			       "the machine has no memory for it");
		world_put_file(file->at, &file->input);
	}
}

static why enter(const struct loader *loader, const struct scene *scene,
		 struct dryrun *out)
{
	struct boot_info *info = &world.info;
	phys told = loader->tell ? loader->tell(scene, out->gangway) : 0;
	why bad;

	out->step = "door";
	out->protocol = loader->door ? loader->door->name : "uefi";
	info_init(info, out->protocol);
	boot_init(&world.boot, &world.mem, info);
	info_hold(info, out->gangway.start, range_len(out->gangway));
	if (loader->door)
		loader->door->read(&world.mem, loader->magic, told, info);
	else
		read_uefi(scene);
	if (info->bad)
		return info->bad;
	bios_find_text(&world.mem, info);
	boot_options(&world.boot);
	acpi_keep(&world.mem, info);
	bad = info_check(info);
	if (bad)
		return bad;
	out->step = "memory";
	return paging_extend(&world.paging, &world.mem, info, &world.plan);
}

/* This program has all packings, and the file that is started may have not. */
static why check_packing(const struct scene *scene, const char *container)
{
	const struct packing *packing =
		container ? packing_named(view_string(container)) : NULL;

	if (!packing || gangway_unpacks(scene->gangway, packing))
		return NULL;
	return reason_format("%s does not unpack %s, but gangway-full does "
			     "(--gangway)",
			     scene->name, packing->name);
}

static why open_kernel(const struct scene *scene, struct dryrun *out)
{
	struct payload *payload = &world.boot.payload;
	why bad = boot_open(&world.boot, &world.plan);
	why misread;

	if (!bad)
		bad = check_packing(scene, payload->container);
	boot_options(&world.boot);
	out->step = "options";
	out->protocol = "gangway";
	misread = options_judge(&world.boot.options);
	if (misread)
		return misread;
	out->step = "open";
	out->protocol = payload->container ? payload->container : "module";
	return bad;
}

static why plan_and_tell(struct dryrun *out)
{
	phys at = 0;
	why bad;

	out->step = "plan";
	out->protocol = world.boot.payload.format->name;
	plan_init(&world.plan, &world.info);
	world.boot.plan = &world.plan;
	bad = world.boot.payload.format->plan(&world.boot, &world.plan);
	if (bad)
		return bad;
	out->step = "tell";
	bad = boot_tell(&world.boot, &world.plan, &world_departure, &at);
	if (!bad &&
	    !mem_read(&world.mem, at, &out->handoff, sizeof(out->handoff)))
		bad = "the handoff is outside of memory";
	return bad;
}

why dryrun_boot(const struct loader *loader, struct scene *scene,
		struct dryrun *out)
{
	const struct payload *payload = &world.boot.payload;
	why bad;

	put_all(loader, scene, out);
	bad = enter(loader, scene, out);
	if (bad)
		return bad;
	log_door(&world.boot);
	out->step = "open";
	out->protocol = "pack";
	if (loader->door)
		bad = packed_add(&world.mem, out->gangway.start, &world.info);
	bad = bad ? bad : open_kernel(scene, out);
	if (bad)
		return bad;
	log_payload(&world.boot);
	out->is_by_firmware = !loader->door && pe_claims(payload->image) &&
			      world.boot.options.linux_way != LINUX_ZEROPAGE;
	if (out->is_by_firmware) {
		say("jump: the firmware starts it, by LoadImage and StartImage");
		return NULL;
	}
	bad = plan_and_tell(out);
	if (!bad)
		log_plan(&world.boot, &world.plan);
	return bad;
}
