// SPDX-License-Identifier: BSD-2-Clause
/*
 * The device path that gangway comes from ends in its own URL.
 */
#include "http_boot.h"

#include "console.h"
#include "device_path.h"
#include "http.h"
#include "print.h"
#include "volume.h"

#define OK 200

struct place {
	EFI_DEVICE_PATH *path;
	struct view host;   /* and its port */
	struct view folder; /* the URL of gangway's own; with its last slash */
};

static struct view up_to(struct view text, const char *ends)
{
	u64 len = 0;

	while (len < text.len && text.at[len] &&
	       !memchr(ends, text.at[len], strlen(ends)))
		len++;
	text.len = len;
	return text;
}

static bool find_place(struct place *out)
{
	const EFI_DEVICE_PATH *path = device_path_of(volume_handle());
	struct view node =
		device_path_find(path, MESSAGING_DEVICE_PATH, MSG_URI_DP);
	struct view url = up_to(view_from(node, sizeof(*path)), "?#");
	u64 at = view_starts(url, VIEW("http://"))    ? 7
		 : view_starts(url, VIEW("https://")) ? 8
						      : 0;

	if (!at)
		return false;
	out->path = (EFI_DEVICE_PATH *)path;
	out->host = up_to(view_from(url, at), "/");
	while (url.at[url.len - 1] != '/')
		url.len--;
	out->folder = url;
	return url.len > at;
}

/* May it stand in the path of a URL as it is (RFC 3986, section 3.3)? */
static bool is_plain(u8 c)
{
	static const char others[] = "\"#%<>?[]^`{|}";

	return c > ' ' && c < 0x7f && !memchr(others, c, sizeof(others) - 1);
}

static u64 put(u8 c, u8 *out, u64 at)
{
	static const char digits[] = "0123456789ABCDEF";

	if (is_plain(c)) {
		out[at] = c;
		return at + 1;
	}
	out[at] = '%';
	out[at + 1] = (u8)digits[c >> 4];
	out[at + 2] = (u8)digits[c & 15];
	return at + 3;
}

/* The URL of a file; false if it is too long. */
static bool put_url(const struct place *place, struct view path,
		    struct view *out)
{
	static u8 url[HTTP_URL_MAX + 3];
	u64 at = place->folder.len;

	while (path.len && (path.at[0] == '\\' || path.at[0] == '/'))
		path = view_from(path, 1);
	if (!path.len || at > HTTP_URL_MAX)
		return false;
	memcpy(url, place->folder.at, at);
	for (u64 i = 0; i < path.len && at <= HTTP_URL_MAX; i++)
		at = put(path.at[i] == '\\' ? '/' : path.at[i], url, at);
	*out = (struct view){ url, at };
	return at <= HTTP_URL_MAX;
}

bool http_boot_is_there(void)
{
	struct place place;

	return find_place(&place);
}

bool http_boot_has(struct view path)
{
	struct place place;
	struct http http;
	struct view url;
	bool has;

	if (!find_place(&place) || !put_url(&place, path, &url))
		return false;
	has = !http_begin(place.path, place.host, url, &http) &&
	      http.status == OK;
	http_end(&http);
	return has;
}

static why download(struct http *http, struct view *out)
{
	struct view pages = VIEW("");
	why bad;

	if (http->status != OK)
		return "the server does not give the file";
	if (http->len == HTTP_NO_LEN)
		return "the server does not tell the file's size";
	bad = pages_take(http->len, &pages);
	if (bad)
		return bad;
	firmware_feed_watchdog(http->len);
	*out = pages;
	return http_read(http, pages_writable(pages), http->len);
}

why http_boot_read(struct view path, struct view *out)
{
	struct place place;
	struct http http;
	struct view url;
	why bad;

	if (!find_place(&place) || !put_url(&place, path, &url))
		return "the server can have no file of that name";
	bad = http_begin(place.path, place.host, url, &http);
	if (!bad)
		bad = download(&http, out);
	http_end(&http);
	if (bad && http.status)
		say("gangway: HTTP status %u of %.*s", http.status, SHOW(url));
	else if (bad)
		say("gangway: no HTTP status of %.*s", SHOW(url));
	return bad;
}
