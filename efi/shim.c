// SPDX-License-Identifier: BSD-2-Clause
/*
 * Its protocols (shim's README.md and shim.h).
 */
#include "shim.h"

#define IMAGE_LOADER_GUID                                                      \
	{                                                                      \
		0x1f492041, 0xfadb, 0x4e59,                                    \
		{                                                              \
			0x9e, 0x57, 0x7c, 0xaf, 0xe7, 0x3a, 0x55, 0xab         \
		}                                                              \
	}
#define KEEP u"ShimRetainProtocol"

/* Its functions have the calling convention of Unix, unlike all others. */
struct shim_lock {
	EFI_STATUS (*verify)(void *image, u32 size);
	void *hash, *read_header;
};

static bool is_kept;

static struct shim_lock *to_be_asked(void)
{
	EFI_GUID lock = SHIM_LOCK_GUID, loader = IMAGE_LOADER_GUID;

	return firmware_find(loader) ? NULL : firmware_find(lock);
}

bool shim_vouches(struct view image)
{
	struct shim_lock *shim = to_be_asked();

	return shim && image.len <= ~0u &&
	       !shim->verify((void *)image.at, (u32)image.len);
}

void shim_take_part(struct view image)
{
	(void)shim_vouches(image);
}

static void set_keep(UINTN size)
{
	EFI_GUID guid = SHIM_LOCK_GUID;
	EFI_RUNTIME_SERVICES *runtime = firmware_table->RuntimeServices;
	u8 value = 1;

	is_kept = !runtime->SetVariable(KEEP, &guid,
					EFI_VARIABLE_BOOTSERVICE_ACCESS, size,
					&value) &&
		  size;
}

void shim_keep(void)
{
	if (to_be_asked())
		set_keep(sizeof(u8));
}

void shim_let_go(void)
{
	if (is_kept)
		set_keep(0);
}
