/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One request to a server by HTTP, and its answer.
 */
#ifndef EFI_HTTP_H
#define EFI_HTTP_H

#include "firmware.h"
#include "http_protocol.h"

#define HTTP_NO_LEN  (~0ull)
#define HTTP_URL_MAX 1023

struct http {
	EFI_SERVICE_BINDING *service; /* the next five: NULL if not there */
	EFI_HANDLE child;
	struct http_protocol *protocol;
	EFI_EVENT done, late;
	u32 status; /* the server's, 200 if it has the file; 0: none */
	u64 len; /* of the file; or HTTP_NO_LEN: the server does not tell it */
};

/*
 * Ask a host for a URL, of HTTP_URL_MAX bytes of ASCII at most, over the
 * network card at the beginning of a device path and from the address in it.
 * Fails if there is no answer; else *out says how it begins. In any case
 * http_end() has to follow.
 */
must_check why http_begin(EFI_DEVICE_PATH *path, struct view host,
			  struct view url, struct http *out);

/* Read so many bytes of the file that was asked for. */
must_check why http_read(struct http *http, u8 *out, u64 len);

/* Close the connection. */
void http_end(struct http *http);

#endif
