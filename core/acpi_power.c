// SPDX-License-Identifier: BSD-2-Clause
/*
 * From the RSDP by the XSDT or RSDT to the FADT and the DSDT's \_S5_. There is
 * no AML interpreter: the package is looked for by its name's bytes.
 */
#include "acpi_power.h"

#include "acpi.h"

/* Tables that are looked at often, or by the thousand, must be short. */
#define MAX_SHORT (8 * KIB)
#define MAX_DSDT  (16 * MIB)

/* What every table begins with. */
struct header {
	u32 signature;
	u32 length;
	u8 unused[28];
};
WIRE_SIZE(struct header, 36);

#define SIGNATURE_RSDT 0x54445352
#define SIGNATURE_XSDT 0x54445358
#define SIGNATURE_FADT 0x50434146 /* "FACP" */
#define SIGNATURE_DSDT 0x54445344

/* A generic address structure. */
struct gas {
	u8 space;
	u8 bit_width, bit_offset, access_size;
	u64 address;
} wire_packed;
WIRE_SIZE(struct gas, 12);

struct fadt {
	struct header header;
	u32 firmware_ctrl;
	u32 dsdt;
	u8 unused_44[4];
	u32 smi_cmd;
	u8 acpi_enable;
	u8 unused_53[64 - 53];
	u32 pm1a_cnt_blk, pm1b_cnt_blk;
	u8 unused_72[112 - 72];
	u32 flags;
	struct gas reset_reg;
	u8 reset_value;
	u8 unused_129[140 - 129];
	u64 x_dsdt;
	u8 unused_148[172 - 148];
	struct gas x_pm1a_cnt_blk, x_pm1b_cnt_blk;
	u8 unused_196[244 - 196];
	struct gas sleep_control_reg;
} wire_packed;
WIRE_SIZE(struct fadt, 256);
WIRE_AT(struct fadt, dsdt, 40);
WIRE_AT(struct fadt, smi_cmd, 48);
WIRE_AT(struct fadt, acpi_enable, 52);
WIRE_AT(struct fadt, pm1a_cnt_blk, 64);
WIRE_AT(struct fadt, flags, 112);
WIRE_AT(struct fadt, reset_reg, 116);
WIRE_AT(struct fadt, reset_value, 128);
WIRE_AT(struct fadt, x_dsdt, 140);
WIRE_AT(struct fadt, x_pm1a_cnt_blk, 172);
WIRE_AT(struct fadt, sleep_control_reg, 244);

#define FADT_RESET_REG_SUP (1u << 10)
#define FADT_HW_REDUCED	   (1u << 20)

#define AML_BYTE    0x0a
#define AML_PACKAGE 0x12
#define MAX_SLP_TYP 7

static bool sums_to_zero(struct view v)
{
	u8 sum = 0;

	for (u64 i = 0; i < v.len; i++)
		sum = (u8)(sum + v.at[i]);
	return !sum;
}

/* View a whole table; false if it is damaged or another one. */
static bool see_table(const struct mem *mem, phys at, u32 signature,
		      struct view *out)
{
	u64 max = signature == SIGNATURE_DSDT ? MAX_DSDT : MAX_SHORT;
	struct header header;

	return mem_read(mem, at, &header, sizeof(header)) &&
	       header.signature == signature &&
	       header.length >= sizeof(header) && header.length <= max &&
	       mem_view(mem, at, header.length, out) && sums_to_zero(*out);
}

/* See the table of all tables; *entry is the length of its entries. */
static bool see_root(const struct mem *mem, phys at, struct view *out,
		     u64 *entry)
{
	struct acpi_rsdp rsdp;

	if (!mem_read(mem, at, &rsdp, sizeof(rsdp)) ||
	    !acpi_rsdp_valid((struct view){ (u8 *)&rsdp, sizeof(rsdp) }))
		return false;
	if (rsdp.revision >= 2 && rsdp.xsdt_address) {
		*entry = sizeof(rsdp.xsdt_address);
		return see_table(mem, rsdp.xsdt_address, SIGNATURE_XSDT, out);
	}
	*entry = sizeof(rsdp.rsdt_address);
	return see_table(mem, rsdp.rsdt_address, SIGNATURE_RSDT, out);
}

static bool find_fadt(const struct mem *mem, struct view root, u64 entry,
		      struct fadt *out)
{
	struct view v;
	phys at = 0;

	for (u64 i = sizeof(struct header); view_read(root, i, &at, entry);
	     i += entry) {
		if (!see_table(mem, at, SIGNATURE_FADT, &v))
			continue;
		/* Older ones are shorter: what they lack is zero. */
		memset(out, 0, sizeof(*out));
		memcpy(out, v.at, min_u64(v.len, sizeof(*out)));
		return true;
	}
	return false;
}

/*
 * Read the package that follows the name \_S5_: its length (in the one byte
 * that is enough for it), the number of its elements, and integers, of which
 * the first two count. 0 and 1 are opcodes of their own.
 */
static bool read_s5(struct view aml, struct acpi_power *out)
{
	u8 package[7] = { 0 };
	const u8 *at = &package[3];

	memcpy(package, aml.at, min_u64(aml.len, sizeof(package)));
	if (package[0] != AML_PACKAGE || package[1] >= 0x40 ||
	    package[1] >= aml.len || !package[2])
		return false;
	at += *at == AML_BYTE;
	out->type_a = *at++;
	at += *at == AML_BYTE;
	out->type_b = package[2] > 1 ? *at : 0;
	return out->type_a <= MAX_SLP_TYP && out->type_b <= MAX_SLP_TYP;
}

static bool find_s5(struct view dsdt, struct acpi_power *out)
{
	for (u64 i = 0; i < dsdt.len; i++) {
		struct view aml = view_from(dsdt, i);

		if (view_starts(aml, VIEW("_S5_")) &&
		    read_s5(view_from(aml, 4), out))
			return true;
	}
	return false;
}

/* Take over a register of one byte if it is where it can be reached. */
static bool read_register(const struct mem *mem, const struct gas *gas,
			  struct acpi_register *out)
{
	u64 at = gas->address;
	bool good = gas->space == ACPI_IO
			    ? at <= 0xffff
			    : gas->space == ACPI_MEMORY && mem_has(mem, at, 1);

	if (!good || !at)
		return false;
	*out = (struct acpi_register){ gas->space, at };
	return true;
}

/* The port of a PM1 control register, 0 if it has none. */
static u16 pm1_port(const struct gas *gas, u32 port)
{
	u64 at = gas->space == ACPI_IO && gas->address ? gas->address : port;

	return at < 0xffff ? (u16)at : 0;
}

static why read_sleep(const struct mem *mem, const struct fadt *fadt,
		      struct acpi_power *out)
{
	struct view dsdt;

	if (!see_table(mem, fadt->x_dsdt, SIGNATURE_DSDT, &dsdt) &&
	    !see_table(mem, fadt->dsdt, SIGNATURE_DSDT, &dsdt))
		return "the DSDT is not whole";
	if (!find_s5(dsdt, out))
		return "the DSDT has no plain _S5_";
	if (fadt->flags & FADT_HW_REDUCED) {
		out->can_sleep = read_register(mem, &fadt->sleep_control_reg,
					       &out->sleep);
		return out->can_sleep ? NULL : "no sleep register";
	}
	out->pm1a = pm1_port(&fadt->x_pm1a_cnt_blk, fadt->pm1a_cnt_blk);
	out->pm1b = pm1_port(&fadt->x_pm1b_cnt_blk, fadt->pm1b_cnt_blk);
	if (fadt->smi_cmd <= 0xffff && fadt->acpi_enable) {
		out->smi_command = (u16)fadt->smi_cmd;
		out->acpi_enable = fadt->acpi_enable;
	}
	out->can_sleep = out->pm1a;
	return out->can_sleep ? NULL : "no PM1 control register";
}

why acpi_power_read(const struct mem *mem, phys rsdp, struct acpi_power *out)
{
	struct view root;
	struct fadt fadt;
	u64 entry;

	*out = (struct acpi_power){ .reset.space = ACPI_NOWHERE,
				    .sleep.space = ACPI_NOWHERE };
	if (!see_root(mem, rsdp, &root, &entry))
		return "no RSDP, or neither XSDT nor RSDT is whole";
	if (!find_fadt(mem, root, entry, &fadt))
		return "no FADT is whole";
	if (fadt.flags & FADT_RESET_REG_SUP &&
	    read_register(mem, &fadt.reset_reg, &out->reset))
		out->reset_value = fadt.reset_value;
	return read_sleep(mem, &fadt, out);
}
