/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The probe as a Multiboot2 kernel that is entered while EFI's boot services
 * are alive (Multiboot2 Specification 2.0, 3.5): it calls them, and ends them.
 */
#include "console.h"
#include "multiboot.h"
#include "protocols.h"
#include "report.h"
#include "state.h"

#define MAGIC	     0x36d76289
#define MSR_FS	     0xc0000100
#define TAG_HEAD     8
#define TAG_END	     0
#define TAG_TABLE    12
#define TAG_SERVICES 18
#define TAG_HANDLE   20
#define MAP_ROOM     49152

/* Offsets of UEFI 2.10, sections 4.3, 4.4, 12.4. */
#define TABLE_CONSOLE  64
#define TABLE_SERVICES 96
#define OUTPUT_STRING  8
#define GET_MAP	       56
#define EXIT_SERVICES  232

typedef uint64_t (*output)(uint64_t self, const uint16_t *text)
	__attribute__((ms_abi));
typedef uint64_t (*get_map)(uint64_t *size, uint8_t *map, uint64_t *key,
			    uint64_t *descriptor_size, uint32_t *version)
	__attribute__((ms_abi));
typedef uint64_t (*exit_services)(uint64_t handle, uint64_t key)
	__attribute__((ms_abi));

struct firmware {
	uint64_t table, handle;
};

void on_stack(uint64_t sp, void (*call)(void *argument), void *argument);

static uint64_t read_fs(void)
{
	uint32_t low, high;

	__asm__ volatile("rdmsr" : "=a"(low), "=d"(high) : "c"(MSR_FS));
	return (uint64_t)high << 32 | low;
}

static void check_state(const struct state *state)
{
	check(state->mode == 64 && state->efer & EFER_LMA,
	      "the kernel is entered in 64-bit mode");
	check(state->ax == MAGIC, "RAX is the magic number");
	check(state->cr0 & CR0_PG, "paging is on");
	check(!(state->flags & FLAGS_DF), "the direction flag is clear");
	check(state->sp % 16 == 0, "RSP is a multiple of 16");
	put_fact("fs_base", read_fs());
}

/* Where a tag's payload is, 0 if there is none. */
static uint64_t find(const struct state *state, uint32_t type)
{
	uint64_t at = state->bx + TAG_HEAD, end = state->bx + read32(state->bx);

	while (at < end && read32(at) != TAG_END) {
		if (read32(at) == type)
			return at + TAG_HEAD;
		at += (read32(at + 4) + 7ull) & ~7ull;
	}
	return 0;
}

static void put_map(uint64_t map, uint64_t size, uint64_t step)
{
	for (uint64_t at = map; at + step <= map + size; at += step)
		put_row("efi_map",
			VALUES(read32(at), read64(at + 8), read64(at + 24)));
}

static void use(void *argument)
{
	static const uint16_t text[] = u"probe: the firmware prints\r\n";
	const struct firmware *firmware = argument;
	uint64_t services = read64(firmware->table + TABLE_SERVICES);
	uint64_t console = read64(firmware->table + TABLE_CONSOLE);
	uint8_t map[MAP_ROOM];
	uint64_t size = sizeof(map), key = 0, step = 0;
	uint32_t version = 0;

	check(!((output)read64(console + OUTPUT_STRING))(console, text),
	      "the firmware prints");
	check(!((get_map)read64(services + GET_MAP))(&size, map, &key, &step,
						     &version),
	      "the firmware gives its memory map");
	put_map((uint64_t)map, size, step);
	size = sizeof(map);
	check(!((get_map)read64(services + GET_MAP))(&size, map, &key, &step,
						     &version),
	      "the firmware gives its memory map again");
	check(!((exit_services)read64(services + EXIT_SERVICES))(
		      firmware->handle, key),
	      "the firmware ends its boot services");
}

void live_report(const struct state *state)
{
	uint64_t table = find(state, TAG_TABLE);
	uint64_t handle = find(state, TAG_HANDLE);
	struct firmware firmware;

	check_state(state);
	multiboot2_report_tags(state);
	check(table && handle && find(state, TAG_SERVICES),
	      "the boot services are told of");
	if (!table || !handle)
		return;
	firmware = (struct firmware){ read64(table), read64(handle) };
	on_stack(state->sp, use, &firmware);
}
