// SPDX-License-Identifier: BSD-2-Clause
/*
 * Mapping files, and letting go of what has been read of them.
 */
#include "input.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tool.h"

#define MAX_INPUTS 1024
#define STEP	   MIB

static struct input mapped[MAX_INPUTS];
static u32 nr_mapped;

/* Where a mapped file has no bytes any more, or its disk does not give them. */
static void lose_input(int signal, siginfo_t *info, void *context)
{
	const u8 *at = info->si_addr;
	const char *path = NULL;

	(void)signal;
	(void)context;
	for (u32 i = 0; i < nr_mapped; i++)
		if (at >= mapped[i].bytes.at &&
		    at < mapped[i].bytes.at + mapped[i].bytes.len)
			path = mapped[i].path;
	refuse(path, "a file that is read has become shorter, or its disk "
		     "fails");
}

static void watch_inputs(void)
{
	struct sigaction action = { .sa_sigaction = lose_input,
				    .sa_flags =
					    (int)(SA_SIGINFO | SA_RESETHAND) };

	sigaction(SIGBUS, &action, NULL);
}

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
	if (!nr_mapped)
		watch_inputs();
	mapped[nr_mapped] = (struct input){ path, descriptor, { at, len } };
	return mapped[nr_mapped++].bytes;
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
		struct view file = mapped[i].bytes;
		u64 at, end;

		if (piece.at < file.at || piece.at >= file.at + file.len)
			continue;
		at = align_down((u64)(piece.at - file.at), PAGE_SIZE);
		end = (u64)(piece.at - file.at) + piece.len;
		madvise((void *)(file.at + at), end - at, MADV_DONTNEED);
	}
}

void input_touch(struct view piece)
{
	volatile u8 byte = 0;

	for (u64 i = 0; i < piece.len; i += PAGE_SIZE)
		byte = (u8)(byte ^ piece.at[i]);
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
