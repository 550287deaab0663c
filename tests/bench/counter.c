// SPDX-License-Identifier: BSD-2-Clause
/*
 * A TCG plugin for QEMU that counts what the guest does from one address to
 * another: instructions, how many of them are rounds of a repeated string
 * instruction, bytes stored, and bytes stored into given ranges.
 *
 *   -plugin counter.so,out=FILE,from=ADDRESS,to=ADDRESS[,range=START-END]...
 *
 * Addresses are hexadecimal. The file gets one line of name=value words when
 * "to" is reached. The emulator executes a repeated string instruction once
 * per element and once more at its end; all of that counts as rounds.
 *
 * The interface is declared here because Debian ships no qemu-plugin.h. It is
 * the part that has not changed since QEMU 5.2; only the version number that
 * QEMU asks for has, hence PLUGIN_API: 1 up to QEMU 8.1, 4 from 9.1 on.
 */
#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifndef PLUGIN_API
#define PLUGIN_API 1
#endif
#define EXPORT	   __attribute__((visibility("default")))
#define NO_REGS	   0
#define MEM_W	   2
#define MAX_RANGES 8

struct tb;
struct insn;
struct hwaddr;
typedef uint32_t meminfo;
typedef void tb_callback(uint64_t id, struct tb *tb);
typedef void exec_callback(unsigned int cpu, void *data);
typedef void mem_callback(unsigned int cpu, meminfo info, uint64_t vaddr,
			  void *data);

void qemu_plugin_register_vcpu_tb_trans_cb(uint64_t id, tb_callback *cb);
size_t qemu_plugin_tb_n_insns(const struct tb *tb);
struct insn *qemu_plugin_tb_get_insn(const struct tb *tb, size_t index);
uint64_t qemu_plugin_insn_vaddr(const struct insn *insn);
void *qemu_plugin_insn_haddr(const struct insn *insn);
void qemu_plugin_register_vcpu_insn_exec_cb(struct insn *insn,
					    exec_callback *cb, int flags,
					    void *data);
void qemu_plugin_register_vcpu_mem_cb(struct insn *insn, mem_callback *cb,
				      int flags, int rw, void *data);
unsigned int qemu_plugin_mem_size_shift(meminfo info);
bool qemu_plugin_mem_is_store(meminfo info);
struct hwaddr *qemu_plugin_get_hwaddr(meminfo info, uint64_t vaddr);
uint64_t qemu_plugin_hwaddr_phys_addr(const struct hwaddr *hwaddr);

EXPORT int qemu_plugin_version = PLUGIN_API;
EXPORT int qemu_plugin_install(uint64_t id, const void *info, int argc,
			       char **argv);

static struct {
	uint64_t start, end, stored;
} ranges[MAX_RANGES];
static int nr_ranges;
static uint64_t from, to, insns, rounds, stored;
static const char *out;
static bool armed; /* "from" has been translated: all else is to be counted */
static bool counting, done;

static void report(void)
{
	FILE *file = fopen(out, "w");

	if (!file)
		return;
	fprintf(file, "insns=%" PRIu64 " rounds=%" PRIu64 " stored=%" PRIu64,
		insns, rounds, stored);
	for (int i = 0; i < nr_ranges; i++)
		fprintf(file, " range%d=%" PRIu64, i, ranges[i].stored);
	fprintf(file, "\n");
	fclose(file);
}

static void at_from(unsigned int cpu, void *data)
{
	(void)cpu;
	(void)data;
	counting = !done;
}

static void at_to(unsigned int cpu, void *data)
{
	(void)cpu;
	(void)data;
	if (!counting)
		return;
	counting = false;
	done = true;
	report();
}

static void at_insn(unsigned int cpu, void *is_string)
{
	(void)cpu;
	insns += counting;
	rounds += counting && is_string;
}

static void at_store(unsigned int cpu, meminfo info, uint64_t vaddr, void *data)
{
	uint64_t size = 1ull << qemu_plugin_mem_size_shift(info);
	struct hwaddr *hwaddr;
	uint64_t at;

	(void)cpu;
	(void)data;
	/* QEMU 7.2 passes on loads too, though only stores were asked for. */
	if (!counting || !qemu_plugin_mem_is_store(info))
		return;
	stored += size;
	hwaddr = qemu_plugin_get_hwaddr(info, vaddr);
	at = hwaddr ? qemu_plugin_hwaddr_phys_addr(hwaddr) : vaddr;
	for (int i = 0; i < nr_ranges; i++)
		if (at >= ranges[i].start && at < ranges[i].end)
			ranges[i].stored += size;
}

/* Is it a string instruction with a repeat prefix? Others of 0x66, 0x67 and
 * REX may stand between. */
static bool is_repeated(const uint8_t *code)
{
	bool repeats = false;

	for (int i = 0; i < 4; i++, code++) {
		if (*code == 0xf2 || *code == 0xf3)
			repeats = true;
		else if (*code != 0x66 && *code != 0x67 &&
			 (*code & 0xf0) != 0x40)
			break;
	}
	return repeats && ((*code >= 0xa4 && *code <= 0xa7) ||
			   (*code >= 0xaa && *code <= 0xaf) ||
			   (*code >= 0x6c && *code <= 0x6f));
}

static void instrument(struct insn *insn)
{
	uint64_t vaddr = qemu_plugin_insn_vaddr(insn);
	const uint8_t *code = qemu_plugin_insn_haddr(insn);
	void *is_string = code && is_repeated(code) ? &rounds : NULL;

	/* The mark at "to" comes before the count, that at "from" too: the
	 * one is left out and the other is in. */
	if (vaddr == to)
		qemu_plugin_register_vcpu_insn_exec_cb(insn, at_to, NO_REGS,
						       NULL);
	if (vaddr == from)
		qemu_plugin_register_vcpu_insn_exec_cb(insn, at_from, NO_REGS,
						       NULL);
	qemu_plugin_register_vcpu_insn_exec_cb(insn, at_insn, NO_REGS,
					       is_string);
	qemu_plugin_register_vcpu_mem_cb(insn, at_store, NO_REGS, MEM_W, NULL);
}

static void translated(uint64_t id, struct tb *tb)
{
	size_t nr_insns = qemu_plugin_tb_n_insns(tb);

	(void)id;
	if (done)
		return;
	for (size_t i = 0; i < nr_insns; i++) {
		struct insn *insn = qemu_plugin_tb_get_insn(tb, i);

		armed = armed || qemu_plugin_insn_vaddr(insn) == from;
		if (armed)
			instrument(insn);
	}
}

static bool read_argument(const char *text)
{
	if (!strncmp(text, "out=", 4))
		return (out = strdup(text + 4)) != NULL;
	if (!strncmp(text, "range=", 6) && nr_ranges < MAX_RANGES) {
		uint64_t *start = &ranges[nr_ranges].start;
		uint64_t *end = &ranges[nr_ranges++].end;

		return sscanf(text + 6, "%" SCNx64 "-%" SCNx64, start, end) ==
		       2;
	}
	return sscanf(text, "from=%" SCNx64, &from) == 1 ||
	       sscanf(text, "to=%" SCNx64, &to) == 1;
}

int qemu_plugin_install(uint64_t id, const void *info, int argc, char **argv)
{
	(void)info;
	for (int i = 0; i < argc; i++)
		if (!read_argument(argv[i])) {
			fprintf(stderr, "counter: bad argument %s\n", argv[i]);
			return -1;
		}
	qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
	return out ? 0 : -1;
}
