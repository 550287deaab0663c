/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The probe kernel: prints all that a loader gave it on COM1 as name=value
 * lines, says "probe: FAIL what" for each promise of its protocol that was
 * not kept, and leaves by isa-debug-exit. Before it looks at anything it
 * overwrites all memory that it may use, as kernels do: what a loader left
 * there by mistake is then seen to be lost.
 */
#include "console.h"
#include "crc32.h"
#include "fill.h"
#include "protocols.h"
#include "report.h"
#include "state.h"

#define DEBUG_EXIT 0x501
#define EXIT_OK	   0x10
#define EXIT_BAD   0x11

static bool is_zero(uint64_t at, uint64_t end)
{
	for (; at < end && at % sizeof(uint64_t); at++)
		if (read8(at))
			return false;
	for (; at + sizeof(uint64_t) <= end; at += sizeof(uint64_t))
		if (read64(at))
			return false;
	for (; at < end; at++)
		if (read8(at))
			return false;
	return true;
}

static uint64_t place(const struct piece *piece, uint64_t base)
{
	return base + (uint64_t)piece->offset;
}

static void use_pieces(const struct config *config, uint64_t base)
{
	for (uint32_t i = 0; i < config->nr_pieces; i++) {
		const struct piece *piece = &config->pieces[i];
		uint64_t start = place(piece, base);

		check(is_zero(start + piece->filesz, start + piece->memsz),
		      "what a segment has beyond its file is zero");
	}
	for (uint32_t i = 0; i < config->nr_pieces; i++) {
		const struct piece *piece = &config->pieces[i];
		uint64_t start = place(piece, base);

		fill(start + piece->filesz, start + piece->memsz);
		take_area(AREA_IMAGE, start, piece->memsz);
	}
}

/* Without config and without what the program itself has changed. */
static uint32_t image_crc(const struct config *config, uint64_t base)
{
	uint32_t after = CONFIG_AT + CONFIG_SIZE;
	uint32_t crc = crc32(0, base, CONFIG_AT);

	crc = crc32(crc, base + after, config->mutable_start - after);
	return crc32(crc, base + config->mutable_end,
		     config->pieces[0].filesz - config->mutable_end);
}

static void put_pieces(const struct config *config, uint64_t base)
{
	for (uint32_t i = 0; i < config->nr_pieces; i++) {
		const struct piece *piece = &config->pieces[i];
		uint64_t start = place(piece, base);
		uint32_t crc = i ? crc32(0, start, piece->filesz)
				 : image_crc(config, base);

		put_row(i ? "piece" : "image",
			VALUES(start, piece->filesz, crc, piece->memsz));
		check(crc == piece->crc, "the image is as its file");
	}
}

static bool has_word(const char *line, const char *word)
{
	while (line && *line) {
		const char *w = word;

		while (*w && *line == *w) {
			line++;
			w++;
		}
		if (!*w && (!*line || *line == ' '))
			return true;
		while (*line && *line != ' ')
			line++;
		while (*line == ' ')
			line++;
	}
	return false;
}

static uint64_t cmdline(const struct state *state, uint32_t protocol)
{
	switch (protocol) {
	case PROTOCOL_LINUX:
		return linux_cmdline(state);
	case PROTOCOL_MULTIBOOT1:
		return multiboot1_cmdline(state);
	case PROTOCOL_MULTIBOOT2:
	case PROTOCOL_LIVE:
		return multiboot2_cmdline(state);
	}
	return pvh_cmdline(state);
}

static void report(const struct state *state, const struct config *config,
		   uint64_t base)
{
	use_pieces(config, base);
	linux_use_window(config, base);
	put_pieces(config, base);
	switch (config->protocol) {
	case PROTOCOL_LINUX:
		linux_report(state);
		break;
	case PROTOCOL_MULTIBOOT1:
		multiboot1_report(state);
		break;
	case PROTOCOL_MULTIBOOT2:
		multiboot2_report(state);
		break;
	case PROTOCOL_LIVE:
		live_report(state);
		break;
	default:
		pvh_report(state);
	}
	check_areas();
}

static void put_protocol(uint32_t protocol)
{
	static const char names[][12] = { "unknown",	"linux", "multiboot1",
					  "multiboot2", "pvh",	 "live" };

	put_text("protocol=");
	put_text(names[protocol <= PROTOCOL_LIVE ? protocol : 0]);
	put_text("\n");
}

void probe_main(const struct state *state, const struct config *config,
		uint64_t base);

void probe_main(const struct state *state, const struct config *config,
		uint64_t base)
{
	uint64_t line = cmdline(state, config->protocol);
	bool brief = has_word((const char *)line, "probe.brief");

	put_text("probe: begin\n");
	put_protocol(config->protocol);
	put_state(state, base);
	if (!brief)
		report(state, config, base);
	put_text(has_failed() ? "probe: bad\n" : "probe: ok\n");
	port_write(DEBUG_EXIT, has_failed() ? EXIT_BAD : EXIT_OK);
}
