/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Base relocations of a PE image (Microsoft's PE Format, "The .reloc Section"),
 * for when gangway.efi is loaded by somebody who knows nothing of PE.
 */
#ifndef FORMATS_BASE_RELOCS_H
#define FORMATS_BASE_RELOCS_H

#include "pe_layout.h"
#include "view.h"

/*
 * Add delta to all addresses in an image that the blocks name. What follows the
 * last block is zero. They are gangway's own: entry.S calls this before any
 * address in the image is of use.
 */
void base_relocs_apply(u8 *image, u64 delta, struct view blocks);

#endif
