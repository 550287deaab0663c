/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * EFI_HTTP_PROTOCOL (UEFI 2.10, section 29.6), which gnu-efi does not have.
 */
#ifndef EFI_HTTP_PROTOCOL_H
#define EFI_HTTP_PROTOCOL_H

#include <efi.h>

#include "base.h"

#define HTTP_BINDING_GUID                                                      \
	{                                                                      \
		0xbdc8e6af, 0xd9bc, 0x4379,                                    \
		{                                                              \
			0xa7, 0x2a, 0xe0, 0xc4, 0xe7, 0x5d, 0xae, 0x1c         \
		}                                                              \
	}
#define HTTP_GUID                                                              \
	{                                                                      \
		0x7a59b29b, 0x910b, 0x4171,                                    \
		{                                                              \
			0x82, 0x42, 0xa8, 0x5a, 0x0d, 0xf2, 0x5b, 0x5b         \
		}                                                              \
	}

#define HTTP_VERSION_1_1 1
#define HTTP_GET	 0
#define HTTP_ERROR	 EFIERR(35)

/* Where requests come from. */
struct http_point4 {
	u8 is_default; /* then the rest is ignored */
	u8 address[4], mask[4];
	u8 padding;
	u16 port;
};
WIRE_SIZE(struct http_point4, 12);

struct http_point6 {
	u8 address[16];
	u16 port;
};
WIRE_SIZE(struct http_point6, 18);

struct http_config {
	u32 version, milliseconds;
	u8 is_ipv6, padding[7];
	void *point;
};
WIRE_SIZE(struct http_config, 24);

struct http_request {
	u32 method, padding;
	CHAR16 *url;
};
WIRE_SIZE(struct http_request, 16);

struct http_header {
	char *name, *value;
};
WIRE_SIZE(struct http_header, 16);

struct http_message {
	void *data; /* a request; or a u32 for the status; or NULL: go on */
	UINTN nr_headers;
	struct http_header *headers;
	UINTN len;
	void *body;
};
WIRE_SIZE(struct http_message, 40);

struct http_token {
	EFI_EVENT event;
	EFI_STATUS status;
	struct http_message *message;
};
WIRE_SIZE(struct http_token, 24);

struct http_protocol {
	void *get_mode;
	EFI_STATUS(EFIAPI *configure)
	(struct http_protocol *self, struct http_config *config);
	EFI_STATUS(EFIAPI *request)
	(struct http_protocol *self, struct http_token *token);
	EFI_STATUS(EFIAPI *cancel)
	(struct http_protocol *self, struct http_token *token);
	EFI_STATUS(EFIAPI *response)
	(struct http_protocol *self, struct http_token *token);
	EFI_STATUS(EFIAPI *poll)(struct http_protocol *self);
};
WIRE_SIZE(struct http_protocol, 48);

#endif
