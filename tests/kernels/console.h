/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the probe kernel talks with: COM1 of a PC, polled and bounded.
 */
#ifndef KERNELS_CONSOLE_H
#define KERNELS_CONSOLE_H

#include <stdint.h>

void put_text(const char *text);
void put_hex(uint64_t value);
void put_number(uint64_t value);

/* Bytes as pairs of digits, in the order they have in memory. */
void put_bytes(const uint8_t *bytes, uint64_t len);

/* name=0xVALUE and a newline. */
void put_fact(const char *name, uint64_t value);

void port_write(uint16_t port, uint8_t value);

#endif
