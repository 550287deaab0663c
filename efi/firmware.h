/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The firmware's services as the rest of efi/ uses them: protocols, pages that
 * are given back if the boot fails, and text on its consoles.
 */
#ifndef EFI_FIRMWARE_H
#define EFI_FIRMWARE_H

#include <efi.h>

#include "boot.h"

extern EFI_HANDLE firmware_image;
extern EFI_SYSTEM_TABLE *firmware_table;
extern EFI_BOOT_SERVICES *firmware; /* until they are exited */

/* Keep what efi_main() was given, and write all text to the consoles of the
 * firmware. */
void firmware_init(EFI_HANDLE image, EFI_SYSTEM_TABLE *table);

/* Write to the firmware's consoles no more: it has gone. */
void firmware_leave(void);

/* The same, for whoever goes back to the caller: the watchdog does not watch
 * over it if it is we who have set it. */
void firmware_go_back(void);

/* Wait until a key is pressed, or some seconds. */
void firmware_wait_for_key(u32 seconds);

/* A protocol of a handle; NULL if it has none. */
void *firmware_protocol(EFI_HANDLE handle, EFI_GUID guid);

/* The only or first instance of a protocol; NULL if there is none. */
void *firmware_find(EFI_GUID guid);

/* Was Secure Boot on when the firmware started? Not if the user has told
 * rhboot's shim (MokSBState) to check nothing. What cannot be understood counts
 * as on. */
bool firmware_is_secure(void);

/* Is the protocol's initrd (Linux's media GUID) offered by someone already?
 * Then its handle, else NULL. */
EFI_HANDLE firmware_initrd(void);

#define WATCHDOG_BYTES (32 * MIB)

/* Let the watchdog wait for 5 minutes more, and 5 for each WATCHDOG_BYTES of
 * what is to be read at one go: something slow makes progress. */
void firmware_feed_watchdog(u64 len);

/*
 * Stop the watchdog that resets the machine 5 minutes after a boot manager's
 * choice (UEFI 2.10, section 7.5.1): just before somebody else is given the
 * machine, so that it watches over all we do. It stays off if that one comes
 * back, since shells and menus have stopped it before, and the firmware's boot
 * manager starts it again for its next choice.
 */
void firmware_stop_watchdog(void);

/*
 * Take pages for len bytes, at least one: below 4 GiB if there are any, since
 * some disks cannot write elsewhere. What is behind the bytes is zero.
 */
must_check why pages_take(u64 len, struct view *out);

/* Take pages at an address, as a type of memory. */
must_check why pages_take_at(struct range range, EFI_MEMORY_TYPE type);

/* Hold all of them until the kernel is told, as far as they are not held yet:
 * without its boot services the firmware's map calls them RAM. */
must_check why pages_hold(struct holds *holds);

/* Give back what begins at an address, at least one page; of a piece that was
 * taken, its end. What was not taken is left alone. */
void pages_give(struct range range);

/* Give back what has been taken since a mark. */
u32 pages_mark(void);
void pages_give_from(u32 mark);

/* Give back everything. */
void pages_give_all(void);

/* Pages of ours, to be written. */
static inline u8 *pages_writable(struct view pages)
{
	return (u8 *)pages.at;
}

/* The address of something of ours; the firmware's map is one to one. */
static inline phys phys_of(const void *at)
{
	return (phys)(u64)at;
}

/* The range of bytes of ours. */
static inline struct range range_at(struct view v)
{
	return (struct range){ phys_of(v.at), phys_of(v.at) + v.len };
}

#endif
