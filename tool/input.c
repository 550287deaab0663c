// SPDX-License-Identifier: BSD-2-Clause
/*
 * Mapping files, and letting go of what has been read of them.
 */
#include "input.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tool.h"

#define MAX_INPUTS 1024
#define STEP	   MIB

static struct view mapped[MAX_INPUTS];
static u32 nr_mapped;

static struct view map(const char *path, int descriptor, u64 len)
{
	void *at;

	if (!len)
		return VIEW("");
	if (nr_mapped == MAX_INPUTS)
		refuse(path, "more than %u files are given", MAX_INPUTS);
	at = mmap(NULL, len, PROT_READ, MAP_PRIVATE, descriptor, 0);
	if (at == MAP_FAILED)
		refuse_errno(path, "it cannot be mapped");
	mapped[nr_mapped] = (struct view){ at, len };
	return mapped[nr_mapped++];
}

struct input input_open(const char *path)
{
	/* A FIFO would wait for somebody who writes. */
	int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat status;

	if (descriptor < 0 || fstat(descriptor, &status))
		refuse_errno(path, "it cannot be opened");
	if (!S_ISREG(status.st_mode))
		refuse(path, "it is no regular file");
	return (struct input){ path, descriptor,
			       map(path, descriptor, (u64)status.st_size) };
}

void input_forget(struct view piece)
{
	for (u32 i = 0; i < nr_mapped; i++) {
		struct view file = mapped[i];
		u64 at, end;

		if (piece.at < file.at || piece.at >= file.at + file.len)
			continue;
		at = align_down((u64)(piece.at - file.at), PAGE_SIZE);
		end = (u64)(piece.at - file.at) + piece.len;
		madvise((void *)(file.at + at), end - at, MADV_DONTNEED);
	}
}

void input_stream(struct view bytes,
		  void (*step)(void *context, struct view piece), void *context)
{
	while (bytes.len) {
		struct view piece = { bytes.at, min_u64(bytes.len, STEP) };

		step(context, piece);
		input_forget(piece);
		bytes = view_from(bytes, piece.len);
	}
}
