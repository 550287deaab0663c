// SPDX-License-Identifier: BSD-2-Clause
/*
 * LoadImage() asks the security architectural protocols whether it may trust an
 * image (PI Specification 1.8, volume 2, sections 12.9 and 12.10). While it
 * runs, this file answers first.
 */
#include "vouch.h"

#include "shim.h"

#define SECURITY_GUID                                                          \
	{                                                                      \
		0xa46423e3, 0x4617, 0x49f1,                                    \
		{                                                              \
			0xb9, 0xff, 0xd1, 0xbf, 0xa9, 0x11, 0x58, 0x39         \
		}                                                              \
	}
#define SECURITY2_GUID                                                         \
	{                                                                      \
		0x94ab2f58, 0x1438, 0x4ef1,                                    \
		{                                                              \
			0x91, 0x52, 0x18, 0x94, 0x1a, 0x3a, 0x0e, 0x68         \
		}                                                              \
	}

struct security {
	EFI_STATUS(EFIAPI *judge)
	(const struct security *self, u32 status, const EFI_DEVICE_PATH *path);
};

struct security2 {
	EFI_STATUS(EFIAPI *judge)
	(const struct security2 *self, const EFI_DEVICE_PATH *path, void *file,
	 UINTN size, BOOLEAN is_boot);
};

/* The image in question, and the functions that judge all others. */
static struct view image;
static const EFI_DEVICE_PATH *path_of_image;
static bool is_packed;
static struct security before;
static struct security2 before2;

static bool is_trusted(const EFI_DEVICE_PATH *path)
{
	return path == path_of_image && (is_packed || shim_vouches(image));
}

/* The older protocol: it is given a path without the image, but our path occurs
 * nowhere else. */
static EFI_STATUS EFIAPI judge(const struct security *self, u32 status,
			       const EFI_DEVICE_PATH *path)
{
	return is_trusted(path) ? EFI_SUCCESS
				: before.judge(self, status, path);
}

static EFI_STATUS EFIAPI judge2(const struct security2 *self,
				const EFI_DEVICE_PATH *path, void *file,
				UINTN size, BOOLEAN is_boot)
{
	if (file == image.at && size == image.len && is_trusted(path))
		return EFI_SUCCESS;
	return before2.judge(self, path, file, size, is_boot);
}

EFI_STATUS vouch_load(struct view file, EFI_DEVICE_PATH *path, bool is_ours,
		      EFI_HANDLE *child)
{
	EFI_GUID guid = SECURITY_GUID, guid2 = SECURITY2_GUID;
	struct security *security = firmware_find(guid);
	struct security2 *security2 = firmware_find(guid2);
	bool is_asked = firmware_is_secure();
	EFI_STATUS status;

	image = file;
	path_of_image = path;
	is_packed = is_ours;
	if (security && is_asked) {
		before = *security;
		security->judge = judge;
	}
	if (security2 && is_asked) {
		before2 = *security2;
		security2->judge = judge2;
	}
	status = firmware->LoadImage(FALSE, firmware_image, path,
				     (void *)file.at, file.len, child);
	if (security && is_asked)
		*security = before;
	if (security2 && is_asked)
		*security2 = before2;
	return status;
}
