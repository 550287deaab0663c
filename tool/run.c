// SPDX-License-Identifier: BSD-2-Clause
/*
 * gangway run: boot files in QEMU, with the serial port on the terminal.
 */
#include "run.h"

#include <ctype.h>
#include <getopt.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bzimage.h"
#include "memmap.h"
#include "packed.h"
#include "pe.h"
#include "tool.h"

#define DEFAULT_MEMORY (512 * MIB)
#define NO_PROGRAM     127
#define SUCCESS	       0x10 /* what a guest writes to isa-debug-exit then */

enum { DOOR, EFI, SECURE_BOOT, MEMORY, APPEND, DISPLAY, PRINT };

static const struct choice choices[] = {
	[DOOR] = { "door", "DOOR",
		   "mb1, pvh or uefi; default: what suits the file, or mb1" },
	[EFI] = { "efi", NULL, "the same as --door uefi" },
	[SECURE_BOOT] = { "secure-boot", "[VARS]",
			  "with Secure Boot, and the keys in OVMF's variables; "
			  "default: Microsoft's" },
	[MEMORY] = { "memory", "SIZE", "the guest's memory; default: 512M" },
	[APPEND] = { "append", "WORDS", "words for gangway and its kernel" },
	[DISPLAY] = { "display", NULL, "open a window with its screen" },
	[PRINT] = { "print", "[WHAT]",
		    "print instead: qemu (default), cloud-hypervisor, "
		    "firecracker, xl or libvirt" },
	{ 0 },
};

static const char *folder_to_remove;

void words_add(struct words *words, const char *format, ...)
{
	char *word = NULL;
	va_list args;

	va_start(args, format);
	if (vasprintf(&word, format, args) < 0 ||
	    words->nr + 1 == ARRAY_LEN(words->list))
		refuse(NULL, "the command line is too long");
	va_end(args);
	words->list[words->nr++] = word;
	words->list[words->nr] = NULL;
}

/* The folder is gone when the program ends, with all files in it. */
static void remove_folder(void)
{
	static const char *const names[] = { "vars.fd",
					     "bundle.itb",
					     "esp/EFI/BOOT/BOOTX64.EFI",
					     "esp/EFI/BOOT",
					     "esp/EFI",
					     "esp",
					     "" };
	char path[4096];

	for (u32 i = 0; folder_to_remove && i < ARRAY_LEN(names); i++) {
		snprintf(path, sizeof(path), "%s/%s", folder_to_remove,
			 names[i]);
		remove(path);
	}
}

const char *guest_file(struct guest *guest, const char *name)
{
	char *path = NULL;

	if (!guest->folder) {
		const char *tmp = getenv("TMPDIR");

		if (asprintf(&path, "%s/gangway-run-XXXXXX",
			     tmp ? tmp : "/tmp") < 0 ||
		    !mkdtemp(path))
			refuse_errno(tmp ? tmp : "/tmp",
				     "no folder can be made");
		guest->folder = folder_to_remove = path;
		atexit(remove_folder);
	}
	if (asprintf(&path, "%s/%s", guest->folder, name) < 0)
		refuse(NULL, "there is no memory for a path");
	return path;
}

static void read_wish(struct guest *guest, const char **print, int choice,
		      const char *value)
{
	switch (choice) {
	case DOOR:
		guest->door = value;
		break;
	case EFI:
		guest->door = "uefi";
		break;
	case SECURE_BOOT:
		guest->door = "uefi";
		guest->is_secure = true;
		guest->vars = value;
		break;
	case MEMORY:
		guest->memory = memory_size(value);
		break;
	case APPEND:
		guest->append = value;
		break;
	case DISPLAY:
		guest->is_displayed = true;
		break;
	case PRINT:
		*print = value ? value : "qemu";
		break;
	}
}

/* "FILE" or "FILE,STRING"; a file's own name may have a comma in it. */
static void add_file(struct guest *guest, const char *argument)
{
	char *path = strdup(argument), *comma;

	if (guest->nr == RUN_FILES)
		misuse("more than %u files are given", RUN_FILES);
	if (!path)
		refuse(NULL, "there is no memory for %s", argument);
	comma = access(path, F_OK) ? strchr(path, ',') : NULL;
	if (comma)
		*comma = 0;
	guest->files[guest->nr].path = path;
	guest->files[guest->nr++].words = comma ? comma + 1 : "";
}

/* A UKI or another application is for UEFI; an ELF file that has a kernel
 * packed into it needs nothing else. */
static void look_at_first(struct guest *guest)
{
	struct input first = input_open(guest->files[0].path);
	struct packed_mark mark;
	struct view kernel = VIEW("");
	bool is_uki =
		!pe_section(first.bytes, PE_FILE, VIEW(".linux"), &kernel) &&
		kernel.len;

	for (u32 i = 1; i < guest->nr; i++)
		input_open(guest->files[i].path);
	if (!first.bytes.len)
		refuse(first.path, "it is empty");
	guest->is_whole =
		is_uki || (packed_find(first.bytes, &mark, NULL) && mark.len);
	if (pe_claims(first.bytes) &&
	    (is_uki || bzimage_claims(first.bytes) == CLAIM_NONE)) {
		guest->is_whole = true;
		guest->door = guest->door ? guest->door : "uefi";
	}
	guest->door = guest->door ? guest->door : "mb1";
	if (strcmp(guest->door, "uefi") && is_uki)
		guest->is_whole = false;
}

static void find_gangway(struct guest *guest, const char *print)
{
	const char *name = "gangway.elf";

	if (!strcmp(guest->door, "pvh") || !strcmp(print, "firecracker") ||
	    !strcmp(print, "cloud-hypervisor"))
		name = "gangway-pvh.elf";
	else if (!strcmp(guest->door, "uefi"))
		name = "gangway.efi";
	else if (strcmp(guest->door, "mb1"))
		misuse("QEMU does not start gangway by the door \"%s\"",
		       guest->door);
	guest->gangway = guest->is_whole ? guest->files[0].path
					 : gangway_file(NULL, name).path;
}

void word_print(const char *word)
{
	bool is_plain = *word;

	for (const char *c = word; *c; c++)
		is_plain &=
			isalnum((unsigned char)*c) || strchr("_-+=./,:@%", *c);
	if (is_plain) {
		printf("%s", word);
		return;
	}
	putchar('\'');
	for (const char *c = word; *c; c++)
		printf(*c == '\'' ? "'\\''" : "%c", *c);
	putchar('\'');
}

static void print_words(const struct words *words)
{
	for (u32 i = 0; i < words->nr; i++) {
		printf("%s", i ? " " : "");
		word_print(words->list[i]);
	}
	printf("\n");
}

/* A guest that powers off is content; one with isa-debug-exit tells. */
static int judge(int status)
{
	int code = WIFEXITED(status) ? WEXITSTATUS(status) : 1;

	if (code == NO_PROGRAM)
		refuse("qemu-system-x86_64", "it cannot be run: it is in the "
					     "package qemu-system-x86");
	return code == (SUCCESS << 1 | 1) ? 0 : code ? EXIT_REFUSED : 0;
}

static int start(const struct words *words)
{
	int status = 0;
	pid_t child;

	fflush(NULL);
	child = fork();
	if (!child) {
		execvp(words->list[0], (char **)words->list);
		_exit(NO_PROGRAM);
	}
	/* QEMU has the terminal: what is typed there is its own business. */
	signal(SIGINT, SIG_IGN);
	signal(SIGQUIT, SIG_IGN);
	if (child < 0 || waitpid(child, &status, 0) < 0)
		refuse_errno(words->list[0], "it cannot be run");
	return judge(status);
}

static int run(const struct command *command, int argc, char **argv)
{
	static struct guest guest = { .append = "", .memory = DEFAULT_MEMORY };
	static struct words words;
	const char *value, *print = NULL;
	int choice, end = argc;

	for (int i = 1; i < argc && end == argc; i++)
		end = strcmp(argv[i], "--") ? argc : i;
	while ((choice = choose(command, end, argv, &value)) >= 0)
		read_wish(&guest, &print, choice, value);
	for (int i = optind; i < end; i++)
		add_file(&guest, argv[i]);
	if (!guest.nr)
		misuse("no file is given");
	guest.more = argv + end + (end < argc);
	guest.nr_more = argc - end - (end < argc);
	look_at_first(&guest);
	find_gangway(&guest, print ? print : "");
	if (print && strcmp(print, "qemu")) {
		guest_print(&guest, print);
		return 0;
	}
	guest_qemu(&guest, &words);
	if (!print)
		return start(&words);
	print_words(&words);
	folder_to_remove = NULL; /* what is printed names what is in it */
	return 0;
}

const struct command run_command = {
	.name = "run",
	.arguments = "[OPTION]... FILE[,STRING] [MODULE[,STRING]]... "
		     "[-- QEMU ARGUMENT...]",
	.purpose = "Boot files in QEMU, the serial port on the terminal",
	.choices = choices,
	.run = run,
};
