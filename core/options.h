/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * gangway's own words on the command line: "gangway.name=value".
 */
#ifndef CORE_OPTIONS_H
#define CORE_OPTIONS_H

#include "base.h"
#include "serial.h"
#include "view.h"

enum log_level { LOG_QUIET, LOG_NORMAL, LOG_DEBUG };

/* What happens after a failure has been reported. */
enum ending { END_AUTO, END_HALT, END_REBOOT, END_POWEROFF };

/* How a Linux kernel with an EFI stub is started under UEFI. */
enum linux_way { LINUX_AUTO, LINUX_EFI, LINUX_ZEROPAGE };

/* Bits of consoles; CONSOLE_AUTO finds out which there are. */
#define CONSOLE_SERIAL (1u << 0) /* 16550 */
#define CONSOLE_DEBUG  (1u << 1) /* port 0xE9 */
#define CONSOLE_VGA    (1u << 2) /* text at 0xB8000 */
#define CONSOLE_XEN    (1u << 3) /* of a Xen guest */
#define CONSOLE_FRAME  (1u << 4) /* a framebuffer that the loader left on */
#define CONSOLE_AUTO   (1u << 31)

struct format;

struct options {
	u32 consoles;	      /* gangway.console=auto|none|com1..com4|0xPORT|
				 mmio[16|32]:0xADDRESS|SPEED|e9|vga|fb|xen, a list */
	struct serial serial; /* at 0: look for one; speed 0: as it is set */
	enum log_level log;   /* gangway.log=quiet|normal|debug */
	enum ending ending;   /* gangway.fail=auto|halt|reboot|poweroff */
	const struct format *format; /* gangway.format=auto|NAME; NULL: auto */
	bool argv0;		     /* gangway.argv0=off|on */
	u32 overwrites; /* gangway.overwrite=nothing|nvs|acpi: bits of types of
			   memory that a kernel's image may lie on */
	enum linux_way linux_way; /* gangway.linux=auto|efi|zeropage */
	u16 debug_exit; /* gangway.debugexit=PORT of isa-debug-exit, 0: none */
	bool has_subarch;      /* gangway.subarch=N */
	bool has_subarch_data; /* gangway.subarch_data=N */
	u32 subarch;
	u64 subarch_data;
	struct view profile; /* gangway.profile=NUMBER|ID of a UKI, or empty */
	struct view config;  /* gangway.config=NAME in a FIT image, or empty */
	struct view bad;     /* the first word that means nothing, or empty */
};

/* The values that hold when no word says otherwise. */
void options_init(struct options *options);

/* Read gangway's own words out of a line; a later word overrides an earlier
 * one. What means nothing changes nothing, and is judged when all lines are
 * read: until then nobody knows how a failure is to end. */
void options_read(struct options *options, struct view line);

/* What is wrong with the first word that means nothing. */
must_check why options_judge(const struct options *options);

#endif
