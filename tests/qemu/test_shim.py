# SPDX-License-Identifier: BSD-2-Clause
"""gangway.efi as the second stage of rhboot's shim, with Secure Boot on: Debian's
shims, signed for the firmware's key, and Debian's kernels, which nobody but the
certificate in those shims vouches for."""
import gzip
import hashlib
import shutil
import subprocess

import pytest

import caller
import esp
import kernels
import machine
import targets
import test_secure_boot as secure
from guest import Guest
from test_secure_boot import sign  # noqa: F401 (a fixture)
from test_uefi import CONSOLE, entry

OLD, NEW = "15.8", "16.1"
SECOND = "EFI/BOOT/grubx64.efi"
LONG = pytest.mark.real  # for check-all
SHIM = pytest.mark.parametrize("version", [OLD, NEW])
SECURE = r".*secureboot: Secure boot enabled"


def shim(version):
    return targets.fetched("shim-" + version, "shimx64.efi")


def behind(folder, sign, version, gangway, files):
    """A disk that starts a signed gangway by a signed shim."""
    return {esp.FALLBACK: sign(shim(version), folder / "shim.efi"),
            SECOND: sign(gangway, folder / "second.efi"), **files}


def boot(folder, files, timeout=300):
    return machine.run(folder, *secure.arguments(folder, files),
                       machine="q35,smm=on", timeout=timeout)


def unsigned(kernel, target):
    shutil.copy(kernel, target)
    target.chmod(0o644)
    subprocess.run(["sbattach", "--remove", target], check=True,
                   stderr=subprocess.DEVNULL)
    return target


@SHIM
def test_kernel_that_only_shim_vouches_for(tmp_path, sign, cloud, initramfs,
                                           version):
    files = {"vmlinuz": cloud, "initrd": initramfs,
             "loader/entries/a.conf": entry(CONSOLE)}
    outcome = boot(tmp_path, behind(tmp_path, sign, version, esp.GANGWAY_EFI,
                                    files))
    guest = Guest(outcome)
    assert guest.blob_ok and guest.cmdline == CONSOLE
    assert outcome.lines(SECURE)


@LONG
@SHIM
@pytest.mark.parametrize("what", ["unsigned", "flipped"])
def test_kernel_that_nobody_vouches_for(tmp_path, sign, cloud, version, what):
    data = bytearray(cloud.read_bytes())
    data[-100000] ^= 1
    kernel = bytes(data) if what == "flipped" else \
        unsigned(cloud, tmp_path / "naked")
    files = {"vmlinuz": kernel, "loader/entries/a.conf": entry(CONSOLE, "")}
    files = behind(tmp_path, sign, version, esp.GANGWAY_EFI, files)
    secure.refuse(tmp_path, files, secure.NOT_SIGNED)


@pytest.mark.parametrize("version", [
    OLD, pytest.param(NEW, marks=LONG)])
def test_kernel_of_the_signed_hashes(tmp_path, sign, version):
    """The old shim lets nobody leave boot services who never asked it."""
    kernel = kernels.multiboot1()
    lines = "%s  file\n" % hashlib.sha256(kernel.data).hexdigest()
    image = esp.uki(tmp_path / "h.efi", {".hashes": lines.encode()})
    files = {"k": kernel.data,
             "loader/entries/a.conf": entry("x", "", "linux /k")}
    outcome = boot(tmp_path, behind(tmp_path, sign, version, image, files))
    secure.check(outcome, kernel, "/k x")


LEVEL = "sbat,1,2099010100\nmyhashes,%d\n"


@LONG
@SHIM
@pytest.mark.parametrize("generation", [1, 2])
def test_list_of_hashes_that_is_taken_back(tmp_path, sign, version,
                                           generation):
    """By its generation in shim's policy, as the documentation says."""
    kernel = kernels.multiboot1()
    lines = "%s  file\n" % hashlib.sha256(kernel.data).hexdigest()
    image = esp.uki(tmp_path / "h.efi", {".hashes": lines.encode()})
    sbat = tmp_path / "sbat"
    esp.run("objcopy", "-O", "binary", "--only-section=.sbat", image, sbat)
    with open(sbat, "a") as out:
        out.write("myhashes,1,Me,myhashes,1,https://example.org/\n")
    esp.run("objcopy", "--update-section", ".sbat=%s" % sbat, image)
    files = {"k": kernel.data, "loader/entries/a.conf": entry(
        "", "", "linux /k"), "caller.txt": "sbat %s -\n%s" % (
            (LEVEL % generation).encode().hex(), caller.script(
                [("EFI\\BOOT\\shimx64.efi", caller.NOTHING)], 0)),
        "EFI/BOOT/shimx64.efi": sign(shim(version), tmp_path / "shim.efi"),
        SECOND: sign(image, tmp_path / "second.efi"),
        esp.FALLBACK: sign(caller.image(), tmp_path / "caller.efi")}
    if generation == 1:
        secure.check(boot(tmp_path, files), kernel, "/k")
        return
    with machine.Machine(tmp_path, *secure.arguments(tmp_path, files),
                         machine="q35,smm=on") as running:
        text = running.wait_for("Verification failed", 200)
    assert "gangway 0" not in text


def unified(folder, kernel, initramfs, make=esp.ukify):
    return make(folder / "uki.efi", {
        ".osrel": b"ID=test\n", ".cmdline": CONSOLE.encode(),
        ".initrd": initramfs, ".linux": kernel})


@pytest.mark.parametrize("make,version", [
    pytest.param(esp.ukify, "", id="ukify"),
    pytest.param(esp.ukify, NEW, id="ukify-" + NEW),
    pytest.param(esp.ukify, OLD, id="ukify-" + OLD, marks=LONG),
    pytest.param(esp.uki, "", id="objcopy", marks=LONG),
    pytest.param(esp.uki, NEW, id="objcopy-" + NEW, marks=LONG),
    pytest.param(esp.uki, OLD, id="objcopy-" + OLD, marks=LONG)])
def test_packed_kernel_without_a_signature(tmp_path, sign, cloud, initramfs,
                                           version, make):
    """The signature of the UKI covers it, with and without a shim."""
    image = unified(tmp_path, unsigned(cloud, tmp_path / "naked"), initramfs,
                    make)
    files = behind(tmp_path, sign, version, image, {}) if version else \
        {esp.FALLBACK: sign(image, tmp_path / "signed.efi")}
    outcome = boot(tmp_path, files)
    guest = Guest(outcome)
    assert guest.blob_ok and guest.cmdline == CONSOLE
    assert outcome.lines(SECURE)


@pytest.mark.parametrize("version", [
    pytest.param("", marks=LONG), pytest.param(OLD, marks=LONG), NEW])
def test_packed_kernel_with_a_signature(tmp_path, sign, cloud, initramfs,
                                        version):
    """Debian's, which the firmware does not know."""
    image = unified(tmp_path, cloud, initramfs)
    files = behind(tmp_path, sign, version, image, {}) if version else \
        {esp.FALLBACK: sign(image, tmp_path / "signed.efi")}
    assert Guest(boot(tmp_path, files)).blob_ok


@LONG
@pytest.mark.parametrize("version", ["", OLD, NEW])
def test_packed_kernel_out_of_gzip(tmp_path, sign, cloud, initramfs, version):
    """A new shim knows the section, but not what is in it."""
    naked = unsigned(cloud, tmp_path / "naked").read_bytes()
    image = unified(tmp_path, gzip.compress(naked, 1), initramfs)
    files = behind(tmp_path, sign, version, image, {}) if version else \
        {esp.FALLBACK: sign(image, tmp_path / "signed.efi")}
    if version == NEW:
        secure.refuse(tmp_path, files, secure.NOT_SIGNED)
    else:
        assert Guest(boot(tmp_path, files)).blob_ok


@pytest.mark.parametrize("line,words", [
    (" ", ""), pytest.param("gangway.log=debug", "", marks=LONG),
    pytest.param("packed line", " packed line", marks=LONG)],
    ids=["blank", "own", "full"])
def test_shims_own_words_do_not_pass_a_packed_line(tmp_path, sign, line,
                                                   words):
    """A new shim hands the words it was started with to all that is loaded."""
    kernel = kernels.multiboot2()
    inner = esp.uki(tmp_path / "i.efi", {".linux": kernel.data})
    image = esp.uki(tmp_path / "p.efi", {".cmdline": line.encode()})
    files = {esp.FALLBACK: sign(caller.image(), tmp_path / "caller.efi"),
             "EFI/x/shimx64.efi": sign(shim(NEW), tmp_path / "shim.efi"),
             "EFI/x/g.efi": sign(image, tmp_path / "g.efi"),
             "inner.efi": sign(inner, tmp_path / "inner.efi"),
             "loader/entries/a.conf": entry("from-entry", "",
                                            "efi /inner.efi"),
             "caller.txt": caller.script([("EFI\\x\\shimx64.efi",
                                           "\\EFI\\x\\g.efi EVIL")], 0)}
    secure.check(boot(tmp_path, files), kernel, "kernel" + words)
