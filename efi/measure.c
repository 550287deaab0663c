// SPDX-License-Identifier: BSD-2-Clause
/*
 * Into PCRs 11 and 12, as systemd-stub does (TPM2 PCR measurements made by
 * systemd; UAPI.7).
 */
#include "measure.h"

#include "board.h"
#include "console.h"
#include "firmware.h"
#include "library.h"
#include "loader_variables.h"
#include "pe.h"
#include "print.h"
#include "tcg_protocols.h"
#include "text.h"
#include "uki.h"

#define PCR_PACKED  11
#define PCR_OUTSIDE 12
#define PROFILE_TAG 0x13aed6db /* systemd's */
#define NUMBER_ROOM 12

static struct tcg2 *tpm;
static struct cc *guest;
static bool has_failed; /* one of the two */
static bool has_missed; /* in the guest's registers, or else the TPM */
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

/* Registers that are there but cannot be used have missed everything. */
static struct cc *find_guest(void)
{
	struct cc_capability capability = { .size = sizeof(capability) };
	EFI_GUID guid = CC_GUID;
	struct cc *found = firmware_find(guid);

	if (!found)
		return NULL;
	has_missed = found->get_capability(found, &capability) ||
		     !(capability.event_logs & TCG_LOG_FORMAT_2);
	return has_missed ? NULL : found;
}

/* If only the log is full, the PCR has been extended. */
static bool is_extended(EFI_STATUS status)
{
	return !status || status == EFI_VOLUME_FULL;
}

static bool extend_guest(u32 pcr, struct view data,
			 struct tcg_event_head *event)
{
	u32 index;

	if (guest->map_pcr_to_mr_index(guest, pcr, &index))
		return false;
	event->index = index;
	return is_extended(guest->hash_log_extend_event(
		guest, 0, phys_of(data.at), data.len, event));
}

/* Into both, even if one of them fails. */
static bool extend(u32 pcr, struct view data, struct tcg_event_head *event)
{
	bool is_in_tpm = true, is_in_guest = true;

	event->index = pcr;
	if (tpm)
		is_in_tpm = is_extended(tpm->hash_log_extend_event(
			tpm, 0, phys_of(data.at), data.len, event));
	if (guest)
		is_in_guest = extend_guest(pcr, data, event);
	has_missed |= guest ? !is_in_guest : !is_in_tpm;
	return is_in_tpm && is_in_guest;
}

/* The event's data is a text in UTF-16, after a tag if there is one. */
static u8 *put_head(u8 *out, u64 size, u64 text_len, u32 tag)
{
	struct tcg_event_head head = {
		.size = (u32)size,
		.header_size = TCG_HEADER_SIZE,
		.header_version = TCG_HEADER_VERSION,
		.type = tag ? TCG_EV_EVENT_TAG : TCG_EV_IPL,
	};
	struct tcg_tag tagged = { tag, (u32)text_len };

	memcpy(out, &head, sizeof(head));
	out += sizeof(head);
	if (!tag)
		return out;
	memcpy(out, &tagged, sizeof(tagged));
	return out + sizeof(tagged);
}

static why log_and_extend(u32 pcr, struct view data, struct view text, u32 tag)
{
	u64 nr = text_to_utf16(text, NULL, 0);
	u64 text_len = nr * sizeof(u16);
	u64 size = sizeof(struct tcg_event_head) + text_len +
		   (tag ? sizeof(struct tcg_tag) : 0);
	struct view event;
	bool is_done;
	u8 *at;
	why bad = pages_take(size, &event);

	has_missed |= !!bad;
	if (bad)
		return bad;
	at = put_head(pages_writable(event), size, text_len, tag);
	text_to_utf16(text, (u16 *)at, nr);
	is_done = extend(pcr, data, (void *)pages_writable(event));
	pages_give(range_at(event));
	return is_done ? NULL : "the firmware fails to measure it";
}

/* Report the first failure only. */
static void take_note(why bad, struct view text)
{
	if (bad && !has_failed)
		say("gangway: measure \"%.*s\": %s", SHOW(text), bad);
	has_failed |= !!bad;
	nr_measured++;
}

static void measure_data(u32 pcr, struct view data, struct view text)
{
	take_note(log_and_extend(pcr, data, text, 0), text);
}

static struct view trim(struct view text)
{
	while (text.len && text.at[0] == ' ')
		text = view_from(text, 1);
	while (text.len && text.at[text.len - 1] == ' ')
		text.len--;
	return text;
}

/* In UTF-16, with its NUL. */
static void measure_units(struct view text, u32 tag)
{
	u64 nr = text_to_utf16(text, NULL, 0);
	struct view units;
	why bad = pages_take(nr * sizeof(u16), &units);

	has_missed |= !!bad;
	if (!bad) {
		text_to_utf16(text, (u16 *)pages_writable(units), nr);
		bad = log_and_extend(PCR_OUTSIDE, units, text, tag);
		pages_give(range_at(units));
	}
	take_note(bad, text);
}

/* Without the blanks that shells leave around it. */
static void measure_text(struct view text)
{
	text = trim(text);
	if (text.len)
		measure_units(text, 0);
}

/* Tell the system which PCR was used, as systemd-stub does. */
static void tell_pcr(const CHAR16 *name, struct view pcr)
{
	if (nr_measured && !has_failed)
		loader_write(name, pcr);
}

static struct view find_tree(const struct found *found)
{
	struct pe_profile opened;
	struct view tree = VIEW("");

	library_begin();
	if (!pe_open(found->self, found->form, found->profile, &opened))
		tree = uki_tree_of(&opened, board_name(found->self, found->form,
						       found->profile));
	library_end();
	return tree;
}

static bool find_section(const struct found *found, struct view name,
			 struct view *out)
{
	if (view_equal(name, VIEW(".dtbauto")))
		*out = find_tree(found);
	else if (pe_profile_section(found->self, found->form, found->profile,
				    name, out))
		return false;
	return out->len;
}

/* The sections of the profile that runs, in systemd-stub's order; of several
 * .dtbauto the chosen one. .pcrsig is not measured: it signs the result. */
static void measure_sections(const struct found *found)
{
	static const char names[][9] = { ".linux",   ".osrel",	 ".cmdline",
					 ".initrd",  ".ucode",	 ".splash",
					 ".dtb",     ".uname",	 ".sbat",
					 ".pcrpkey", ".profile", ".dtbauto",
					 ".hwids" };
	struct view content;

	for (u32 i = 0; i < ARRAY_LEN(names); i++) {
		struct view name = view_string(names[i]);
		struct view with_nul = { name.at, name.len + 1 };

		if (!find_section(found, name, &content))
			continue;
		measure_data(PCR_PACKED, with_nul, name);
		measure_data(PCR_PACKED, content, name);
	}
	tell_pcr(u"StubPcrKernelImage", VIEW("11"));
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

static void measure_profile(u32 profile)
{
	char digits[NUMBER_ROOM];
	u64 len = format_into(digits, sizeof(digits), "%u", profile);

	measure_units((struct view){ (const u8 *)digits, len }, PROFILE_TAG);
}

static bool is_outside(const struct module *module, const struct found *found)
{
	return !range_within(module->range, range_at(found->self));
}

bool measure_words(const struct boot_info *info, const struct found *found)
{
	has_failed = has_missed = false;
	tpm = find_tpm();
	guest = find_guest();
	nr_measured = 0;
	if (!tpm && !guest)
		return false;
	if (found->is_packed)
		measure_sections(found);
	nr_measured = 0;
	/* The default profile is not measured, like empty load options. */
	if (found->is_packed && found->profile)
		measure_profile(found->profile);
	measure_text(info->cmdline);
	if (is_outside(&info->modules[0], found))
		measure_text(info->modules[0].line);
	return !has_missed;
}

bool measure_files(const struct boot_info *info, const struct found *found,
		   u32 first)
{
	if (!tpm && !guest)
		return false;
	for (u32 i = first; i < info->nr_modules; i++) {
		if (!is_outside(&info->modules[i], found))
			continue;
		if (i)
			measure_text(info->modules[i].line);
		measure_module(&info->modules[i], i);
	}
	tell_pcr(u"StubPcrKernelParameters", VIEW("12"));
	return !has_missed;
}

void measure_beside(u32 pcr, struct view data, struct view text, u32 tag)
{
	if (tpm || guest)
		take_note(log_and_extend(pcr, data, text, tag), text);
}

void measure_beside_words(struct view words)
{
	if (tpm || guest)
		measure_text(words);
}

void measure_tell(const CHAR16 *name, u32 pcr)
{
	char digits[NUMBER_ROOM];
	u64 len = format_into(digits, sizeof(digits), "%u", pcr);

	if ((tpm || guest) && !has_failed)
		loader_write(name, (struct view){ (const u8 *)digits, len });
}
