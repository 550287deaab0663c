// SPDX-License-Identifier: BSD-2-Clause
/*
 * The map and the lists, for what reads a loader's tables: they say anything
 * of any address, and are given nothing but what was checked.
 */
#include "prove.h"

#include "acpi.h"
#include "boot_info.h"

void info_refuse(struct boot_info *info, why reason)
{
	if (!info->bad)
		info->bad = reason;
}

void info_add_region(struct boot_info *info, phys start, u64 len, u32 type)
{
	(void)start;
	(void)len;
	(void)type;
	if (nondet_bool())
		info_refuse(info, "too many regions");
}

void info_add_module(struct boot_info *info, phys start, phys end,
		     struct view string)
{
	(void)start;
	(void)end;
	prove(!string.len || __CPROVER_r_ok(string.at, string.len));
	if (nondet_bool())
		info_refuse(info, "too many modules");
}

void info_hold(struct boot_info *info, phys start, u64 len)
{
	(void)info;
	(void)start;
	(void)len;
}

bool info_readable(const struct boot_info *info, struct range range)
{
	(void)info;
	prove(range.start <= range.end);
	return nondet_bool();
}

void info_set_cmdline(struct boot_info *info, struct view string)
{
	info->cmdline = string;
}

void info_set_loader(struct boot_info *info, struct view loader)
{
	info->loader = loader;
}

void info_keep(struct boot_info *info, phys start, u64 len)
{
	(void)info;
	(void)start;
	(void)len;
}

void info_add_basic_memory(struct boot_info *info, u32 lower, u32 upper)
{
	(void)lower;
	(void)upper;
	info->nr_regions = nondet_u32() % 3;
}

void info_add_bios_memory(struct boot_info *info)
{
	(void)info;
}

phys acpi_search(const struct mem *mem, const struct boot_info *info)
{
	(void)mem;
	(void)info;
	return nondet_u64();
}

phys acpi_check(const struct mem *mem, const struct boot_info *info, phys told)
{
	(void)mem;
	(void)info;
	return told;
}
