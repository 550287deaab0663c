// SPDX-License-Identifier: BSD-2-Clause
/*
 * A boot manager for tests: starts images with load options of any shape, says
 * what they came back with, and what they left behind. \caller.txt has a line
 * for each:
 *
 *	TRIES OPTIONS PATH
 *
 * OPTIONS being the bytes in hexadecimal, "-" for none, or "null" for a length
 * without bytes. After a first try, which may leave the firmware's own caches
 * filled, free pages, handles and protocols are counted before and after TRIES
 * more. The path \paths stands for device paths instead, MANY in a try, that
 * are put on a handle and taken off it: what the firmware itself leaves behind.
 * A line "mok 1" sets shim's MokSBState instead, "sbat BYTES" its SbatLevel,
 * "set BYTES NAME" a variable of the Boot Loader Interface, and "get - NAME"
 * tells of one. With load options of its own it says these, and does nothing
 * but return an error: a kernel that gives up.
 */
#include <efi.h>
#include <efilib.h>

#define SCRIPT	 L"\\caller.txt"
#define MAP_LEN	 65536
#define WORD_MAX 16384
#define ODD_LEN	 7
#define PATHS	 L"\\paths"
#define MANY	 50

struct counts {
	INT64 pages, handles, protocols;
};

static EFI_HANDLE self;
static EFI_LOADED_IMAGE *loaded;
static EFI_GUID shim = { 0x605dab50,
			 0xe046,
			 0x4300,
			 { 0xab, 0xb6, 0x3d, 0xd8, 0x10, 0xdd, 0x8b, 0x23 } };

static INT64 free_pages(void)
{
	static UINT8 map[MAP_LEN];
	UINTN len = sizeof(map), key, step;
	UINT32 version;
	INT64 pages = 0;

	if (BS->GetMemoryMap(&len, (EFI_MEMORY_DESCRIPTOR *)map, &key, &step,
			     &version))
		return -1;
	for (UINTN at = 0; at + step <= len; at += step) {
		EFI_MEMORY_DESCRIPTOR *piece =
			(EFI_MEMORY_DESCRIPTOR *)(map + at);

		if (piece->Type == EfiConventionalMemory)
			pages += (INT64)piece->NumberOfPages;
	}
	return pages;
}

static struct counts count(void)
{
	struct counts counts = { 0, 0, 0 };
	EFI_HANDLE *handles;
	EFI_GUID **protocols;
	UINTN nr, more;

	if (BS->LocateHandleBuffer(AllHandles, NULL, NULL, &nr, &handles))
		return counts;
	counts.handles = (INT64)nr;
	for (UINTN i = 0; i < nr; i++) {
		if (BS->ProtocolsPerHandle(handles[i], &protocols, &more))
			continue;
		counts.protocols += (INT64)more;
		FreePool(protocols);
	}
	FreePool(handles);
	counts.pages = free_pages();
	return counts;
}

static UINT8 digit(CHAR8 c)
{
	return (UINT8)(c <= '9' ? c - '0' : c - 'a' + 10);
}

/* The bytes of a word of hexadecimal digits, in memory to be freed. */
static UINT8 *bytes_of(const CHAR8 *hex, UINTN *len)
{
	UINT8 *bytes;

	*len = strlena(hex) / 2;
	bytes = AllocatePool(*len + 1);
	for (UINTN i = 0; i < *len; i++)
		bytes[i] =
			(UINT8)(digit(hex[2 * i]) << 4 | digit(hex[2 * i + 1]));
	return bytes;
}

/* Through the port that QEMU's -debugcon hears, between nobody's words: from
 * here on it is not the firmware's loader that runs. */
static void tell_debug(const char *text)
{
	for (; *text; text++)
		__asm__ volatile("outb %0, $0xe9" : : "a"(*text));
}

static EFI_STATUS start(EFI_HANDLE child, const CHAR8 *options)
{
	EFI_LOADED_IMAGE *image;
	UINT8 *bytes = NULL;
	UINTN len = 0;
	EFI_STATUS status;

	status = BS->HandleProtocol(child, &LoadedImageProtocol,
				    (void **)&image);
	if (status)
		return status;
	if (!strcmpa(options, (CHAR8 *)"null"))
		len = ODD_LEN;
	else if (strcmpa(options, (CHAR8 *)"-"))
		bytes = bytes_of(options, &len);
	image->LoadOptions = bytes;
	image->LoadOptionsSize = (UINT32)len;
	tell_debug("caller: starts\n");
	status = BS->StartImage(child, NULL, NULL);
	if (bytes)
		FreePool(bytes);
	return status;
}

static EFI_STATUS try_paths(EFI_DEVICE_PATH *path)
{
	EFI_STATUS status = EFI_SUCCESS;

	for (UINTN i = 0; i < MANY && !status; i++) {
		EFI_HANDLE handle = NULL;

		status = BS->InstallProtocolInterface(
			&handle, &DevicePathProtocol, EFI_NATIVE_INTERFACE,
			path);
		if (!status)
			status = BS->UninstallProtocolInterface(
				handle, &DevicePathProtocol, path);
	}
	return status;
}

static EFI_STATUS try_image(EFI_DEVICE_PATH *path, const CHAR8 *options)
{
	EFI_HANDLE child = NULL;
	EFI_STATUS status = BS->LoadImage(FALSE, self, path, NULL, 0, &child);

	if (!status)
		return start(child, options);
	if (child)
		BS->UnloadImage(child);
	return status;
}

static EFI_STATUS try(const CHAR8 *options, CHAR16 *name)
{
	EFI_DEVICE_PATH *path = FileDevicePath(loaded->DeviceHandle, name);
	EFI_STATUS status = StrCmp(name, PATHS) ? try_image(path, options)
						: try_paths(path);

	FreePool(path);
	return status;
}

static void run(UINTN tries, const CHAR8 *options, CHAR16 *name)
{
	struct counts before, after;
	EFI_STATUS status = try(options, name);

	Print(L"\ncaller: %s came back with 0x%lx\n", name, status);
	if (!tries)
		return;
	before = count();
	for (UINTN i = 0; i < tries; i++)
		if (try(options, name) != status)
			Print(L"\ncaller: another status\n");
	after = count();
	Print(L"\ncaller: %d tries left %ld pages, %ld handles, %ld "
	      L"protocols\n",
	      tries, before.pages - after.pages, after.handles - before.handles,
	      after.protocols - before.protocols);
}

static void set_mok(UINT8 value)
{
	EFI_STATUS status =
		RT->SetVariable(L"MokSBState", &shim,
				EFI_VARIABLE_BOOTSERVICE_ACCESS, 1, &value);

	Print(L"\ncaller: MokSBState 0x%lx\n", status);
}

static EFI_GUID loader = { 0x4a67b082,
			   0x0a4c,
			   0x41cf,
			   { 0xb6, 0xc7, 0x44, 0x0b, 0x29, 0xbb, 0x8c, 0x4f } };

static void set_variable(CHAR16 *name, const CHAR8 *hex)
{
	UINTN len;
	UINT8 *value = bytes_of(hex, &len);
	EFI_STATUS status = RT->SetVariable(
		name, &loader,
		EFI_VARIABLE_BOOTSERVICE_ACCESS | EFI_VARIABLE_RUNTIME_ACCESS |
			EFI_VARIABLE_NON_VOLATILE,
		len, value);

	Print(L"\ncaller: set %s 0x%lx\n", name, status);
	FreePool(value);
}

static void get_variable(CHAR16 *name)
{
	static UINT8 value[WORD_MAX];
	UINTN len = sizeof(value);
	UINT32 attributes = 0;
	EFI_STATUS status =
		RT->GetVariable(name, &loader, &attributes, &len, value);

	Print(L"\ncaller: get %s 0x%lx %x ", name, status, attributes);
	for (UINTN i = 0; i < len && !status; i++)
		Print(L"%02x", value[i]);
	Print(L"\n");
}

static void set_sbat(const CHAR8 *hex)
{
	UINTN len;
	UINT8 *level = bytes_of(hex, &len);
	EFI_STATUS status = RT->SetVariable(L"SbatLevel", &shim,
					    EFI_VARIABLE_BOOTSERVICE_ACCESS |
						    EFI_VARIABLE_NON_VOLATILE,
					    len, level);

	Print(L"\ncaller: SbatLevel 0x%lx\n", status);
	FreePool(level);
}

/* Take a word off a text; empty at the end of a line. */
static void take_word(const CHAR8 **at, CHAR8 *word)
{
	UINTN len = 0;

	while (**at == ' ')
		(*at)++;
	while (**at > ' ' && len < WORD_MAX - 1)
		word[len++] = *(*at)++;
	word[len] = 0;
}

static void run_line(const CHAR8 **at)
{
	static CHAR8 tries[WORD_MAX], options[WORD_MAX], path[WORD_MAX];
	static CHAR16 name[WORD_MAX];
	UINTN nr = 0;

	take_word(at, tries);
	take_word(at, options);
	take_word(at, path);
	if (!strcmpa(tries, (CHAR8 *)"mok")) {
		set_mok(digit(options[0]));
		return;
	}
	if (!strcmpa(tries, (CHAR8 *)"sbat")) {
		set_sbat(options);
		return;
	}
	for (UINTN i = 0; path[i] || !i; i++) {
		name[i] = path[i];
		name[i + 1] = 0;
	}
	if (!strcmpa(tries, (CHAR8 *)"set")) {
		set_variable(name, strcmpa(options, (CHAR8 *)"-")
					   ? options
					   : (CHAR8 *)"");
		return;
	}
	if (!strcmpa(tries, (CHAR8 *)"get")) {
		get_variable(name);
		return;
	}
	for (UINTN i = 0; tries[i]; i++)
		nr = 10 * nr + digit(tries[i]);
	if (name[0])
		run(nr, options, name);
}

static EFI_STATUS run_script(void)
{
	static CHAR8 script[MAP_LEN];
	EFI_FILE *root = LibOpenRoot(loaded->DeviceHandle), *file;
	UINTN len = sizeof(script) - 1;
	EFI_STATUS status =
		root->Open(root, &file, SCRIPT, EFI_FILE_MODE_READ, 0);
	const CHAR8 *at = script;

	if (!status)
		status = file->Read(file, &len, script);
	if (status)
		return status;
	file->Close(file);
	root->Close(root);
	while (*at) {
		run_line(&at);
		while (*at == '\n')
			at++;
	}
	return EFI_SUCCESS;
}

EFI_STATUS efi_main(EFI_HANDLE image, EFI_SYSTEM_TABLE *table)
{
	InitializeLib(image, table);
	self = image;
	if (BS->HandleProtocol(image, &LoadedImageProtocol, (void **)&loaded))
		return EFI_LOAD_ERROR;
	if (loaded->LoadOptionsSize) {
		Print(L"\ncaller: told \"%s\"\n", loaded->LoadOptions);
		return EFI_ABORTED;
	}
	/* All of this may take longer than firmware's five minutes. */
	BS->SetWatchdogTimer(0, 0, 0, NULL);
	Print(L"\ncaller: begin\n");
	Print(L"\ncaller: end 0x%lx\n", run_script());
	RT->ResetSystem(EfiResetShutdown, EFI_SUCCESS, 0, NULL);
	return EFI_SUCCESS;
}
