// SPDX-License-Identifier: BSD-2-Clause
/*
 * A TCG plugin for QEMU that measures a journey of the guest, firmware and
 * kernel and all: instructions and wall time from one instruction to another.
 *
 *   -plugin stopwatch.so,out=FILE,from=ADDRESS,to=ADDRESS[,wall]
 *   -plugin stopwatch.so,out=FILE,entry=BYTES,to=ADDRESS[,wall]
 *
 * It begins at an address, or at the first instruction with these bytes, where
 * firmware puts an image somewhere. Addresses are virtual; numbers and bytes
 * are hexadecimal. The file gets one line, "insns=NUMBER ns=NUMBER". With
 * "wall" nothing is counted, so that only the time is true; otherwise only the
 * count.
 *
 * Blocks are counted as they are entered: one that is left early counts whole.
 * What is declared here is explained in counter.c.
 */
#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#ifndef PLUGIN_API
#define PLUGIN_API 1
#endif
#define EXPORT	    __attribute__((visibility("default")))
#define NO_REGS	    0
#define MAX_BYTES   32
#define PAGE	    4096
#define LOWEST_HOST (1u << 20)
#define NS	    1000000000ull

struct tb;
struct insn;
typedef void tb_callback(uint64_t id, struct tb *tb);
typedef void exec_callback(unsigned int cpu, void *data);

void qemu_plugin_register_vcpu_tb_trans_cb(uint64_t id, tb_callback *cb);
void qemu_plugin_register_vcpu_tb_exec_cb(struct tb *tb, exec_callback *cb,
					  int flags, void *data);
size_t qemu_plugin_tb_n_insns(const struct tb *tb);
struct insn *qemu_plugin_tb_get_insn(const struct tb *tb, size_t index);
uint64_t qemu_plugin_insn_vaddr(const struct insn *insn);
void *qemu_plugin_insn_haddr(const struct insn *insn);
void qemu_plugin_register_vcpu_insn_exec_cb(struct insn *insn,
					    exec_callback *cb, int flags,
					    void *data);

EXPORT int qemu_plugin_version = PLUGIN_API;
EXPORT int qemu_plugin_install(uint64_t id, const void *info, int argc,
			       char **argv);

static const char *out;
static uint64_t from, to, insns, first_insn, first_ns;
static uint8_t entry[MAX_BYTES];
static size_t nr_bytes; /* 0: it begins at from */
static bool is_wall, began;

static uint64_t now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (uint64_t)time.tv_sec * NS + (uint64_t)time.tv_nsec;
}

static void at_from(unsigned int cpu, void *data)
{
	(void)cpu;
	(void)data;
	if (began)
		return;
	began = true;
	first_insn = insns;
	first_ns = now();
}

static void at_to(unsigned int cpu, void *data)
{
	FILE *file = began ? fopen(out, "w") : NULL;

	(void)cpu;
	(void)data;
	if (!file)
		return;
	fprintf(file, "insns=%" PRIu64 " ns=%" PRIu64 "\n", insns - first_insn,
		now() - first_ns);
	fclose(file);
}

static void at_block(unsigned int cpu, void *nr_insns)
{
	(void)cpu;
	insns += (uintptr_t)nr_insns;
}

/* Of a page's last bytes none is an entry, nor of what is not in RAM or ROM,
 * for which QEMU gives an offset. */
static bool is_first(const struct insn *insn)
{
	const uint8_t *code;

	if (!nr_bytes)
		return qemu_plugin_insn_vaddr(insn) == from;
	code = qemu_plugin_insn_haddr(insn);
	return (uintptr_t)code > LOWEST_HOST &&
	       (uintptr_t)code % PAGE + nr_bytes <= PAGE &&
	       !memcmp(code, entry, nr_bytes);
}

static void translated(uint64_t id, struct tb *tb)
{
	size_t nr = qemu_plugin_tb_n_insns(tb);

	(void)id;
	if (!is_wall)
		qemu_plugin_register_vcpu_tb_exec_cb(tb, at_block, NO_REGS,
						     (void *)(uintptr_t)nr);
	for (size_t i = 0; i < nr; i++) {
		struct insn *insn = qemu_plugin_tb_get_insn(tb, i);

		if (!began && is_first(insn))
			qemu_plugin_register_vcpu_insn_exec_cb(insn, at_from,
							       NO_REGS, NULL);
		if (qemu_plugin_insn_vaddr(insn) == to)
			qemu_plugin_register_vcpu_insn_exec_cb(insn, at_to,
							       NO_REGS, NULL);
	}
}

static bool read_bytes(const char *text)
{
	unsigned int byte;

	for (; text[0] && text[1]; text += 2) {
		if (nr_bytes == MAX_BYTES || sscanf(text, "%2x", &byte) != 1)
			return false;
		entry[nr_bytes++] = (uint8_t)byte;
	}
	return nr_bytes && !*text;
}

static bool read_argument(const char *text)
{
	if (!strncmp(text, "out=", 4))
		return (out = strdup(text + 4)) != NULL;
	if (!strncmp(text, "entry=", 6))
		return read_bytes(text + 6);
	if (!strncmp(text, "wall", 4)) /* newer QEMUs put "=on" behind it */
		return is_wall = true;
	return sscanf(text, "from=%" SCNx64, &from) == 1 ||
	       sscanf(text, "to=%" SCNx64, &to) == 1;
}

int qemu_plugin_install(uint64_t id, const void *info, int argc, char **argv)
{
	(void)info;
	for (int i = 0; i < argc; i++)
		if (!read_argument(argv[i])) {
			fprintf(stderr, "stopwatch: bad argument %s\n",
				argv[i]);
			return -1;
		}
	qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
	return out ? 0 : -1;
}
