# SPDX-License-Identifier: BSD-2-Clause
"""Kernels come and go on an installed system, and it boots each time: by the
hooks of kernels' packages alone, and by kernel-install in both layouts."""
import re
import subprocess

import pytest

import roots


@pytest.fixture
def versions(installed):
    """An older and a newer kernel that this release has."""
    found = installed.run(
        "apt-cache search --names-only '^linux-image-[0-9].*cloud-amd64$' | "
        "sed 's/^linux-image-//; s/ .*//' | grep -v unsigned | sort -V")
    old, *_, new = found.split()
    return old, new


def kernel(version):
    return "linux-image-" + version


def on_esp(root):
    """The files of kernels on it."""
    return sorted(
        path for path in root.run("cd /boot/efi; find . -type f -printf '%P\\n'"
                                  ).splitlines()
        if path != "lost+found" and "BOOT" not in path.split("/"))


def configure(root, layout):
    root.make_esp(400)
    if layout == "hook":
        (root / "etc/gangway.conf").write_text(
            "[gangway]\npath = /boot/efi/EFI/Linux\n")
        return
    (root / "etc/kernel/install.conf").write_text(
        "layout=%s\nuki_generator=gangway\nBOOT_ROOT=/boot/efi\n" % layout)
    (root / "etc/kernel/entry-token").write_text("debian\n")


FILES = {"hook": "EFI/Linux/gangway-%s.efi", "uki": "EFI/Linux/debian-%s.efi",
         "bls": "loader/entries/debian-%s.conf"}


def booted(root, folder, **more):
    """Its version and its words."""
    serial = roots.boot(root, folder, **more)
    assert re.search(r"^gangway \S+: under UEFI", serial, re.M)
    return roots.told(serial)


def no_remains(root):
    assert not list((root / "var/cache/gangway").glob("*"))
    assert not [name for name in on_esp(root) if "/." in name]


@pytest.mark.parametrize("layout", FILES)
def test_kernels_come_and_go(installed, folder, versions, layout):
    old, new = versions
    configure(installed, layout)
    name = FILES[layout]
    told = installed.install(kernel(old))
    print(told)
    assert name % old in on_esp(installed)
    version, words = booted(installed, folder / "old")
    assert version == old and words.startswith(roots.WORDS)
    told = installed.install(kernel(new))
    print(told)
    assert {name % old, name % new} <= set(on_esp(installed))
    no_remains(installed)
    assert booted(installed, folder / "new")[0] == new
    installed.run("apt-get -qq -y purge " + kernel(new))
    assert not [path for path in on_esp(installed) if new in path]
    assert booted(installed, folder / "again")[0] == old


def test_each_is_packed_once(installed, versions):
    """A package has its initramfs made first, which calls a hook as well."""
    configure(installed, "hook")
    told = installed.install(kernel(versions[1]))
    assert told.count("gangway-kernel: /boot/efi") == 1, told
    told = installed.run("update-initramfs -u")
    assert told.count("gangway-kernel: /boot/efi") == 1, told


def test_a_new_initramfs_is_in_the_bundle(installed, versions):
    configure(installed, "hook")
    version = versions[1]
    installed.install(kernel(version))
    installed.run("echo changed >/etc/initramfs-tools/conf.d/x; "
                  "update-initramfs -u; cd /root; "
                  "gangway unpack /boot/efi/EFI/Linux/gangway-%s.efi -d parts; "
                  "cmp parts/*initrd* /boot/initrd.img-%s"
                  % (version, version))


def test_without_an_esp(installed, versions):
    """The package is no hindrance there."""
    told = installed.install(kernel(versions[1]))
    assert "no ESP is mounted" in told and "no bundle is made" in told


def test_full_esp(installed, versions):
    """The figures are told, and all stays as it was."""
    old, new = versions
    configure(installed, "hook")
    installed.install(kernel(old))
    installed.fill_esp()
    listed = installed.run("cd /boot/efi && find . -type f -exec sha256sum {} +")
    assert old in listed
    code, told = installed.try_run("apt-get -qq -y install " + kernel(new))
    assert code and re.search(r"has \d+ KiB free, .* takes \d+ KiB", told), told
    assert listed == installed.run(
        "cd /boot/efi && find . -type f -exec sha256sum {} +")
    installed.run("apt-get -qq -y purge %s && apt-get -qq -y install %s"
                  % (kernel(old), kernel(new)))


@pytest.mark.parametrize("layout", ["uki", "bls"])
def test_full_esp_by_kernel_install(installed, versions, layout):
    configure(installed, layout)
    installed.install(kernel(versions[0]))
    installed.fill_esp()
    listed = installed.run("cd /boot/efi && find . -type f -exec sha256sum {} +")
    code, told = installed.try_run("apt-get -qq -y install "
                                   + kernel(versions[1]))
    assert code and re.search(r"has \d+ KiB free, .* takes \d+ KiB", told), told
    assert listed == installed.run(
        "cd /boot/efi && find . -type f -exec sha256sum {} +")


@pytest.mark.parametrize("layout", ["uki", "bls"])
def test_counted_tries(installed, folder, versions, layout):
    """Another number leaves no double, and the boot takes one off."""
    version = versions[1]
    configure(installed, layout)
    installed.install(kernel(version))
    for tries in "53":
        (installed / "etc/kernel/tries").write_text(tries + "\n")
        installed.run("kernel-install add %s /boot/vmlinuz-%s"
                      % (version, version))
    name = FILES[layout] % (version + "+3")
    named = [path for path in on_esp(installed)
             if path.startswith(FILES[layout].split("%")[0] + version)]
    assert named == [name]
    assert booted(installed, folder)[0] == version
    told = subprocess.run(
        ["mdir", "-b", "-i", str(folder / "esp.img"), "::/" +
         name.rsplit("/", 1)[0]], stdout=subprocess.PIPE, text=True).stdout
    assert version + "+2-1" in told


THERE = """
modprobe vfat
mount -t vfat /dev/vda /boot/efi
df -k /boot/efi
gangway-kernel add {new}
gangway-kernel remove {old}
ls -a /boot/efi/EFI/Linux
gangway-kernel remove {new}
ls -a /boot/efi/EFI/Linux
umount /boot/efi
"""


def test_on_the_running_machine(installed, folder, versions):
    """There the ESP is found, it is FAT, the words are those of this boot, and
    the running kernel is not removed."""
    old, new = versions
    configure(installed, "hook")
    installed.install(kernel(old))
    (installed / "etc/gangway.conf").write_text("[gangway]\ntries = 3\n")
    installed.install(kernel(new))
    assert not [name for name in on_esp(installed) if new in name]
    (installed / "etc/kernel/cmdline").unlink()
    serial = roots.boot(installed, folder, timeout=900, todo=THERE.format(
        old=old, new=new))
    assert "KERNEL: " + old in serial and "DONE: 0" in serial, serial[-4000:]
    assert old + " is running, so its bundle stays" in serial
    after_add, after_remove = serial.split("ls -a /boot/efi")[1:]
    assert "gangway-%s+3.efi" % new in after_add
    assert "gangway-%s.efi" % old in after_add
    assert new not in after_remove.split("umount")[0]
