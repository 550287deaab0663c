/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A network card that speaks HTTP on the played firmware, and the server behind
 * it, whose files are those of the test.
 */
#ifndef TESTS_HTTP_SERVER_H
#define TESTS_HTTP_SERVER_H

#include "boots.h"
#include "http_protocol.h"

#define HTTP_HOST    "10.0.2.2:8000"
#define HTTP_SEGMENT 1460

enum http_fault {
	NO_HTTP_FAULT,
	NO_BINDING,    /* the card does not speak it */
	REFUSES,       /* the server, with a status */
	NEVER_ANSWERS, /* the firmware never says that a token is done */
	NO_SIZE,
	ODD_SIZE,
	TOO_MANY_DIGITS,
	BREAKS_OFF,
	STOPS, /* it sends nothing more, and says so */
};

static struct http_server {
	const char *url; /* of gangway's own */
	bool is_ipv6, is_node_short;
	enum http_fault fault;
	u32 status; /* that it refuses by, counted as the protocol does */
} http_server;

static struct {
	bool is_configured, is_cancelled;
	char path[1100];
	struct http_token *pending;
	bool is_request;
	struct view body; /* what is still to be sent */
} connection;

static const u8 http_address4[] = { 10, 0, 2, 15 };
static const u8 http_mask[] = { 255, 255, 255, 0 };
static const u8 http_address6[16] = { 0xfe, 0xc0, [15] = 0x15 };
static u8 http_path[2048];

static inline EFI_STATUS EFIAPI http_configure(struct http_protocol *self,
					       struct http_config *config)
{
	EFI_STATUS status;

	(void)self;
	if (!config) {
		connection.is_configured = false;
		connection.pending = NULL;
		return EFI_SUCCESS;
	}
	status = played_fault();
	if (status)
		return status;
	if (config->is_ipv6 != http_server.is_ipv6 || !config->milliseconds)
		abort();
	if (config->is_ipv6) {
		const struct http_point6 *point = config->point;

		if (memcmp(point->address, http_address6, 16))
			abort();
	} else {
		const struct http_point4 *point = config->point;

		if (point->is_default != http_server.is_node_short ||
		    (!point->is_default &&
		     (memcmp(point->address, http_address4, 4) ||
		      memcmp(point->mask, http_mask, 4))))
			abort();
	}
	connection.is_configured = true;
	return EFI_SUCCESS;
}

static inline EFI_STATUS http_submit(struct http_token *token, bool is_request)
{
	EFI_STATUS status = played_fault();

	if (status)
		return status;
	if (!connection.is_configured || connection.pending)
		abort();
	connection.pending = token;
	connection.is_request = is_request;
	return EFI_SUCCESS;
}

static inline EFI_STATUS EFIAPI http_ask(struct http_protocol *self,
					 struct http_token *token)
{
	const struct http_request *request = token->message->data;
	const char *start = "http://" HTTP_HOST;
	u64 len = strlen(start);
	char url[1100];

	(void)self;
	for (u64 i = 0; !i || request->url[i - 1]; i++)
		url[i] = (char)request->url[i];
	if (request->method != HTTP_GET || token->message->nr_headers != 1 ||
	    strcmp(token->message->headers->name, "Host") ||
	    strcmp(token->message->headers->value, HTTP_HOST))
		abort();
	if (strncmp(url, start, len) || url[len] != '/')
		return EFI_INVALID_PARAMETER;
	strcpy(connection.path, url + len);
	return http_submit(token, true);
}

static inline EFI_STATUS EFIAPI http_answer(struct http_protocol *self,
					    struct http_token *token)
{
	(void)self;
	if (token->message->data && token->message->headers)
		abort();
	if (token->message->len > MIB)
		abort();
	return http_submit(token, false);
}

static inline void http_put(struct http_header *out, const char *name,
			    const char *value)
{
	out->name = played_pool(strlen(name) + 1);
	out->value = played_pool(strlen(value) + 1);
	strcpy(out->name, name);
	strcpy(out->value, value);
}

static inline EFI_STATUS http_head(struct http_message *message)
{
	static const char *const odd[] = { [ODD_SIZE] = "12 apples",
					   [TOO_MANY_DIGITS] =
						   "18446744073709551617" };
	const struct played_file *file = NULL;
	bool is_seed = strstr(connection.path, "random-seed");
	u32 *status = message->data;
	char len[30];

	for (u32 i = 0; i < PLAYED_FILES; i++)
		if (played.files[i].path &&
		    !strcmp(played.files[i].path, connection.path))
			file = &played.files[i];
	if (is_seed)
		abort(); /* it could not be renewed */
	*status = http_server.fault == REFUSES ? http_server.status
		  : file		       ? 3
					       : 21;
	connection.body = file ? file->content : VIEW("");
	snprintf(len, sizeof(len), "%llu",
		 (unsigned long long)connection.body.len);
	message->headers = played_pool(2 * sizeof(*message->headers));
	http_put(&message->headers[0], "Server", "played");
	if (http_server.fault != NO_SIZE) {
		http_put(&message->headers[1], "Content-LENGTH",
			 http_server.fault == ODD_SIZE ||
					 http_server.fault == TOO_MANY_DIGITS
				 ? odd[http_server.fault]
				 : len);
		message->nr_headers++;
	}
	message->nr_headers++;
	return *status == 3 ? EFI_SUCCESS : HTTP_ERROR;
}

static inline EFI_STATUS http_body(struct http_message *message)
{
	u64 len = min_u64(min_u64(message->len, HTTP_SEGMENT),
			  connection.body.len);

	if (http_server.fault == BREAKS_OFF && connection.body.len < 2000)
		return EFI_DEVICE_ERROR;
	if (http_server.fault == STOPS && connection.body.len < 2000)
		len = 0;
	memcpy(message->body, connection.body.at, len);
	connection.body = view_from(connection.body, len);
	message->len = len;
	return EFI_SUCCESS;
}

/* All is done while one waits. */
static inline EFI_STATUS EFIAPI http_poll(struct http_protocol *self)
{
	struct http_token *token = connection.pending;

	(void)self;
	if (!token || http_server.fault == NEVER_ANSWERS)
		return EFI_NOT_READY;
	connection.pending = NULL;
	token->status = played_fault();
	if (!token->status && !connection.is_request)
		token->status = token->message->data
					? http_head(token->message)
					: http_body(token->message);
	played_signal(token->event);
	return EFI_SUCCESS;
}

static inline EFI_STATUS EFIAPI http_cancel(struct http_protocol *self,
					    struct http_token *token)
{
	(void)self;
	if (token != connection.pending)
		return EFI_NOT_FOUND;
	connection.pending = NULL;
	return EFI_SUCCESS;
}

static struct http_protocol http_protocol = {
	.configure = http_configure,
	.request = http_ask,
	.cancel = http_cancel,
	.response = http_answer,
	.poll = http_poll,
};
static u8 http_card, http_child; /* handles */

static inline EFI_STATUS EFIAPI http_create(struct _EFI_SERVICE_BINDING *self,
					    EFI_HANDLE *out)
{
	EFI_STATUS status = played_fault();

	(void)self;
	if (status)
		return status;
	played.nr_protocols++;
	*out = &http_child;
	return EFI_SUCCESS;
}

static inline EFI_STATUS EFIAPI http_destroy(struct _EFI_SERVICE_BINDING *self,
					     EFI_HANDLE child)
{
	(void)self;
	if (child != &http_child || connection.is_configured)
		abort();
	played.nr_protocols--;
	return EFI_SUCCESS;
}

static EFI_SERVICE_BINDING http_binding = {
	.CreateChild = (void *)http_create,
	.DestroyChild = (void *)http_destroy,
};

static inline u8 *http_node(u8 *at, u8 type, u8 subtype, u64 len)
{
	at[0] = type;
	at[1] = subtype;
	at[2] = (u8)(len + 4);
	at[3] = (u8)((len + 4) >> 8);
	return at + 4;
}

/* The card, its address, the URL. */
static inline void http_put_path(void)
{
	u64 len = strlen(http_server.url);
	u64 len4 = http_server.is_node_short ? 15 : 23;
	u8 *at = http_node(http_path, MESSAGING_DEVICE_PATH, MSG_MAC_ADDR_DP,
			   33) +
		 33;

	if (http_server.is_ipv6) {
		at = http_node(at, MESSAGING_DEVICE_PATH, MSG_IPv6_DP, 56);
		memcpy(at, http_address6, sizeof(http_address6));
		at += 56;
	} else {
		at = http_node(at, MESSAGING_DEVICE_PATH, MSG_IPv4_DP, len4);
		memcpy(at, http_address4, sizeof(http_address4));
		if (len4 == 23)
			memcpy(at + 19, http_mask, sizeof(http_mask));
		at += len4;
	}
	at = http_node(at, MESSAGING_DEVICE_PATH, MSG_URI_DP, len);
	memcpy(at, http_server.url, len);
	http_node(at + len, END_DEVICE_PATH_TYPE,
		  END_ENTIRE_DEVICE_PATH_SUBTYPE, 0);
}

/* For played.equip. */
static inline void http_equip(void)
{
	EFI_GUID binding = HTTP_BINDING_GUID, guid = HTTP_GUID;

	if (http_server.fault != NO_BINDING)
		played_add_protocol(&http_card, binding, &http_binding);
	played_add_protocol(&http_child, guid, &http_protocol);
}

/* Have gangway come from there, by that URL. */
static inline void http_boot_from(struct http_server server)
{
	http_server = server;
	memset(&connection, 0, sizeof(connection));
	http_put_path();
	played.path = http_path;
	played.is_diskless = true;
	played.equip = http_equip;
}

#endif
