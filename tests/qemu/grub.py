#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Disk images that start something by GRUB, without menus and waits.

usage: grub.py bios|efi PROTOCOL OUTPUT GANGWAY [WORDS] -- FILE WORDS...

PROTOCOL is multiboot, multiboot2 or linux; each FILE becomes a module with its WORDS.
"""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

GRUB = pathlib.Path("/usr/lib/grub")
FAT16_MOST = 500 << 20
MODULES = {"multiboot2": "module2", "linux": "initrd"}
COMMON = ["search", "search_fs_file", "multiboot", "multiboot2", "boot",
          "relocator", "mmap"]


def run(*command, **options):
    done = subprocess.run([str(word) for word in command],
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          **options)
    if done.returncode:
        raise RuntimeError("%s failed:\n%s"
                           % (command[0], done.stdout.decode("latin-1")))


def config(protocol, words, modules, behind):
    """GRUB's commands; the files are called kernel, 0, 1..."""
    module = MODULES.get(protocol, "module")
    lines = ["search --set=root --file /boot/kernel",
             "%s /boot/kernel %s" % (protocol, words), *behind]
    lines += ["%s /boot/%d %s" % (module, number, line)
              for number, (_, line) in enumerate(modules)]
    return "\n".join(lines + ["boot"]) + "\n"


def tree(folder, kernel, modules, files=()):
    boot = folder / "boot"
    boot.mkdir(parents=True)
    shutil.copy(kernel, boot / "kernel")
    for name in files:
        shutil.copy(files[name], boot / name)
    for number, (path, _) in enumerate(modules):
        shutil.copy(path, boot / str(number))


def make_bios(output, protocol, kernel, words="", modules=(), behind=(),
              more=(), files=()):
    """A hybrid ISO for a PC BIOS: boots as a CD and as a disk. behind: GRUB's
    commands behind the kernel's; more: modules that GRUB has besides; files:
    {name: path} of what commands speak of."""
    with tempfile.TemporaryDirectory(dir=output.parent) as work:
        work = pathlib.Path(work)
        tree(work, kernel, modules, files)
        make_bios_of(output, config(protocol, words, modules, behind),
                     work / "boot", more)


def make_bios_of(output, commands, boot, more=()):
    """The same of a folder's files and any commands of GRUB's."""
    with tempfile.TemporaryDirectory(dir=output.parent) as work:
        work = pathlib.Path(work)
        shutil.copytree(boot, work / "tree/boot")
        (work / "cfg").write_text(commands)
        core = work / "tree/boot/eltorito.img"
        run("grub-mkimage", "-O", "i386-pc-eltorito", "-p", "/", "-c",
            work / "cfg", "-o", core, "biosdisk", "iso9660", *COMMON, *more)
        run("xorriso", "-as", "mkisofs", "-quiet", "-R", "-o", output,
            "-b", "boot/eltorito.img", "-no-emul-boot", "-boot-load-size",
            "4", "-boot-info-table", "--grub2-boot-info", "--grub2-mbr",
            GRUB / "i386-pc/boot_hybrid.img", work / "tree")


def make_efi(output, protocol, kernel, words="", modules=(), behind=(),
             more=()):
    """The same as a FAT disk with GRUB as the UEFI default loader."""
    with tempfile.TemporaryDirectory(dir=output.parent) as work:
        work = pathlib.Path(work)
        tree(work / "tree", kernel, modules)
        (work / "cfg").write_text(config(protocol, words, modules, behind))
        loader = work / "tree/EFI/BOOT/BOOTX64.EFI"
        loader.parent.mkdir(parents=True)
        run("grub-mkimage", "-O", "x86_64-efi", "-p", "/", "-c",
            work / "cfg", "-o", loader, "part_gpt", "part_msdos", "fat",
            *COMMON, *more)
        used = sum(f.stat().st_size for f in work.rglob("*"))
        with open(output, "wb") as disk:
            disk.truncate(used + (8 << 20))
        run("mformat", "-i", output, *(["-F"] if used > FAT16_MOST else []),
            "::")
        run("mcopy", "-i", output, "-s", work / "tree/EFI",
            work / "tree/boot", "::")


class Checking:
    """An application for UEFI that needs no shim under Secure Boot: it has a
    key of its own, and asks each file for a signature by that."""

    def __init__(self, folder, commands):
        self.folder = folder
        self.home = folder / "gnupg"
        self.home.mkdir(mode=0o700)
        self.image = folder / "grub.efi"
        self.gpg("--passphrase", "", "--quick-gen-key", "test", "rsa2048",
                 "sign")
        self.gpg("--output", folder / "key", "--export")
        (folder / "cfg").write_text(commands)
        run("grub-mkimage", "-O", "x86_64-efi", "-p", "/",
            "--disable-shim-lock", "--pubkey", folder / "key", "-c",
            folder / "cfg", "-o", self.image, "part_gpt", "part_msdos", "fat",
            "search", "search_fs_file", "boot", "chain", "pgp", "gcry_rsa",
            "gcry_sha256", "gcry_sha512")

    def gpg(self, *words):
        run("gpg", "--batch", *words, env=dict(os.environ,
                                               GNUPGHOME=str(self.home)))

    def signature(self, path):
        target = self.folder / (path.name + ".sig")
        self.gpg("--output", target, "--detach-sign", path)
        return target


MAKERS = {"bios": make_bios, "efi": make_efi}


def main(args):
    if len(args) < 4 or args[0] not in MAKERS:
        sys.exit(__doc__)
    kind, protocol, output, kernel, *rest = args
    words = rest.pop(0) if rest and rest[0] != "--" else ""
    files = rest[1:]
    MAKERS[kind](pathlib.Path(output), protocol, kernel, words,
                 list(zip(files[::2], files[1::2])))


if __name__ == "__main__":
    main(sys.argv[1:])
