// SPDX-License-Identifier: BSD-2-Clause
/*
 * Services of the firmware (UEFI 2.10, chapters 7 and 12).
 */
#include "firmware.h"

#include "console.h"
#include "initrd_path.h"
#include "shim.h"

#define MAX_PIECES	 512
#define LOW_END		 (4 * GIB)
#define NO_FLAG		 0xff
#define WATCHDOG_SECONDS 300
#define UNITS_PER_SECOND 10000000ull /* of 100 ns */
#define WATCHDOG_CODE	 0x10000

EFI_HANDLE firmware_image;
EFI_SYSTEM_TABLE *firmware_table;
EFI_BOOT_SERVICES *firmware;

static bool is_fed; /* the watchdog, by us */
static struct range pieces[MAX_PIECES];
static u32 nr_pieces;

/* Write to the firmware's console, some characters at a time. */
static void write_text(struct view text)
{
	CHAR16 units[64];
	u64 nr;

	if (!firmware_table->ConOut)
		return;
	while (text.len) {
		for (nr = 0; nr < ARRAY_LEN(units) - 1 && nr < text.len; nr++)
			units[nr] = text.at[nr];
		units[nr] = 0;
		firmware_table->ConOut->OutputString(firmware_table->ConOut,
						     units);
		text = view_from(text, nr);
	}
}

void firmware_init(EFI_HANDLE image, EFI_SYSTEM_TABLE *table)
{
	firmware_image = image;
	firmware_table = table;
	firmware = table->BootServices;
	console_divert(write_text);
}

void firmware_go_back(void)
{
	if (is_fed)
		firmware_stop_watchdog();
	firmware_leave();
}

void firmware_leave(void)
{
	console_divert(NULL);
	firmware = NULL;
}

void firmware_wait_for_key(u32 seconds)
{
	SIMPLE_INPUT_INTERFACE *keys = firmware_table->ConIn;
	EFI_EVENT events[2]; /* the timer, a key */
	EFI_INPUT_KEY key;
	UINTN which;

	if (!keys || firmware->CreateEvent(EVT_TIMER, 0, NULL, NULL, events))
		return;
	events[1] = keys->WaitForKey;
	if (!firmware->SetTimer(events[0], TimerRelative,
				seconds * UNITS_PER_SECOND) &&
	    !firmware->WaitForEvent(2, events, &which) && which)
		keys->ReadKeyStroke(keys, &key);
	firmware->CloseEvent(events[0]);
}

void *firmware_protocol(EFI_HANDLE handle, EFI_GUID guid)
{
	void *out = NULL;

	if (!handle || firmware->HandleProtocol(handle, &guid, &out))
		return NULL;
	return out;
}

void *firmware_find(EFI_GUID guid)
{
	void *out = NULL;

	if (firmware->LocateProtocol(&guid, NULL, &out))
		return NULL;
	return out;
}

/* The value of a one-byte variable; *is_there is false if there is none. If it
 * has another size or cannot be read, it is there and the value is NO_FLAG. */
static u8 read_flag(const CHAR16 *name, EFI_GUID guid, UINT32 *attributes,
		    bool *is_there)
{
	EFI_RUNTIME_SERVICES *runtime = firmware_table->RuntimeServices;
	UINTN size = sizeof(u8);
	u8 value = NO_FLAG;
	EFI_STATUS status = runtime->GetVariable((CHAR16 *)name, &guid,
						 attributes, &size, &value);

	*is_there = status != EFI_NOT_FOUND;
	return status || size != sizeof(value) ? NO_FLAG : value;
}

/* An operating system can create this variable too, but only with the attribute
 * for runtime access. */
static bool shim_checks_nothing(void)
{
	EFI_GUID guid = SHIM_LOCK_GUID;
	UINT32 attributes = EFI_VARIABLE_RUNTIME_ACCESS;
	bool is_there;

	return read_flag(u"MokSBState", guid, &attributes, &is_there) == 1 &&
	       !(attributes & EFI_VARIABLE_RUNTIME_ACCESS);
}

bool firmware_is_secure(void)
{
	EFI_GUID guid = EFI_GLOBAL_VARIABLE;
	UINT32 attributes;
	bool is_there;

	if (!read_flag(u"SecureBoot", guid, &attributes, &is_there) ||
	    !is_there)
		return false;
	return read_flag(u"SetupMode", guid, &attributes, &is_there) != 1 &&
	       !shim_checks_nothing();
}

EFI_HANDLE firmware_initrd(void)
{
	EFI_GUID guid = LOAD_FILE2_GUID;
	EFI_DEVICE_PATH *path = (EFI_DEVICE_PATH *)&initrd_path;
	EFI_HANDLE handle = NULL;

	if (firmware->LocateDevicePath(&guid, &path, &handle))
		return NULL;
	return handle;
}

/* Watchdog codes below 0x10000 are reserved for the firmware. */
void firmware_feed_watchdog(u64 len)
{
	is_fed = true;
	firmware->SetWatchdogTimer(WATCHDOG_SECONDS *
					   (1 + len / WATCHDOG_BYTES),
				   WATCHDOG_CODE, 0, NULL);
}

void firmware_stop_watchdog(void)
{
	firmware->SetWatchdogTimer(0, 0, 0, NULL);
}

static u64 pages_of(u64 len)
{
	return align_up(len, PAGE_SIZE) / PAGE_SIZE;
}

static why keep(struct range range)
{
	if (nr_pieces < MAX_PIECES) {
		pieces[nr_pieces++] = range;
		return NULL;
	}
	firmware->FreePages(range.start, pages_of(range_len(range)));
	return "there are too many memory allocations";
}

why pages_take(u64 len, struct view *out)
{
	EFI_PHYSICAL_ADDRESS at = LOW_END - 1;
	u64 nr = max_u64(pages_of(len), 1);
	why bad;

	if (len > ~0ull - PAGE_SIZE ||
	    (firmware->AllocatePages(AllocateMaxAddress, EfiLoaderData, nr,
				     &at) &&
	     firmware->AllocatePages(AllocateAnyPages, EfiLoaderData, nr, &at)))
		return "the firmware cannot allocate enough memory";
	bad = keep((struct range){ at, at + nr * PAGE_SIZE });
	if (bad)
		return bad;
	memset((u8 *)at + len, 0, nr * PAGE_SIZE - len);
	*out = (struct view){ (const u8 *)at, len };
	return NULL;
}

why pages_take_at(struct range range, EFI_MEMORY_TYPE type)
{
	EFI_PHYSICAL_ADDRESS at = range.start;

	if (firmware->AllocatePages(AllocateAddress, type,
				    pages_of(range_len(range)), &at))
		return "the firmware does not allocate memory that its map "
		       "calls free";
	return keep(range);
}

void pages_give(struct range range)
{
	u64 nr = max_u64(pages_of(range_len(range)), 1);

	range.end = range.start + nr * PAGE_SIZE;
	for (u32 i = 0; i < nr_pieces; i++) {
		if (!range_within(range, pieces[i]))
			continue;
		firmware->FreePages(range.start, nr);
		pieces[i].end = range.start;
		if (range_empty(pieces[i]))
			pieces[i] = pieces[--nr_pieces];
		return;
	}
}

static bool is_held(const struct holds *holds, struct range piece)
{
	for (u32 i = 0; i < holds->nr; i++) {
		struct range held = holds->list[i].range;

		held.start = align_down(held.start, PAGE_SIZE);
		held.end = align_up(held.end, PAGE_SIZE);
		if (range_within(piece, held))
			return true;
	}
	return false;
}

why pages_hold(struct holds *holds)
{
	for (u32 i = 0; i < nr_pieces; i++)
		if (!is_held(holds, pieces[i]) &&
		    !holds_add(holds, pieces[i], UNTIL_TELL))
			return "no free entry to hold the firmware's pages";
	return NULL;
}

u32 pages_mark(void)
{
	return nr_pieces;
}

void pages_give_from(u32 mark)
{
	while (nr_pieces > mark)
		pages_give(pieces[nr_pieces - 1]);
}

void pages_give_all(void)
{
	pages_give_from(0);
}
