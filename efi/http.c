// SPDX-License-Identifier: BSD-2-Clause
/*
 * The firmware makes a connection for each request, from the address that DHCP
 * has given it before, which the device path tells.
 */
#include "http.h"

#include "device_path.h"

#define SECONDS		 30
#define UNITS_PER_SECOND 10000000ull /* of 100 ns */
#define READ_STEP	 MIB
#define MAX_DIGITS	 15

/* Fields of the nodes of a device path, IPv4 and IPv6. */
#define ADDRESS_AT 4
#define MASK_AT	   23

typedef EFI_STATUS(EFIAPI *http_call)(struct http_protocol *self,
				      struct http_token *token);

static volatile bool is_done; /* what a token stands for */

static void EFIAPI note(EFI_EVENT event, void *context)
{
	(void)event, (void)context;
	is_done = true;
}

/* The firmware works while it is polled. */
static EFI_STATUS carry_out(const struct http *http, http_call call,
			    struct http_message *message)
{
	struct http_token token = { http->done, EFI_NOT_READY, message };
	EFI_STATUS status = firmware->SetTimer(http->late, TimerRelative,
					       SECONDS * UNITS_PER_SECOND);

	is_done = false;
	if (!status)
		status = call(http->protocol, &token);
	if (status)
		return status;
	while (!is_done && firmware->CheckEvent(http->late) == EFI_NOT_READY)
		http->protocol->poll(http->protocol);
	if (is_done)
		return token.status;
	http->protocol->cancel(http->protocol, &token);
	return EFI_TIMEOUT;
}

static why make_events(struct http *http)
{
	return firmware->CreateEvent(EVT_NOTIFY_SIGNAL, TPL_CALLBACK, note,
				     NULL, &http->done) ||
			       firmware->CreateEvent(EVT_TIMER, 0, NULL, NULL,
						     &http->late)
		       ? "the firmware has no event for a download"
		       : NULL;
}

/* The address on the card's network, that of IPv6 or that of IPv4. */
static EFI_STATUS configure(struct http_protocol *protocol,
			    const EFI_DEVICE_PATH *path)
{
	struct view node4 =
		device_path_find(path, MESSAGING_DEVICE_PATH, MSG_IPv4_DP);
	struct view node6 =
		device_path_find(path, MESSAGING_DEVICE_PATH, MSG_IPv6_DP);
	struct http_point4 point4 = { .is_default = 0 };
	struct http_point6 point6 = { .port = 0 };
	struct http_config config = { .version = HTTP_VERSION_1_1,
				      .milliseconds = SECONDS * 1000,
				      .point = &point4 };

	if (view_read(node6, ADDRESS_AT, point6.address,
		      sizeof(point6.address))) {
		config.is_ipv6 = true;
		config.point = &point6;
	} else if (!view_read(node4, ADDRESS_AT, point4.address,
			      sizeof(point4.address)) ||
		   !view_read(node4, MASK_AT, point4.mask,
			      sizeof(point4.mask))) {
		point4.is_default = true;
	}
	return protocol->configure(protocol, &config);
}

static why connect(EFI_DEVICE_PATH *path, struct http *http)
{
	EFI_GUID binding = HTTP_BINDING_GUID, guid = HTTP_GUID;
	EFI_DEVICE_PATH *rest = path;
	EFI_HANDLE card;
	EFI_STATUS status = firmware->LocateDevicePath(&binding, &rest, &card);

	http->service = status ? NULL : firmware_protocol(card, binding);
	if (!http->service ||
	    http->service->CreateChild(http->service, &http->child))
		return "the firmware does not speak HTTP";
	http->protocol = firmware_protocol(http->child, guid);
	if (!http->protocol || configure(http->protocol, path))
		return "the firmware cannot use the network card for HTTP";
	return make_events(http);
}

/* The statuses that the protocol knows, in its order. */
static u32 number_of(u32 status)
{
	static const u16 numbers[] = {
		0,   100, 101, 200, 201, 202, 203, 204, 205, 206, 300,
		301, 302, 303, 304, 305, 307, 400, 401, 402, 403, 404,
		405, 406, 407, 408, 409, 410, 411, 412, 413, 414, 415,
		416, 417, 500, 501, 502, 503, 504, 505, 308, 429,
	};

	return status < ARRAY_LEN(numbers) ? numbers[status] : 0;
}

static bool is_name(const char *name, const char *wanted)
{
	while (*name && (*name | ('a' ^ 'A')) == *wanted)
		name++, wanted++;
	return !*name && !*wanted;
}

static u64 read_number(const char *text)
{
	u64 number = 0;
	u32 nr = 0;

	for (; text[nr] >= '0' && text[nr] <= '9' && nr <= MAX_DIGITS; nr++)
		number = 10 * number + (u64)(text[nr] - '0');
	return nr && nr <= MAX_DIGITS && !text[nr] ? number : HTTP_NO_LEN;
}

/* They are for us to free. */
static void take_headers(struct http *http, const struct http_message *answer)
{
	for (UINTN i = 0; i < answer->nr_headers; i++) {
		const struct http_header *header = &answer->headers[i];

		if (is_name(header->name, "content-length"))
			http->len = read_number(header->value);
		firmware->FreePool(header->name);
		firmware->FreePool(header->value);
	}
	if (answer->headers)
		firmware->FreePool(answer->headers);
}

static why receive_head(struct http *http)
{
	u32 status = 0;
	struct http_message answer = { .data = &status };
	EFI_STATUS result = carry_out(http, http->protocol->response, &answer);

	if (result && result != HTTP_ERROR)
		return "the server does not answer";
	http->status = number_of(status);
	take_headers(http, &answer);
	return NULL;
}

static why send(struct http *http, struct view host, struct view url)
{
	static CHAR16 units[HTTP_URL_MAX + 1];
	static char name[HTTP_URL_MAX + 1];
	char field[] = "Host";
	struct http_header header = { field, name };
	struct http_request request = { .method = HTTP_GET, .url = units };
	struct http_message message = { .data = &request,
					.nr_headers = 1,
					.headers = &header };

	for (u64 i = 0; i < url.len; i++)
		units[i] = url.at[i];
	units[url.len] = 0;
	memcpy(name, host.at, host.len);
	name[host.len] = 0;
	return carry_out(http, http->protocol->request, &message)
		       ? "the server cannot be reached"
		       : NULL;
}

why http_begin(EFI_DEVICE_PATH *path, struct view host, struct view url,
	       struct http *out)
{
	why bad;

	*out = (struct http){ .len = HTTP_NO_LEN };
	bad = connect(path, out);
	if (!bad)
		bad = send(out, host, url);
	return bad ? bad : receive_head(out);
}

why http_read(struct http *http, u8 *out, u64 len)
{
	for (u64 done = 0; done < len;) {
		u64 step = min_u64(len - done, READ_STEP);
		struct http_message message = { .len = step,
						.body = out + done };

		if (carry_out(http, http->protocol->response, &message) ||
		    !message.len || message.len > step)
			return "the download breaks off";
		done += message.len;
	}
	return NULL;
}

void http_end(struct http *http)
{
	if (http->protocol)
		http->protocol->configure(http->protocol, NULL);
	if (http->child)
		http->service->DestroyChild(http->service, http->child);
	if (http->done)
		firmware->CloseEvent(http->done);
	if (http->late)
		firmware->CloseEvent(http->late);
}
