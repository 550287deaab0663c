// SPDX-License-Identifier: BSD-2-Clause
/*
 * SPCR, the Serial Port Console Redirection table (Microsoft, version 1.10,
 * which is revision 4; earlier ones are shorter).
 */
#include "serial.h"

#include "acpi_tables.h"

/* Kinds of ports. Revision 1 has the first two, the third is one whose address
 * tells of width and stride; but so do those of others. */
#define KIND_16550     0
#define KIND_16450     1
#define KIND_16550_GAS 0x12

#define MAX_ACCESS 3 /* 4 bytes */

struct spcr {
	struct acpi_header header;
	u8 kind;
	u8 unused_37[3];
	struct acpi_gas address;
	u8 unused_52[58 - 52];
	u8 speed; /* 3, 4, 6, 7; 0: as it is set */
	u8 unused_59[76 - 59];
	u32 clock;	   /* in Hz, from revision 3 on; 0: not told */
	u32 precise_speed; /* in baud, from revision 4 on; 0: not told */
} wire_packed;
WIRE_SIZE(struct spcr, 84);
WIRE_AT(struct spcr, kind, 36);
WIRE_AT(struct spcr, address, 40);
WIRE_AT(struct spcr, speed, 58);
WIRE_AT(struct spcr, clock, 76);
WIRE_AT(struct spcr, precise_speed, 80);

static const u32 speeds[] = {
	[3] = 9600, [4] = 19200, [6] = 57600, [7] = 115200
};

static bool is_16550(const struct spcr *spcr)
{
	return spcr->kind <= KIND_16450 || spcr->kind == KIND_16550_GAS;
}

static void read_speed(const struct spcr *spcr, struct serial *out)
{
	u32 max = spcr->header.revision >= 3 ? spcr->clock / 16 : 0;

	out->max_speed = max ? max : SERIAL_MAX_SPEED;
	out->speed = spcr->speed < ARRAY_LEN(speeds) ? speeds[spcr->speed] : 0;
	if (spcr->header.revision >= 4 && spcr->precise_speed)
		out->speed = spcr->precise_speed;
}

/* Firmware gives the distance of registers as their width, or leaves it at 8
 * bits where the width of an access says more. */
static bool read_place(const struct acpi_gas *gas, struct serial *out)
{
	u32 size = gas->access_size, stride = gas->bit_width / 8;

	if (!gas->address || size > MAX_ACCESS)
		return false;
	out->at = gas->address;
	out->is_memory = gas->space == ACPI_MEMORY;
	out->width = (u8)(1u << (size - !!size));
	out->stride = (u8)max_u64(stride, out->width);
	return out->is_memory ||
	       (gas->space == ACPI_IO && out->at <= SERIAL_MAX_PORT);
}

bool serial_from_acpi(const struct mem *mem, phys rsdp, struct serial *out)
{
	struct spcr spcr = { .clock = 0 };
	struct view v;

	if (!rsdp || !acpi_find_table(mem, rsdp, ACPI_SIGNATURE_SPCR, &v))
		return false;
	memcpy(&spcr, v.at, min_u64(v.len, sizeof(spcr)));
	read_speed(&spcr, out);
	return is_16550(&spcr) && read_place(&spcr.address, out);
}
