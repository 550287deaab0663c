// SPDX-License-Identifier: BSD-2-Clause
/*
 * QEMU's command line for a guest, and the files that it needs beside those
 * that are given.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "run.h"
#include "tool.h"

#define FLASH_BLOCK 4096
#define VOLUME_AT   40 /* a firmware volume's mark (PI, volume 3) */

/* Where distributions have OVMF: its code, and the variables to begin with. */
static const struct {
	const char *code, *vars;
	bool is_secure;
} firmwares[] = {
	{ "/usr/share/OVMF/OVMF_CODE_4M.fd", "/usr/share/OVMF/OVMF_VARS_4M.fd",
	  false },
	{ "/usr/share/OVMF/OVMF_CODE_4M.ms.fd",
	  "/usr/share/OVMF/OVMF_VARS_4M.ms.fd", true },
	{ "/usr/share/edk2/ovmf/OVMF_CODE.fd",
	  "/usr/share/edk2/ovmf/OVMF_VARS.fd", false },
	{ "/usr/share/edk2/ovmf/OVMF_CODE.secboot.fd",
	  "/usr/share/edk2/ovmf/OVMF_VARS.secboot.fd", true },
	{ "/usr/share/edk2/x64/OVMF_CODE.4m.fd",
	  "/usr/share/edk2/x64/OVMF_VARS.4m.fd", false },
	{ "/usr/share/edk2-ovmf/x64/OVMF_CODE.fd",
	  "/usr/share/edk2-ovmf/x64/OVMF_VARS.fd", false },
	{ "/usr/share/qemu/ovmf-x86_64-code.bin",
	  "/usr/share/qemu/ovmf-x86_64-vars.bin", false },
	{ "/usr/share/qemu/ovmf-x86_64-ms-code.bin",
	  "/usr/share/qemu/ovmf-x86_64-ms-vars.bin", true },
	{ "/usr/share/OVMF/OVMF_CODE.fd", "/usr/share/OVMF/OVMF_VARS.fd",
	  false },
};

/* QEMU takes two commas for one. */
static char *escaped(const char *text)
{
	char *out = get_memory(2 * strlen(text) + 1), *to = out;

	for (; *text; text++) {
		*to++ = *text;
		if (*text == ',')
			*to++ = ',';
	}
	return out;
}

static void copy_file(const char *from, const char *to)
{
	struct output out = output_begin(to);

	output_put(&out, input_open(from).bytes);
	output_end(&out);
}

/* A firmware volume, of whole blocks: what else is flash, QEMU does not take.
 */
static void copy_variables(const char *from, const char *to)
{
	struct view vars = input_open(from).bytes, mark;

	if (vars.len % FLASH_BLOCK || !view_cut(vars, VOLUME_AT, 4, &mark) ||
	    !view_equal(mark, VIEW("_FVH")))
		refuse(from, "it is no file of OVMF's variables");
	copy_file(from, to);
}

static void add_firmware(struct guest *guest, struct words *out)
{
	const char *vars;
	u32 i = 0;

	while (i < ARRAY_LEN(firmwares) &&
	       (firmwares[i].is_secure != guest->is_secure ||
		access(firmwares[i].code, R_OK) ||
		access(firmwares[i].vars, R_OK)))
		i++;
	if (i == ARRAY_LEN(firmwares))
		refuse("OVMF",
		       "there is none%s where distributions put it: on "
		       "Debian it is in the package ovmf",
		       guest->is_secure ? " with Secure Boot" : "");
	vars = guest_file(guest, "vars.fd");
	copy_variables(guest->vars ? guest->vars : firmwares[i].vars, vars);
	if (guest->is_secure) {
		words_add(out, "-global");
		words_add(out, "driver=cfi.pflash01,property=secure,value=on");
	}
	words_add(out, "-drive");
	words_add(out, "if=pflash,format=raw,unit=0,readonly=on,file=%s",
		  firmwares[i].code);
	words_add(out, "-drive");
	words_add(out, "if=pflash,format=raw,unit=1,file=%s", escaped(vars));
}

/* The files in one, in place of them: the command line goes with the kernel. */
static const char *bundle_of(struct guest *guest, const char *name,
			     void (*pack)(const struct bundle *bundle))
{
	static struct bundle bundle;

	bundle.path = guest_file(guest, name);
	bundle_add_file(&bundle, PART_KERNEL, 0, guest->files[0].path);
	if (*guest->files[0].words)
		bundle_add(&bundle, PART_CMDLINE, 0,
			   view_string(guest->files[0].words));
	for (u32 i = 1; i < guest->nr; i++)
		bundle_add_file(&bundle, PART_INITRD, 0, guest->files[i].path);
	bundle_check(&bundle);
	pack(&bundle);
	return bundle.path;
}

/* A folder that QEMU shows as a disk with FAT. */
static void add_disk(struct guest *guest, struct words *out)
{
	static const char *const folders[] = { "esp", "esp/EFI",
					       "esp/EFI/BOOT" };
	const char *file = "esp/EFI/BOOT/BOOTX64.EFI";

	for (u32 i = 0; i < ARRAY_LEN(folders); i++)
		mkdir(guest_file(guest, folders[i]), 0700);
	if (guest->is_whole)
		copy_file(guest->files[0].path, guest_file(guest, file));
	else
		bundle_of(guest, file, pack_uki);
	words_add(out, "-drive");
	words_add(out, "if=virtio,format=raw,file=fat:rw:%s",
		  escaped(guest_file(guest, "esp")));
}

/* All files by Multiboot, which has a string for each; one by PVH. */
static void add_kernel(struct guest *guest, struct words *out)
{
	char *list = NULL;
	size_t len = 0;
	FILE *text = open_memstream(&list, &len);
	u32 first = guest->is_whole;

	words_add(out, "-kernel");
	words_add(out, "%s", guest->gangway);
	if (!strcmp(guest->door, "pvh") && guest->nr > first + 1) {
		fprintf(text, "%s", bundle_of(guest, "bundle.itb", pack_fit));
	} else {
		for (u32 i = first; i < guest->nr; i++) {
			const char *words = guest->files[i].words;

			fprintf(text, "%s%s%s%s", i > first ? "," : "",
				escaped(guest->files[i].path),
				*words ? " " : "", escaped(words));
		}
	}
	fclose(text);
	if (len) {
		words_add(out, "-initrd");
		words_add(out, "%s", list);
	}
	free(list);
	if (*guest->append) {
		words_add(out, "-append");
		words_add(out, "%s", guest->append);
	}
}

/* Does the user give that option of QEMU's? */
static bool is_given(const struct guest *guest, const char *option)
{
	for (int i = 0; i < guest->nr_more; i++)
		if (!strcmp(guest->more[i], option))
			return true;
	return false;
}

/* A /dev/kvm that can be opened may still be one on which QEMU gives up, as
 * inside some virtual machines. */
static bool kvm_works(void)
{
	return !access("/dev/kvm", R_OK | W_OK) &&
	       !system("exec >/dev/null 2>&1; echo quit | "
		       "qemu-system-x86_64 -accel kvm -cpu host -nodefaults "
		       "-display none -S -monitor stdio");
}

/* What the user gives behind "--" takes the place of ours. */
static void add_machine(const struct guest *guest, struct words *out)
{
	bool has_kvm = !is_given(guest, "-accel") && kvm_works();
	/* cmpxchg16b is broken in QEMU 7.2's emulation. */
	const char *cpu = has_kvm ? "host" : "qemu64,-cx16";
	const char *const ours[][2] = {
		{ "-machine", guest->is_secure ? "q35,smm=on" : "pc" },
		{ "-accel", has_kvm ? "kvm" : "tcg" },
		{ "-cpu", cpu },
		{ "-net", "none" },
		{ "-device", "isa-debug-exit,iobase=0x501,iosize=2" },
		{ "-device", "pvpanic" },
		{ "-action", "panic=exit-failure" },
	};

	words_add(out, "qemu-system-x86_64");
	for (u32 i = 0; i < ARRAY_LEN(ours); i++) {
		bool is_device = !strcmp(ours[i][0], "-device");

		if (!is_device && is_given(guest, ours[i][0]))
			continue;
		words_add(out, "%s", ours[i][0]);
		words_add(out, "%s", ours[i][1]);
	}
	words_add(out, "-m");
	words_add(out, "%lu", guest->memory / MIB);
	words_add(out, "-no-reboot");
	words_add(out, guest->is_displayed ? "-serial" : "-nographic");
	if (guest->is_displayed)
		words_add(out, "stdio");
}

void guest_qemu(struct guest *guest, struct words *out)
{
	bool is_uefi = !strcmp(guest->door, "uefi");

	if (is_uefi && *guest->append)
		refuse(guest->files[0].path,
		       "by UEFI its words are packed into it: give them to "
		       "gangway pack");
	add_machine(guest, out);
	if (is_uefi) {
		add_firmware(guest, out);
		add_disk(guest, out);
	} else {
		add_kernel(guest, out);
	}
	for (int i = 0; i < guest->nr_more; i++)
		words_add(out, "%s", guest->more[i]);
}
