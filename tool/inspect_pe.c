// SPDX-License-Identifier: BSD-2-Clause
/*
 * PE images: sections with their hashes, the text in those of a UKI, and who
 * has signed it.
 */
#include "inspect.h"

#include <openssl/err.h>
#include <openssl/pkcs7.h>
#include <openssl/x509.h>

#include "pe_file.h"

#define CERTIFICATE_HEAD  8
#define CERTIFICATE_PKCS7 2
#define NAME_LEN	  512

/* The sections of a UKI that are text (UAPI.5). */
static const char *const texts[] = { ".cmdline", ".osrel",   ".uname", ".sbat",
				     ".profile", ".pcrpkey", ".hashes" };

struct certificate {
	u32 len;
	u16 revision, type;
};

static bool is_text(struct view name)
{
	for (u32 i = 0; i < ARRAY_LEN(texts); i++)
		if (view_equal(name, view_string(texts[i])))
			return true;
	return false;
}

static void add_name(json_t *facts, const char *key, X509_NAME *name)
{
	char text[NAME_LEN];

	fact_view(facts, key,
		  view_string(X509_NAME_oneline(name, text, sizeof(text))));
}

static void add_signers(json_t *signature, u64 at, struct view message)
{
	const u8 *from = message.at;
	PKCS7 *pkcs7 = d2i_PKCS7(NULL, &from, (long)message.len);
	STACK_OF(X509) *signers =
		pkcs7 ? PKCS7_get0_signers(pkcs7, NULL, 0) : NULL;

	if (!pkcs7)
		fact_damage(signature, at, "the signature is no PKCS #7");
	for (int i = 0; i < sk_X509_num(signers); i++) {
		X509 *signer = sk_X509_value(signers, i);
		json_t *one = fact_next(signature, "signers");

		add_name(one, "subject", X509_get_subject_name(signer));
		add_name(one, "issuer", X509_get_issuer_name(signer));
	}
	sk_X509_free(signers);
	PKCS7_free(pkcs7);
	ERR_clear_error();
}

static void add_signatures(json_t *facts, const struct pe_file *pe)
{
	u64 at = pe->certificates_at, end = at + pe->certificates_len;
	struct certificate head;
	struct view message;

	while (at + sizeof(head) <= end) {
		json_t *signature = fact_next(facts, "signatures");

		if (!view_read(pe->bytes, at, &head, sizeof(head)) ||
		    head.len < CERTIFICATE_HEAD ||
		    !view_cut(pe->bytes, at + CERTIFICATE_HEAD,
			      head.len - CERTIFICATE_HEAD, &message)) {
			fact_damage(signature, at,
				    "the signature passes the "
				    "end of the file");
			return;
		}
		fact_address(signature, "at", at);
		if (head.type == CERTIFICATE_PKCS7)
			add_signers(signature, at, message);
		at += align_up(head.len, 8);
	}
}

/* profile counts those that have begun: sections before the first are all
 * profiles' (UAPI.5). */
static void add_section(json_t *facts, const struct pe_file *pe, u32 i,
			u32 *profile, u32 depth)
{
	struct pe_section section;
	json_t *one = fact_next(facts, "sections");
	struct view name, content;
	why bad;

	if (!pe_file_section(pe, i, &section)) {
		fact_damage(one, pe->sections_at + i * sizeof(section),
			    "the table of sections passes the end of the file");
		return;
	}
	name = pe_section_name(&section);
	fact_view(one, "name", name);
	*profile += view_equal(name, VIEW(".profile"));
	if (*profile)
		fact_number(one, "profile", *profile - 1);
	fact_address(one, "virtual", section.virtual_address);
	fact_address(one, "virtual_size", section.virtual_size);
	fact_address(one, "offset", section.raw_at);
	fact_address(one, "raw_size", section.raw_size);
	fact_address(one, "characteristics", section.characteristics);
	bad = pe_file_content(pe, &section, &content);
	if (bad)
		fact_damage(one, section.raw_at, bad);
	fact_content(one, content);
	if (is_text(name))
		fact_lines(one, "text", content);
	if (view_equal(name, VIEW(".initrd")) ||
	    view_equal(name, VIEW(".ucode")))
		inspect_initrd(one, content);
	if (view_equal(name, VIEW(".linux")) && depth < INSPECT_DEPTH)
		inspect_file(fact_tree(one, "file"), content, depth + 1);
}

static void add_header(json_t *tree, const struct pe_file *pe)
{
	const struct pe_optional *optional = &pe->optional;

	fact_text(tree, "format", "%s", pe->is_plus ? "PE32+" : "PE32");
	fact_address(tree, "machine", pe->head.machine);
	fact_number(tree, "subsystem", optional->subsystem);
	fact_address(tree, "entry", optional->entry);
	fact_address(tree, "image_base", pe->image_base);
	fact_address(tree, "image_size", pe->image_size);
	fact_address(tree, "headers_size", optional->size_of_headers);
	fact_address(tree, "dll_characteristics",
		     optional->dll_characteristics);
	fact_number(tree, "section_alignment", pe->section_align);
	fact_number(tree, "file_alignment", pe->file_align);
	fact_text(tree, "image_version", "%u.%u", optional->major_image_version,
		  optional->minor_image_version);
}

void inspect_pe(json_t *facts, struct view file, u32 depth)
{
	struct pe_file pe;
	u32 profile = 0;
	json_t *tree;
	u16 dos = 0;
	why bad;

	if (!view_read(file, 0, &dos, sizeof(dos)) || dos != PE_DOS_MAGIC)
		return;
	tree = fact_tree(facts, "pe");
	bad = pe_file_open(file, &pe);
	if (bad) {
		fact_damage(tree, 0, bad);
		return;
	}
	add_header(tree, &pe);
	for (u32 i = 0; i < pe.head.nr_sections && i < PE_SECTIONS_MAX; i++)
		add_section(tree, &pe, i, &profile, depth);
	if (pe.head.nr_sections > PE_SECTIONS_MAX)
		fact_damage(tree, pe.head_at,
			    "there are more sections than "
			    "Windows and UEFI take");
	add_signatures(tree, &pe);
}
