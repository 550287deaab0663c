// SPDX-License-Identifier: BSD-2-Clause
/*
 * An application that starts \g.efi in a firmware it has changed: it tells by
 * port 0xE9 what is asked of the firmware, and plays what QEMU's does not have.
 * Which of that, is chosen when it is built:
 *
 * WATCH	calls of SetWatchdogTimer, StartImage, ExitBootServices
 * STAYS	boot services that do not end, and tell of output after that
 * CC		the measuring protocol of confidential guests, with a register
 *		for each PCR, 100 above it
 * BROKEN_TCG2	a TPM that measures nothing
 * FULL_TCG2	one whose log is full
 * CC_BESIDE	a confidential guest with a TPM that measures nothing
 * BROKEN_CC	one that measures nothing
 * FIXUP	the device tree protocol, which asks for more room at first
 * SECURE	Secure Boot is on, if one asks the variables
 * SECURE_LONG	the same in a variable of 4 bytes, 2, or not to be read
 * SECURE_TWO
 * SECURE_BROKEN
 */
#include <efi.h>
#include <efilib.h>

#define DEBUG_PORT 0xe9

static EFI_BOOT_SERVICES *services;
static EFI_BOOT_SERVICES original;

static void put_char(char c)
{
	__asm__ volatile("outb %0, %1" ::"a"(c), "Nd"((UINT16)DEBUG_PORT));
}

static void put_text(const char *text)
{
	while (*text)
		put_char(*text++);
}

static void put_number(UINT64 number)
{
	char digits[20];
	int nr = 0;

	do
		digits[nr++] = (char)('0' + number % 10);
	while (number /= 10);
	while (nr)
		put_char(digits[--nr]);
}

static void put_hex(const UINT8 *bytes, UINT64 len)
{
	for (UINT64 i = 0; i < 2 * len; i++) {
		UINTN half = bytes[i / 2] >> (i % 2 ? 0 : 4) & 15;

		put_char("0123456789abcdef"[half]);
	}
}

static void put_fact(const char *name, UINT64 number)
{
	put_text(name);
	put_text(" ");
	put_number(number);
	put_text("\n");
}

static void provide(EFI_GUID guid, void *protocol)
{
	EFI_HANDLE handle = NULL;

	services->InstallMultipleProtocolInterfaces(&handle, &guid, protocol,
						    NULL);
}

#ifdef WATCH
static EFI_STATUS EFIAPI watch_timer(UINTN seconds, UINT64 code, UINTN size,
				     CHAR16 *data)
{
	put_fact("watchdog", seconds);
	return original.SetWatchdogTimer(seconds, code, size, data);
}

static EFI_STATUS EFIAPI watch_start(EFI_HANDLE image, UINTN *size,
				     CHAR16 **data)
{
	put_text("start\n");
	return original.StartImage(image, size, data);
}

static EFI_STATUS EFIAPI watch_exit(EFI_HANDLE image, UINTN key)
{
	put_text("exit\n");
	return original.ExitBootServices(image, key);
}

static EFI_STATUS EFIAPI watch_load(BOOLEAN policy, EFI_HANDLE parent,
				    EFI_DEVICE_PATH *path, void *source,
				    UINTN size, EFI_HANDLE *image)
{
	put_text("load\n");
	return original.LoadImage(policy, parent, path, source, size, image);
}

static void play(void)
{
	services->SetWatchdogTimer = watch_timer;
	services->StartImage = watch_start;
	services->ExitBootServices = watch_exit;
	services->LoadImage = watch_load;
}
#endif

#ifdef STAYS
static EFI_STATUS EFIAPI stay(EFI_HANDLE image, UINTN key)
{
	(void)image, (void)key;
	put_text("exit\n");
	return EFI_INVALID_PARAMETER;
}

static EFI_TEXT_OUTPUT_STRING output;
static BOOLEAN is_late;

static EFI_STATUS EFIAPI watch_output(SIMPLE_TEXT_OUTPUT_INTERFACE *self,
				      CHAR16 *text)
{
	if (is_late)
		put_text("output\n");
	return output(self, text);
}

static EFI_STATUS EFIAPI stay_late(EFI_HANDLE image, UINTN key)
{
	is_late = TRUE;
	return stay(image, key);
}

static void play(void)
{
	output = ST->ConOut->OutputString;
	ST->ConOut->OutputString = watch_output;
	services->ExitBootServices = stay_late;
}
#endif

#if defined(CC) || defined(BROKEN_TCG2) || defined(FULL_TCG2) ||               \
	defined(CC_BESIDE) || defined(BROKEN_CC)
struct event {
	UINT32 size, header_size;
	UINT16 version;
	UINT32 index, type;
	UINT8 data[];
} __attribute__((packed));

static EFI_STATUS EFIAPI get_capability(void *self, UINT8 *out)
{
	(void)self;
	out[12] = 2; /* event logs: crypto agile */
	out[16] = 1; /* TCG2: there is a TPM */
	return EFI_SUCCESS;
}

static EFI_STATUS EFIAPI no_log(void)
{
	return EFI_UNSUPPORTED;
}

static EFI_STATUS EFIAPI extend(void *self, UINT64 flags, UINT64 at, UINT64 len,
				struct event *event)
{
	(void)self;
	put_text("event ");
	put_number(event->index);
	put_text(" ");
	put_number(event->type);
	put_text(" ");
	put_number(flags);
	put_text(" ");
	put_hex((UINT8 *)at, len < 64 ? len : 64);
	put_text(" ");
	put_hex(event->data, event->size - sizeof(*event));
	put_text("\n");
	return EFI_SUCCESS;
}

static EFI_STATUS EFIAPI map(void *self, UINT32 pcr, UINT32 *index)
{
	(void)self;
	*index = pcr + 100;
	return EFI_SUCCESS;
}

static EFI_STATUS EFIAPI refuse(void)
{
	put_text("asked\n");
	return EFI_DEVICE_ERROR;
}

static EFI_STATUS EFIAPI extend_full(void *self, UINT64 flags, UINT64 at,
				     UINT64 len, struct event *event)
{
	extend(self, flags, at, len, event);
	return EFI_VOLUME_FULL;
}

static void *measuring[] = { get_capability, no_log, extend, map };
static void *broken[] = { get_capability, no_log, refuse, map };
static void *full[] = { get_capability, no_log, extend_full, map };

static void play(void)
{
	EFI_GUID cc = { 0x96751a3d,
			0x72f4,
			0x41a6,
			{ 0xa7, 0x94, 0xed, 0x5d, 0x0e, 0x67, 0xae, 0x6b } };
	EFI_GUID tcg2 = { 0x607f766c,
			  0x7455,
			  0x42be,
			  { 0x93, 0x0b, 0xe4, 0xd7, 0x6d, 0xb2, 0x72, 0x0f } };
#if defined(CC) || defined(CC_BESIDE)
	provide(cc, measuring);
#elif defined(BROKEN_CC)
	provide(cc, broken);
#endif
#if defined(BROKEN_TCG2) || defined(CC_BESIDE)
	provide(tcg2, broken);
#elif defined(FULL_TCG2)
	provide(tcg2, full);
#endif
	(void)cc, (void)tcg2, (void)measuring, (void)broken, (void)full;
}
#endif

#ifdef FIXUP
#define WANTED 20000

static EFI_STATUS EFIAPI fix(void *self, UINT8 *tree, UINTN *size, UINT32 flags)
{
	(void)self;
	put_fact("fixup", *size);
	if (*size < WANTED) {
		*size = WANTED;
		return EFI_BUFFER_TOO_SMALL;
	}
	put_fact("flags", flags);
	put_text("tree ");
	put_hex(tree, tree[6] << 8 | tree[7]);
	put_text("\n");
	return EFI_SUCCESS;
}

static struct {
	UINT64 revision;
	void *fix;
} fixup;

static void play(void)
{
	EFI_GUID guid = { 0xe617d64c,
			  0xfe08,
			  0x46da,
			  { 0xf4, 0xdc, 0xbb, 0xd5, 0x87, 0x0c, 0x73, 0x00 } };

	fixup.revision = 0x10000;
	fixup.fix = fix;
	provide(guid, &fixup);
}
#endif

#if defined(SECURE_LONG)
#define SECURE
#define PLAYED_SIZE 4
#elif defined(SECURE_TWO)
#define SECURE
#define PLAYED_VALUE 2
#elif defined(SECURE_BROKEN)
#define SECURE
#define PLAYED_STATUS EFI_DEVICE_ERROR
#endif

#ifdef SECURE
#ifndef PLAYED_SIZE
#define PLAYED_SIZE 1
#endif
#ifndef PLAYED_VALUE
#define PLAYED_VALUE 1
#endif
#ifndef PLAYED_STATUS
#define PLAYED_STATUS EFI_SUCCESS
#endif
static EFI_GET_VARIABLE get_variable;

static BOOLEAN is_name(const CHAR16 *name, const CHAR16 *other)
{
	while (*name && *name == *other)
		name++, other++;
	return *name == *other;
}

static EFI_STATUS EFIAPI get_played(CHAR16 *name, EFI_GUID *vendor,
				    UINT32 *attributes, UINTN *size, void *data)
{
	if (is_name(name, L"SetupMode")) {
		*(UINT8 *)data = 0;
		*size = 1;
		return EFI_SUCCESS;
	}
	if (!is_name(name, L"SecureBoot"))
		return get_variable(name, vendor, attributes, size, data);
	if (PLAYED_STATUS)
		return PLAYED_STATUS;
	if (*size < PLAYED_SIZE) {
		*size = PLAYED_SIZE;
		return EFI_BUFFER_TOO_SMALL;
	}
	*size = PLAYED_SIZE;
	*(UINT8 *)data = PLAYED_VALUE;
	return EFI_SUCCESS;
}

static void play(void)
{
	get_variable = ST->RuntimeServices->GetVariable;
	ST->RuntimeServices->GetVariable = get_played;
}
#endif

EFI_STATUS efi_main(EFI_HANDLE image, EFI_SYSTEM_TABLE *table)
{
	EFI_GUID guid = EFI_LOADED_IMAGE_PROTOCOL_GUID;
	EFI_LOADED_IMAGE *self;
	EFI_HANDLE child;
	EFI_STATUS status;

	InitializeLib(image, table);
	services = table->BootServices;
	original = *services;
	services->HandleProtocol(image, &guid, (void **)&self);
	status = services->LoadImage(
		FALSE, image, FileDevicePath(self->DeviceHandle, L"\\g.efi"),
		NULL, 0, &child);
	if (status)
		return status;
	play();
	put_text("begin\n");
	status = original.StartImage(child, NULL, NULL);
	put_fact("end", status & 0xff);
	table->RuntimeServices->ResetSystem(EfiResetShutdown, 0, 0, NULL);
	return status;
}
