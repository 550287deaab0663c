// SPDX-License-Identifier: BSD-2-Clause
/*
 * Into PCRs 11 and 12, as systemd-stub does (TPM2 PCR measurements made by
 * systemd; UAPI.7).
 */
#include "measure.h"

#include "console.h"
#include "pe.h"
#include "print.h"
#include "tcg_protocols.h"
#include "text.h"

#define PCR_PACKED  11
#define PCR_OUTSIDE 12
#define LOADER_GUID                                                            \
	{                                                                      \
		0x4a67b082, 0x0a4c, 0x41cf,                                    \
		{                                                              \
			0xb6, 0xc7, 0x44, 0x0b, 0x29, 0xbb, 0x8c, 0x4f         \
		}                                                              \
	}

static struct tcg2 *tpm;
static struct cc *guest;
static bool has_failed;
static u32 nr_measured;

static struct tcg2 *find_tpm(void)
{
	struct tcg2_capability capability = { .size = sizeof(capability) };
	EFI_GUID guid = TCG2_GUID;
	struct tcg2 *found = firmware_find(guid);

	if (!found || found->get_capability(found, &capability) ||
	    !capability.is_present)
		return NULL;
	return found;
}

static struct cc *find_guest(void)
{
	struct cc_capability capability = { .size = sizeof(capability) };
	EFI_GUID guid = CC_GUID;
	struct cc *found = firmware_find(guid);

	if (!found || found->get_capability(found, &capability) ||
	    !(capability.event_logs & TCG_LOG_FORMAT_2))
		return NULL;
	return found;
}

static EFI_STATUS extend(u32 pcr, struct view data,
			 struct tcg_event_head *event)
{
	phys at = phys_of(data.at);
	EFI_STATUS status = 0;
	u32 index = pcr;

	event->index = pcr;
	if (tpm)
		status =
			tpm->hash_log_extend_event(tpm, 0, at, data.len, event);
	if (!guest || status)
		return status;
	status = guest->map_pcr_to_mr_index(guest, pcr, &index);
	event->index = index;
	return status ? status
		      : guest->hash_log_extend_event(guest, 0, at, data.len,
						     event);
}

/* What the log says of it is a text in UTF-16, as others write it. */
static why log_and_extend(u32 pcr, struct view data, struct view text)
{
	u64 nr = text_to_utf16(text, NULL, 0);
	u64 size = sizeof(struct tcg_event_head) + nr * sizeof(u16);
	struct tcg_event_head head = {
		.size = (u32)size,
		.header_size = TCG_HEADER_SIZE,
		.header_version = TCG_HEADER_VERSION,
		.type = TCG_EV_IPL,
	};
	struct view event;
	EFI_STATUS status;
	why bad = pages_take(size, &event);

	if (bad)
		return bad;
	memcpy(pages_writable(event), &head, sizeof(head));
	text_to_utf16(text, (u16 *)(pages_writable(event) + sizeof(head)), nr);
	status = extend(pcr, data, (void *)pages_writable(event));
	pages_give(range_at(event));
	return status ? "the firmware does not measure it" : NULL;
}

/* Of many failures the first is said. */
static void take_note(why bad, struct view text)
{
	if (bad && !has_failed)
		say("gangway: measure \"%.*s\": %s", SHOW(text), bad);
	has_failed |= !!bad;
	nr_measured++;
}

static void measure_data(u32 pcr, struct view data, struct view text)
{
	take_note(log_and_extend(pcr, data, text), text);
}

static struct view trim(struct view text)
{
	while (text.len && text.at[0] == ' ')
		text = view_from(text, 1);
	while (text.len && text.at[text.len - 1] == ' ')
		text.len--;
	return text;
}

/* In UTF-16, with its NUL, but without the blanks that shells leave around a
 * text. */
static void measure_text(struct view text)
{
	struct view units;
	u64 nr;
	why bad;

	text = trim(text);
	if (!text.len)
		return;
	nr = text_to_utf16(text, NULL, 0);
	bad = pages_take(nr * sizeof(u16), &units);
	if (bad) {
		take_note(bad, text);
		return;
	}
	text_to_utf16(text, (u16 *)pages_writable(units), nr);
	measure_data(PCR_OUTSIDE, units, text);
	pages_give(range_at(units));
}

/* Tell the kernel's programs where to find it, as systemd's look for it. */
static void tell_pcr(const CHAR16 *name, const CHAR16 *pcr)
{
	EFI_GUID guid = LOADER_GUID;
	EFI_RUNTIME_SERVICES *runtime = firmware_table->RuntimeServices;

	if (nr_measured && !has_failed)
		runtime->SetVariable((CHAR16 *)name, &guid,
				     EFI_VARIABLE_BOOTSERVICE_ACCESS |
					     EFI_VARIABLE_RUNTIME_ACCESS,
				     3 * sizeof(CHAR16), (void *)pcr);
}

/* In the order that others predict. The signature of the result is not among
 * them. */
static void measure_sections(struct view image)
{
	static const char names[][9] = { ".linux",   ".osrel", ".cmdline",
					 ".initrd",  ".ucode", ".splash",
					 ".dtb",     ".uname", ".sbat",
					 ".pcrpkey", ".hwids" };
	struct view content;

	for (u32 i = 0; i < ARRAY_LEN(names); i++) {
		struct view name = { (const u8 *)names[i], strlen(names[i]) };
		struct view with_nul = { name.at, name.len + 1 };

		if (pe_section(image, PE_LOADED, name, &content) ||
		    !content.len)
			continue;
		measure_data(PCR_PACKED, with_nul, name);
		measure_data(PCR_PACKED, content, name);
	}
	tell_pcr(u"StubPcrKernelImage", u"11");
}

static void measure_module(const struct module *module, u32 nr)
{
	struct view content = { (const u8 *)module->range.start,
				range_len(module->range) };
	struct view text = module->name;
	char number[] = "module 000";

	if (!text.len) {
		for (u32 at = sizeof(number) - 2; nr; at--, nr /= 10)
			number[at] = (char)('0' + nr % 10);
		text = VIEW(number);
	}
	measure_data(PCR_OUTSIDE, content, text);
}

static void measure_outside(const struct boot *boot, struct range self,
			    bool is_loaded_whole)
{
	const struct boot_info *info = boot->info;
	struct range loaded = range_at(boot->payload.image);

	nr_measured = 0;
	measure_text(info->cmdline);
	for (u32 i = 0; i < info->nr_modules; i++) {
		const struct module *module = &info->modules[i];

		if (range_within(module->range, self))
			continue;
		measure_text(module->line);
		if (!is_loaded_whole || module->range.start != loaded.start)
			measure_module(module, i);
	}
	tell_pcr(u"StubPcrKernelParameters", u"12");
}

void measure(const struct boot *boot, bool is_loaded_whole)
{
	EFI_GUID guid = EFI_LOADED_IMAGE_PROTOCOL_GUID;
	EFI_LOADED_IMAGE *self = firmware_protocol(firmware_image, guid);
	struct view image = VIEW(""), kernel;

	tpm = find_tpm();
	guest = find_guest();
	if (!tpm && !guest)
		return;
	if (self)
		image = (struct view){ self->ImageBase, self->ImageSize };
	if (!pe_section(image, PE_LOADED, VIEW(".linux"), &kernel) &&
	    kernel.len)
		measure_sections(image);
	measure_outside(boot, range_at(image), is_loaded_whole);
}
