/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A network card's PXE on the played firmware, and the server behind it, whose
 * files are those of the test.
 */
#ifndef TESTS_PXE_H
#define TESTS_PXE_H

#include "boots.h"

#define SERVER	    10, 0, 2, 2
#define DHCP_SERVER 10, 0, 2, 3

enum pxe_fault {
	NO_FAULT,
	NO_LENGTH,  /* the server does not tell it */
	FILE_GROWS, /* between the two questions */
	FILE_SHRINKS,
};

static struct pxe {
	const char *file; /* the name of gangway's own */
	bool is_option;	  /* it is told by an option, and so is the server */
	bool is_proxy;	  /* another server names it, and the first none */
	bool is_ipv6, is_stopped, is_option_cut;
	enum pxe_fault fault;
} pxe;

static EFI_PXE_BASE_CODE_MODE pxe_mode;
static EFI_PXE_BASE_CODE_PROTOCOL pxe_protocol;

static inline const struct played_file *pxe_find(const char *path)
{
	for (u32 i = 0; i < PLAYED_FILES; i++)
		if (played.files[i].path && !strcmp(played.files[i].path, path))
			return &played.files[i];
	return NULL;
}

static inline EFI_STATUS EFIAPI pxe_mtftp(EFI_PXE_BASE_CODE_PROTOCOL *self,
					  EFI_PXE_BASE_CODE_TFTP_OPCODE what,
					  void *buffer, BOOLEAN overwrite,
					  UINT64 *size, UINTN *block,
					  EFI_IP_ADDRESS *server, UINT8 *path,
					  EFI_PXE_BASE_CODE_MTFTP_INFO *info,
					  BOOLEAN without_buffer)
{
	static const u8 address[] = { SERVER };
	const struct played_file *file = pxe_find((const char *)path);
	EFI_STATUS status = played_fault();

	(void)self, (void)overwrite, (void)block, (void)info;
	if (status)
		return status;
	if (without_buffer || memcmp(server, address, sizeof(address)))
		return EFI_TIMEOUT;
	if (!file)
		return EFI_TFTP_ERROR;
	if (what == EFI_PXE_BASE_CODE_TFTP_GET_FILE_SIZE) {
		if (pxe.fault == NO_LENGTH)
			return EFI_UNSUPPORTED;
		*size = file->content.len - (pxe.fault == FILE_GROWS) +
			(pxe.fault == FILE_SHRINKS);
		return EFI_SUCCESS;
	}
	if (what != EFI_PXE_BASE_CODE_TFTP_READ_FILE)
		abort();
	if (*size < file->content.len)
		return EFI_BUFFER_TOO_SMALL;
	memcpy(buffer, file->content.at, file->content.len);
	*size = file->content.len;
	return EFI_SUCCESS;
}

static inline u8 *pxe_option(u8 *at, u8 code, const void *value, u64 len)
{
	*at++ = code;
	*at++ = (u8)len;
	memcpy(at, value, len);
	return at + len;
}

static inline void pxe_answer(EFI_PXE_BASE_CODE_PACKET *packet)
{
	static const u8 next[] = { SERVER };
	u8 *at = packet->Raw + 240;

	*at++ = 0;
	if (!pxe.is_option) {
		memcpy(packet->Dhcpv4.BootpSiAddr, next, sizeof(next));
		strcpy((char *)packet->Dhcpv4.BootpBootFile, pxe.file);
		*at = 255;
		return;
	}
	at = pxe_option(at, 54, next, sizeof(next));
	at = pxe_option(at, 67, pxe.file, strlen(pxe.file));
	*at = 255;
	if (pxe.is_option_cut) {
		memset(packet->Raw + 240, 0, sizeof(packet->Raw) - 240);
		packet->Raw[sizeof(packet->Raw) - 2] = 67;
		packet->Raw[sizeof(packet->Raw) - 1] = 9;
	}
}

/* For played.equip. */
static inline void pxe_equip(void)
{
	static const u8 other[] = { DHCP_SERVER };
	EFI_GUID guid = EFI_PXE_BASE_CODE_PROTOCOL_GUID;

	memset(&pxe_mode, 0, sizeof(pxe_mode));
	pxe_mode.Started = !pxe.is_stopped;
	pxe_mode.UsingIpv6 = pxe.is_ipv6;
	pxe_mode.DhcpAckReceived = TRUE;
	pxe_mode.ProxyOfferReceived = pxe.is_proxy;
	if (pxe.is_proxy)
		memcpy(pxe_mode.DhcpAck.Dhcpv4.BootpSiAddr, other,
		       sizeof(other));
	pxe_answer(pxe.is_proxy ? &pxe_mode.ProxyOffer : &pxe_mode.DhcpAck);
	pxe_protocol.Mtftp = pxe_mtftp;
	pxe_protocol.Mode = &pxe_mode;
	played_add_protocol(played_device(), guid, &pxe_protocol);
}

/* Have gangway come from there, as a file of that name. */
static inline void pxe_boot_of(const char *file)
{
	memset(&pxe, 0, sizeof(pxe));
	pxe.file = file;
	played.is_diskless = true;
	played.equip = pxe_equip;
}

#endif
