# SPDX-License-Identifier: BSD-2-Clause
"""What Debian's bootctl says of a boot, in a guest that mounts the partition it
comes from: of the same UKI with systemd's stub and with gangway as its stub."""
import re
import subprocess

import pytest

import esp
import machine
import targets
import tpm
import ukify
from guest import Guest
from test_uefi import CONSOLE
from test_uefi_entries import ESP_TYPE, partitioned

GUID = "4a67b082-0a4c-41cf-b6c7-440b29bb8c4f"
MODULES = "efivarfs fat vfat nls_cp437 nls_ascii nls_utf8"
PROGRAM = """
for name in %s; do
	busybox insmod /modules/$name.ko
done
mount -t efivarfs efivarfs /sys/firmware/efi/efivars
busybox mkdir /efi
mount -t vfat /dev/nvme0n1p1 /efi
for file in /sys/firmware/efi/efivars/*-%s; do
	name=${file##*/}
	echo "GUEST-VARIABLE ${name%%%%-*} $(od -A n -v -t x1 "$file" | tr -d ' \\n')"
done
echo "GUEST-BOOTCTL begin"
SYSTEMD_COLORS=0 bootctl --no-pager --esp-path=/efi status 2>&1
echo "GUEST-BOOTCTL end"
""" % (MODULES, GUID)
LIBRARIES = """libc libcrypto libacl libblkid libcap libcrypt libmount libpam
    libseccomp libselinux libm libpcre2-8 libaudit libcap-ng libz
    libzstd""".split()


@pytest.fixture(scope="module", name="initrd")
def fixture_initrd(tmp_path_factory):
    """bootctl with all that it is linked to, and modules to mount with."""
    folder = tmp_path_factory.mktemp("bootctl")
    script = folder / "next"
    script.write_text(PROGRAM)
    lib = ukify.folder() / "lib"
    modules = targets.fetched("cloud-esp", "modules")
    files = {"next": script,
             "bin/bootctl": targets.fetched("bootctl-257", "bootctl"),
             "lib64/ld-linux-x86-64.so.2": lib / "ld-linux-x86-64.so.2",
             "usr/lib/x86_64-linux-gnu/systemd/libsystemd-shared-257.so":
             lib / "libsystemd-shared-257.so"}
    for name in LIBRARIES:
        file, = lib.glob(name + ".so.?")
        files["lib/x86_64-linux-gnu/" + file.name] = file
    for name in MODULES.split():
        file, = modules.glob(name + ".ko*")
        files["modules/%s.ko" % name] = file
    words = (word for path, file in files.items()
             for word in ("--add", "%s=%s" % (path, file)))
    targets.run_tool(targets.TESTS / "initramfs", "--blob", "0.1", *words,
                     folder / "initrd")
    return folder / "initrd"


class Told:
    """The variables of a boot, what bootctl says of it, and the seed that is
    there afterwards."""

    def __init__(self, outcome, disk):
        guest = Guest(outcome)
        assert guest.blob_ok
        self.variables = dict(re.findall(
            r"^GUEST-VARIABLE (\w+) 06000000(\w+)$", guest.text, re.M))
        text = re.search(r"^GUEST-BOOTCTL begin\n(.*)^GUEST-BOOTCTL end",
                         guest.text, re.M | re.S)[1]
        self.lines = re.sub(r"(gangway|systemd-stub) [\w.~-]+", "STUB",
                            text).splitlines()
        self.seed = subprocess.run(
            ["mtype", "-i", "%s@@1M" % disk, "::/loader/random-seed"],
            check=True, stdout=subprocess.PIPE).stdout


BESIDE = esp.FALLBACK + ".extra.d/"
SEED = bytes(range(32)) + b"more"


def boot(folder, stub, initrd):
    """With extensions beside it, and no parameters from outside."""
    folder.mkdir()
    image, _ = ukify.build(
        folder / "uki.efi", "--linux=%s" % targets.fetched(
            "cloud-esp", "vmlinuz"), "--initrd=%s" % initrd,
        "--cmdline=" + CONSOLE, "--uname=6.1",
        "--os-release=ID=debian\nVERSION_ID=13\nPRETTY_NAME=Debian\n",
        stub=stub)
    args = partitioned(folder, [(ESP_TYPE, {
        esp.FALLBACK: image, "EFI/Linux/debian.efi": image,
        "loader/random-seed": SEED,
        BESIDE + "a.sysext.raw": b"a", BESIDE + "b.confext.raw": b"b"})],
        "nvme")
    with tpm.running(folder) as chip:
        outcome = machine.run(folder, *args, *chip.args, "-device",
                              "virtio-rng-pci", timeout=300)
    return Told(outcome, folder / "disk.img")


# What systemd-stub leaves to a boot loader
MORE = {"LoaderTimeInitUSec", "LoaderTimeExecUSec"}


@pytest.mark.real
def test_the_same_as_of_systemds_stub(tmp_path, initrd):
    ours = boot(tmp_path / "ours", esp.GANGWAY_EFI, initrd)
    systemd = boot(tmp_path / "systemd",
                   ukify.folder() / "efi/linuxx64.efi.stub", initrd)
    assert set(ours.variables) == set(systemd.variables) | MORE
    assert {name for name in systemd.variables if
            ours.variables[name] != systemd.variables[name]} == {"StubInfo"}
    assert ours.lines == systemd.lines
    assert "       Exists: yes" in ours.lines
    for seed in ours.seed, systemd.seed:
        assert seed[:32] != SEED[:32] and seed[32:] == bytes(4)
    assert ours.seed != systemd.seed
