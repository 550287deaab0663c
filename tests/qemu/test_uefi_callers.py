# SPDX-License-Identifier: BSD-2-Clause
"""gangway.efi between others: what its caller offers, and what those need that
it starts."""
import hashlib

import pytest

import caller
import doors
import esp
import kernels
import machine
import observer
import targets
import told
import ukify
from guest import Guest
from test_uefi import CONSOLE, entry

LONG = pytest.mark.real  # for check-all


def archive(**files):
    """A cpio of {name in /.extra: content}, as Linux unpacks it."""
    text = b""
    for name, data in [(".extra", None), *((".extra/" + name, data)
                                           for name, data in files.items())]:
        mode = 0o040755 if data is None else 0o100644
        data = data or b""
        fields = (0, mode, 0, 0, 1, 0, len(data), 0, 0, 0, 0,
                  len(name) + 1, 0)
        head = b"070701" + b"".join(b"%08x" % field for field in fields)
        for part in (head + name.encode() + b"\0", data):
            text += part + bytes(-len(part) % 4)
    head = b"070701" + b"%08x" * 13 % (0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 11, 0)
    text += head + b"TRAILER!!!\0"
    return text + bytes(-len(text) % 512)


def digest(data):
    return hashlib.sha256(data).hexdigest()


def test_chainloaded_shim_finds_its_second_stage(tmp_path):
    """It lies beside it, which only the device path tells."""
    shim = targets.fetched("shim-16.1", "shimx64.efi")
    files = {esp.FALLBACK: esp.GANGWAY_EFI,
             "EFI/debian/shimx64.efi": shim,
             "EFI/debian/grubx64.efi": caller.image(), "caller.txt": "",
             "loader/entries/a.conf": entry("", "",
                                            "efi /EFI/debian/shimx64.efi")}
    args = esp.make(tmp_path, files)
    with machine.Machine(tmp_path, *args) as running:
        running.wait_for("caller: end", 120)


@LONG
def test_companions_of_a_uki_with_systemds_stub(tmp_path, cloud, initramfs):
    image, _ = ukify.build(
        tmp_path / "u.efi", "--linux=%s" % cloud, "--initrd=%s" % initramfs,
        "--cmdline=" + CONSOLE, "--uname=1", "--os-release=ID=test\n",
        stub=ukify.folder() / "efi/linuxx64.efi.stub")
    files = {esp.FALLBACK: esp.GANGWAY_EFI, "EFI/Linux/test.efi": image,
             "EFI/Linux/test.efi.extra.d/secret.cred": b"hello"}
    guest = Guest(machine.run(tmp_path, *esp.make(tmp_path, files),
                              timeout=300))
    assert guest.extra["/.extra/credentials/secret.cred"][0] == digest(b"hello")


def offered(tmp_path, cloud, initramfs, words, sections):
    """What Linux gets of an initrd that gangway's caller, another gangway,
    offers beside that of the inner one."""
    inner = esp.uki(tmp_path / "inner.efi", sections)
    files = {esp.FALLBACK: esp.GANGWAY_EFI, "inner.efi": inner,
             "offered": archive(offered=b"by the caller"), "k": cloud,
             "i": initramfs, "loader/entries/a.conf":
             entry(words, "initrd /offered", "efi /inner.efi")}
    return Guest(machine.run(tmp_path, *esp.make(tmp_path, files),
                             timeout=300))


@pytest.mark.parametrize("word", [
    "", pytest.param(" gangway.linux=zeropage", marks=LONG)])
def test_initrd_of_the_caller_comes_before_the_packed_one(
        tmp_path, cloud, initramfs, word):
    guest = offered(tmp_path, cloud, initramfs, "", {
        ".cmdline": (CONSOLE + word).encode(), ".initrd": initramfs,
        ".linux": cloud})
    assert guest.blob_ok
    assert list(guest.extra) == ["/.extra/offered"]


def test_initrd_of_the_caller_beside_what_a_uki_tells_of_itself(
        tmp_path, cloud, initramfs):
    """A kernel with gangway as its stub, as kernel-install's entries have it:
    what becomes an initrd of its sections does not hide the entry's."""
    inner = esp.uki(tmp_path / "inner.efi", {
        ".osrel": b"ID=test\n", ".linux": cloud})
    files = {esp.FALLBACK: esp.GANGWAY_EFI, "linux": inner, "i": initramfs,
             "loader/entries/a.conf": entry(CONSOLE, "initrd /i",
                                            "linux /linux")}
    guest = Guest(machine.run(tmp_path, *esp.make(tmp_path, files),
                              timeout=300))
    assert guest.blob_ok
    assert list(guest.extra) == ["/.extra/os-release"]


@pytest.mark.parametrize("has_initrd", [
    True, pytest.param(False, marks=LONG)])
def test_a_seal_takes_nothing_from_outside(tmp_path, cloud, initramfs,
                                           has_initrd):
    """No words, no initrd of the caller, and nothing that lies beside it; a
    kernel without an initrd has none."""
    sections = {".cmdline": CONSOLE.encode(), ".sealed": b"1"}
    if has_initrd:
        sections[".initrd"] = initramfs
    beside = "inner.efi.extra.d/"
    files = {esp.FALLBACK: esp.GANGWAY_EFI,
             "inner.efi": esp.uki(tmp_path / "inner.efi",
                                  {**sections, ".linux": cloud}),
             "i": initramfs, beside + "a.cred": b"secret",
             beside + "b.addon.efi": ukify.profile(tmp_path / "b",
                                                   "--cmdline=of b"),
             "loader/entries/a.conf": entry("outer", "initrd /i",
                                            "efi /inner.efi")}
    words = "type=11,value=io.systemd.stub.kernel-cmdline-extra=of smbios"
    outcome = machine.run(tmp_path, *esp.make(tmp_path, files), "-smbios",
                          words, timeout=300)
    assert outcome.lines("gangway: words and modules from outside are ignored")
    if not has_initrd:
        assert "Unable to mount root fs" in outcome.serial
        return
    guest = Guest(outcome)
    assert guest.cmdline == CONSOLE and guest.blob_ok and not guest.extra


def test_words_that_name_an_initrd_win(tmp_path, cloud, initramfs):
    """iPXE offers all the files it has got, the kernel among them."""
    guest = offered(tmp_path, cloud, initramfs,
                    "kernel=\\k initrd=\\i " + CONSOLE, {".empty": b"x"})
    assert guest.blob_ok and not guest.extra


def test_caller_offers_its_initrd_again_afterwards(tmp_path):
    """Nothing of ours stays in its place when the image comes back."""
    inner = esp.uki(tmp_path / "inner.efi", {
        ".linux": caller.image(), ".initrd": b"ours"})
    files = {"outer.efi": esp.GANGWAY_EFI, "inner.efi": inner,
             "offered": b"by the caller"}
    paths, answer = caller.run(tmp_path, files, [
        caller.PATHS,
        ("outer.efi", "kernel=\\inner.efi initrd=\\offered x")], tries=10)
    pages, *others = answer.left
    assert answer.status == caller.ABORTED
    assert 0 <= pages <= caller.kept_by_firmware(paths) and others == [0, 0]


def test_the_watchdog_is_fed_over_a_long_file(tmp_path):
    outcome, lines = observer.run(tmp_path, "WATCH", {
        "k": kernels.multiboot2().data, "m": doors.noise(70 << 20),
        "loader/entries/a.conf": entry("", "module /m", "linux /k")},
        timeout=240)
    assert told.Told(outcome).finished
    assert lines == ["watchdog 300"] * 2 + ["watchdog 0", "exit"]


def test_firmware_that_does_not_end_its_services(tmp_path):
    """From the first try on nothing of it may be used, not even to say so."""
    outcome, lines = observer.run(tmp_path, "STAYS", {
        "k": kernels.multiboot2().data,
        "loader/entries/a.conf": entry("gangway.console=com1", "",
                                       "linux /k")})
    assert set(lines) == {"exit"}
    assert outcome.lines("gangway: leave multiboot2: the firmware fails to "
                         "end boot services")
