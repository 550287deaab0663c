// SPDX-License-Identifier: BSD-2-Clause
/*
 * Writing files that have no name until they are complete.
 */
#include "output.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "input.h"
#include "tool.h"

#define MODE	  0666
#define PROGRESS  (64 * MIB) /* a shorter file is done before one looks */
#define PATH_ROOM 64

static const u8 zeroes[4096];
static const char *to_remove; /* where a file system wants a name at once */

static void remove_name(void)
{
	if (to_remove)
		unlink(to_remove);
}

/* The file's name while it is not complete. */
static char *name_of(const char *path)
{
	u64 len = strlen(path) + PATH_ROOM;
	char *name = get_memory(len);

	snprintf(name, len, "%s.%d.part", path, (int)getpid());
	return name;
}

int output_scratch(const char *path)
{
	char *copy = strdup(path);
	int descriptor;

	if (!copy)
		refuse(NULL, "there is no memory");
	descriptor = open(dirname(copy), O_TMPFILE | O_RDWR | O_CLOEXEC, MODE);
	free(copy);
	return descriptor;
}

struct output output_begin(const char *path)
{
	struct output out = { .path = path };
	struct stat status;

	if (!stat(path, &status) && !S_ISREG(status.st_mode))
		refuse(path, "it is there and no regular file");
	out.descriptor = output_scratch(path);
	if (out.descriptor >= 0)
		return out;
	if (errno != EOPNOTSUPP && errno != EISDIR)
		refuse_errno(path, "it cannot be written");
	out.name = name_of(path);
	out.descriptor =
		open(out.name, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, MODE);
	if (out.descriptor < 0)
		refuse_errno(path, "it cannot be written");
	to_remove = out.name;
	atexit(remove_name);
	return out;
}

static void show_progress(const struct output *out, u64 before)
{
	u64 now = out->len * 100 / out->total;

	if (now == before * 100 / out->total || !isatty(STDERR_FILENO))
		return;
	fprintf(stderr, "\r%s: %3lu %%%s", out->path, now,
		out->len == out->total ? "\n" : "");
}

static void put_step(void *context, struct view piece)
{
	struct output *out = context;
	u64 before = out->len;

	while (piece.len) {
		ssize_t done = write(out->descriptor, piece.at, piece.len);

		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0 && errno == EFAULT)
			input_touch(piece);
		if (done < 0)
			refuse_errno(out->path, "it cannot be written");
		piece = view_from(piece, (u64)done);
		out->len += (u64)done;
	}
	if (out->total >= PROGRESS)
		show_progress(out, before);
}

void output_put(struct output *out, struct view bytes)
{
	input_stream(bytes, put_step, out);
}

void output_pad_to(struct output *out, u64 len)
{
	while (out->len < len)
		output_put(out,
			   (struct view){ zeroes, min_u64(len - out->len,
							  sizeof(zeroes)) });
}

void output_pad(struct output *out, u64 align)
{
	output_pad_to(out, align_up(out->len, align));
}

void output_replace(struct output *out, int descriptor)
{
	close(out->descriptor);
	out->descriptor = descriptor;
}

void output_end(struct output *out)
{
	char source[PATH_ROOM], *name = out->name;

	snprintf(source, sizeof(source), "/proc/self/fd/%d", out->descriptor);
	/* No other name is seen, unless a file is to be replaced. */
	if (!name &&
	    !linkat(AT_FDCWD, source, AT_FDCWD, out->path, AT_SYMLINK_FOLLOW)) {
		close(out->descriptor);
		return;
	}
	if (!name) {
		name = name_of(out->path);
		if (linkat(AT_FDCWD, source, AT_FDCWD, name, AT_SYMLINK_FOLLOW))
			refuse_errno(out->path, "it cannot be written");
	}
	to_remove = NULL;
	if (rename(name, out->path)) {
		int error = errno;

		unlink(name);
		errno = error;
		refuse_errno(out->path, "it cannot be written");
	}
	close(out->descriptor);
	free(name);
}
