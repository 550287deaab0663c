/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Firmware services for the rest of efi/: protocols, pages that are freed if
 * the boot fails, and text on the firmware's consoles.
 */
#ifndef EFI_FIRMWARE_H
#define EFI_FIRMWARE_H

#include <efi.h>

#include "boot.h"

extern EFI_HANDLE firmware_image;
extern EFI_SYSTEM_TABLE *firmware_table;
extern EFI_BOOT_SERVICES *firmware; /* until they are exited */

/* Remember efi_main()'s arguments, and send all text to the firmware's
 * consoles. */
void firmware_init(EFI_HANDLE image, EFI_SYSTEM_TABLE *table);

/* Stop using the firmware's consoles: boot services have ended. */
void firmware_leave(void);

/* The same before gangway returns to its caller: a watchdog that gangway has
 * set is stopped. */
void firmware_go_back(void);

/* Wait until a key is pressed, or some seconds. */
void firmware_wait_for_key(u32 seconds);

/* A protocol of a handle; NULL if it has none. */
void *firmware_protocol(EFI_HANDLE handle, EFI_GUID guid);

/* The only or first instance of a protocol; NULL if there is none. */
void *firmware_find(EFI_GUID guid);

/* Is Secure Boot on? Not if the user has disabled it in rhboot's shim
 * (MokSBState). If the variables cannot be understood it counts as on. */
bool firmware_is_secure(void);

/* The handle by which an initrd (Linux's media GUID) is already offered; NULL
 * if there is none. */
EFI_HANDLE firmware_initrd(void);

#define WATCHDOG_BYTES (32 * MIB)

/* Restart the watchdog: 5 minutes, and 5 more for each WATCHDOG_BYTES that are
 * read in one call. */
void firmware_feed_watchdog(u64 len);

/*
 * Stop the watchdog that resets the machine 5 minutes after a boot manager's
 * choice (UEFI 2.10, section 7.5.1), just before a kernel or an image is
 * started, so that it watches over all that gangway does. It stays off if an
 * image returns: shells and menus stop it themselves, and the firmware's boot
 * manager restarts it.
 */
void firmware_stop_watchdog(void);

/*
 * Allocate pages for len bytes, at least one, below 4 GiB if possible, since
 * some disk drivers need that. The rest of the last page is zeroed.
 */
must_check why pages_take(u64 len, struct view *out);

/* Allocate pages at an address, with a memory type. */
must_check why pages_take_at(struct range range, EFI_MEMORY_TYPE type);

/* Add holds for all of them that have none, until "tell": once boot services
 * have ended the memory map calls them RAM. */
must_check why pages_hold(struct holds *holds);

/* Free the pages of a range, at least one: an allocation or the end of one.
 * Other memory is left alone. */
void pages_give(struct range range);

/* Free what has been allocated since a mark. */
u32 pages_mark(void);
void pages_give_from(u32 mark);

/* Free everything. */
void pages_give_all(void);

/* Allocated pages, to be written. */
static inline u8 *pages_writable(struct view pages)
{
	return (u8 *)pages.at;
}

/* The physical address of a pointer; the firmware maps memory one to one. */
static inline phys phys_of(const void *at)
{
	return (phys)(u64)at;
}

/* The physical range of a view. */
static inline struct range range_at(struct view v)
{
	return (struct range){ phys_of(v.at), phys_of(v.at) + v.len };
}

#endif
