// SPDX-License-Identifier: BSD-2-Clause
/*
 * The FADT and the DSDT's \_S5_. There is no AML interpreter: the package is
 * looked for by its name's bytes.
 */
#include "acpi_power.h"

struct fadt {
	struct acpi_header header;
	u32 firmware_ctrl;
	u32 dsdt;
	u8 unused_44[4];
	u32 smi_cmd;
	u8 acpi_enable;
	u8 unused_53[64 - 53];
	u32 pm1a_cnt_blk, pm1b_cnt_blk;
	u8 unused_72[112 - 72];
	u32 flags;
	struct acpi_gas reset_reg;
	u8 reset_value;
	u8 unused_129[140 - 129];
	u64 x_dsdt;
	u8 unused_148[172 - 148];
	struct acpi_gas x_pm1a_cnt_blk, x_pm1b_cnt_blk;
	u8 unused_196[244 - 196];
	struct acpi_gas sleep_control_reg;
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
static bool read_register(const struct mem *mem, const struct acpi_gas *gas,
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
static u16 pm1_port(const struct acpi_gas *gas, u32 port)
{
	u64 at = gas->space == ACPI_IO && gas->address ? gas->address : port;

	return at < 0xffff ? (u16)at : 0;
}

static why read_sleep(const struct mem *mem, const struct fadt *fadt,
		      struct acpi_power *out)
{
	struct view dsdt;

	if (!acpi_see_table(mem, fadt->x_dsdt, ACPI_SIGNATURE_DSDT, &dsdt) &&
	    !acpi_see_table(mem, fadt->dsdt, ACPI_SIGNATURE_DSDT, &dsdt))
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
	struct fadt fadt = { .flags = 0 };
	struct view v;

	*out = (struct acpi_power){ .reset.space = ACPI_NOWHERE,
				    .sleep.space = ACPI_NOWHERE };
	if (!rsdp)
		return "no RSDP";
	if (!acpi_find_table(mem, rsdp, ACPI_SIGNATURE_FADT, &v))
		return "the RSDP leads to no whole FADT";
	/* Older ones are shorter: what they lack is zero. */
	memcpy(&fadt, v.at, min_u64(v.len, sizeof(fadt)));
	if (fadt.flags & FADT_RESET_REG_SUP &&
	    read_register(mem, &fadt.reset_reg, &out->reset))
		out->reset_value = fadt.reset_value;
	return read_sleep(mem, &fadt, out);
}
