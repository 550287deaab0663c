// SPDX-License-Identifier: BSD-2-Clause
/*
 * A bzImage's payload, unpacked here and now instead of at each boot.
 */
#include "extract.h"

#include "bzimage.h"
#include "compress.h"
#include "elf.h"
#include "input.h"
#include "tool.h"

#define MAX_VMLINUX GIB
#define PAYLOAD	    0x208 /* the protocol that says where it is */

struct view extract(const char *path, struct view bzimage)
{
	struct unpacked vmlinux;
	struct bzimage bz;
	struct view payload;
	why bad;

	if (bzimage_claims(bzimage) == CLAIM_NONE)
		refuse(path, "it is no bzImage, of which a vmlinux could be "
			     "extracted");
	bad = bzimage_parse(bzimage, &bz);
	if (bad)
		refuse(path, "at 0x%x: %s", LINUX_HEADER_AT, bad);
	if (bz.hdr.version < PAYLOAD ||
	    !view_cut(bz.kernel, bz.hdr.payload_offset, bz.hdr.payload_length,
		      &payload) ||
	    !payload.len)
		refuse(path, "its header does not say where its payload is");
	bad = decompress(payload, MAX_VMLINUX, &vmlinux);
	if (bad)
		refuse(path, "at 0x%lx: %s", (u64)(payload.at - bzimage.at),
		       bad);
	input_forget(payload);
	if (!elf_claims((struct view){ vmlinux.at, vmlinux.len }))
		refuse(path, "it unpacks to something that is no ELF file");
	return (struct view){ vmlinux.at, vmlinux.len };
}
