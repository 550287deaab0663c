// SPDX-License-Identifier: BSD-2-Clause
/*
 * The firmware keeps DHCP's answers: one of them has the server and the name of
 * gangway's own file.
 */
#include "tftp.h"

#include "volume.h"

#define PATH_MAX   512
#define BLOCK_LEN  1428 /* fits an Ethernet frame, whatever is around it */
#define SIADDR_AT  20
#define FILE_AT	   108
#define FILE_LEN   128
#define OPTIONS_AT 240
#define PAD	   0
#define END	   255
#define SERVER_ID  54
#define FILE_NAME  67

struct server {
	EFI_PXE_BASE_CODE_PROTOCOL *pxe;
	EFI_IP_ADDRESS address;
	struct view folder; /* of gangway's own file; with its last slash */
};

/* The value of a DHCP option; empty if it is not there. */
static struct view option(struct view packet, u8 wanted)
{
	u64 at = OPTIONS_AT;

	while (at < packet.len && packet.at[at] != END) {
		struct view value = VIEW("");

		if (packet.at[at] == PAD) {
			at++;
			continue;
		}
		if (!view_has(packet, at, 2) ||
		    !view_has(packet, at + 2, packet.at[at + 1]))
			break;
		value = (struct view){ packet.at + at + 2, packet.at[at + 1] };
		if (packet.at[at] == wanted)
			return value;
		at += 2 + value.len;
	}
	return VIEW("");
}

static struct view to_nul(struct view text)
{
	const u8 *end = memchr(text.at, 0, text.len);

	if (end)
		text.len = (u64)(end - text.at);
	return text;
}

static struct view file_name(struct view packet)
{
	struct view name = { packet.at + FILE_AT, FILE_LEN };

	name = to_nul(name);
	return name.len ? name : to_nul(option(packet, FILE_NAME));
}

/* The next server that an answer names, else the server that sent it. */
static bool read_address(struct view packet, EFI_IP_ADDRESS *out)
{
	struct view from = { packet.at + SIADDR_AT, sizeof(out->v4) };
	static const u8 none[sizeof(out->v4)];

	if (!memcmp(from.at, none, sizeof(none)))
		from = option(packet, SERVER_ID);
	if (from.len != sizeof(out->v4))
		return false;
	memset(out, 0, sizeof(*out));
	memcpy(&out->v4, from.at, from.len);
	return true;
}

static bool read_packet(bool is_received,
			const EFI_PXE_BASE_CODE_PACKET *packet,
			struct server *out)
{
	struct view bytes = { packet->Raw, sizeof(packet->Raw) };
	struct view name = is_received ? file_name(bytes) : VIEW("");

	if (!name.len || !read_address(bytes, &out->address))
		return false;
	while (name.len && name.at[name.len - 1] != '/')
		name.len--;
	out->folder = name;
	return true;
}

/* The firmware has followed the last answer that names a file. */
static bool find_server(struct server *out)
{
	EFI_GUID guid = EFI_PXE_BASE_CODE_PROTOCOL_GUID;
	const EFI_PXE_BASE_CODE_MODE *mode;

	out->pxe = firmware_protocol(volume_handle(), guid);
	mode = out->pxe ? out->pxe->Mode : NULL;
	if (!mode || !mode->Started || mode->UsingIpv6)
		return false;
	return read_packet(mode->PxeReplyReceived, &mode->PxeReply, out) ||
	       read_packet(mode->ProxyOfferReceived, &mode->ProxyOffer, out) ||
	       read_packet(mode->DhcpAckReceived, &mode->DhcpAck, out);
}

/* The path on the server, with its NUL; false if it is too long. */
static bool put_path(const struct server *server, struct view path,
		     u8 out[PATH_MAX])
{
	u64 at = server->folder.len;

	while (path.len && (path.at[0] == '\\' || path.at[0] == '/'))
		path = view_from(path, 1);
	if (!path.len || at + path.len >= PATH_MAX)
		return false;
	memcpy(out, server->folder.at, at);
	for (u64 i = 0; i < path.len; i++)
		out[at + i] = path.at[i] == '\\' ? '/' : path.at[i];
	out[at + path.len] = 0;
	return true;
}

static why ask_len(struct server *server, u8 *path, u64 *len)
{
	EFI_STATUS status = server->pxe->Mtftp(
		server->pxe, EFI_PXE_BASE_CODE_TFTP_GET_FILE_SIZE, NULL, FALSE,
		len, NULL, &server->address, path, NULL, FALSE);

	return status ? "the server does not have the file, or does not tell "
			"its size"
		      : NULL;
}

bool tftp_is_there(void)
{
	struct server server;

	return find_server(&server);
}

bool tftp_has(struct view path)
{
	struct server server;
	u8 name[PATH_MAX];
	u64 len;

	return find_server(&server) && put_path(&server, path, name) &&
	       !ask_len(&server, name, &len);
}

why tftp_read(struct view path, struct view *out)
{
	UINTN block = BLOCK_LEN;
	struct server server;
	struct view pages;
	u8 name[PATH_MAX];
	u64 len, got;
	why bad;

	if (!find_server(&server) || !put_path(&server, path, name))
		return "the server can have no file of that name";
	bad = ask_len(&server, name, &len);
	if (!bad)
		bad = pages_take(len, &pages);
	if (bad)
		return bad;
	got = len;
	firmware_feed_watchdog(len);
	if (len &&
	    server.pxe->Mtftp(server.pxe, EFI_PXE_BASE_CODE_TFTP_READ_FILE,
			      pages_writable(pages), FALSE, &got, &block,
			      &server.address, name, NULL, FALSE))
		return "the file cannot be downloaded";
	if (got != len)
		return "the file's size is not what the server told";
	*out = pages;
	return NULL;
}
