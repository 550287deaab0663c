# SPDX-License-Identifier: BSD-2-Clause
"""gangway.efi with Secure Boot on: OVMF with Debian's "snakeoil" key, which
signs what the firmware shall trust."""
import hashlib
import shutil
import subprocess

import pytest

import doors
import esp
import machine
from guest import Guest
from test_uefi import CONSOLE, NEXT, entry

CODE = "/usr/share/OVMF/OVMF_CODE_4M.secboot.fd"
VARS = "/usr/share/OVMF/OVMF_VARS_4M.snakeoil.fd"
KEY = "/usr/share/ovmf/PkKek-1-snakeoil"


@pytest.fixture(scope="session")
def sign(tmp_path_factory):
    folder = tmp_path_factory.mktemp("keys")
    key = folder / "key.pem"
    subprocess.run(["openssl", "rsa", "-in", KEY + ".key", "-passin",
                    "pass:snakeoil", "-out", key], check=True,
                   stderr=subprocess.DEVNULL)

    def signed(path, target):
        subprocess.run(["sbsign", "--key", key, "--cert", KEY + ".pem",
                        "--output", target, path], check=True,
                       stderr=subprocess.DEVNULL)
        return target
    return signed


def arguments(tmp_path, files):
    disk = esp.make(tmp_path, files)[2:]
    shutil.copy(VARS, tmp_path / "vars.fd")
    return ["-global", "driver=cfi.pflash01,property=secure,value=on",
            "-drive", "if=pflash,format=raw,unit=0,readonly=on,file=" + CODE,
            "-drive", "if=pflash,format=raw,unit=1,file=%s"
            % doors.escape(tmp_path / "vars.fd")] + disk


def boot(tmp_path, files):
    return machine.run(tmp_path, *arguments(tmp_path, files),
                       machine="q35,smm=on", timeout=180)


def refuse(tmp_path, files, reason):
    args = arguments(tmp_path, files)
    with machine.Machine(tmp_path, *args, machine="q35,smm=on") as running:
        text = running.wait_for("starting .*" + NEXT, 120)
    assert reason in text


def test_signed_linux(tmp_path, sign, cloud, initramfs):
    files = {esp.FALLBACK: sign(esp.GANGWAY_EFI, tmp_path / "g.efi"),
             "vmlinuz": sign(cloud, tmp_path / "vmlinuz"),
             "initrd": initramfs,
             "loader/entries/a.conf": entry(CONSOLE)}
    outcome = boot(tmp_path, files)
    assert Guest(outcome).blob_ok
    assert outcome.lines(r".*secureboot: Secure boot enabled")


def test_gangway_unsigned(tmp_path, cloud):
    files = {esp.FALLBACK: esp.GANGWAY_EFI, "vmlinuz": cloud}
    with machine.Machine(tmp_path, *arguments(tmp_path, files),
                         machine="q35,smm=on") as running:
        text = running.wait_for("starting .*" + NEXT, 120)
    assert "gangway" not in text


def test_linux_with_one_byte_changed(tmp_path, sign, cloud):
    data = bytearray(sign(cloud, tmp_path / "signed").read_bytes())
    data[-100000] ^= 1
    files = {esp.FALLBACK: sign(esp.GANGWAY_EFI, tmp_path / "g.efi"),
             "vmlinuz": bytes(data),
             "loader/entries/a.conf": entry(CONSOLE, "")}
    refuse(tmp_path, files, "does not trust the kernel's signature")


def test_linux_by_the_zero_page(tmp_path, sign, cloud):
    words = CONSOLE + " gangway.linux=zeropage"
    files = {esp.FALLBACK: sign(esp.GANGWAY_EFI, tmp_path / "g.efi"),
             "vmlinuz": sign(cloud, tmp_path / "vmlinuz"),
             "loader/entries/a.conf": entry(words, "")}
    refuse(tmp_path, files, "only its EFI stub starts Linux")


def vouching(tmp_path, sign, *contents):
    """A signed gangway with a list of hashes."""
    lines = "".join("%s  file\n" % hashlib.sha256(data).hexdigest()
                    for data in contents)
    image = esp.uki(tmp_path / "h.efi", {".hashes": lines.encode()})
    return sign(image, tmp_path / "g.efi")


@pytest.mark.parametrize("changed", ["", "kernel", "module"])
def test_other_kernels_by_their_hashes(tmp_path, sign, changed):
    """gangway.elf as a Multiboot2 kernel, with a module that is no kernel."""
    kernel = bytearray(doors.GANGWAY.read_bytes())
    module = bytearray(doors.noise(5000))
    stub = vouching(tmp_path, sign, kernel, module)
    kernel[-1] ^= changed == "kernel"
    module[-1] ^= changed == "module"
    files = {esp.FALLBACK: stub, "k": bytes(kernel), "m": bytes(module),
             "loader/entries/a.conf": entry("", "module /m x", "linux /k")}
    if changed:
        refuse(tmp_path, files, "%s is not among the signed hashes" % changed)
    else:
        outcome = boot(tmp_path, files)
        assert outcome.lines(r"gangway: open .*: no module is a kernel")


def test_packed_command_line_wins(tmp_path, sign, cloud, initramfs):
    sections = {".linux": sign(cloud, tmp_path / "vmlinuz"),
                ".initrd": initramfs,
                ".cmdline": (CONSOLE + " packed").encode()}
    image = esp.uki(tmp_path / "uki.efi", sections)
    files = {esp.FALLBACK: sign(esp.GANGWAY_EFI, tmp_path / "g.efi"),
             "inner.efi": sign(image, tmp_path / "s.efi"),
             "loader/entries/a.conf": entry("outside", "", "efi /inner.efi")}
    guest = Guest(boot(tmp_path, files))
    assert guest.cmdline == CONSOLE + " packed"
    assert guest.blob_ok
