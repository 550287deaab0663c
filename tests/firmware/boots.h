/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What boots on the played firmware are made of: images with sections, files,
 * and a process for each boot, since efi/ has variables.
 */
#ifndef TESTS_BOOTS_H
#define TESTS_BOOTS_H

#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "guest.h"
#include "pe.h"
#include "played.h"

#define LINK_AT	   0x20400000u /* in the played RAM */
#define KERNEL_LEN 4096u

#define MB1_MAGIC     0x1badb002u
#define MB1_ADDRESSES (1u << 16)

#define IMAGE_LEN  32768u
#define SECTION_AT 4096u
#define BOOT_OK	   42 /* what a boot says to its parent that was right */

static u8 boots_image[IMAGE_LEN];

/* Headers of an image without a section; returns where sections are listed. */
static inline struct pe_section *put_headers(u8 *out)
{
	u16 dos = PE_DOS_MAGIC;
	u32 pe_at = 64;
	struct pe_header head = { .magic = PE_MAGIC,
				  .machine = PE_AMD64,
				  .optional_len = 240 };
	struct pe_optional optional = { .magic = PE_PLUS,
					.size_of_headers = 1024,
					.subsystem = PE_APPLICATION };

	memcpy(out, &dos, sizeof(dos));
	memcpy(out + PE_POINTER_AT, &pe_at, sizeof(pe_at));
	memcpy(out + 64, &head, sizeof(head));
	memcpy(out + 64 + sizeof(head), &optional, sizeof(optional));
	return (void *)(out + 64 + sizeof(head) + 240);
}

/* One more section, whose content is in the file where it is in memory. */
static inline void put_section(u8 *out, const char *name, u32 at, u32 len)
{
	struct pe_header head;
	struct pe_section section = { .virtual_size = len,
				      .virtual_address = at,
				      .raw_size = len,
				      .raw_at = at };

	memcpy(&head, out + 64, sizeof(head));
	memcpy(section.name, name, strlen(name));
	memcpy(out + 64 + sizeof(head) + 240 +
		       head.nr_sections * sizeof(section),
	       &section, sizeof(section));
	head.nr_sections++;
	memcpy(out + 64, &head, sizeof(head));
}

/* A Multiboot 1 kernel of KERNEL_LEN bytes, in the played RAM. */
static inline void put_kernel(u8 *out)
{
	u32 header[] = {
		MB1_MAGIC, MB1_ADDRESSES, 0u - MB1_MAGIC - MB1_ADDRESSES,
		LINK_AT,   LINK_AT,	  0,
		0,	   LINK_AT + 64
	};

	memset(out, 0x90, KERNEL_LEN);
	memcpy(out, header, sizeof(header));
}

/* gangway's own image, without a section. */
static inline void boots_new(void)
{
	memset(&played, 0, sizeof(played));
	played.options = "";
	memset(boots_image, 0, sizeof(boots_image));
	put_headers(boots_image);
	played.image = (struct view){ boots_image, SECTION_AT };
}

/* Pack a section into it. */
static inline void pack(const char *name, const void *content, u64 len)
{
	u32 at = (u32)played.image.len;

	put_section(boots_image, name, at, (u32)len);
	memcpy(boots_image + at, content, len);
	played.image.len = align_up(at + len, PAGE_SIZE);
}

static inline void add_file(const char *path, const void *content, u64 len)
{
	u32 i = 0;

	while (played.files[i].path)
		i++;
	played.files[i] =
		(struct played_file){ path, { (const u8 *)content, len } };
}

static inline void add_text(const char *path, const char *text)
{
	add_file(path, text, strlen(text));
}

/* Boot once in a process, as prepared; is it right then? *calls: of the
 * firmware, if it is not NULL. */
static inline bool boot_apart(void (*prepare)(const void *),
			      bool (*is_right)(const void *,
					       enum ending_of_boot),
			      const void *context, u64 *calls)
{
	int pipes[2], status;
	u64 nr = 0;
	pid_t pid;

	assert_int_equal(pipe(pipes), 0);
	pid = fork();
	if (!pid) {
		enum ending_of_boot how;
		bool is_fine;

		boots_new();
		prepare(context);
		how = played_boot();
		is_fine = is_right(context, how);
		if (!is_fine)
			fprintf(stderr,
				"ended by %d, status %llx, left %u pages, %u "
				"pools, %u protocols, %u files, %u tables, %u "
				"events\n%s",
				how, (unsigned long long)played.status,
				played.nr_pages, played.nr_pools,
				played.nr_protocols, played.nr_files,
				played.nr_tables, played.nr_events,
				played.said);
		if (write(pipes[1], &played.nr_calls, sizeof(u64)) < 0)
			_exit(1);
		_exit(is_fine ? BOOT_OK : 1);
	}
	close(pipes[1]);
	if (read(pipes[0], &nr, sizeof(nr)) == sizeof(nr) && calls)
		*calls = nr;
	close(pipes[0]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) && WEXITSTATUS(status) == BOOT_OK;
}

/* Has all been given back that the firmware gave? */
static inline bool has_left_nothing(void)
{
	return !played.nr_pages && !played.nr_pools && !played.nr_protocols &&
	       !played.nr_files && !played.nr_tables && !played.nr_events;
}

#endif
