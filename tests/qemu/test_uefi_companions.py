# SPDX-License-Identifier: BSD-2-Clause
"""gangway.efi as the stub of a UKI beside systemd's own: the same UKI, built by
the same ukify, in the same company, and what Linux, its command line and the TPM
get by each of the two."""
import re

import pytest

import caller
import esp
import machine
import targets
import test_secure_boot as secure
import test_uefi_entries
import tpm
import ukify
from guest import Guest
from test_secure_boot import FLAT_TREE, sign  # noqa: F401 (a fixture)
from test_uefi import CONSOLE
from test_uefi_callers import archive

BY_KERNEL, CONFIG, EXTENSIONS = 9, 12, 13
SELF = esp.FALLBACK


def addon(folder, name, *words):
    return ukify.profile(folder / name, *words)


def addon_of_files(folder):
    """With all that is not words."""
    for name, content in (("initrd", archive(by_addon=b"initrd")),
                          ("ucode", archive(ucode=b"of an addon")),
                          ("tree", FLAT_TREE)):
        (folder / name).write_bytes(content)
    return addon(folder, "f", "--initrd=%s" % (folder / "initrd"),
                 "--microcode=%s" % (folder / "ucode"),
                 "--devicetree=%s" % (folder / "tree"))


def company(folder):
    """All that may lie beside an image, and what must not be taken for it."""
    beside = SELF + ".extra.d/"
    return {
        beside + "f.addon.efi": addon_of_files(folder),
        beside + "b.cred": b"second", beside + "A.CRED": b"first",
        beside + ".hidden.cred": b"no", beside + "folder.cred/x": b"no",
        beside + "one.raw": b"extension", beside + "two.sysext.raw": b"other",
        beside + "three.confext.raw": b"configuration",
        beside + "other.txt": b"no",
        beside + "z.addon.efi": addon(folder, "z", "--cmdline=of z"),
        beside + "k.addon.efi": addon(folder, "k", "--cmdline=of k",
                                      "--uname=6.1"),
        beside + "l.addon.efi": addon(folder, "l", "--cmdline=not of l",
                                      "--uname=another"),
        "loader/addons/g.addon.efi": addon(folder, "g", "--cmdline=of g"),
        "loader/addons/broken.addon.efi": b"MZ",
        "loader/credentials/global.cred": b"for all",
    }


def boot(folder, stub, cloud, initramfs, files, *more, sign=None):
    """With Secure Boot on if somebody signs."""
    place = folder / stub.name
    place.mkdir()
    (place / "key").write_bytes(b"a key")
    (place / "ucode").write_bytes(archive(ucode=b"packed"))
    image, _ = ukify.build(
        place / "uki.efi", "--linux=%s" % cloud, "--initrd=%s" % initramfs,
        "--microcode=%s" % (place / "ucode"),
        "--cmdline=" + CONSOLE, "--uname=6.1", "--os-release=ID=test\n",
        "--profile=ID=main", "--pcrpkey=%s" % (place / "key"),
        "--section=.pcrsig:{}", stub=stub)
    if sign:
        image = sign(image, place / "signed.efi")
    args = (secure.arguments if sign else esp.make)(
        place, {SELF: image, **files})
    with tpm.running(place) as chip:
        outcome = machine.run(place, *args, *chip.args, *more, timeout=300,
                              machine="q35,smm=on" if sign else "pc")
    return Guest(outcome), chip


def check_same(folder, cloud, files, line, **options):
    """The initrd too: the kernel measures it as a whole."""
    initramfs = targets.initramfs(
        targets.FIXTURES / "initramfs-small.cpio", "--blob", "0.1")
    words = ["-smbios", "type=11,value=x=y,value=io.systemd.stub."
             "kernel-cmdline-extra=of smbios"]
    systemd, chips = boot(folder, ukify.folder() / "efi/linuxx64.efi.stub",
                          cloud, initramfs, files, *words, **options)
    ours, chip = boot(folder, esp.GANGWAY_EFI, cloud, initramfs, files,
                      *words, **options)
    assert ours.cmdline == systemd.cmdline == CONSOLE + line
    assert ours.blob_ok and systemd.blob_ok
    assert ours.extra == systemd.extra
    for pcr in (BY_KERNEL, CONFIG, EXTENSIONS):
        assert chip.measured(pcr) == chips.measured(pcr), pcr
    return ours


def test_the_same_as_by_systemds_stub(tmp_path, cloud):
    guest = check_same(tmp_path, cloud, company(tmp_path),
                       " of g of k of z of smbios")
    assert len(guest.extra) == 12


@pytest.mark.real
def test_addons_that_somebody_must_have_signed(tmp_path, sign, cloud):
    files = {name: sign(content, tmp_path / name.replace("/", "-"))
             if name.endswith(("f.addon.efi", "k.addon.efi")) else content
             for name, content in company(tmp_path).items()}
    guest = check_same(tmp_path, cloud, files, " of k of smbios", sign=sign)
    assert len(guest.extra) == 12
    assert "secureboot: Secure boot enabled" in guest.text


@pytest.mark.real
def test_extensions_for_all_images(tmp_path, cloud, initramfs):
    """Which systemd-stub 257 does not know of yet."""
    guest, chip = boot(tmp_path, esp.GANGWAY_EFI, cloud, initramfs, {
        "loader/extensions/all.raw": b"extension",
        "loader/extensions/all.confext.raw": b"configuration"})
    assert guest.cmdline == CONSOLE and guest.blob_ok
    assert sorted(guest.extra) == [
        "/.extra/global_confext/all.confext.raw",
        "/.extra/global_sysext/all.raw", "/.extra/os-release",
        "/.extra/profile", "/.extra/tpm2-pcr-public-key.pem",
        "/.extra/tpm2-pcr-signature.json", "/.extra/ucode"]
    assert len(chip.measured(CONFIG)) == len(chip.measured(EXTENSIONS)) == 1


VARIABLES = {
    "StubInfo": r"gangway \d+\.\d+\.\d+", "StubProfile": "0",
    "StubImageIdentifier": r"\\g\.efi",
    "StubDevicePartUUID": "00000000-0000-0000-0000-000000000001",
    "LoaderImageIdentifier": r"\\g\.efi",
    "LoaderDevicePartUUID": "00000000-0000-0000-0000-000000000001",
    "LoaderFirmwareInfo": r"\S.* \d+\.\d\d", "LoaderFirmwareType":
    r"UEFI \d\.\d\d", "LoaderTimeInitUSec": r"\d{4,}",
    "LoaderTimeExecUSec": r"\d{4,}",
}


def test_variables_tell_bootctl_who_it_was(tmp_path):
    """All for this boot alone."""
    image = esp.uki(tmp_path / "u.efi", {".linux": caller.image(),
                                         ".cmdline": b"x"})
    script = "0 - \\g.efi\n" + "".join(
        "get - %s\n" % name for name in [*VARIABLES, "StubFeatures"])
    args = test_uefi_entries.partitioned(tmp_path, [
        (test_uefi_entries.ESP_TYPE, {
            esp.FALLBACK: caller.image(), "g.efi": image,
            "caller.txt": script})])
    text = machine.run(tmp_path, *args, timeout=120).serial
    told = dict(re.findall(r"caller: get (\w+) 0x0 6 (\w+)", text))
    for name, pattern in VARIABLES.items():
        value = bytes.fromhex(told[name]).decode("utf-16-le")
        assert re.fullmatch(pattern + "\0", value), (name, value)
    assert int.from_bytes(bytes.fromhex(told["StubFeatures"]),
                          "little") == 0x7ff
