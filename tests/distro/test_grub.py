# SPDX-License-Identifier: BSD-2-Clause
"""GRUB's menu as update-grub writes it on an installed system, and what its
entries boot, on a BIOS and by UEFI."""
import re
import shutil
import subprocess

import pytest

import doors
import esp
import machine
import roots
from targets import fetched

CORE = """
search --no-floppy --label --set=root %s
set prefix=($root)/boot/grub
normal
""" % roots.LABEL
MODULES = "search search_label ext2 normal part_msdos part_gpt"
DEFAULTS = """GRUB_DEFAULT="%s"
GRUB_TIMEOUT=0
GRUB_DISTRIBUTOR=Debian
GRUB_TERMINAL=console
GRUB_CMDLINE_LINUX="console=%s panic=-1 no_timer_check"
GRUB_CMDLINE_LINUX_DEFAULT="by=grub"
GRUB_CMDLINE_XEN="com1=115200,8n1 console=com1 loglvl=all spec-ctrl=no"
GRUB_CMDLINE_XEN_DEFAULT="dom0_mem=384M,max:384M dom0_max_vcpus=1 %s"
"""
XEN = "xen-4.17-amd64"
XEN_KERNEL = "6.1.0-xen-amd64"
PATIENCE = 400  # seconds, on a machine that does other things as well


@pytest.fixture
def grub(installed):
    """A system with GRUB, a kernel, a bundle on its ESP and one in /boot."""
    installed.install("grub2-common grub-pc-bin grub-efi-amd64-bin e2fsprogs")
    installed.run("mkdir -p /boot/grub; cd /usr/lib/grub; "
                  "cp -r i386-pc x86_64-efi /boot/grub")
    (installed / "root/core.cfg").write_text(CORE)
    installed.run(
        "cd /root; grub-mkimage -O i386-pc-eltorito -p /boot/grub -c core.cfg "
        "-o bios biosdisk iso9660 %s; grub-mkimage -O x86_64-efi -p /boot/grub "
        "-c core.cfg -o efi fat %s" % (MODULES, MODULES))
    (installed / "etc/gangway.conf").write_text("[gangway]\ntype = none\n")
    installed.install("linux-image-cloud-amd64")
    (installed / "sbin/init").unlink(missing_ok=True)
    (installed / "sbin/init").write_text(roots.INIT)
    (installed / "sbin/init").chmod(0o755)
    return installed


def version_of(root):
    path, = (root / "boot").glob("vmlinuz-*cloud-amd64")
    return path.name.split("-", 1)[1]


def add_bundle(root, type, path):
    (root / "etc/gangway.conf").write_text(
        "[gangway]\ntype = %s\npath = %s\n" % (type, path))
    root.run("gangway-kernel add " + version_of(root))


def menu(root, folder, default, console="ttyS0", xen=""):
    """The disk of the system with this as its default entry, and the text."""
    (root / "etc/default/grub").write_text(DEFAULTS % (default, console, xen))
    disk = roots.disk_of(root, folder)
    roots.run_on_disk(disk, "update-grub; "
                      "grub-script-check /boot/grub/grub.cfg")
    return disk, roots.run_on_disk(disk, "cat /boot/grub/grub.cfg")


def by_bios(root, folder):
    tree = folder / "tree"
    tree.mkdir()
    shutil.copy(root / "root/bios", tree / "bios")
    subprocess.run(
        ["xorriso", "-as", "mkisofs", "-quiet", "-R", "-o",
         str(folder / "core.iso"), "-b", "bios", "-no-emul-boot",
         "-boot-load-size", "4", "-boot-info-table", "--grub2-boot-info",
         str(tree)], check=True)
    return ["-cdrom", folder / "core.iso", "-boot", "d"]


def by_uefi(root, folder):
    return esp.make(folder, {esp.FALLBACK: root / "root/efi"})


FIRMWARE = {"bios": by_bios, "uefi": by_uefi}


def boot(root, folder, firmware, default, options=None, until=None, **more):
    """What the serial port says, to the end or to some words, and the menu."""
    disk, text = menu(root, folder, default, **more)
    args = [*FIRMWARE[firmware](root, folder), "-drive",
            "if=virtio,format=raw,file=%s" % doors.escape(disk)]
    options = dict(options or {}, memory=1024)
    if until:
        with machine.Machine(folder, *args, **options) as running:
            return running.wait_for(until, PATIENCE), text
    return machine.run(folder, *args, timeout=PATIENCE, **options).serial, text


def check(serial, version, *words):
    assert re.search(r"^gangway \S+: ", serial, re.M), serial[-3000:]
    booted, line = roots.told(serial)
    assert booted == version and set(words) <= set(line.split())


@pytest.mark.parametrize("firmware", FIRMWARE)
def test_a_kernel(grub, folder, firmware):
    version = version_of(grub)
    serial, text = boot(grub, folder, firmware,
                        "gangway>gangway-" + version)
    check(serial, version, "by=grub", "ro")
    assert re.search(r"root=UUID=\S+", serial)
    assert text.index("submenu 'gangway'") > text.index("10_linux")


@pytest.mark.parametrize("firmware,type,suffix", [
    ("uefi", "uki", "efi"), ("bios", "elf", "elf"), ("bios", "fit", "itb")])
def test_a_bundle(grub, folder, firmware, type, suffix):
    add_bundle(grub, type, "/boot/bundles")
    version = version_of(grub)
    serial, _ = boot(grub, folder, firmware,
                     "gangway>gangway-%s.%s" % (version, suffix))
    check(serial, version, *roots.WORDS.split())


def test_what_the_menu_leaves_out(grub, folder):
    (grub / "etc/gangway.conf").write_text("[gangway]\ngrub = no\n")
    assert "gangway" not in menu(grub, folder, "0")[1].replace(
        "35_gangway", "")


def add_xen(root):
    """Xen, and a kernel for its dom0, as their packages would leave them."""
    shutil.copy(fetched("xen-host-4.17", "xen.gz"),
                root / ("boot/%s.gz" % XEN))
    shutil.copy(fetched("xen-host-4.17", "vmlinuz"),
                root / ("boot/vmlinuz-" + XEN_KERNEL))
    (root / ("boot/config-" + XEN_KERNEL)).write_text("CONFIG_XEN_DOM0=y\n")
    (root / "root/tree/bin").mkdir(parents=True)
    (root / "root/tree/init").write_text(
        "#!/bin/sh\nmount -t proc proc /proc\necho KERNEL: $(uname -r)\n"
        "echo WORDS: $(cat /proc/cmdline)\npoweroff -f\n")
    (root / "root/tree/init").chmod(0o755)
    root.install("busybox-static cpio")
    root.run("cd /root/tree; mkdir proc dev; cp /bin/busybox bin; "
             "for i in sh mount echo uname cat poweroff; do "
             "ln -s busybox bin/$i; done; mknod dev/console c 5 1; "
             "find . | cpio -o -H newc | gzip >/boot/initrd.img-" + XEN_KERNEL)


# As in tests/xen/lab.py.
XEN_MACHINE = {"machine": "q35", "cpu": machine.CPU + ",+svm,+npt"}


def test_xen(grub, folder):
    """gangway starts Xen, and that a PV dom0."""
    add_xen(grub)
    serial, text = boot(
        grub, folder, "bios", "gangway>gangway-Xen-4.17-amd64-" + XEN_KERNEL,
        XEN_MACHINE, console="hvc0")
    assert re.search(r"^gangway \S+: ", serial, re.M)
    assert "Xen version 4.17" in serial
    assert "by=grub" in roots.told(serial)[1].split()
    # A kernel that cannot be dom0 has no such entry.
    assert "gangway-Xen-4.17-amd64-" + version_of(grub) not in text


def test_xen_with_gangway_as_dom0s_kernel(grub, folder):
    """A PVH dom0 begins, and gangway starts a kernel there, which stops soon
    in QEMU, as it does without gangway. What gangway writes to port 0xE9 is in
    Xen's log."""
    add_xen(grub)
    add_bundle(grub, "elf", "/boot/bundles")
    serial, _ = boot(
        grub, folder, "bios", "gangway>Xen-4.17-amd64-gangway-%s.elf"
        % version_of(grub), XEN_MACHINE, until=r"\(d0\) .*jump: ",
        console="hvc0", xen="dom0-iommu=none guest_loglvl=all")
    assert "Xen version 4.17" in serial
    assert re.search(r"gangway \S+: entered by pvh", serial), serial[-3000:]
