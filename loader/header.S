/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What loaders look for in the ELF file: the Multiboot headers, within its
 * first 8 KiB, and the PVH note. The address fields make it loadable as it
 * lies in the file, so that ELF64 is no obstacle to Multiboot 1 (QEMU).
 *
 * WITHOUT_MULTIBOOT1 leaves out the first, for VMMs that would prefer it to PVH.
 */
#define MB1_MAGIC 0x1badb002
#define MB1_FLAGS 0x00010003 /* addresses valid, memory map, aligned modules */
#define MB2_MAGIC 0xe85250d6
#define XEN_ELFNOTE_PHYS32_ENTRY 18

	.section .head, "a"
#ifndef WITHOUT_MULTIBOOT1
	.balign	4
mb1_header:
	.long	MB1_MAGIC, MB1_FLAGS, -(MB1_MAGIC + MB1_FLAGS)
	.long	mb1_header, _image, _file_end, _image_end, mb1_entry
#endif

	.balign	8
mb2_header:
	.long	MB2_MAGIC, 0, mb2_end - mb2_header
	.long	-(MB2_MAGIC + mb2_end - mb2_header)
	.short	2, 0			/* addresses */
	.long	24, mb2_header, _image, _file_end, _image_end
	.short	3, 0			/* entry */
	.long	12, mb2_entry
	.balign	8
	.short	6, 0			/* modules on page boundaries */
	.long	8
	.short	5, 1			/* a framebuffer, any, if there is one */
	.long	20, 0, 0, 0
	.balign	8
	.short	0, 0
	.long	8
mb2_end:

/* Where "gangway pack" says how much it has packed behind the image: packed.h. */
	.ascii	"gangway's pack\r\n"
	.long	1, 0			/* version, flags */
	.quad	_image_len, 0		/* the length of the pack */

	.section .note.Xen, "a", @note
	.balign	4
	.long	4, 8, XEN_ELFNOTE_PHYS32_ENTRY
	.asciz	"Xen"
	.quad	pvh_entry
