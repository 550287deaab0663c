# SPDX-License-Identifier: BSD-2-Clause
"""A CD that is a disk as well, for BIOS and UEFI: GRUB with a menu of gangway's
doors (rescue.cfg)."""
import pathlib
import tempfile

from steps import EPOCH, MIB, copy, fat, run

HERE = pathlib.Path(__file__).resolve().parent
HYBRID = "/usr/lib/grub/i386-pc/boot_hybrid.img"
COMMON = ["iso9660", "part_gpt", "part_msdos", "fat", "search",
          "search_fs_file", "normal", "configfile", "test", "serial",
          "terminal", "multiboot", "multiboot2", "boot", "relocator", "mmap"]
BIOS = ["biosdisk"]
UEFI = ["chain", "all_video"]
ESP_SIZE = 4 * MIB
ESP = "C12A7328-F81F-11D2-BA4B-00A0C93EC93B"


def grub(platform, target, words, modules):
    """GRUB as one file. Its first commands set what the menu's say."""
    start = target.with_suffix(".cfg")
    start.write_text("search --set=root --file /boot/linux.efi\n"
                     "set words='%s'\nexport words\n"
                     "configfile /boot/rescue.cfg\n"
                     % words.replace("'", "'\\''"))
    run("grub-mkimage", "-O", platform, "-p", "/", "-c", start, "-o", target,
        *COMMON, *modules)


def fill(boot, build, uki, args):
    """What the menu names; the initrds in one file, each padded."""
    copy(HERE / "rescue.cfg", boot / "rescue.cfg")
    copy(uki, boot / "linux.efi")
    copy(pathlib.Path(args.kernel), boot / "vmlinuz")
    joined = b""
    for initrd in args.initrd:
        joined += bytes(-len(joined) % 4) + pathlib.Path(initrd).read_bytes()
    (boot / "initrd").write_bytes(joined)
    for name in ("gangway.elf", "gangway-pvh.elf", "gangway.efi"):
        copy(build / name, boot / name)
    run(build / "gangway", "pack", "-o", boot / "linux.elf", "--kernel",
        args.kernel, "--initrd", boot / "initrd", "--cmdline", args.cmdline)


def make(target, build, uki, args):
    with tempfile.TemporaryDirectory(dir=target.parent) as work:
        work = pathlib.Path(work)
        boot = work / "tree/boot"
        boot.mkdir(parents=True)
        fill(boot, build, uki, args)
        grub("i386-pc-eltorito", work / "bios.img", args.cmdline, BIOS)
        copy(work / "bios.img", boot / "bios.img")
        loader = work / "esp/EFI/BOOT/BOOTX64.EFI"
        loader.parent.mkdir(parents=True)
        grub("x86_64-efi", work / "uefi.img", args.cmdline, UEFI)
        copy(work / "uefi.img", loader)
        fat(work / "esp.img", work / "esp", ESP_SIZE)
        run("xorriso", "-as", "mkisofs", "-quiet", "-R", "-V", "GANGWAY",
            "--set_all_file_dates", "=%d" % EPOCH, "-o", target, "-b", "boot/bios.img", "-no-emul-boot",
            "-boot-load-size", "4", "-boot-info-table", "--grub2-boot-info",
            "--grub2-mbr", HYBRID, "-append_partition", "2", ESP,
            work / "esp.img", "-appended_part_as_gpt", "-eltorito-alt-boot",
            "-e", "--interval:appended_partition_2:all::", "-no-emul-boot",
            work / "tree")
