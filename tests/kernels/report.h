/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the probe's protocols have in common: reading memory, rows of facts,
 * promises, and the areas that must keep out of each other's way.
 */
#ifndef KERNELS_REPORT_H
#define KERNELS_REPORT_H

#include <stdbool.h>
#include <stdint.h>

#define MIB (1u << 20)
#define GIB (1u << 30)

/* The arguments "how many, which" of what takes a list of values. */
#define VALUES(...)                                                            \
	(sizeof((uint64_t[]){ __VA_ARGS__ }) / sizeof(uint64_t)), (uint64_t[]) \
	{                                                                      \
		__VA_ARGS__                                                    \
	}

uint8_t read8(uint64_t at);
uint32_t read32(uint64_t at);
uint64_t read64(uint64_t at);

/* "probe: FAIL promise" if it was not kept; has_failed() from then on. */
void check(bool kept, const char *promise);
bool has_failed(void);

/* name=0xVALUE 0xVALUE... */
void put_row(const char *name, uint64_t nr, const uint64_t *values);

/* The same, with a string in brackets behind it; at 0 there is none. Returns
 * the string's size in memory; one without an end breaks a promise. */
uint64_t put_row_text(const char *name, uint64_t text_at, uint64_t nr,
		      const uint64_t *values);

/* name_at=0xADDRESS and name=[string]. Returns as put_row_text(). */
uint64_t put_line(const char *name, uint64_t at);

/* name=0xVALUE... and bytes in hex. */
void put_row_bytes(const char *name, uint64_t at, uint64_t len, uint64_t nr,
		   const uint64_t *values);

/* rsdp=0xADDRESS good|bad: an ACPI root pointer, by signature and sum. */
void put_rsdp(uint64_t at);

enum area_kind { AREA_IMAGE, AREA_MODULE, AREA_INFO };

/* Note that something lies there. */
void take_area(enum area_kind kind, uint64_t start, uint64_t size);

/* Print all areas, as area_KIND=start size. No two may overlap, and none but
 * an image's begin below 0x500. */
void check_areas(void);

#endif
