// SPDX-License-Identifier: BSD-2-Clause
/*
 * Memory of the firmware lies where 32 bits reach, as gangway asks for it. What
 * a real firmware would trust is what begins with "MZ" and ends with "signed".
 */
#include "played.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "boot.h"
#include "console.h"
#include "fail.h"
#include "initrd_path.h"
#include "libraries.h"
#include "main.h"
#include "print.h"

#define RAM_AT	    0x20000000ull
#define RAM_PAGES   24576u /* 96 MiB */
#define MAX_MAP	    512
#define MAX_ENTRIES 32
#define MAP_KEY	    77
#define POOL_LEN    (1 << 20)
#define SIGNED	    "signed"
#define LOOKS	    100 /* at a timer */

struct played played;
u32 played_features;
u64 played_cr4, played_msr;
bool (*played_cpuid)(u32 leaf, struct cpuid *out);
u8 thread_block[64];

/* What the linker, header.S and jump.S give on the machine. */
asm("	.pushsection .rodata\n"
    "	.globl	_file, _image, _image_end, settle_self\n"
    "_file:\n"
    "settle_self:\n"
    "_image:	.skip	4096\n"
    "_image_end:\n"
    "	.globl	departure_code, departure_code_end\n"
    "	.balign	16\n"
    "departure_code:\n"
    "	.fill	600, 1, 0xd5\n"
    "departure_code_end:\n"
    "	.popsection\n");
static jmp_buf end_of_boot;

/* ---- ends ------------------------------------------------------------------
 */

void libraries_prepare(void)
{
}

_Noreturn void played_end(int how);
_Noreturn void efi_depart(phys tables);
_Noreturn void efi_enter(phys entry, phys info);
phys efi_finish(void);

_Noreturn void played_end(int how)
{
	longjmp(end_of_boot, how ? how : FAILED_LATE);
}

_Noreturn void efi_depart(phys tables)
{
	phys at;

	played.root = tables;
	at = efi_finish();
	memcpy(&played.handoff, (void *)at, sizeof(played.handoff));
	played_end(LEFT);
}

_Noreturn void efi_enter(phys entry, phys info)
{
	(void)entry, (void)info;
	played_end(LEFT);
}

_Noreturn void fail(const struct boot *boot, const char *step,
		    const char *protocol, why reason)
{
	(void)boot;
	say("gangway: %s %s: %s", step, protocol, reason);
	played_end(FAILED_LATE);
}

void say(const char *format, ...)
{
	u64 len = strlen(played.said);
	va_list args;

	va_start(args, format);
	len += format_line(played.said + len, sizeof(played.said) - len - 2,
			   format, args);
	va_end(args);
	played.said[len] = '\n';
	played.said[len + 1] = 0;
}

void console_open(const struct options *options, const struct mem *mem,
		  const struct boot_info *info)
{
	(void)options, (void)mem, (void)info;
}

void console_divert(void (*write)(struct view text))
{
	(void)write;
}

/* ---- counting --------------------------------------------------------------
 */

EFI_STATUS played_fault(void)
{
	return ++played.nr_calls == played.failing ? played.how_it_fails : 0;
}

#define COUNT_CALL()                                                           \
	do {                                                                   \
		EFI_STATUS is_bad = played_fault();                            \
                                                                               \
		if (is_bad)                                                    \
			return is_bad;                                         \
	} while (0)

/* ---- memory ----------------------------------------------------------------
 */

static u8 types[RAM_PAGES]; /* each page's; EfiConventionalMemory: free */

static u64 page_of(EFI_PHYSICAL_ADDRESS at)
{
	return (at - RAM_AT) / PAGE_SIZE;
}

static bool are_free(u64 page, u64 nr)
{
	if (page >= RAM_PAGES || nr > RAM_PAGES - page)
		return false;
	for (u64 i = 0; i < nr; i++)
		if (types[page + i] != EfiConventionalMemory)
			return false;
	return true;
}

static EFI_STATUS EFIAPI take_pages(EFI_ALLOCATE_TYPE how, EFI_MEMORY_TYPE type,
				    UINTN nr, EFI_PHYSICAL_ADDRESS *at)
{
	u64 page = RAM_PAGES;

	COUNT_CALL();
	if (how == AllocateAddress)
		page = *at >= RAM_AT ? page_of(*at) : RAM_PAGES;
	else if (nr <= RAM_PAGES)
		for (page = RAM_PAGES - nr; page && !are_free(page, nr);)
			page--;
	if (!are_free(page, nr))
		return EFI_OUT_OF_RESOURCES;
	memset(types + page, (int)type, nr);
	*at = RAM_AT + page * PAGE_SIZE;
	/* Nobody may count on zeroes. */
	memset((void *)*at, 0xaf, nr * PAGE_SIZE);
	played.nr_pages += (u32)nr;
	return EFI_SUCCESS;
}

/* Giving back cannot fail: there is nothing that one could do about it. */
static EFI_STATUS EFIAPI give_pages(EFI_PHYSICAL_ADDRESS at, UINTN nr)
{
	u64 page = page_of(at);

	if (page >= RAM_PAGES || nr > RAM_PAGES - page)
		abort();
	for (u64 i = page; i < page + nr; i++) {
		if (types[i] == EfiConventionalMemory ||
		    types[i] == EfiBootServicesData)
			abort(); /* twice, or somebody else's */
		types[i] = EfiConventionalMemory;
	}
	played.nr_pages -= (u32)nr;
	return EFI_SUCCESS;
}

static EFI_STATUS EFIAPI get_map(UINTN *size, EFI_MEMORY_DESCRIPTOR *map,
				 UINTN *key, UINTN *step, UINT32 *version)
{
	EFI_MEMORY_DESCRIPTOR all[MAX_MAP + PLAYED_PIECES];
	u64 nr = 0;

	COUNT_CALL();
	for (u64 page = 0; page < RAM_PAGES && nr < MAX_MAP; nr++) {
		u64 end = page;

		while (end < RAM_PAGES && types[end] == types[page])
			end++;
		all[nr] = (EFI_MEMORY_DESCRIPTOR){
			.Type = types[page],
			.PhysicalStart = RAM_AT + page * PAGE_SIZE,
			.NumberOfPages = end - page,
		};
		page = end;
	}
	for (u32 i = 0; i < PLAYED_PIECES && played.pieces[i].len; i++)
		all[nr++] = (EFI_MEMORY_DESCRIPTOR){
			.Type = played.pieces[i].type,
			.PhysicalStart = played.pieces[i].at,
			.NumberOfPages = played.pieces[i].len / PAGE_SIZE,
		};
	*step = sizeof(all[0]);
	*version = 1;
	*key = MAP_KEY;
	if (!map || *size < nr * sizeof(all[0])) {
		*size = nr * sizeof(all[0]);
		return EFI_BUFFER_TOO_SMALL;
	}
	*size = nr * sizeof(all[0]);
	memcpy(map, all, *size);
	return EFI_SUCCESS;
}

void *played_pool(u64 len)
{
	played.nr_pools++;
	return malloc(len);
}

static EFI_STATUS EFIAPI give_pool(void *at)
{
	free(at);
	played.nr_pools--;
	return EFI_SUCCESS;
}

/* What the firmware itself has, in memory of boot services. */
static u64 pool_used;

static void *own(u64 len)
{
	void *at = (void *)(RAM_AT + pool_used);

	pool_used += align_up(len, 16);
	if (pool_used > POOL_LEN)
		abort();
	memset(at, 0, len);
	return at;
}

/* ---- protocols -------------------------------------------------------------
 */

static struct entry {
	EFI_HANDLE handle;
	EFI_GUID guid;
	void *interface;
	bool is_ours; /* the firmware's */
} entries[MAX_ENTRIES];
static u32 nr_entries;
static u8 handles[MAX_ENTRIES];
static u32 nr_handles;

static void add(EFI_HANDLE handle, EFI_GUID guid, void *interface, bool is_ours)
{
	if (nr_entries == MAX_ENTRIES)
		abort();
	entries[nr_entries++] =
		(struct entry){ handle, guid, interface, is_ours };
	played.nr_protocols += !is_ours;
}

static struct entry *find(EFI_HANDLE handle, const EFI_GUID *guid)
{
	for (u32 i = 0; i < nr_entries; i++)
		if ((!handle || entries[i].handle == handle) &&
		    !memcmp(&entries[i].guid, guid, sizeof(*guid)))
			return &entries[i];
	return NULL;
}

static EFI_STATUS EFIAPI handle_protocol(EFI_HANDLE handle, EFI_GUID *guid,
					 void **out)
{
	struct entry *found = find(handle, guid);

	COUNT_CALL();
	if (!found)
		return EFI_UNSUPPORTED;
	*out = found->interface;
	return EFI_SUCCESS;
}

static EFI_STATUS EFIAPI locate_protocol(EFI_GUID *guid, void *key, void **out)
{
	(void)key;
	return handle_protocol(NULL, guid, out);
}

static EFI_STATUS EFIAPI locate_handles(EFI_LOCATE_SEARCH_TYPE how,
					EFI_GUID *guid, void *key, UINTN *nr,
					EFI_HANDLE **out)
{
	(void)how, (void)key;
	COUNT_CALL();
	*nr = 0;
	*out = played_pool(MAX_ENTRIES * sizeof(**out));
	for (u32 i = 0; i < nr_entries; i++)
		if (!memcmp(&entries[i].guid, guid, sizeof(*guid)))
			(*out)[(*nr)++] = entries[i].handle;
	return EFI_SUCCESS;
}

/* Only initrds are looked for so, whose path is alike. */
static EFI_STATUS EFIAPI locate_path(EFI_GUID *guid, EFI_DEVICE_PATH **path,
				     EFI_HANDLE *out)
{
	struct entry *found = find(NULL, guid);

	(void)path;
	COUNT_CALL();
	if (!found)
		return EFI_NOT_FOUND;
	*out = found->handle;
	return EFI_SUCCESS;
}

static EFI_STATUS EFIAPI install(EFI_HANDLE *handle, ...)
{
	__builtin_ms_va_list args;
	EFI_GUID *guid;

	COUNT_CALL();
	if (!*handle)
		*handle = &handles[nr_handles++ % MAX_ENTRIES];
	__builtin_ms_va_start(args, handle);
	while ((guid = __builtin_va_arg(args, EFI_GUID *)))
		add(*handle, *guid, __builtin_va_arg(args, void *), false);
	__builtin_ms_va_end(args);
	return EFI_SUCCESS;
}

static EFI_STATUS EFIAPI uninstall(EFI_HANDLE handle, ...)
{
	__builtin_ms_va_list args;
	EFI_GUID *guid;

	__builtin_ms_va_start(args, handle);
	while ((guid = __builtin_va_arg(args, EFI_GUID *))) {
		struct entry *found = find(handle, guid);

		if (!found ||
		    found->interface != __builtin_va_arg(args, void *))
			abort();
		*found = entries[--nr_entries];
		played.nr_protocols--;
	}
	__builtin_ms_va_end(args);
	return EFI_SUCCESS;
}

/* What was there before gangway, and has been taken away. */
static struct entry taken;

static EFI_STATUS EFIAPI install_one(EFI_HANDLE *handle, EFI_GUID *guid,
				     EFI_INTERFACE_TYPE type, void *interface)
{
	(void)type;
	/* As with all others, what comes back comes back. */
	if (taken.interface == interface) {
		entries[nr_entries++] = taken;
		taken.interface = NULL;
		played.nr_protocols--;
		return EFI_SUCCESS;
	}
	COUNT_CALL();
	if (find(*handle, guid))
		return EFI_INVALID_PARAMETER;
	add(*handle, *guid, interface, false);
	return EFI_SUCCESS;
}

static EFI_STATUS EFIAPI uninstall_one(EFI_HANDLE handle, EFI_GUID *guid,
				       void *interface)
{
	struct entry *found = find(handle, guid);

	if (!found || found->interface != interface)
		return EFI_NOT_FOUND;
	if (found->is_ours) {
		COUNT_CALL();
		taken = *found;
		played.nr_protocols++;
	} else {
		played.nr_protocols--;
	}
	*found = entries[--nr_entries];
	return EFI_SUCCESS;
}

static EFI_CONFIGURATION_TABLE *tables;
static EFI_SYSTEM_TABLE *system_table;
static UINTN nr_own_tables;

static EFI_STATUS EFIAPI install_table(EFI_GUID *guid, void *table)
{
	UINTN nr = system_table->NumberOfTableEntries, i = 0;

	if (table) /* as with all others, what is taken away goes away */
		COUNT_CALL();
	while (i < nr && memcmp(&tables[i].VendorGuid, guid, sizeof(*guid)))
		i++;
	if (i == nr && !table)
		return EFI_NOT_FOUND;
	if (!table)
		tables[i] = tables[--nr];
	else
		tables[i] = (EFI_CONFIGURATION_TABLE){ *guid, table };
	if (i == nr && table)
		nr++;
	system_table->NumberOfTableEntries = nr;
	played.nr_tables = (u32)(nr - nr_own_tables);
	return EFI_SUCCESS;
}

/* ---- what a test adds ------------------------------------------------------
 */

static EFI_HANDLE device;

void *played_own(u64 len)
{
	return own(len);
}

EFI_HANDLE played_device(void)
{
	return device;
}

void played_add_protocol(EFI_HANDLE handle, EFI_GUID guid, void *interface)
{
	add(handle, guid, interface, true);
}

void played_add_table(EFI_GUID guid, void *table)
{
	tables[system_table->NumberOfTableEntries++] =
		(EFI_CONFIGURATION_TABLE){ guid, table };
	nr_own_tables++;
}

void *played_table(EFI_GUID guid)
{
	for (UINTN i = 0; i < system_table->NumberOfTableEntries; i++)
		if (!memcmp(&tables[i].VendorGuid, &guid, sizeof(guid)))
			return tables[i].VendorTable;
	return NULL;
}

/* ---- files -----------------------------------------------------------------
 */

struct open_file {
	EFI_FILE file;
	struct view content;
	char folder[256]; /* of a folder, its path; else empty */
	u32 next;
	bool is_folder, is_written;
	u64 at;
};

static void spell(const CHAR16 *units, char *out, u64 room)
{
	u64 i = 0;

	while (*units == '\\')
		units++;
	for (; units[i] && i < room - 1; i++)
		out[i] = (char)units[i];
	while (i && out[i - 1] == '\\')
		i--;
	out[i] = 0;
}

static EFI_STATUS EFIAPI open_file(EFI_FILE *self, EFI_FILE **out, CHAR16 *name,
				   UINT64 mode, UINT64 attributes);

static EFI_STATUS EFIAPI close_file(EFI_FILE *self)
{
	free(self);
	played.nr_files--;
	return EFI_SUCCESS;
}

static u64 put_info(EFI_FILE_INFO *info, const char *name, u64 len,
		    bool is_folder)
{
	u64 nr = strlen(name) + 1;

	info->Size = offsetof(EFI_FILE_INFO, FileName) + 2 * nr;
	info->FileSize = len;
	info->Attribute = is_folder ? EFI_FILE_DIRECTORY : 0;
	for (u64 i = 0; i < nr; i++)
		info->FileName[i] = (CHAR16)name[i];
	return info->Size;
}

static EFI_STATUS read_folder(struct open_file *file, UINTN *size, void *buffer)
{
	u64 len = strlen(file->folder);

	while (file->next < PLAYED_FILES) {
		const struct played_file *next = &played.files[file->next++];

		if (!next->path || strncmp(next->path, file->folder, len) ||
		    next->path[len] != '\\' ||
		    strchr(next->path + len + 1, '\\'))
			continue;
		*size = put_info(buffer, next->path + len + 1,
				 next->content.len, false);
		return EFI_SUCCESS;
	}
	*size = 0;
	return EFI_SUCCESS;
}

static EFI_STATUS EFIAPI read_file(EFI_FILE *self, UINTN *size, void *buffer)
{
	struct open_file *file = (struct open_file *)self;
	EFI_STATUS status = played_fault();

	if (status && !played.is_short)
		return status;
	if (file->is_folder)
		return read_folder(file, size, buffer);
	*size = min_u64(*size, file->content.len - file->at);
	if (status)
		*size /= 2;
	memcpy(buffer, file->content.at + file->at, *size);
	file->at += *size;
	return EFI_SUCCESS;
}

static EFI_STATUS EFIAPI write_file(EFI_FILE *self, UINTN *size, void *buffer)
{
	EFI_STATUS status = played_fault();

	(void)self, (void)buffer;
	played.has_kept = false;
	if (status && !played.is_short)
		return status;
	if (status)
		*size /= 2;
	((struct open_file *)self)->is_written = !status;
	return EFI_SUCCESS;
}

static EFI_STATUS EFIAPI flush_file(EFI_FILE *self)
{
	COUNT_CALL();
	played.has_kept = ((struct open_file *)self)->is_written;
	return EFI_SUCCESS;
}

static EFI_STATUS EFIAPI get_info(EFI_FILE *self, EFI_GUID *guid, UINTN *size,
				  void *buffer)
{
	struct open_file *file = (struct open_file *)self;

	(void)guid, (void)size;
	COUNT_CALL();
	put_info(buffer, "name", file->content.len, file->is_folder);
	return EFI_SUCCESS;
}

static EFI_STATUS EFIAPI set_position(EFI_FILE *self, UINT64 at)
{
	COUNT_CALL();
	((struct open_file *)self)->at = at;
	return EFI_SUCCESS;
}

static EFI_STATUS EFIAPI set_info(EFI_FILE *self, EFI_GUID *guid, UINTN size,
				  void *buffer)
{
	(void)self, (void)guid, (void)size, (void)buffer;
	COUNT_CALL();
	return EFI_SUCCESS;
}

static struct open_file *new_file(void)
{
	struct open_file *file = calloc(1, sizeof(*file));

	file->content = VIEW("");
	file->file.Open = open_file;
	file->file.Close = close_file;
	file->file.Read = read_file;
	file->file.Write = write_file;
	file->file.Flush = flush_file;
	file->file.GetInfo = get_info;
	file->file.SetInfo = set_info;
	file->file.SetPosition = set_position;
	played.nr_files++;
	return file;
}

static EFI_STATUS EFIAPI open_file(EFI_FILE *self, EFI_FILE **out, CHAR16 *name,
				   UINT64 mode, UINT64 attributes)
{
	struct open_file *file;
	char path[256];
	u64 len;

	(void)self, (void)mode, (void)attributes;
	COUNT_CALL();
	spell(name, path, sizeof(path));
	len = strlen(path);
	for (u32 i = 0; i < PLAYED_FILES; i++) {
		const struct played_file *found = &played.files[i];
		bool is_folder;

		if (!found->path || strncmp(found->path, path, len))
			continue;
		is_folder = found->path[len] == '\\';
		if (found->path[len] && !is_folder)
			continue;
		file = new_file();
		file->is_folder = is_folder;
		if (!is_folder)
			file->content = found->content;
		memcpy(file->folder, path, len + 1);
		*out = &file->file;
		return EFI_SUCCESS;
	}
	return EFI_NOT_FOUND;
}

static EFI_STATUS EFIAPI open_volume(EFI_FILE_IO_INTERFACE *self,
				     EFI_FILE **out)
{
	(void)self;
	COUNT_CALL();
	*out = &new_file()->file;
	return EFI_SUCCESS;
}

/* ---- images ----------------------------------------------------------------
 */

static EFI_HANDLE child = &handles[MAX_ENTRIES - 1];
static EFI_LOADED_IMAGE child_image;

struct security2 {
	EFI_STATUS(EFIAPI *judge)
	(const struct security2 *self, const EFI_DEVICE_PATH *path, void *file,
	 UINTN size, BOOLEAN is_boot);
};

static EFI_STATUS EFIAPI judge(const struct security2 *self,
			       const EFI_DEVICE_PATH *path, void *file,
			       UINTN size, BOOLEAN is_boot)
{
	u64 len = sizeof(SIGNED) - 1;

	(void)self, (void)path, (void)is_boot;
	COUNT_CALL();
	if (size < len || memcmp((u8 *)file + size - len, SIGNED, len))
		return EFI_SECURITY_VIOLATION;
	return EFI_SUCCESS;
}

static struct security2 security = { judge };

static EFI_STATUS EFIAPI load_image(BOOLEAN is_boot, EFI_HANDLE parent,
				    EFI_DEVICE_PATH *path, void *source,
				    UINTN size, EFI_HANDLE *out)
{
	EFI_GUID guid = EFI_LOADED_IMAGE_PROTOCOL_GUID;

	(void)parent;
	COUNT_CALL();
	if (size < 2 || memcmp(source, "MZ", 2))
		return EFI_UNSUPPORTED;
	played.is_trusted =
		!played.is_secure ||
		!security.judge(&security, path, source, size, is_boot);
	played.has_loaded = true;
	memset(&child_image, 0, sizeof(child_image));
	child_image.ImageBase = malloc(size);
	child_image.ImageSize = size;
	memcpy(child_image.ImageBase, source, size);
	add(child, guid, &child_image, false);
	*out = child;
	return played.is_trusted ? EFI_SUCCESS : EFI_SECURITY_VIOLATION;
}

static EFI_STATUS EFIAPI unload_image(EFI_HANDLE image)
{
	EFI_GUID guid = EFI_LOADED_IMAGE_PROTOCOL_GUID;
	struct entry *found = find(image, &guid);

	if (image != child || !found)
		abort();
	free(child_image.ImageBase);
	*found = entries[--nr_entries];
	played.nr_protocols--;
	return EFI_SUCCESS;
}

static void note_words(void)
{
	const CHAR16 *units = child_image.LoadOptions;
	u64 nr = child_image.LoadOptionsSize / sizeof(*units);

	for (u64 i = 0; i < min_u64(nr, sizeof(played.words) - 1); i++)
		played.words[i] = (char)units[i];
}

/* A seed that may be used again is none. */
static void check_seed(void)
{
	EFI_GUID guid = { 0x1ce1e5bc,
			  0x7ceb,
			  0x42f2,
			  { 0x81, 0xe5, 0x8a, 0xad, 0xf1, 0x80, 0xf5, 0x7b } };

	for (UINTN i = 0; i < system_table->NumberOfTableEntries; i++)
		if (!memcmp(&tables[i].VendorGuid, &guid, sizeof(guid)) &&
		    !played.has_kept)
			abort();
}

/* It asks for its initrd, as Linux does, and comes back. */
static EFI_STATUS EFIAPI start_image(EFI_HANDLE image, UINTN *size,
				     CHAR16 **data)
{
	(void)size, (void)data;
	COUNT_CALL();
	if (!played.is_trusted)
		abort(); /* what no firmware would do */
	check_seed();
	note_words();
	played.has_started = true;
	unload_image(image);
	return EFI_ABORTED;
}

static EFI_STATUS EFIAPI exit_services(EFI_HANDLE image, UINTN key)
{
	(void)image;
	COUNT_CALL();
	if (played.nr_stale) {
		played.nr_stale--;
		return EFI_INVALID_PARAMETER;
	}
	return key == MAP_KEY ? EFI_SUCCESS : EFI_INVALID_PARAMETER;
}

/* ---- the rest --------------------------------------------------------------
 */

static EFI_STATUS EFIAPI set_watchdog(UINTN seconds, UINT64 code, UINTN size,
				      CHAR16 *data)
{
	(void)seconds, (void)code, (void)size, (void)data;
	COUNT_CALL();
	return EFI_SUCCESS;
}

static EFI_TPL EFIAPI raise_tpl(EFI_TPL level)
{
	(void)level;
	return TPL_APPLICATION;
}

static void EFIAPI restore_tpl(EFI_TPL level)
{
	(void)level;
}

static EFI_STATUS EFIAPI get_count(UINT64 *count)
{
	COUNT_CALL();
	*count = 1;
	return EFI_SUCCESS;
}

static EFI_STATUS EFIAPI get_time(EFI_TIME *time,
				  EFI_TIME_CAPABILITIES *capabilities)
{
	(void)capabilities;
	COUNT_CALL();
	memset(time, 1, sizeof(*time));
	return EFI_SUCCESS;
}

static EFI_STATUS EFIAPI get_random(EFI_RNG_PROTOCOL *self,
				    EFI_RNG_ALGORITHM *algorithm, UINTN len,
				    UINT8 *out)
{
	(void)self, (void)algorithm;
	COUNT_CALL();
	memset(out, 4, len);
	return EFI_SUCCESS;
}

static EFI_STATUS EFIAPI stall(UINTN us)
{
	(void)us;
	return EFI_SUCCESS;
}

struct event {
	EFI_EVENT_NOTIFY notify;
	void *context;
	u32 nr_left; /* of looks at a timer until it goes off */
};

static EFI_STATUS EFIAPI create_event(UINT32 type, EFI_TPL level,
				      EFI_EVENT_NOTIFY notify, void *context,
				      EFI_EVENT *out)
{
	struct event *event;

	(void)type, (void)level;
	COUNT_CALL();
	event = malloc(sizeof(*event));
	*event = (struct event){ notify, context, 0 };
	played.nr_events++;
	*out = event;
	return EFI_SUCCESS;
}

void played_signal(EFI_EVENT event)
{
	((struct event *)event)
		->notify(event, ((struct event *)event)->context);
}

static EFI_STATUS EFIAPI set_timer(EFI_EVENT event, EFI_TIMER_DELAY how,
				   UINT64 units)
{
	(void)how;
	COUNT_CALL();
	((struct event *)event)->nr_left = LOOKS;
	played.units_waited = units;
	return EFI_SUCCESS;
}

static EFI_STATUS EFIAPI check_event(EFI_EVENT event)
{
	struct event *timer = event;

	return timer->nr_left && --timer->nr_left ? EFI_NOT_READY : EFI_SUCCESS;
}

/* No key is pressed. */
static EFI_STATUS EFIAPI wait_for_event(UINTN nr, EFI_EVENT *events, UINTN *out)
{
	(void)nr, (void)events;
	COUNT_CALL();
	*out = 0;
	return EFI_SUCCESS;
}

static EFI_STATUS EFIAPI close_event(EFI_EVENT event)
{
	free(event);
	played.nr_events--;
	return EFI_SUCCESS;
}

static bool is_name(const CHAR16 *name, const char *wanted)
{
	while (*wanted && *name == (CHAR16)*wanted)
		name++, wanted++;
	return !*name && !*wanted;
}

static EFI_STATUS EFIAPI get_variable(CHAR16 *name, EFI_GUID *guid,
				      UINT32 *attributes, UINTN *size,
				      void *data)
{
	bool is_secure = is_name(name, "SecureBoot");
	struct played_flag flag = { 0, 1, is_secure && played.is_secure };

	(void)guid, (void)attributes;
	COUNT_CALL();
	if (!is_secure && !is_name(name, "SetupMode"))
		return EFI_NOT_FOUND;
	if (played.flags)
		flag = played.flags[!is_secure];
	if (flag.status)
		return flag.status;
	if (*size < flag.size) {
		*size = flag.size;
		return EFI_BUFFER_TOO_SMALL;
	}
	*size = flag.size;
	memcpy(data, &flag.value, flag.size);
	return EFI_SUCCESS;
}

static EFI_STATUS EFIAPI set_variable(CHAR16 *name, EFI_GUID *guid,
				      UINT32 attributes, UINTN size, void *data)
{
	(void)name, (void)guid, (void)attributes, (void)size, (void)data;
	COUNT_CALL();
	return EFI_SUCCESS;
}

static EFI_STATUS EFIAPI reset(EFI_RESET_TYPE type, EFI_STATUS status,
			       UINTN size, CHAR16 *data)
{
	(void)type, (void)status, (void)size, (void)data;
	played_end(FAILED_LATE);
}

static void fill_services(EFI_BOOT_SERVICES *services)
{
	services->AllocatePages = take_pages;
	services->FreePages = give_pages;
	services->GetMemoryMap = get_map;
	services->FreePool = give_pool;
	services->HandleProtocol = (void *)handle_protocol;
	services->LocateProtocol = (void *)locate_protocol;
	services->LocateHandleBuffer = (void *)locate_handles;
	services->LocateDevicePath = (void *)locate_path;
	services->InstallMultipleProtocolInterfaces = (void *)install;
	services->UninstallMultipleProtocolInterfaces = (void *)uninstall;
	services->InstallProtocolInterface = install_one;
	services->UninstallProtocolInterface = uninstall_one;
	services->InstallConfigurationTable = install_table;
	services->LoadImage = (void *)load_image;
	services->UnloadImage = (void *)unload_image;
	services->StartImage = start_image;
	services->ExitBootServices = exit_services;
	services->SetWatchdogTimer = set_watchdog;
	services->RaiseTPL = raise_tpl;
	services->RestoreTPL = (void *)restore_tpl;
	services->GetNextMonotonicCount = (void *)get_count;
	services->Stall = (void *)stall;
	services->CreateEvent = create_event;
	services->SetTimer = set_timer;
	services->WaitForEvent = wait_for_event;
	services->CheckEvent = check_event;
	services->CloseEvent = close_event;
}

static EFI_DEVICE_PATH no_path = END_NODE;

static void add_protocols(EFI_HANDLE self, EFI_HANDLE volume)
{
	EFI_GUID image_guid = EFI_LOADED_IMAGE_PROTOCOL_GUID;
	EFI_GUID volume_guid = EFI_SIMPLE_FILE_SYSTEM_PROTOCOL_GUID;
	EFI_GUID path_guid = EFI_DEVICE_PATH_PROTOCOL_GUID;
	EFI_GUID security_guid = { 0x94ab2f58,
				   0x1438,
				   0x4ef1,
				   { 0x91, 0x52, 0x18, 0x94, 0x1a, 0x3a, 0x0e,
				     0x68 } };
	EFI_GUID random_guid = EFI_RNG_PROTOCOL_GUID;
	static EFI_RNG_PROTOCOL numbers = { .GetRNG = (void *)get_random };
	static EFI_FILE_IO_INTERFACE files;
	EFI_LOADED_IMAGE *image = own(sizeof(*image));
	u64 nr = strlen(played.options) + 1;
	CHAR16 *units = own(2 * nr);

	for (u64 i = 0; i < nr; i++)
		units[i] = (CHAR16)played.options[i];
	files.OpenVolume = open_volume;
	image->DeviceHandle = volume;
	image->LoadOptions = nr > 1 ? units : NULL;
	image->LoadOptionsSize = (UINT32)(nr > 1 ? 2 * nr : 0);
	image->ImageBase = own(max_u64(played.image.len, PAGE_SIZE));
	image->ImageSize = max_u64(played.image.len, PAGE_SIZE);
	memcpy(image->ImageBase, played.image.at, played.image.len);
	add(self, image_guid, image, true);
	if (!played.is_diskless)
		add(volume, volume_guid, &files, true);
	add(volume, path_guid, played.path ? (void *)played.path : &no_path,
	    true);
	add(NULL, security_guid, &security, true);
	if (played.has_random)
		add(NULL, random_guid, &numbers, true);
}

static void start_machine(void)
{
	EFI_BOOT_SERVICES *services;
	EFI_RUNTIME_SERVICES *runtime;

	if (mmap((void *)RAM_AT, RAM_PAGES * PAGE_SIZE, PROT_READ | PROT_WRITE,
		 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1,
		 0) != (void *)RAM_AT)
		abort();
	memset(types, EfiConventionalMemory, sizeof(types));
	memset(types, EfiBootServicesData, POOL_LEN / PAGE_SIZE);
	system_table = own(sizeof(*system_table));
	services = own(sizeof(*services));
	runtime = own(sizeof(*runtime));
	fill_services(services);
	runtime->GetTime = (void *)get_time;
	runtime->GetVariable = get_variable;
	runtime->SetVariable = (void *)set_variable;
	runtime->ResetSystem = (void *)reset;
	system_table->Hdr.Signature = EFI_SYSTEM_TABLE_SIGNATURE;
	system_table->BootServices = services;
	system_table->RuntimeServices = runtime;
	system_table->ConIn = own(sizeof(*system_table->ConIn));
	tables = own(MAX_ENTRIES * sizeof(*tables));
	system_table->ConfigurationTable = tables;
}

enum ending_of_boot played_boot(void)
{
	EFI_HANDLE self = &handles[nr_handles++];
	int how;

	start_machine();
	device = &handles[nr_handles++];
	add_protocols(self, device);
	if (played.equip)
		played.equip();
	how = setjmp(end_of_boot);
	if (how)
		return (enum ending_of_boot)how;
	played.status = efi_main(self, system_table, NULL);
	return played.has_started ? RAN_IMAGE : CAME_BACK;
}
