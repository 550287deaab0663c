// SPDX-License-Identifier: BSD-2-Clause
/*
 * Finding the RSDP: by a scan of the BIOS areas (ACPI 6.5, section 5.2.5.1) or
 * from the configuration tables of UEFI (UEFI 2.10, sections 4.3 and 4.6).
 */
#include "acpi.h"

#define BDA_EBDA_SEGMENT 0x40e
#define EBDA_MIN	 0x80000
#define EBDA_MAX	 0xa0000
#define RSDP_ALIGN	 16
#define RSDP_TAIL	 20  /* it may begin 16 bytes before an area's end */
#define MAX_RSDP	 KIB /* a length beyond it is no RSDP's */
#define MAX_ACPI_REGION	 (64 * MIB)

#define EFI_SYSTEM_TABLE_SIGNATURE 0x5453595320494249 /* "IBI SYST" */
#define MAX_EFI_TABLES		   256 /* firmware has about a dozen */

struct efi_system_table {
	u64 signature;
	u8 unused[104 - 8];
	u64 number_of_table_entries;
	u64 configuration_table;
};
WIRE_SIZE(struct efi_system_table, EFI_SYSTEM_TABLE_SIZE);
WIRE_AT(struct efi_system_table, number_of_table_entries, 104);
WIRE_AT(struct efi_system_table, configuration_table, 112);

struct efi_configuration_table {
	u8 vendor_guid[16];
	u64 vendor_table;
};
WIRE_SIZE(struct efi_configuration_table, 24);
WIRE_AT(struct efi_configuration_table, vendor_table, 16);

/* 8868e871-e4f1-11d3-bc22-0080c73c8881 */
static const u8 acpi_20_guid[16] = {
	0x71, 0xe8, 0x68, 0x88, 0xf1, 0xe4, 0xd3, 0x11,
	0xbc, 0x22, 0x00, 0x80, 0xc7, 0x3c, 0x88, 0x81,
};

/* eb9d2d30-2d88-11d3-9a16-0090273fc14d */
static const u8 acpi_10_guid[16] = {
	0x30, 0x2d, 0x9d, 0xeb, 0x88, 0x2d, 0xd3, 0x11,
	0x9a, 0x16, 0x00, 0x90, 0x27, 0x3f, 0xc1, 0x4d,
};

static u8 sum(struct view v, u64 len)
{
	u8 total = 0;

	for (u64 i = 0; i < len; i++)
		total = (u8)(total + v.at[i]);
	return total;
}

bool acpi_rsdp_valid(struct view rsdp)
{
	struct acpi_rsdp head;

	if (!view_starts(rsdp, VIEW(ACPI_RSDP_SIGNATURE)))
		return false;
	if (!view_read(rsdp, 0, &head, ACPI_RSDP_V1_SIZE))
		return false;
	if (sum(rsdp, ACPI_RSDP_V1_SIZE))
		return false;
	if (head.revision < 2)
		return true;
	if (!view_read(rsdp, 0, &head, sizeof(head)))
		return false;
	return head.length >= sizeof(head) && view_has(rsdp, 0, head.length) &&
	       !sum(rsdp, head.length);
}

/* align is relative to start. The signature is as long as a u64, which a single
 * string instruction can search for. */
static phys scan(const struct mem *mem, phys start, u64 len, u64 align)
{
	struct view area, left;
	u64 signature;

	memcpy(&signature, ACPI_RSDP_SIGNATURE, sizeof(signature));
	if (!mem_view(mem, start, len, &area))
		return 0;
	left = area;
	while (view_find64(&left, signature)) {
		u64 offset = area.len - left.len;

		if (offset % align == 0 && acpi_rsdp_valid(left))
			return start + offset;
		left = view_from(left, sizeof(signature));
	}
	return 0;
}

static phys scan_ebda(const struct mem *mem)
{
	u16 segment;
	phys ebda;

	if (!mem_read(mem, BDA_EBDA_SEGMENT, &segment, sizeof(segment)))
		return 0;
	ebda = (phys)segment << 4;
	if (ebda < EBDA_MIN || ebda >= EBDA_MAX)
		return 0;
	return scan(mem, ebda, min_u64(KIB + RSDP_TAIL, EBDA_MAX - ebda),
		    RSDP_ALIGN);
}

phys acpi_find_rsdp(const struct mem *mem)
{
	phys rsdp = scan_ebda(mem);

	/* SeaBIOS has its RSDP early in the upper half: to begin there costs a
	 * quarter less. */
	if (!rsdp)
		rsdp = scan(mem, 0xf0000, 0x10000, RSDP_ALIGN);
	return rsdp ? rsdp
		    : scan(mem, 0xe0000, 0x10000 + RSDP_TAIL, RSDP_ALIGN);
}

phys acpi_search(const struct mem *mem, const struct boot_info *info)
{
	phys rsdp = acpi_find_rsdp(mem);

	for (u32 i = 0; i < info->nr_regions && !rsdp; i++) {
		struct range r = info->regions[i].range;

		if (info->regions[i].type != REGION_ACPI ||
		    range_len(r) > MAX_ACPI_REGION)
			continue;
		/* EDK2 aligns it to no more than 4 bytes. */
		rsdp = scan(mem, r.start, range_len(r), 1);
		if (!rsdp)
			rsdp = scan(mem, r.start + 4, range_len(r) - 4, 1);
	}
	return rsdp;
}

static bool rsdp_at(const struct mem *mem, phys at)
{
	struct view rsdp;
	u64 len = MAX_RSDP;

	if (!mem_has(mem, at, 1))
		return false;
	len = min_u64(len, mem_reach(mem, at));
	return mem_view(mem, at, len, &rsdp) && acpi_rsdp_valid(rsdp);
}

phys acpi_check(const struct mem *mem, const struct boot_info *info, phys told)
{
	if (told && (!mem_has(mem, told, 1) || rsdp_at(mem, told)))
		return told;
	return acpi_search(mem, info);
}

phys acpi_rsdp(const struct mem *mem, const struct boot_info *info)
{
	if (!info->rsdp && info->rsdp_copy.len)
		return mem_phys(mem, info->rsdp_copy);
	return info->rsdp;
}

phys acpi_from_efi(const struct mem *mem, phys system_table)
{
	struct efi_system_table st;
	struct efi_configuration_table entry;
	phys at, old = 0;

	if (!mem_read(mem, system_table, &st, sizeof(st)) ||
	    st.signature != EFI_SYSTEM_TABLE_SIGNATURE ||
	    st.number_of_table_entries > MAX_EFI_TABLES)
		return 0;
	at = st.configuration_table;
	for (u64 i = 0; i < st.number_of_table_entries; i++) {
		if (!mem_read(mem, at, &entry, sizeof(entry)))
			return old;
		if (!memcmp(entry.vendor_guid, acpi_20_guid, 16) &&
		    rsdp_at(mem, entry.vendor_table))
			return entry.vendor_table;
		if (!memcmp(entry.vendor_guid, acpi_10_guid, 16) &&
		    rsdp_at(mem, entry.vendor_table))
			old = entry.vendor_table;
		at += sizeof(entry);
	}
	return old;
}
