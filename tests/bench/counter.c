// SPDX-License-Identifier: BSD-2-Clause
/*
 * A TCG plugin for QEMU that counts what the guest does from one address to
 * another: instructions, how many of them are rounds of a repeated string
 * instruction, bytes stored, and bytes stored into given ranges.
 *
 *   -plugin counter.so,out=FILE,from=ADDRESS,to=ADDRESS[,range=START-END]...
 *
 * Or, of an image that firmware puts somewhere, what it does itself: from its
 * entry, known by the bytes there, all that is executed between START and END,
 * and, once ALONE has been reached, everything; offsets from the entry.
 *
 *   -plugin counter.so,out=FILE,entry=BYTES,image=START-END,alone=OFFSET,
 *           to=ADDRESS[,range=START-END]...
 *
 * Numbers and bytes are hexadecimal. The file gets one line of name=value words
 * when "to" is reached. The emulator executes a repeated string instruction
 * once per element and once more at its end; all of that counts as rounds.
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
#define EXPORT	    __attribute__((visibility("default")))
#define NO_REGS	    0
#define MEM_W	    2
#define MAX_RANGES  8
#define MAX_BYTES   32
#define PAGE	    4096
#define LOWEST_HOST (1u << 20)

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
static struct {
	uint8_t entry[MAX_BYTES]; /* its first bytes */
	int nr_bytes;		  /* 0: there is no image, all is counted */
	int64_t start, end, alone;
	bool is_alone;
} image;

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

static void at_alone(unsigned int cpu, void *data)
{
	(void)cpu;
	(void)data;
	image.is_alone = true;
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

/* The bytes of an instruction; NULL if they are not in RAM or ROM: QEMU then
 * gives an offset. */
static const uint8_t *code_of(struct insn *insn)
{
	const uint8_t *code = qemu_plugin_insn_haddr(insn);

	return (uintptr_t)code > LOWEST_HOST ? code : NULL;
}

static void instrument(struct insn *insn)
{
	uint64_t vaddr = qemu_plugin_insn_vaddr(insn);
	const uint8_t *code = code_of(insn);
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

/* Is it where counting begins? Of a page's last bytes none is an entry. */
static bool is_first(struct insn *insn)
{
	const uint8_t *code = code_of(insn);

	if (!image.nr_bytes)
		return qemu_plugin_insn_vaddr(insn) == from;
	if (!code || (uintptr_t)code % PAGE + MAX_BYTES > PAGE ||
	    memcmp(code, image.entry, (size_t)image.nr_bytes))
		return false;
	from = qemu_plugin_insn_vaddr(insn);
	return true;
}

static bool is_wanted(struct insn *insn)
{
	uint64_t vaddr = qemu_plugin_insn_vaddr(insn);
	int64_t offset = (int64_t)(vaddr - from);

	if (!image.nr_bytes || image.is_alone)
		return true;
	if (offset == image.alone)
		qemu_plugin_register_vcpu_insn_exec_cb(insn, at_alone, NO_REGS,
						       NULL);
	return offset >= image.start && offset < image.end;
}

static void translated(uint64_t id, struct tb *tb)
{
	size_t nr_insns = qemu_plugin_tb_n_insns(tb);

	(void)id;
	if (done)
		return;
	for (size_t i = 0; i < nr_insns; i++) {
		struct insn *insn = qemu_plugin_tb_get_insn(tb, i);

		armed = armed || is_first(insn);
		if (armed && is_wanted(insn))
			instrument(insn);
	}
}

static bool read_bytes(const char *text)
{
	unsigned int byte;

	while (*text) {
		if (image.nr_bytes == MAX_BYTES ||
		    sscanf(text, "%2x", &byte) != 1)
			return false;
		image.entry[image.nr_bytes++] = (uint8_t)byte;
		text += text[1] ? 2 : 1;
	}
	return image.nr_bytes;
}

/* "-12" is below the entry. */
static bool read_offset(const char *text, int64_t *out)
{
	bool is_below = *text == '-';
	uint64_t value;

	if (sscanf(text + is_below, "%" SCNx64, &value) != 1)
		return false;
	*out = is_below ? -(int64_t)value : (int64_t)value;
	return true;
}

static bool read_image(const char *text)
{
	const char *end = *text ? strchr(text + 1, '-') : NULL;

	return end && read_offset(text, &image.start) &&
	       read_offset(end + 1, &image.end);
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
	if (!strncmp(text, "entry=", 6))
		return read_bytes(text + 6);
	if (!strncmp(text, "image=", 6))
		return read_image(text + 6);
	if (!strncmp(text, "alone=", 6))
		return read_offset(text + 6, &image.alone);
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
