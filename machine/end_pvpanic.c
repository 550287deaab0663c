// SPDX-License-Identifier: BSD-2-Clause
/*
 * The paravirtual panic device (QEMU, docs/specs/pvpanic): at a port, which
 * fw_cfg tells, or on the PCI bus.
 */
#include "end_parts.h"

#include "cpu.h"
#include "hypervisor.h"

/* QEMU, docs/specs/fw_cfg. */
#define FW_CFG_SELECTOR	 0x510
#define FW_CFG_DATA	 0x511
#define FW_CFG_SIGNATURE 0x00
#define FW_CFG_DIRECTORY 0x19
#define FW_CFG_MAX_FILES 1024
#define PVPANIC_FILE	 "etc/pvpanic-port"
#define PVPANIC_PANICKED 0x01

/* PCI Local Bus Specification 3.0, sections 3.2.2.3.2 and 6.2. */
#define PCI_ADDRESS	   0xcf8
#define PCI_DATA	   0xcfc
#define PCI_ENABLE	   0x80000000
#define PCI_FUNCTIONS	   256 /* of the first bus */
#define PCI_ID		   0x00
#define PCI_COMMAND	   0x04
#define PCI_COMMAND_MEMORY 0x0002
#define PCI_BAR0	   0x10
#define PCI_BAR_FLAGS	   0xf /* 0: memory, 32-bit addresses */
#define PVPANIC_PCI_ID	   0x00111b36

struct fw_cfg_file {
	u32 size; /* this and the next are big-endian */
	u16 select;
	u16 reserved;
	char name[56];
};
WIRE_SIZE(struct fw_cfg_file, 64);

static void fw_cfg_read(void *out, u64 len)
{
	for (u8 *at = out; len--; at++)
		*at = inb(FW_CFG_DATA);
}

static void fw_cfg_select(u16 item, void *out, u64 len)
{
	outw(FW_CFG_SELECTOR, item);
	fw_cfg_read(out, len);
}

/* The port of QEMU's pvpanic; 0: there is none. */
static u16 find_pvpanic(void)
{
	struct fw_cfg_file file;
	u32 signature, nr;
	u16 port = 0;

	fw_cfg_select(FW_CFG_SIGNATURE, &signature, sizeof(signature));
	if (memcmp(&signature, "QEMU", sizeof(signature)))
		return 0;
	fw_cfg_select(FW_CFG_DIRECTORY, &nr, sizeof(nr));
	nr = __builtin_bswap32(nr);
	for (u32 i = 0; i < nr && i < FW_CFG_MAX_FILES; i++) {
		fw_cfg_read(&file, sizeof(file));
		if (memcmp(file.name, PVPANIC_FILE, sizeof(PVPANIC_FILE)))
			continue;
		fw_cfg_select(__builtin_bswap16(file.select), &port,
			      sizeof(port));
		break;
	}
	return port;
}

static u32 pci_read(u32 function, u32 at)
{
	outl(PCI_ADDRESS, PCI_ENABLE | function << 8 | at);
	return inl(PCI_DATA);
}

/* Make a pvpanic on the first PCI bus answer, and return its register; NULL:
 * there is none, or nobody has given it an address. */
static volatile u8 *find_pci_pvpanic(const struct mem *mem)
{
	for (u32 function = 0; function < PCI_FUNCTIONS; function++) {
		u32 bar, command;

		if (pci_read(function, PCI_ID) != PVPANIC_PCI_ID)
			continue;
		bar = pci_read(function, PCI_BAR0);
		if (!bar || bar & PCI_BAR_FLAGS || !mem_has(mem, bar, 1))
			continue;
		command = pci_read(function, PCI_COMMAND);
		outw(PCI_DATA, (u16)(command | PCI_COMMAND_MEMORY));
		return mem->host + (bar - mem->start);
	}
	return NULL;
}

/* Where there is nothing all bits are set. */
static bool can_panic(u8 known)
{
	return known != 0xff && known & PVPANIC_PANICKED;
}

void pvpanic_tell(const struct mem *mem)
{
	volatile u8 *at;
	u16 port;

	/* On real machines, and those that Xen's dom0 sees, something else
	 * may be at fw_cfg's ports. */
	if (!hypervisor_is_there() || hypervisor_is_xen())
		return;
	port = find_pvpanic();
	if (port && can_panic(inb(port))) {
		outb(port, PVPANIC_PANICKED);
		return;
	}
	at = find_pci_pvpanic(mem);
	if (at && can_panic(*at))
		*at = PVPANIC_PANICKED;
}
