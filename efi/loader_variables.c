// SPDX-License-Identifier: BSD-2-Clause
/*
 * Texts that end with a NUL, which is a part of them.
 */
#include "loader_variables.h"

#include "text.h"

#define FOR_THIS_BOOT                                                          \
	(EFI_VARIABLE_BOOTSERVICE_ACCESS | EFI_VARIABLE_RUNTIME_ACCESS)
#define BYTES_MAX (8 * KIB)

struct view loader_read_bytes(const CHAR16 *name)
{
	EFI_GUID guid = LOADER_GUID;
	EFI_RUNTIME_SERVICES *runtime = firmware_table->RuntimeServices;
	UINTN size = BYTES_MAX;
	struct view bytes;

	if (pages_take(BYTES_MAX, &bytes))
		return VIEW("");
	if (runtime->GetVariable((CHAR16 *)name, &guid, NULL, &size,
				 pages_writable(bytes)))
		size = 0;
	bytes.len = min_u64(size, BYTES_MAX);
	return bytes;
}

struct view loader_read(const CHAR16 *name)
{
	struct view units = loader_read_bytes(name), text;
	u64 len = text_from_utf16(units, NULL, 0);

	if (!len || pages_take(len, &text))
		return VIEW("");
	text_from_utf16(units, (char *)pages_writable(text), len);
	return text;
}

void loader_forget(const CHAR16 *name)
{
	EFI_GUID guid = LOADER_GUID;

	firmware_table->RuntimeServices->SetVariable((CHAR16 *)name, &guid, 0,
						     0, NULL);
}

void loader_write_bytes(const CHAR16 *name, const void *bytes, u64 len)
{
	EFI_GUID guid = LOADER_GUID;

	firmware_table->RuntimeServices->SetVariable(
		(CHAR16 *)name, &guid, FOR_THIS_BOOT, len, (void *)bytes);
}

void loader_write(const CHAR16 *name, struct view text)
{
	u64 nr = text_to_utf16(text, NULL, 0);
	struct view units;

	if (pages_take(nr * sizeof(u16), &units))
		return;
	text_to_utf16(text, (u16 *)pages_writable(units), nr);
	loader_write_bytes(name, units.at, nr * sizeof(u16));
	pages_give(range_at(units));
}

void loader_write_first(const CHAR16 *name, struct view text)
{
	EFI_GUID guid = LOADER_GUID;
	EFI_RUNTIME_SERVICES *runtime = firmware_table->RuntimeServices;
	UINTN size = 0;

	if (runtime->GetVariable((CHAR16 *)name, &guid, NULL, &size, NULL) ==
	    EFI_NOT_FOUND)
		loader_write(name, text);
}
