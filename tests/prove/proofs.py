# SPDX-License-Identifier: BSD-2-Clause
"""What is proved: each harness, its bounds, and the fault that it must find."""
import dataclasses


@dataclasses.dataclass
class Proof:
    """A harness: what it is about, how far it goes, a fault to be found."""
    name: str
    about: str
    sources: str          # files of the tree, with blanks between
    bound: int            # bytes of outside
    unwind: int           # rounds of any loop
    plant: tuple          # file, what stands there, the fault instead of it
    short: bool = False   # in the short form as well
    loops: str = ""       # other numbers of rounds: function.loop:rounds,...
    given: str = ""       # what it is limited to beside the bound
    narrow: tuple = ()    # limits made smaller: (file, name, number), ...
    lengths: tuple = ()   # of outside, where all up to the bound are too many
    cut: bool = False     # no bytes are followed: cut.c, window.c
    without: tuple = ()   # files of those that the harness has in its own way


SMALL_INFO = (("core/boot_info.h", "MAX_SETUP_DATA", 2),
              ("core/boot_info.h", "MAX_MODULES", 2),
              ("core/boot_info.h", "MAX_REGIONS", 2))

PROOFS = [
    Proof("view", "views: `view_has`, `_cut`, `_from`, `_read`",
          "core/view.c", 16, 18,
          ("core/view.h", "offset <= v.len && size <= v.len - offset",
           "offset + size <= v.len"), short=True),
    Proof("mem", "the window: `mem_view`, `mem_string`; `arena_take`",
          "core/mem.c core/view.c core/ranges.c", 12, 14,
          ("core/mem.c", "start < arena->next || ", ""), short=True),
    Proof("mb2_tags", "Multiboot 2's information: `mb2_tags_open`",
          "formats/multiboot/mb2_tags.c core/mem.c core/view.c core/ranges.c",
          32, 6,
          ("formats/multiboot/mb2_tags.c",
           "!view_cut(*left, 0, head.size, tag)",
           "(*tag = (struct view){ left->at, head.size }, false)"),
          loops="collect.0:27", short=True),
    Proof("gzip", "gzip's header: `skip_header`", "core/view.c", 24, 27,
          ("formats/containers/gzip.c", "return *at <= file.len ? NULL :",
           "return true ? NULL :"), short=True,
          lengths=(0, 3, 9, 10, 11, 12, 13, 16, 20)),
    Proof("acpi", "the RSDP and ACPI tables: `acpi_rsdp_valid`, "
          "`acpi_see_table`",
          "core/acpi.c core/acpi_tables.c core/mem.c core/view.c "
          "core/ranges.c",
          40, 42, ("core/acpi_tables.c",
                   "mem_view(mem, at, header.length, out)",
                   "mem_view(mem, at, header.length - 4, out) && "
                   "(out->len = header.length)")),
    Proof("kludge", "both Multiboots' address fields: `kludge_open`",
          "formats/multiboot/kludge.c core/view.c", 64, 4,
          ("formats/multiboot/kludge.c",
           "end <= load || end - load > out->flat.len", "end <= load"),
          short=True),
    Proof("elf", "ELF headers and segments: `elf_open`, `_span`, `_entry`",
          "formats/elf/elf.c", 1, 4,
          ("formats/elf/elf.c", "out->phentsize < phentsize ||", ""),
          given="a file up to 4 GiB, 2 segments", cut=True, short=True),
    Proof("bzimage", "the setup header: `bzimage_parse`",
          "formats/linux-bzimage/bzimage.c", 1, 6,
          ("formats/linux-bzimage/bzimage.c",
           "bz->kernel.len = min_u64(bz->kernel.len, said);",
           "bz->kernel.len = said;"), given="a file up to 4 GiB",
          cut=True, short=True),
    Proof("packed", "a pack: `packed_count`, `packed_read`",
          "formats/containers/packed.c", 1, 2,
          ("formats/containers/packed.c",
           "!view_cut(pack, entry.at, entry.len, &out->content)",
           "(out->content = (struct view){ pack.at + entry.at, entry.len }, "
           "false)"), given="a file up to 4 GiB", cut=True, short=True),
    Proof("efi_map", "EFI's memory map: `efi_map_next`, `efi_map_range`",
          "core/efi_map.c", 240, 8,
          ("core/efi_map.c", "map->len < sizeof(struct efi_descriptor)",
           "!map->len"), short=True, cut=True),
    Proof("start_info", "PVH's start_info: `pvh_read`",
          "core/door.c tests/prove/stubs_info.c", 80, 6,
          ("core/door.c", "mem_view(mem, at, len, &out)",
           "(out = (struct view){ mem->host + at, len }, true)"),
          narrow=(*SMALL_INFO,
                  ("formats/pvh/pvh_door.c", "MAX_XEN_ENTRIES", 2)),
          given="2 entries of Xen's map", cut=True),
    Proof("mb1_info", "Multiboot 1's information: `mb1_read`",
          "core/door.c tests/prove/stubs_info.c", 120, 8,
          ("formats/multiboot/mb1_door.c", "entry.size < MB1_MMAP_SIZE",
           "entry.size > ~3u"),
          narrow=SMALL_INFO, cut=True),
    Proof("pe_each", "PE images: `pe_each_section`, `pe_trim`, "
          "`pe_is_signed`", "formats/containers/pe.c", 200, 10,
          ("formats/containers/pe.c", "file.len = min_u64(file.len, end);",
           "file.len = end;"), loops="pe_trim.0:5", cut=True, short=True),
    Proof("elf_notes", "ELF notes: `elf_note`", "", 64, 8,
          ("formats/elf/elf.c", "name.len == owner.len + 1 && ", ""),
          loops="elf_note.0:2", given="1 segment", cut=True),
    Proof("mb1_header", "Multiboot 1's header in a file: `find_header`, "
          "`claims_mb1`, `misses_mb1`",
          "formats/multiboot/kludge.c formats/elf/elf.c", 24, 8,
          ("formats/multiboot/mb1_kernel.c",
           "if (view_read(left, 0, out, size))",
           "if (memcpy(out, left.at, size))"),
          narrow=(("formats/multiboot/mb1.h", "MB1_HEADER_SEARCH", 20),),
          cut=True),
    Proof("event_log", "TPM event logs: `event_log_len`, `_old_len`",
          "core/event_log.c", 64, 19,
          ("core/event_log.c", "return view_has(event, at, data_len) ?",
           "return true ?"), loops="digest_len.0:3", cut=True),
    Proof("zero_page", "the zero page as a door: what it points at",
          "core/door.c tests/prove/stubs_info.c", 48, 6,
          ("core/door.c", "mem_view(mem, at, len, &out)",
           "(out = (struct view){ mem->host + at, len }, true)"),
          narrow=SMALL_INFO, cut=True, short=True),
    Proof("setup_data", "the zero page's chain of setup_data",
          "tests/prove/stubs_info.c", 24, 6,
          ("formats/linux-bzimage/bzimage_door.c",
           "return nr_kept <= MAX_SETUP_DATA;", "return true;"),
          loops="read_entries.0:3",
          narrow=SMALL_INFO, cut=True, given="2 nodes that are kept",
          without=("tests/prove/window.c",)),
    Proof("setup_targets", "what setup_data points at: `setup_targets_keep`",
          "tests/prove/stubs_info.c", 48, 6,
          ("formats/linux-bzimage/setup_targets.c",
           "if (area.addr + area.size > at &&",
           "if (area.addr + area.size >= at &&"),
          narrow=SMALL_INFO, cut=True,
          without=("tests/prove/window.c", "core/view.c")),
    Proof("paging", "page tables: `paging_show`, `tables_len`", "", 1, 9,
          ("core/paging.c", "while (i < nr && above[i].end <= at)",
           "while (i < nr && above[i].end < at)"),
          narrow=(*SMALL_INFO, ("core/boot_info.h", "MAX_CALM", 1),
                  ("core/ranges.h", "MAX_HOLDS", 4),
                  ("core/plan.h", "MAX_COPIES", 4),
                  ("core/paging.h", "WINDOW_PDS", 1),
                  ("core/paging.c", "LARGE_PAGE", "(512 * MIB)"),
                  ("core/paging.c", "TABLE_LEN", 2),
                  ("core/paging.c", "PTE_AT", "0x000ffffffffffff0ull"),
                  ("core/base.h", "PAGE_SIZE", "16ull")),
          given="2 entries of a table, 1 run"),
    Proof("utf16", "UTF-16: `text_from_utf16`",
          "core/text.c core/cmdline.c core/view.c", 8, 6,
          ("core/text.c", "if (at < room)\n\t\tout[at] = (char)byte;",
           "if (at <= room)\n\t\tout[at] = (char)byte;"), short=True,
          lengths=(0, 1, 2, 4, 7, 8)),
    Proof("utf8", "UTF-8: `text_to_utf16`",
          "core/text.c core/cmdline.c core/view.c", 5, 7,
          ("core/text.c", "len > left->len", "len > left->len + 1"),
          short=True, lengths=(0, 1, 2, 3, 4, 5)),
    Proof("cmdline", "words of lines: `cmdline_split`, `cmdline_next`",
          "core/cmdline.c core/view.c", 6, 9,
          ("core/cmdline.c", "} while (++at != end);",
           "} while (at++ != end);"), short=True,
          lengths=(0, 1, 2, 3, 4, 5, 6)),
]
