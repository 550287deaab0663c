# SPDX-License-Identifier: BSD-2-Clause
"""One file, packed and signed once: a UKI around Debian's kernel, with 64 MiB of
initrd. All that start kernels start it, and Linux finds the initrd whole."""
import pathlib
from types import SimpleNamespace
from typing import NamedTuple

import pytest

import doors
import esp
import hybrid
import machine
import managers
import netboot
import stage
import targets
import test_kexec as kexec
import test_secure_boot as secure
import ukify
import vmm
from bzimage import MIB
from guest import Guest
from test_secure_boot import sign  # noqa: F401 (a fixture)

pytestmark = pytest.mark.real  # for check-all
PACKED = "console=ttyS0 panic=-1 no_timer_check reboot=t"
OUTER = "outer words"
MEMORY, PATIENCE = 1024, 400
UKI = "EFI/Linux/one.efi"
PATH = "/" + UKI
STUB = "under UEFI, kernel from its own sections"
CERTIFICATE = secure.KEY + ".pem"


def by_gangway(kernel, initrd):
    return [doors.BUILD / "gangway", "pack", "--type", "hybrid", "--stub",
            esp.GANGWAY_EFI, "--kernel", kernel, "--initrd", initrd,
            "--cmdline", PACKED, "--sign", "%s,%s" % (
                secure.private_key(), CERTIFICATE), "-o"]


def by_ukify(kernel, initrd):
    return ["/usr/bin/python3", ukify.folder() / "ukify", "build", "--stub",
            esp.GANGWAY_EFI, "--linux", kernel, "--initrd", initrd,
            "--cmdline", PACKED, "--uname", "6.1", "--signtool", "sbsign",
            "--secureboot-private-key", secure.private_key(),
            "--secureboot-certificate", CERTIFICATE, "--output"]


MAKERS = {"pack": by_gangway, "ukify": by_ukify}


def file_by(maker, kernel):
    initrd = targets.initramfs(targets.FIXTURES / "initramfs-64.cpio",
                               "--blob", "64")
    sources = [kernel, initrd, esp.GANGWAY_EFI, doors.BUILD / "gangway",
               pathlib.Path(__file__)]
    return targets.make(targets.FIXTURES / ("one-%s.efi" % maker), sources,
                        *MAKERS[maker](kernel, initrd))


class Way(NamedTuple):
    """How something starts the file."""

    args: object  # of a folder and the file: QEMU's, and machine.run's
    said: str = STUB  # by gangway, of its door
    is_secure: bool = False  # with Secure Boot on
    by_length: bool = True  # all of the file is loaded, whatever headers say


def as_hybrid(name):
    return Way(lambda folder, file, _: hybrid.arguments(
        name, folder, kernel=file, words=OUTER),
        "entered by " + hybrid.WAYS[name][2],
        by_length=name in ("seabios", "qboot", "microvm", "isolinux"))


def securely(files):
    """files: those on the disk. Which of them are images is signed as well."""
    def args(folder, file, sign_it):
        signed = {}
        for name, content in files(file).items():
            is_other = name.lower().endswith(".efi") and content != file
            signed[name] = sign_it(content, folder / name.replace("/", "-")) \
                if is_other else content
        return secure.arguments(folder, signed), {"machine": "q35,smm=on"}
    return Way(args, is_secure=True)


def behind_shim(version):
    return securely(lambda file: managers.behind_shim(
        version, {esp.FALLBACK: file}))


def files_of_grub(version, command):
    return lambda file: {UKI: file, **managers.by_grub(version, PATH, OUTER,
                                                       command)}


def by_grub(version, shim, command):
    files = files_of_grub(version, command)
    return securely(lambda file: managers.behind_shim(shim, files(file)))


def by_grub_alone(version):
    files = files_of_grub(version, "linux")
    return lambda folder, file, _: (esp.make(folder, files(file)), {})


def by_ipxe(row):
    return Way(lambda folder, file, _: (netboot.efi(
        folder, {"one.efi": file}, ["kernel one.efi " + OUTER], row), {}))


def played(monitor):
    return Way(lambda folder, file, _: (stage.arguments(
        folder, vmm.by_bzimage(monitor, file, None, OUTER, MEMORY * MIB)),
        {}), "entered by linux")


WAYS = {
    "firmware": securely(lambda file: {esp.FALLBACK: file}),
    "shim-15.8": behind_shim("15.8"), "shim-16.1": behind_shim("16.1"),
    "grub-2.06-chainloader": by_grub("2.06", "15.8", "chainloader"),
    "grub-2.12-chainloader": by_grub("2.12", "16.1", "chainloader"),
    "grub-2.12-linux-secure": by_grub("2.12", "16.1", "linux"),
    "grub-2.12-linux": Way(by_grub_alone("2.12")),
    # It has ended boot services by then
    "grub-2.06-linux": Way(by_grub_alone("2.06"), "entered by linux",
                           by_length=False),
    "ipxe-efi": by_ipxe("ipxe-efi"), "ipxe-1.21-efi": by_ipxe("ipxe-1.21-efi"),
    "cloud-hypervisor": played(vmm.CLOUD_HYPERVISOR),
    "firecracker": played(vmm.FIRECRACKER),
    **{name: as_hybrid(name) for name in hybrid.WAYS},
}


@pytest.mark.parametrize("maker,name", [
    (maker, name) for maker in MAKERS for name in WAYS
    if maker == "pack" or WAYS[name].by_length])
def test_starts(tmp_path, cloud, sign, maker, name):  # noqa: F811
    way = WAYS[name]
    args, options = way.args(tmp_path, file_by(maker, cloud), sign)
    outcome = machine.run(tmp_path, *args, memory=MEMORY, timeout=PATIENCE,
                          **options)
    guest = Guest(outcome)
    assert guest.blob_ok
    assert outcome.lines("gangway .*: " + way.said)
    is_secure = "secureboot: Secure boot enabled" in outcome.serial
    assert is_secure == way.is_secure
    if is_secure:  # outer words are left out
        assert guest.cmdline == PACKED
    else:
        hybrid.check_words(guest.cmdline, PACKED, OUTER)


# kexec's default type, the system calls kexec_load and kexec_file_load
@pytest.mark.parametrize("version,door,way", [
    *((version, "mb1", way) for version in kexec.VERSIONS
      for way in ("one", "one-c", "one-s")),
    ("2.0.25", "mb1", "one-32bit"), ("2.0.29", "efi", "one-c"),
    ("2.0.29", "efi", "one-s")])
def test_starts_by_kexec(tmp_path, cloud, version, door, way):
    """Out of a Linux that gangway has started."""
    archive = kexec.initramfs(version, {"one.efi": file_by("pack", cloud)},
                              "kexec-one")
    args = kexec.start(tmp_path, door, [cloud, archive],
                       "%s gangway-test.kexec=%s" % (kexec.LINE, way))
    outcome = machine.run(tmp_path, *args, memory=MEMORY, timeout=PATIENCE)
    _, ((_, text),) = kexec.parts(outcome)
    assert "GUEST-KEXEC 0" in text, text
    guest = Guest(SimpleNamespace(serial=text))
    assert guest.blob_ok and guest.cmdline == PACKED + " behind=gangway"
    assert ": entered by linux\n" in text
    assert guest.has_efi == (door == "efi")
