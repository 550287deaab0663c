/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Selectors of gangway's own GDT (entry.S).
 */
#ifndef MACHINE_SEGMENTS_H
#define MACHINE_SEGMENTS_H

#define SEG_CODE32 0x10
#define SEG_DATA   0x18
#define SEG_CODE64 0x20
#define SEG_TSS	   0x28 /* two slots */

#endif
