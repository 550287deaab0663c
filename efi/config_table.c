// SPDX-License-Identifier: BSD-2-Clause
/*
 * Remembers the tables that gangway has installed.
 */
#include "config_table.h"

#define MAX_TABLES 8

static struct {
	EFI_GUID guid;
	struct view table;
	void *former;
	bool is_installed;
} added[MAX_TABLES];
static u32 nr_added;

void *config_table_find(EFI_GUID guid)
{
	const EFI_CONFIGURATION_TABLE *table =
		firmware_table->ConfigurationTable;

	for (UINTN i = 0; i < firmware_table->NumberOfTableEntries; i++)
		if (!memcmp(&table[i].VendorGuid, &guid, sizeof(guid)))
			return table[i].VendorTable;
	return NULL;
}

static u64 pages_of(u64 len)
{
	return align_up(len, PAGE_SIZE) / PAGE_SIZE;
}

why config_table_take(u64 len, struct view *out)
{
	EFI_PHYSICAL_ADDRESS at = 4 * GIB - 1;

	if (nr_added == MAX_TABLES)
		return "there are too many configuration tables";
	if (firmware->AllocatePages(AllocateMaxAddress, EfiACPIReclaimMemory,
				    pages_of(len), &at))
		return "the firmware has no memory for a configuration table";
	memset((u8 *)at, 0, pages_of(len) * PAGE_SIZE);
	*out = (struct view){ (const u8 *)at, len };
	added[nr_added].table = *out;
	added[nr_added++].is_installed = false;
	return NULL;
}

why config_table_install(struct view table, EFI_GUID guid)
{
	for (u32 i = 0; i < nr_added; i++) {
		if (added[i].table.at != table.at)
			continue;
		added[i].guid = guid;
		added[i].former = config_table_find(guid);
		added[i].is_installed = !firmware->InstallConfigurationTable(
			&guid, pages_writable(table));
		if (added[i].is_installed)
			return NULL;
	}
	return "the firmware rejects a configuration table";
}

void config_table_restore(void)
{
	while (nr_added) {
		struct view table = added[--nr_added].table;

		if (added[nr_added].is_installed &&
		    firmware->InstallConfigurationTable(&added[nr_added].guid,
							added[nr_added].former))
			continue; /* somebody may still read it */
		firmware->FreePages(phys_of(table.at), pages_of(table.len));
	}
}
