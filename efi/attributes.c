// SPDX-License-Identifier: BSD-2-Clause
/*
 * EFI_MEMORY_ATTRIBUTE_PROTOCOL, which Debian's gnu-efi does not have yet.
 */
#include "attributes.h"

#define MEMORY_ATTRIBUTE_GUID                                                  \
	{                                                                      \
		0xf4560cf6, 0x40ec, 0x4b4a,                                    \
		{                                                              \
			0xa1, 0x92, 0xbf, 0x1d, 0x57, 0xd0, 0xb1, 0x89         \
		}                                                              \
	}

#define READ_PROTECT	0x2000
#define READ_ONLY	0x20000
#define EXECUTE_PROTECT 0x4000

struct memory_attribute {
	EFI_STATUS(EFIAPI *get)
	(struct memory_attribute *self, EFI_PHYSICAL_ADDRESS at, UINT64 len,
	 UINT64 *attributes);
	EFI_STATUS(EFIAPI *set)
	(struct memory_attribute *self, EFI_PHYSICAL_ADDRESS at, UINT64 len,
	 UINT64 attributes);
	EFI_STATUS(EFIAPI *clear)
	(struct memory_attribute *self, EFI_PHYSICAL_ADDRESS at, UINT64 len,
	 UINT64 attributes);
};

why attributes_allow(struct range pages)
{
	EFI_GUID guid = MEMORY_ATTRIBUTE_GUID;
	struct memory_attribute *protocol = firmware_find(guid);

	if (protocol &&
	    protocol->clear(protocol, pages.start, range_len(pages),
			    READ_PROTECT | READ_ONLY | EXECUTE_PROTECT))
		return "the firmware does not make the kernel's memory "
		       "executable";
	return NULL;
}
