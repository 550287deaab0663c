# SPDX-License-Identifier: BSD-2-Clause
"""One UKI with two profiles, made by systemd's ukify around gangway.efi and signed
once. With Secure Boot on it boots the kernel that Debian has signed, whoever
starts it, and the TPM has what was predicted."""
import pytest

import caller
import esp
import machine
import managers
import targets
import test_secure_boot as secure
import tpm
import ukify
from test_measured import (OUTSIDE, PACKED, Linux, hashed, images_of,
                           text_of_number)
from test_secure_boot import sign  # noqa: F401 (a fixture)
from test_uefi import CONSOLE
from test_uefi_callers import archive

LONG = pytest.mark.real  # for check-all
UKI = "EFI/Linux/u.efi"
PATH = "/" + UKI
LINES = CONSOLE + " of=all", CONSOLE + " of=one"
EVIL = "@1 evil"


def by_firmware(image):
    return {esp.FALLBACK: image}


def by_shim(version):
    return lambda image: managers.behind_shim(version, by_firmware(image))


def by_words_for_shim(version):
    """Its user's words, which name the second stage."""
    def files(image):
        return {esp.FALLBACK: caller.image(), UKI: image,
                "EFI/Linux/shimx64.efi": managers.shim(version),
                "caller.txt": caller.script(
                    [("EFI\\Linux\\shimx64.efi", "\\EFI\\Linux\\u.efi " +
                      EVIL)], 0)}
    return files


def by_systemd_boot(version):
    return lambda image: {UKI: image, **managers.by_systemd_boot(
        version, PATH, EVIL)}


def by_menu_of_profiles(image):
    """systemd-boot makes an entry of each."""
    return {UKI: image, esp.FALLBACK: managers.systemd_boot("257"),
            "loader/loader.conf": "timeout 0\ndefault u.efi@*\n"}


def by_grub(version, shim):
    return lambda image: managers.behind_shim(shim, {
        UKI: image, **managers.by_grub(version, PATH, EVIL)})


# The profile that is to run, and words that the manager measures itself
WAYS = {
    "firmware": (by_firmware, 0, []),
    "shim-15.8": (by_shim("15.8"), 0, []),
    "shim-16.1": (by_shim("16.1"), 0, []),
    "words-for-15.8": (by_words_for_shim("15.8"), 1, []),
    "words-for-16.1": (by_words_for_shim("16.1"), 1, []),
    "systemd-boot-252": (by_systemd_boot("252"), 1, [EVIL]),
    "systemd-boot-257": (by_systemd_boot("257"), 1, [EVIL]),
    "systemd-boot-menu": (by_menu_of_profiles, 1, ["@1"]),
    "grub-2.06": (by_grub("2.06", "15.8"), 1, []),
    "grub-2.12": (by_grub("2.12", "16.1"), 1, []),
}


@pytest.fixture(scope="module", name="initrd")
def fixture_initrd():
    return targets.initramfs(targets.FIXTURES / "initramfs-small.cpio",
                             "--blob", "0.1")


def unified(folder, sign, cloud, initrd, stub=esp.GANGWAY_EFI):
    """The UKI, signed, and the PCR 11 of each profile."""
    one = ukify.profile(folder / "one", "--profile=ID=one",
                        "--cmdline=" + LINES[1])
    image, values = ukify.build(
        folder / "uki.efi", "--linux=%s" % cloud, "--initrd=%s" % initrd,
        "--uname=6.1", "--cmdline=" + LINES[0],
        "--os-release=ID=test\nVERSION_ID=1\nPRETTY_NAME=Test\n",
        "--profile=ID=main", profiles=[one], stub=stub)
    return sign(image, folder / "signed.efi"), values


def boot(folder, sign, files):
    signed = {}
    for name, content in files.items():
        is_image = name.endswith((".EFI", ".efi")) and name != UKI and \
            content.parent != folder
        signed[name] = sign(content, folder / name.replace("/", "-")) \
            if is_image else content
    with tpm.running(folder) as chip:
        outcome = machine.run(
            folder, *secure.arguments(folder, signed), *chip.args,
            machine="q35,smm=on", timeout=300)
    guest = Linux(outcome)
    guest.check(chip)
    return guest, chip


def check(folder, sign, files, way, stub=esp.GANGWAY_EFI):
    make, profile, measured = WAYS[way]
    image, values = unified(folder, sign, *files, stub)
    guest, chip = boot(folder, sign, make(image))
    assert "secureboot: Secure boot enabled" in guest.text
    assert guest.blob_ok and guest.cmdline == LINES[profile]
    assert ukify.after_phase(chip.values()[PACKED]) == values[profile]
    assert way != "firmware" or len(images_of(guest)) == 1, "the kernel too"
    assert chip.measured(OUTSIDE) == hashed(*measured) + (
        text_of_number(profile) if profile else [])


@pytest.mark.parametrize("way", [
    pytest.param(way, marks=() if way == "grub-2.12" else LONG)
    for way in WAYS])
def test_signed_once(tmp_path, sign, cloud, initrd, way):
    check(tmp_path, sign, (cloud, initrd), way)


@LONG
@pytest.mark.parametrize("way", ["words-for-16.1", "systemd-boot-257"])
def test_systemds_stub_measures_the_same(tmp_path, sign, cloud, initrd, way):
    check(tmp_path, sign, (cloud, initrd), way,
          ukify.folder() / "efi/linuxx64.efi.stub")


@LONG
def test_initrd_offered_to_a_signed_kernel_is_not_used(tmp_path, sign, cloud,
                                                       initrd):
    image, _ = unified(tmp_path, sign, cloud, initrd)
    offered = tmp_path / "offered"
    offered.write_bytes(archive(offered=b"by the caller"))
    guest, chip = boot(tmp_path, sign, {
        UKI: image, "offered": offered, **managers.by_systemd_boot(
            "257", PATH, "x", "linux", "initrd /offered\n")})
    assert guest.blob_ok and guest.cmdline == LINES[0]
    assert "/.extra/offered" not in guest.extra
    assert chip.measured(OUTSIDE) == hashed("initrd=\\offered x")
