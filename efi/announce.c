// SPDX-License-Identifier: BSD-2-Clause
/*
 * Variables for this boot. Those of an earlier loader stay as they are.
 */
#include "announce.h"

#include "cpu.h"
#include "load_options.h"
#include "loader_variables.h"
#include "partition.h"
#include "print.h"
#include "text.h"

#define NAME	 "gangway " GANGWAY_VERSION
#define BEFORE	 "#### LoaderInfo: "
#define AFTER	 " ####"
#define TEXT_LEN 128
#define STALL_US 1000

/* Of systemd's LoaderFeatures and StubFeatures. */
#define LOADER_FEATURES                                                        \
	(1ull << 2 | 1ull << 3 |  /* default entry, for one boot too */        \
	 1ull << 4 | 1ull << 5 |  /* boot counting, XBOOTLDR */                \
	 1ull << 6 |		  /* the random seed that is kept */           \
	 1ull << 8 | 1ull << 10 | /* sort keys, device trees */                \
	 1ull << 12 | 1ull << 14) /* shim is kept, profiles */
#define STUB_FEATURES                                                          \
	(1ull << 0 |		 /* says which partition */                    \
	 1ull << 1 | 1ull << 2 | /* credentials, system extensions */          \
	 1ull << 3 | 1ull << 4 | /* three PCRs, the seed that is kept */       \
	 1ull << 5 | 1ull << 6 | /* words of addons, of SMBIOS */              \
	 1ull << 7 | 1ull << 8 | /* trees of addons, configuration */          \
	 1ull << 9 | 1ull << 10) /* profiles, says which is the stub's */

/* bootctl looks for the first of these in a file, to tell whose it is. */
static const char marker[] = BEFORE NAME AFTER;

static u64 began;

void announce_begin(void)
{
	began = read_tsc();
}

static struct view text_of(const char *text, u64 len)
{
	return (struct view){ (const u8 *)text, len };
}

static struct view our_name(void)
{
	return text_of(marker + sizeof(BEFORE) - 1, sizeof(NAME) - 1);
}

/* In microseconds, by the time stamp counter. */
static void tell_times(void)
{
	char text[TEXT_LEN];
	u64 now = read_tsc(), cycles, len;

	firmware->Stall(STALL_US);
	cycles = (read_tsc() - now) / STALL_US;
	if (!cycles)
		return;
	len = format_into(text, TEXT_LEN, "%lu", began / cycles);
	loader_write_first(u"LoaderTimeInitUSec", text_of(text, len));
	len = format_into(text, TEXT_LEN, "%lu", now / cycles);
	loader_write_first(u"LoaderTimeExecUSec", text_of(text, len));
}

/* Lower case, as systemd writes it; GUIDs are little-endian in part. */
static struct view guid_text(const EFI_GUID *guid, char text[TEXT_LEN])
{
	const u8 *rest = guid->Data4;
	u64 len = format_into(text, TEXT_LEN, "%08x-%04x-%04x-", guid->Data1,
			      guid->Data2, guid->Data3);

	for (u32 i = 0; i < sizeof(guid->Data4); i++)
		len += format_into(text + len, TEXT_LEN - len,
				   i == 2 ? "-%02x" : "%02x", rest[i]);
	return text_of(text, len);
}

static void tell_firmware(void)
{
	char text[TEXT_LEN];
	const CHAR16 *vendor = firmware_table->FirmwareVendor;
	struct view units = { (const u8 *)vendor, 0 };
	u32 revision = firmware_table->FirmwareRevision;
	u64 len = 0;

	while (vendor && units.len < TEXT_LEN && *vendor++)
		units.len += sizeof(*vendor);
	if (units.len)
		len = min_u64(text_from_utf16(units, text, TEXT_LEN / 2),
			      TEXT_LEN / 2);
	len += format_into(text + len, TEXT_LEN - len, " %u.%02u",
			   revision >> 16, revision & 0xffff);
	loader_write_first(u"LoaderFirmwareInfo", text_of(text, len));
	revision = firmware_table->Hdr.Revision;
	len = format_into(text, TEXT_LEN, "UEFI %u.%02u", revision >> 16,
			  revision & 0xffff);
	loader_write_first(u"LoaderFirmwareType", text_of(text, len));
}

static void tell_image(const CHAR16 *partition, const CHAR16 *image,
		       void (*write)(const CHAR16 *name, struct view text))
{
	EFI_GUID loaded_guid = EFI_LOADED_IMAGE_PROTOCOL_GUID, guid;
	EFI_LOADED_IMAGE *self = firmware_protocol(firmware_image, loaded_guid);
	struct view path = load_options_own_path();
	char text[TEXT_LEN];

	if (self && partition_guid(self->DeviceHandle, &guid))
		write(partition, guid_text(&guid, text));
	if (path.len)
		write(image, path);
}

static void tell_common(void)
{
	tell_image(u"LoaderDevicePartUUID", u"LoaderImageIdentifier",
		   loader_write_first);
	tell_firmware();
	tell_times();
}

void announce_loader(const struct candidate *chosen)
{
	u64 features = LOADER_FEATURES;
	char text[TEXT_LEN];
	u64 len =
		format_into(text, TEXT_LEN, "%.*s.%s", SHOW(chosen->entry.name),
			    chosen->is_image ? "efi" : "conf");

	loader_write(u"LoaderInfo", our_name());
	loader_write_bytes(u"LoaderFeatures", &features, sizeof(features));
	loader_write(u"LoaderEntrySelected", text_of(text, len));
	tell_common();
}

void announce_stub(const struct found *found)
{
	u64 features = STUB_FEATURES;
	char text[TEXT_LEN];
	u64 len = format_into(text, TEXT_LEN, "%u", found->profile);

	loader_write(u"StubInfo", our_name());
	loader_write_bytes(u"StubFeatures", &features, sizeof(features));
	loader_write(u"StubProfile", text_of(text, len));
	tell_image(u"StubDevicePartUUID", u"StubImageIdentifier", loader_write);
	tell_common();
}
