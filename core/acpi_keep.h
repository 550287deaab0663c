/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Keeping ACPI's tables where the memory map calls their memory RAM, as some
 * toolstacks do.
 */
#ifndef CORE_ACPI_KEEP_H
#define CORE_ACPI_KEEP_H

#include "boot_info.h"
#include "mem.h"

/*
 * Have the map call the pages of all tables ACPI's that the RSDP leads to and
 * that lie in RAM: the tables of tables, what they list, and what the FADT
 * names. They are neither written nor taken for RAM then. No table is judged
 * but by its length; what cannot be seen is left as it is.
 */
void acpi_keep(const struct mem *mem, struct boot_info *info);

#endif
