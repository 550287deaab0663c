# SPDX-License-Identifier: BSD-2-Clause
"""tests/efi/observer.c, built with gnu-efi: it starts gangway.efi in a firmware
that it has changed, and says at port 0xE9 what that was asked."""
import esp
import machine
import targets

SOURCE = targets.TESTS / "efi" / "observer.c"
GNU_EFI = "/usr/lib"
FLAGS = ["-std=gnu11", "-O1", "-ffreestanding", "-fpic", "-fshort-wchar",
         "-mno-red-zone", "-mgeneral-regs-only", "-fno-stack-protector",
         "-Wall", "-Wextra", "-Werror", "-Wno-unused-function",
         "-DGNU_EFI_USE_MS_ABI",
         "-isystem", "/usr/include/efi", "-isystem",
         "/usr/include/efi/x86_64"]
KEPT = [".text", ".sdata", ".data", ".rodata", ".dynamic", ".dynsym", ".rel*",
        ".rela*", ".reloc"]


def build(what):
    """The observer that plays one of the firmwares it knows."""
    stem = targets.FIXTURES / ("observer-%s" % what.lower())
    target, made, linked = (stem.with_suffix(end)
                            for end in (".efi", ".o", ".so"))
    with targets.locked(stem.name):
        if target.exists() and \
                target.stat().st_mtime > SOURCE.stat().st_mtime:
            return target
        targets.run_tool("gcc", *FLAGS, "-D" + what, "-c", SOURCE, "-o", made)
        targets.run_tool("ld", "-nostdlib", "-znocombreloc", "-shared",
                         "-Bsymbolic", "-T", GNU_EFI + "/elf_x86_64_efi.lds",
                         GNU_EFI + "/crt0-efi-x86_64.o", made, "-o", linked,
                         "-L", GNU_EFI, "-l:libgnuefi.a", "-l:libefi.a")
        targets.run_tool(
            "objcopy", *("-j%s" % name for name in KEPT),
            "--target=efi-app-x86_64", "--subsystem=10", linked, target)
    return target


def run(tmp_path, what, files, gangway=esp.GANGWAY_EFI, args=(), **options):
    """Boot with it; what came of it, and the lines it wrote."""
    disk = esp.make(tmp_path, {esp.FALLBACK: build(what), "g.efi": gangway,
                               **files})
    options.setdefault("timeout", 120)
    outcome = machine.run(tmp_path, *disk, *args, **options)
    begin = outcome.debug.rindex("begin\n")
    return outcome, outcome.debug[begin:].splitlines()[1:]
