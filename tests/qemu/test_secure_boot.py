# SPDX-License-Identifier: BSD-2-Clause
"""gangway.efi with Secure Boot on: OVMF with Debian's "snakeoil" key, which
signs what the firmware shall trust."""
import gzip
import hashlib
import os
import pathlib
import shutil
import struct
import subprocess

import pytest

import caller
import doors
import esp
import fit
import grub
import kernels
import machine
import observer
import targets
import told
from guest import Guest
from test_uefi import CONSOLE, NEXT, entry

CODE = "/usr/share/OVMF/OVMF_CODE_4M.secboot.fd"
# With EFI_MEMORY_ATTRIBUTE_PROTOCOL; from OVMF 2025.02 on
STRICT = "/usr/share/OVMF/OVMF_CODE_4M.secboot.strictnx.fd"
VARS = "/usr/share/OVMF/OVMF_VARS_4M.snakeoil.fd"
# A device tree with an empty root
FLAT_TREE = struct.pack(">18I", 0xd00dfeed, 72, 56, 72, 40, 17, 16, 0, 0, 16,
                        0, 0, 0, 0, 1, 0, 2, 9)
KEY = "/usr/share/ovmf/PkKek-1-snakeoil"


def private_key():
    """That of KEY, without its password."""
    source = pathlib.Path(KEY + ".key")
    return targets.make(targets.FIXTURES / "snakeoil.pem", [source],
                        "openssl", "rsa", "-in", source, "-passin",
                        "pass:snakeoil", "-out")


@pytest.fixture(scope="session")
def sign():
    key = private_key()

    def signed(path, target):
        subprocess.run(["sbsign", "--key", key, "--cert", KEY + ".pem",
                        "--output", target, path], check=True,
                       stderr=subprocess.DEVNULL)
        return target
    return signed


def arguments(tmp_path, files, code=CODE):
    disk = esp.make(tmp_path, files)[2:]
    shutil.copy(VARS, tmp_path / "vars.fd")
    return ["-global", "driver=cfi.pflash01,property=secure,value=on",
            "-drive", "if=pflash,format=raw,unit=0,readonly=on,file=" + code,
            "-drive", "if=pflash,format=raw,unit=1,file=%s"
            % doors.escape(tmp_path / "vars.fd")] + disk


def boot(tmp_path, files, code=CODE):
    return machine.run(tmp_path, *arguments(tmp_path, files, code),
                       machine="q35,smm=on", timeout=180)


def refuse(tmp_path, files, reason):
    args = arguments(tmp_path, files)
    with machine.Machine(tmp_path, *args, machine="q35,smm=on") as running:
        text = running.wait_for(NEXT, 120)
    assert reason in text


@pytest.mark.short
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
        text = running.wait_for(NEXT, 120)
    assert "gangway" not in text


@pytest.mark.short
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
    refuse(tmp_path, files, "a Linux kernel is only started by its EFI stub")


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
        refuse(tmp_path, files, "%s's hash is not signed" % changed)
    else:
        outcome = boot(tmp_path, files)
        assert outcome.lines(r"gangway: open .*: no module is a kernel")


# A Multiboot1 header with addresses, and where an application's headers have
# room for it
BEHIND_SECTIONS, LINK = 0x300, 0x100000
MULTIBOOT = (0x1badb002, 1 << 16, -(0x1badb002 + (1 << 16)) % (1 << 32),
             LINK + BEHIND_SECTIONS, LINK, 0, 0, LINK + 0x400)
PACKED, OUTSIDE = "packed line", "outside gangway.log=loud"
TRIES, RECORDS = 3, 8  # pages of the image execution information table


def check(outcome, kernel, line, *strings, modules=()):
    """The probe runs, with these strings and modules."""
    report = told.Told(outcome)
    assert report.finished and not report.failures
    assert report.protocol == kernel.protocol
    assert report.cmdline == line
    assert [module.string for module in report.modules] == list(strings)
    told.check_modules(report, told.Given(None, modules))


def pack_line(folder, sign, *contents):
    """A signed gangway with a list of hashes and a line, but no kernel."""
    lines = "".join("%s  file\n" % hashlib.sha256(data).hexdigest()
                    for data in contents)
    image = esp.uki(folder / "p.efi", {".hashes": lines.encode(),
                                       ".cmdline": PACKED.encode()})
    return sign(image, folder / "packed.efi")


@pytest.mark.parametrize("packing,is_packed", [
    ("plain", False), ("gzip", True), ("fit", True),
    pytest.param("fit", False, marks=pytest.mark.real),
    pytest.param("plain", True, marks=pytest.mark.real)])
def test_words_of_a_kernel_that_is_vouched_for(tmp_path, sign, packing,
                                               is_packed):
    """Where a line is packed, that of the entry, of the module and of the FIT
    image do not count."""
    kernel = kernels.multiboot2()
    (tmp_path / "raw").write_bytes(kernel.data)
    fit.make(tmp_path / "fit", tmp_path / "raw", bootargs="of a FIT")
    data = {"plain": kernel.data, "gzip": gzip.compress(kernel.data, 1),
            "fit": (tmp_path / "fit").read_bytes()}[packing]
    module = doors.noise(5000)
    make = pack_line if is_packed else vouching
    files = {esp.FALLBACK: make(tmp_path, sign, data, module), "k": data,
             "m": module, "loader/entries/a.conf": entry(
                 OUTSIDE if is_packed else "of entry", "module /m of module",
                 "linux /k")}
    words = "of a FIT of entry" if packing == "fit" else "of entry"
    check(boot(tmp_path, files), kernel,
          "/k " + (PACKED if is_packed else words),
          "/m" if is_packed else "/m of module",
          modules=[told.File(module)])


def test_initrd_of_the_caller_is_not_vouched_for(tmp_path, sign):
    """A gangway that offers one starts one that has to do without."""
    kernel = kernels.multiboot2()
    inner = vouching(tmp_path, sign, kernel.data)
    files = {esp.FALLBACK: sign(esp.GANGWAY_EFI, tmp_path / "outer.efi"),
             "inner.efi": inner, "initrd": b"anything", "k": kernel.data,
             "loader/entries/a.conf": entry("kernel=\\k", "initrd /initrd",
                                            "efi /inner.efi")}
    check(boot(tmp_path, files), kernel, "\\k")


def test_linux_with_a_line_packed_without_it(tmp_path, sign, cloud,
                                             initramfs):
    image = esp.uki(tmp_path / "p.efi", {".cmdline": CONSOLE.encode()})
    files = {esp.FALLBACK: sign(image, tmp_path / "g.efi"),
             "vmlinuz": sign(cloud, tmp_path / "vmlinuz"),
             "initrd": initramfs, "loader/entries/a.conf": entry(OUTSIDE)}
    guest = Guest(boot(tmp_path, files))
    assert guest.cmdline == CONSOLE
    assert guest.blob_ok


@pytest.mark.parametrize("what", ["SECURE_LONG", pytest.param(
    "SECURE_TWO", marks=pytest.mark.real), pytest.param(
        "SECURE_BROKEN", marks=pytest.mark.real)])
def test_a_variable_that_cannot_be_understood_counts_as_on(tmp_path, what):
    outcome, _ = observer.run(tmp_path, what, {
        "k": kernels.multiboot1().data,
        "loader/entries/a.conf": entry("", "", "linux /k")})
    assert "hash is not signed" in outcome.serial


strict = pytest.mark.skipif(not os.path.exists(STRICT), reason="this OVMF has "
                            "no image that holds to the rights of pages")


@strict
def test_linux_where_pages_have_rights(tmp_path, sign, cloud, initramfs):
    files = {esp.FALLBACK: sign(esp.GANGWAY_EFI, tmp_path / "g.efi"),
             "vmlinuz": sign(cloud, tmp_path / "vmlinuz"),
             "initrd": initramfs,
             "loader/entries/a.conf": entry(CONSOLE)}
    assert Guest(boot(tmp_path, files, STRICT)).blob_ok


@strict
@pytest.mark.parametrize("make", [kernels.multiboot2, kernels.live])
def test_other_kernels_where_pages_have_rights(tmp_path, sign, make):
    """Boot services ended or alive."""
    kernel = make(at=64 << 20)
    files = {esp.FALLBACK: vouching(tmp_path, sign, kernel.data),
             "k": kernel.data,
             "loader/entries/a.conf": entry("x", "", "linux /k")}
    check(boot(tmp_path, files, STRICT), kernel, "/k x")


NOT_SIGNED = "the firmware does not trust the kernel's signature"
NOT_LISTED = "start %s: %s's hash is not signed"
BY_STUB_ONLY = "start %s: a Linux kernel is only started by its EFI stub"
REFUSED = {
    "kernel=\\linux": NOT_SIGNED,
    "kernel=\\flipped": NOT_SIGNED,
    "kernel=\\uki": NOT_SIGNED,
    "kernel=\\linux.gz": NOT_SIGNED,
    "kernel=\\signed gangway.linux=zeropage": BY_STUB_ONLY % "bzimage",
    "kernel=\\signed gangway.format=pvh": "no module is a kernel of that",
    "kernel=\\vmlinux": BY_STUB_ONLY % "vmlinux",
    "kernel=\\vmlinux gangway.format=pvh": BY_STUB_ONLY % "pvh",
    "kernel=\\uki gangway.linux=zeropage":
        "open uki: a UKI is not unpacked while Secure Boot is on",
    "kernel=\\other": NOT_LISTED % ("multiboot1", "the kernel"),
    "kernel=\\listed module=\\other": NOT_LISTED % ("multiboot2",
                                                    "a module"),
    "kernel=\\listed initrd=\\tree": NOT_LISTED % ("multiboot2",
                                                   "a module"),
    "kernel=\\both": NOT_LISTED % ("multiboot1", "the kernel"),
    "kernel=\\fit": NOT_LISTED % ("multiboot2", "the kernel"),
}
NO_WORDS = "load options are ignored, because Secure Boot is on and a"


def test_refusals(tmp_path, sign, cloud):
    """Each goes back to the caller, who finds nothing left behind."""
    kernel, linux = kernels.multiboot2().data, cloud.read_bytes()
    signed = sign(cloud, tmp_path / "signed")
    flipped = bytearray(signed.read_bytes())
    flipped[-100000] ^= 1
    both = bytearray(caller.image().read_bytes())
    struct.pack_into("<8I", both, BEHIND_SECTIONS, *MULTIBOOT)
    (tmp_path / "raw").write_bytes(kernel)
    fit.make(tmp_path / "fit", tmp_path / "raw")
    files = {
        esp.FALLBACK: sign(caller.image(), tmp_path / "caller.efi"),
        "packed.efi": pack_line(tmp_path, sign, kernel),
        caller.GANGWAY: vouching(tmp_path, sign, kernel,
                                 targets.vmlinux("cloud").read_bytes()),
        "linux": cloud, "signed": signed, "flipped": bytes(flipped),
        "linux.gz": gzip.compress(linux, 1), "listed": kernel,
        "vmlinux": targets.vmlinux("cloud"), "fit": tmp_path / "fit",
        "uki": esp.uki(tmp_path / "u.efi", {".linux": b"x"}),
        "other": kernels.multiboot1().data, "tree": FLAT_TREE,
        "both": bytes(both),
    }
    runs = [*REFUSED, ("packed.efi", "kernel=\\listed")]
    answers = caller.run(tmp_path, files, runs, TRIES, arguments, 240,
                         machine="q35,smm=on")
    assert NO_WORDS in answers[-1].said
    assert "there is no kernel in gangway's sections" in answers[-1].said
    for words, answer in zip(runs, answers):
        assert REFUSED.get(words, "") in answer.said, answer
        if NOT_SIGNED not in answer.said:
            assert answer.status == caller.LOAD_ERROR
            assert answer.left == (0, 0, 0), words
            continue
        # The firmware keeps a record of each image that it refuses
        pages, *others = answer.left
        assert answer.status == caller.ACCESS_DENIED
        assert pages <= RECORDS and others == [0, 0], words


def test_user_who_told_shim_to_check_nothing(tmp_path, sign):
    kernel = kernels.multiboot1()
    files = {esp.FALLBACK: sign(caller.image(), tmp_path / "caller.efi"),
             "g.efi": sign(esp.GANGWAY_EFI, tmp_path / "g.efi"),
             "k": kernel.data, "caller.txt": "mok 1\n" + caller.script(
                 ["kernel=\\k x"], 0)}
    check(boot(tmp_path, files), kernel, "\\k x")


@pytest.mark.real
def test_signed_linux_in_gzip(tmp_path, sign, cloud, initramfs):
    signed = sign(cloud, tmp_path / "vmlinuz").read_bytes()
    files = {esp.FALLBACK: sign(esp.GANGWAY_EFI, tmp_path / "g.efi"),
             "vmlinuz": gzip.compress(signed, 1), "initrd": initramfs,
             "loader/entries/a.conf": entry(CONSOLE)}
    assert Guest(boot(tmp_path, files)).blob_ok


@pytest.mark.real
def test_grub_without_shim(tmp_path, sign, cloud, initramfs):
    """As Debian signs it, GRUB would ask a shim."""
    image = sign(esp.GANGWAY_EFI, tmp_path / "g.efi")
    loader = grub.Checking(
        tmp_path, "search --set=root --file /g.efi\n"
        "chainloader /g.efi kernel=/vmlinuz initrd=/initrd %s\nboot\n" % CONSOLE)
    files = {esp.FALLBACK: sign(loader.image, tmp_path / "signed.efi"),
             "g.efi": image, "g.efi.sig": loader.signature(image),
             "vmlinuz": sign(cloud, tmp_path / "vmlinuz"),
             "initrd": initramfs}
    guest = Guest(boot(tmp_path, files))
    assert guest.cmdline == CONSOLE and guest.blob_ok


def test_packed_command_line_wins(tmp_path, sign, cloud, initramfs):
    sections = {".linux": sign(cloud, tmp_path / "vmlinuz"),
                ".initrd": initramfs,
                ".cmdline": (CONSOLE + " packed").encode()}
    image = esp.ukify(tmp_path / "uki.efi", sections)
    files = {esp.FALLBACK: sign(esp.GANGWAY_EFI, tmp_path / "g.efi"),
             "inner.efi": sign(image, tmp_path / "s.efi"),
             "loader/entries/a.conf": entry("outside", "", "efi /inner.efi")}
    guest = Guest(boot(tmp_path, files))
    assert guest.cmdline == CONSOLE + " packed"
    assert guest.blob_ok
