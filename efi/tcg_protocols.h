/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What firmware measures with: the TCG2 protocol (TCG EFI Protocol
 * Specification 0.13, chapter 6), and that of confidential guests (UEFI 2.10,
 * section 38.2).
 */
#ifndef EFI_TCG_PROTOCOLS_H
#define EFI_TCG_PROTOCOLS_H

#include <efi.h>

#include "tcg.h"

#define TCG2_GUID                                                              \
	{                                                                      \
		0x607f766c, 0x7455, 0x42be,                                    \
		{                                                              \
			0x93, 0x0b, 0xe4, 0xd7, 0x6d, 0xb2, 0x72, 0x0f         \
		}                                                              \
	}
#define TCG2_FINAL_EVENTS_GUID                                                 \
	{                                                                      \
		0x1e2ed096, 0x30e2, 0x4254,                                    \
		{                                                              \
			0xbd, 0x89, 0x86, 0x3b, 0xbe, 0xf8, 0x23, 0x25         \
		}                                                              \
	}
#define CC_GUID                                                                \
	{                                                                      \
		0x96751a3d, 0x72f4, 0x41a6,                                    \
		{                                                              \
			0xa7, 0x94, 0xed, 0x5d, 0x0e, 0x67, 0xae, 0x6b         \
		}                                                              \
	}

struct tcg2 {
	EFI_STATUS(EFIAPI *get_capability)
	(struct tcg2 *self, struct tcg2_capability *out);
	EFI_STATUS(EFIAPI *get_event_log)
	(struct tcg2 *self, u32 format, phys *log, phys *last, u8 *is_cut);
	EFI_STATUS(EFIAPI *hash_log_extend_event)
	(struct tcg2 *self, u64 flags, phys data, u64 len,
	 struct tcg_event_head *event);
};

struct cc {
	EFI_STATUS(EFIAPI *get_capability)
	(struct cc *self, struct cc_capability *out);
	EFI_STATUS(EFIAPI *get_event_log)
	(struct cc *self, u32 format, phys *log, phys *last, u8 *is_cut);
	EFI_STATUS(EFIAPI *hash_log_extend_event)
	(struct cc *self, u64 flags, phys data, u64 len,
	 struct tcg_event_head *event);
	EFI_STATUS(EFIAPI *map_pcr_to_mr_index)
	(struct cc *self, u32 pcr, u32 *index);
};

#endif
