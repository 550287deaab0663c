# SPDX-License-Identifier: BSD-2-Clause
"""Boot managers that start gangway.efi as an application: with a kernel that lies
beside it, and as the stub of a UKI without an initrd; their load options, the
initrd that some of them offer, and the paths that they give."""
import pytest

import esp
import machine
import managers
import netboot
import targets
from guest import Guest
from test_uefi import CONSOLE
from test_uefi_callers import digest

LONG = pytest.mark.real  # for check-all
KERNEL = "kernel=\\k " + CONSOLE
NAMED = "kernel=\\k initrd=\\i " + CONSOLE
OFFER = "initrd /i\n"


@pytest.fixture(scope="module", name="initrd")
def fixture_initrd():
    return targets.initramfs(targets.FIXTURES / "initramfs-small.cpio",
                             "--blob", "0.1")


def systemd_boot(version, words, key="efi", more=""):
    return lambda: managers.by_systemd_boot(version, "/g.efi", words, key,
                                            more)


def grub(version):
    return lambda: managers.by_grub(version, "/g.efi", NAMED)


def refind(words, more=""):
    return lambda: managers.by_refind("/g.efi", words, more)


def start(folder, files):
    return Guest(machine.run(folder, *esp.make(folder, files), timeout=200))


WAYS = {
    "systemd-boot-252": systemd_boot("252", NAMED),
    "systemd-boot-257": systemd_boot("257", NAMED),
    "systemd-boot-252-linux": systemd_boot("252", KERNEL, "linux", OFFER),
    "systemd-boot-257-linux": systemd_boot("257", KERNEL, "linux", OFFER),
    "grub-2.06": grub("2.06"), "grub-2.12": grub("2.12"),
    "refind": refind(NAMED), "refind-initrd": refind(KERNEL, OFFER),
}


@pytest.mark.parametrize("way", [
    pytest.param(way, marks=() if way == "systemd-boot-257-linux" else LONG)
    for way in WAYS])
def test_kernel_beside(tmp_path, cloud, initrd, way):
    guest = start(tmp_path, {"g.efi": esp.GANGWAY_EFI, "k": cloud,
                             "i": initrd, **WAYS[way]()})
    assert guest.cmdline == CONSOLE and guest.blob_ok


# Each names the initrd in words too, where a packed kernel gets them
PACKED = {
    "systemd-boot-252": (systemd_boot("252", "x", "linux", OFFER),
                         " initrd=\\i x"),
    "systemd-boot-257": (systemd_boot("257", "x", "linux", OFFER),
                         " initrd=\\i x"),
    "refind": (refind("x", OFFER), " x initrd=\\i"),
}


@LONG
@pytest.mark.parametrize("way", PACKED)
def test_initrd_beside_a_uki(tmp_path, cloud, initrd, way):
    files, words = PACKED[way]
    image = esp.ukify(tmp_path / "u.efi", {
        ".cmdline": CONSOLE.encode(), ".linux": cloud})
    guest = start(tmp_path, {"g.efi": image, "i": initrd, **files()})
    assert guest.cmdline == CONSOLE + words and guest.blob_ok


def by_ipxe(folder, row, files, script):
    args = netboot.efi(folder, files, script, row)
    return Guest(machine.run(folder, *args, timeout=200))


@pytest.mark.parametrize("row", [
    pytest.param("ipxe-efi", marks=LONG), "ipxe-1.21-efi"])
def test_kernel_that_ipxe_has(tmp_path, cloud, initrd, row):
    """It puts the image's name first, and offers the kernel as an initrd."""
    guest = by_ipxe(
        tmp_path, row, {"g.efi": esp.GANGWAY_EFI, "k": cloud, "i": initrd},
        ["kernel g.efi kernel=k initrd=i " + CONSOLE, "initrd k", "initrd i"])
    assert guest.cmdline == CONSOLE and guest.blob_ok


@LONG
def test_initrd_that_ipxe_offers_to_a_uki(tmp_path, cloud, initrd):
    image = esp.ukify(tmp_path / "u.efi", {
        ".cmdline": b"packed", ".linux": cloud})
    guest = by_ipxe(tmp_path, "ipxe-1.21-efi", {"u.efi": image, "i": initrd},
                    ["kernel u.efi " + CONSOLE, "initrd i"])
    assert guest.cmdline == "packed " + CONSOLE and guest.blob_ok


@pytest.mark.parametrize("version", [
    pytest.param("2.06", marks=LONG), "2.12"])
def test_companions_where_grub_gives_a_node_for_each_folder(
        tmp_path, cloud, initrd, version):
    """And a boot counter, of which their folder's name has nothing."""
    image = esp.ukify(tmp_path / "u.efi", {
        ".cmdline": CONSOLE.encode(), ".initrd": initrd, ".linux": cloud})
    guest = start(tmp_path, {
        "EFI/Linux/u+2-1.efi": image, "EFI/Linux/u.efi.extra.d/a.cred":
        b"hello", **managers.by_grub(version, "/EFI/Linux/u+2-1.efi", "x")})
    assert guest.cmdline == CONSOLE + " x" and guest.blob_ok
    assert guest.extra["/.extra/credentials/a.cred"][0] == digest(b"hello")
