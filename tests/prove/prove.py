#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Prove by CBMC what tests/prove/*.c state, for all inputs up to a bound.

usage: prove.py [--short] [--root ROOT] [--jobs N] [--no-write] [NAME...]

Each harness must hold, and must fail once a fault is planted in the code it is
about. Without names writes what was proved into docs/trust.md. Where this
machine has no cbmc, a root that has one is used.
"""
import argparse
import concurrent.futures
import dataclasses
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time

TREE = pathlib.Path(__file__).resolve().parents[2]
FOLDERS = ["core", *sorted(str(p.relative_to(TREE)) for p in
                           (TREE / "formats").iterdir()), "tests/prove"]
CHECKS = ["--bounds-check", "--pointer-check", "--pointer-overflow-check",
          "--signed-overflow-check", "--div-by-zero-check",
          "--undefined-shift-check", "--unwinding-assertions",
          "--no-standard-checks", "--drop-unused-functions"]
TIMEOUT = int(os.environ.get("PROVE_SECONDS", 900))
# What else a proof is made of: bytes that are followed, or not
BYTES, CUT = ["tests/prove/bytes.c"], ["tests/prove/cut.c", "core/view.c"]
BEGIN, END = "<!-- proofs: begin -->\n", "<!-- proofs: end -->\n"


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
    cut: bool = False     # the window by its contract, bytes by none: cut.c


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
]


def cbmc_of(root):
    """The command that runs cbmc: this machine's, or a root's, by its own
    loader, so that it reads files of this machine by this machine's gcc."""
    if not root and shutil.which("cbmc"):
        return ["cbmc"]
    if not root:
        subprocess.run([TREE / "tests/prove/root"], check=True)
        root = TREE / os.environ.get("GANGWAY_BUILD", "build") / "roots/prove"
    libraries = f"{root}/usr/lib:{root}/usr/lib/x86_64-linux-gnu"
    return [f"{root}/usr/lib64/ld-linux-x86-64.so.2", "--library-path",
            libraries, f"{root}/usr/bin/cbmc"]


def replace(path, right, wrong):
    """Change what stands in a file, which must be there."""
    text, nr = re.subn(right, lambda _: wrong, path.read_text(), count=1)
    if not nr:
        sys.exit(f"prove: {path.name} no longer has {right}")
    path.write_text(text)


def copy_tree(proof, folder):
    """A copy of what is proved, with limits that are lower."""
    for name in FOLDERS:
        shutil.copytree(TREE / name, folder / name)
    for path, name, number in proof.narrow:
        replace(folder / path, rf"#define {name}\b[^\n/]*",
                f"#define {name} {number} ")


def run(cbmc, proof, folder, *more):
    """Does it hold? And how many properties there are, or what failed."""
    command = [
        *cbmc, f"tests/prove/{proof.name}.c", "tests/prove/stubs.c",
        *(CUT if proof.cut else BYTES), *proof.sources.split(),
        *(f"-I{f}" for f in FOLDERS),
        '-DGANGWAY_VERSION="x"', "-DZ_SOLO",
        "-D__builtin_memcpy=memcpy", "--function", "harness",
        "--unwind", str(proof.unwind), *CHECKS, *more]
    if proof.loops:
        command += ["--unwindset", proof.loops]
    try:
        done = subprocess.run(command, cwd=folder, timeout=TIMEOUT, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    except subprocess.TimeoutExpired:
        return None, f"not done in {TIMEOUT} s"
    if "VERIFICATION SUCCESSFUL" in done.stdout:
        found = re.search(r"of (\d+) failed", done.stdout)
        return True, int(found.group(1)) if found else 0
    if "VERIFICATION FAILED" in done.stdout:
        return False, "\n".join(re.findall(r".*: FAILURE$", done.stdout, re.M))
    return None, done.stdout[-2000:]


def run_all(cbmc, proof, folder, *more):
    """The same for all lengths, until it does not hold."""
    if not proof.lengths:
        return run(cbmc, proof, folder, f"-DBOUND={proof.bound}", *more)
    text = ""
    for length in sorted(proof.lengths, reverse=True):
        holds, text = run(cbmc, proof, folder, f"-DBOUND={length}",
                          "-DEXACT", *more)
        if not holds:
            return holds, f"{length} bytes: {text}"
    return True, text


def prove(cbmc, proof):
    """Run a harness as it is and with its fault; what is wrong, or None."""
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        copy_tree(proof, folder)
        began = time.monotonic()
        holds, properties = run_all(cbmc, proof, folder)
        seconds = time.monotonic() - began
        if not holds:
            return proof, seconds, 0, f"does not hold:\n{properties}"
        path, right, wrong = proof.plant
        replace(folder / path, re.escape(right), wrong)
        holds, text = run_all(cbmc, proof, folder, "--stop-on-fail")
    if holds is not False:
        return proof, seconds, properties, f"the fault is not found: {text}"
    return proof, seconds, properties, None


def table(results):
    """What was proved, as docs/trust.md has it."""
    lines = [BEGIN, "| what | for all inputs, or worlds, of | rounds of a "
             "loop | properties | seconds |\n", "|---|---|---|---|---|\n"]
    for proof, seconds, properties, _ in results:
        given = f"up to {proof.bound} bytes" if proof.bound > 1 else ""
        if proof.lengths:
            given = f"{', '.join(map(str, proof.lengths))} bytes"
        given = ", ".join(filter(None, [given, proof.given]))
        lines.append(f"| {proof.about} | {given} | {proof.unwind} | "
                     f"{properties} | {seconds:.0f} |\n")
    return "".join([*lines, END])


def write_table(results):
    """Put it between its marks."""
    path = TREE / "docs/trust.md"
    text = path.read_text() if path.exists() else ""
    if BEGIN not in text:
        text += f"\n## What is proved\n\n{BEGIN}{END}"
    head, rest = text.split(BEGIN, 1)
    path.write_text(head + table(results) + rest.split(END, 1)[1])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--short", action="store_true")
    parser.add_argument("--root", default=os.environ.get("PROVE_ROOT"))
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--no-write", action="store_true")
    parser.add_argument("names", nargs="*")
    args = parser.parse_args()
    cbmc = cbmc_of(args.root)
    chosen = [p for p in PROOFS if p.name in args.names or
              not args.names and (p.short or not args.short)]
    results, failed = [], 0
    with concurrent.futures.ThreadPoolExecutor(args.jobs) as pool:
        for result in pool.map(lambda p: prove(cbmc, p), chosen):
            proof, seconds, properties, wrong = result
            results.append(result)
            failed += bool(wrong)
            print(f"  PROVE   {proof.name}: {seconds:.1f} s, " +
                  (wrong or f"{properties} properties hold, "
                   "the planted fault is found"), flush=True)
    if not failed and not args.names and not args.short and \
            not args.no_write:
        write_table(results)
    print(f"prove: {len(results) - failed} hold, {failed} do not")
    return failed != 0


if __name__ == "__main__":
    sys.exit(main())
