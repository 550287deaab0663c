// SPDX-License-Identifier: BSD-2-Clause
/*
 * The same guest for other hypervisors: a command line, or a configuration.
 */
#include <jansson.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "run.h"
#include "tool.h"

static const char *whole_path(const char *path)
{
	const char *real = realpath(path, NULL);

	if (!real)
		refuse_errno(path, "it cannot be found");
	return real;
}

/* The one file that they pass beside the kernel; NULL: none is needed. */
static const char *ramdisk_of(const struct guest *guest)
{
	u32 first = guest->is_whole;

	if (guest->nr > first + 1 || *guest->files[first].words)
		refuse(guest->files[guest->nr - 1].path,
		       "only one file is passed, without words: pack all into "
		       "one by gangway pack --type fit");
	return guest->nr > first ? whole_path(guest->files[first].path) : NULL;
}

static void print_firecracker(const struct guest *guest)
{
	const char *ramdisk = ramdisk_of(guest);
	json_t *source = json_pack("{s:s, s:s}", "kernel_image_path",
				   whole_path(guest->gangway), "boot_args",
				   guest->append);
	json_t *all;

	if (ramdisk)
		json_object_set_new(source, "initrd_path",
				    json_string(ramdisk));
	all = json_pack("{s:o, s:[], s:{s:i, s:I}}", "boot-source", source,
			"drives", "machine-config", "vcpu_count", 1,
			"mem_size_mib", (json_int_t)(guest->memory / MIB));
	if (!all)
		refuse(guest->files[0].path,
		       "a path or the words are no UTF-8, and JSON is");
	json_dumpf(all, stdout, JSON_INDENT(2) | JSON_PRESERVE_ORDER);
	printf("\n");
	json_decref(all);
}

/* In quotes, as xl takes it, which refuses a backslash before others. */
static void print_quoted(const char *text)
{
	putchar('"');
	for (; *text; text++)
		printf(strchr("\"\\", *text) ? "\\%c" : "%c", *text);
	putchar('"');
}

static void print_cloud_hypervisor(const struct guest *guest)
{
	const char *ramdisk = ramdisk_of(guest);

	printf("cloud-hypervisor --kernel ");
	word_print(whole_path(guest->gangway));
	if (ramdisk) {
		printf(" --initramfs ");
		word_print(ramdisk);
	}
	if (*guest->append) {
		printf(" --cmdline ");
		word_print(guest->append);
	}
	printf(" --memory size=%luM --serial tty --console off\n",
	       guest->memory / MIB);
}

static void print_xl(const struct guest *guest)
{
	const char *ramdisk = ramdisk_of(guest);

	printf("name    = \"gangway\"\ntype    = \"pvh\"\n"
	       "memory  = %lu\nvcpus   = 1\nkernel  = ",
	       guest->memory / MIB);
	print_quoted(whole_path(guest->gangway));
	if (ramdisk) {
		printf("\nramdisk = ");
		print_quoted(ramdisk);
	}
	if (*guest->append) {
		printf("\nextra   = ");
		print_quoted(guest->append);
	}
	printf("\n");
}

static void print_element(const char *name, const char *text)
{
	printf("    <%s>", name);
	for (; *text; text++)
		if (*text == '<' || *text == '&')
			printf("&#%d;", *text);
		else
			putchar(*text);
	printf("</%s>\n", name);
}

static void print_libvirt(const struct guest *guest)
{
	const char *ramdisk = ramdisk_of(guest);

	printf("<domain type='kvm'>\n  <name>gangway</name>\n"
	       "  <memory unit='MiB'>%lu</memory>\n  <vcpu>1</vcpu>\n"
	       "  <os>\n    <type arch='x86_64' machine='q35'>hvm</type>\n",
	       guest->memory / MIB);
	print_element("kernel", whole_path(guest->gangway));
	if (ramdisk)
		print_element("initrd", ramdisk);
	if (*guest->append)
		print_element("cmdline", guest->append);
	printf("  </os>\n  <features><acpi/></features>\n"
	       "  <devices>\n    <serial type='pty'/>\n"
	       "    <console type='pty'/>\n  </devices>\n</domain>\n");
}

void guest_print(const struct guest *guest, const char *what)
{
	static const struct {
		const char *name;
		void (*print)(const struct guest *guest);
	} kinds[] = {
		{ "cloud-hypervisor", print_cloud_hypervisor },
		{ "firecracker", print_firecracker },
		{ "xl", print_xl },
		{ "libvirt", print_libvirt },
	};

	if (!strcmp(guest->door, "uefi"))
		refuse(guest->files[0].path, "it is started by UEFI, and these "
					     "start a kernel");
	for (u32 i = 0; i < ARRAY_LEN(kinds); i++)
		if (!strcmp(what, kinds[i].name)) {
			kinds[i].print(guest);
			return;
		}
	misuse("nothing is known of \"%s\"", what);
}
