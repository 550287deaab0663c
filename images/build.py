#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Make images that boot one kernel by every way there is; needs no root.

usage: images/build.py [OPTION]... [FOLDER]     (default: build/images)

    linux.efi       the UKI that all of the following start
    disk.raw        a GPT disk for BIOS and UEFI; disk.qcow2 is the same
    rescue.iso      a CD, or USB stick, with a menu of gangway's doors
    netboot/        for TFTP: boot.ipxe for iPXE, linux.efi for UEFI's PXE
    vmm/            configurations that start linux.efi without a disk

The same files give the same bytes: times are those of SOURCE_DATE_EPOCH.
"""
import argparse
import hashlib
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time
import uuid

import disk
import rescue
from steps import EPOCH, run

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent
BUILD = ROOT / os.environ.get("GANGWAY_BUILD", "build")
# Everybody has this key, so it protects nothing: OVMF's snakeoil variables
# trust it, and thus show that a machine with keys of its own can.
TEST_KEY = pathlib.Path("/usr/share/ovmf/PkKek-1-snakeoil")
WORDS = ("console=tty0 console=ttyS0 panic=-1 no_timer_check "
         "gangway-demo.shell")
VMMS = {"firecracker": "firecracker.json", "xl": "xl.cfg",
        "cloud-hypervisor": "cloud-hypervisor.sh"}


def test_key(folder):
    """The key as sbsign takes it, without a password."""
    key = pathlib.Path(folder) / "key.pem"
    run("openssl", "rsa", "-in", TEST_KEY.with_suffix(".key"), "-passin",
        "pass:snakeoil", "-out", key)
    return "%s,%s.pem" % (key, TEST_KEY)


def make_uki(args, folder):
    """A signature has its time in it."""
    uki = folder / "linux.efi"
    words = ["pack", "-o", uki, "--kernel", args.kernel, "--cmdline",
             args.cmdline]
    for initrd in args.initrd:
        words += ["--initrd", initrd]
    with tempfile.TemporaryDirectory(dir=folder) as work:
        run("faketime", "-f", time.strftime("%F %T", time.gmtime(EPOCH)),
            BUILD / "gangway", *words, "--sign", args.sign or test_key(work))
    return uki


def make_netboot(folder, uki):
    folder.mkdir()
    shutil.copy(HERE / "boot.ipxe", folder)
    shutil.copy(BUILD / "gangway.elf", folder)
    os.link(uki, folder / uki.name)


def make_vmm(folder, uki):
    """What is printed has whole paths; a folder that may be moved has not."""
    folder.mkdir()
    shutil.copy(BUILD / "gangway-pvh.elf", folder)
    os.link(uki, folder / uki.name)
    for vmm, name in VMMS.items():
        text = run(BUILD / "gangway", "run", "--door", "pvh",
                   "--print=" + vmm, folder / uki.name,
                   GANGWAY_FILES=str(folder))
        (folder / name).write_text(text.replace(str(folder) + "/", ""))


def default_files():
    """What "make run" boots."""
    run(ROOT / "tests/fetch", "cloud")
    initrd = BUILD / "demo.cpio"
    run(ROOT / "tests/initramfs", "--blob", "0.1", initrd)
    return BUILD / "targets/cloud/vmlinuz", [initrd]


def arguments():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--kernel", metavar="FILE")
    parser.add_argument("--initrd", metavar="FILE", action="append")
    parser.add_argument("--cmdline", metavar="WORDS", default=WORDS)
    parser.add_argument("--root", metavar="FILE", type=pathlib.Path,
                        help="a file system: the disk's third partition")
    parser.add_argument("--sign", metavar="KEY,CERT",
                        help="default: the test key of OVMF")
    parser.add_argument("folder", nargs="?", type=pathlib.Path,
                        default=BUILD / "images")
    args = parser.parse_args()
    if not args.kernel:
        args.kernel, demo = default_files()
        args.initrd = args.initrd or demo
    args.initrd = args.initrd or []
    return args


def main():
    args = arguments()
    folder = args.folder.resolve()
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    uki = make_uki(args, folder)
    name = uuid.uuid5(uuid.NAMESPACE_OID, hashlib.sha256(
        uki.read_bytes()).hexdigest())
    disk.make(folder / "disk.raw", BUILD / "gangway.elf", uki, args.root, name)
    run("qemu-img", "convert", "-O", "qcow2", "-c", folder / "disk.raw",
        folder / "disk.qcow2")
    rescue.make(folder / "rescue.iso", BUILD, uki, args)
    make_netboot(folder / "netboot", uki)
    make_vmm(folder / "vmm", uki)
    print("images: " + str(args.folder))


if __name__ == "__main__":
    try:
        main()
    except subprocess.CalledProcessError as failed:
        sys.exit("images: %s failed:\n%s%s" % (
            failed.cmd[0], failed.stdout, failed.stderr))
