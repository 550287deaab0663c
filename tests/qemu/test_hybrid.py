# SPDX-License-Identifier: BSD-2-Clause
"""gangway.efi is a UEFI application, a bzImage and a Multiboot 1 and 2 kernel:
what starts such things starts it, and the kernel that is packed into it, or is
beside it as an initrd."""
import json
import subprocess

import pytest

import doors
import esp
import hybrid
import kernels
import machine
import probe
import stage
import targets
import told
import uki
import ukify
import vmm
from hybrid import check_words

LONG = pytest.mark.real  # for check-all
FAST = ("seabios", "grub-linux", "grub-multiboot2")
NOISE, OUTER = doors.noise(70001), doors.noise(3333)
WORDS, TOP = "outer words", 200 * probe.bzimage.MIB
every_way = pytest.mark.parametrize("way", [
    way if way in FAST else pytest.param(way, marks=LONG)
    for way in hybrid.WAYS])


def start(folder, way, **more):
    args, options = hybrid.arguments(way, folder, **more)
    outcome = machine.run(folder, *args, timeout=90, **options)
    assert outcome.lines("gangway .*: entered by %s" % hybrid.WAYS[way][2]), \
        outcome.serial
    return outcome


def pack(folder, image, *more):
    """A UKI by the program, as users make it."""
    for name, content in (("k", image.data), ("i", NOISE)):
        (folder / name).write_bytes(content)
    return esp.pack(folder / "packed.efi", folder / "k", "--initrd",
                    folder / "i", "--cmdline", "packed words", *more)


def pack_by_ukify(folder, image):
    (folder / "k").write_bytes(image.data)
    (folder / "i").write_bytes(NOISE)
    packed = folder / "packed.efi"
    ukify.run("--stub", esp.GANGWAY_EFI, "--linux", folder / "k", "--initrd",
              folder / "i", "--cmdline", "packed words", "--uname", "probe",
              "--output", packed)
    return packed


@every_way
def test_bundle_beside_it(tmp_path, way):
    image = probe.bzimage.make()
    bundle = tmp_path / "bundle"
    bundle.write_bytes(uki.make([(".linux", image.data), (".initrd", NOISE),
                                 (".cmdline", b"packed words")]))
    report = probe.Report(start(tmp_path, way, initrd=bundle, words=WORDS))
    probe.check_promises(report, image, NOISE)
    check_words(report.cmdline, "packed words", WORDS)


@every_way
def test_packed(tmp_path, way):
    """With the loader's initrd behind the one packed."""
    image = probe.bzimage.make()
    outer = tmp_path / "outer"
    outer.write_bytes(OUTER)
    packed = pack(tmp_path, image)
    report = probe.Report(start(tmp_path, way, kernel=packed, initrd=outer,
                                words=WORDS))
    probe.check_promises(report, image, doors.join([NOISE, OUTER]))
    check_words(report.cmdline, "packed words", WORDS)


@pytest.mark.parametrize("way", [
    "grub-linux", *(pytest.param(way, marks=LONG) for way in (
        "seabios", "grub-multiboot", "grub-multiboot2", "isolinux"))])
def test_a_seal_takes_nothing_from_outside(tmp_path, way):
    """Nor the words that are the loader's own."""
    image = probe.bzimage.make()
    outer = tmp_path / "outer"
    outer.write_bytes(OUTER)
    packed = pack(tmp_path, image, "--sealed")
    outcome = start(tmp_path, way, kernel=packed, initrd=outer, words=WORDS)
    assert outcome.lines("gangway: words and modules from outside are ignored")
    report = probe.Report(outcome)
    probe.check_promises(report, image, NOISE)
    assert report.cmdline == "packed words"


@pytest.mark.parametrize("way", [
    "seabios", pytest.param("isolinux", marks=LONG),
    pytest.param("microvm", marks=LONG)])
def test_packed_by_ukify(tmp_path, way):
    """Which writes nothing of it into the setup header."""
    image = probe.bzimage.make()
    packed = pack_by_ukify(tmp_path, image)
    report = probe.Report(start(tmp_path, way, kernel=packed, words=WORDS))
    probe.check_promises(report, image, NOISE)
    check_words(report.cmdline, "packed words", WORDS)


@pytest.mark.parametrize("way", [
    "seabios", "grub-multiboot2", pytest.param("isolinux", marks=LONG)])
@pytest.mark.parametrize("kernel", [
    kernels.multiboot2, pytest.param(kernels.multiboot1, marks=LONG)],
    ids=["multiboot2", "multiboot1"])
def test_a_multiboot_kernel_and_its_modules(tmp_path, way, kernel):
    """Which Linux's loaders start then, as if it were one of theirs."""
    (tmp_path / "k").write_bytes(kernel().data)
    (tmp_path / "a").write_bytes(NOISE)
    (tmp_path / "b").write_bytes(OUTER)
    packed = esp.pack(tmp_path / "packed", tmp_path / "k", "--type", "bzimage",
                      "--cmdline", "packed words",
                      "--module", "%s,of a" % (tmp_path / "a"),
                      "--module", "%s,of b" % (tmp_path / "b"))
    report = told.Told(start(tmp_path, way, kernel=packed, words=WORDS))
    first, second, line = ("of a", "of b", "packed words") \
        if way == "grub-multiboot2" \
        else ("module1 of a", "module2 of b", "kernel packed words")
    told.same([(one.size, one.string) for one in report.modules],
              [(len(NOISE), first), (len(OUTER), second)], "modules")
    check_words(report.cmdline, line, WORDS)


def said(*command):
    return subprocess.run([str(word) for word in command], check=True,
                          text=True, stdout=subprocess.PIPE).stdout


def systemd_says(*command):
    """By the loader of its own Debian, whichever this is."""
    lib = ukify.folder() / "lib"
    return said(lib / "ld-linux-x86-64.so.2", "--library-path", lib,
                *command).strip()


@pytest.mark.parametrize("kind", ["pe", "uki"])
def test_systemd_s_programs(tmp_path, kind):
    """bootctl takes it for what it is, ukify finds what is in it."""
    file = esp.GANGWAY_EFI if kind == "pe" \
        else pack(tmp_path, probe.bzimage.make())
    bootctl = targets.fetched("bootctl-257", "bootctl")
    assert systemd_says(bootctl, "kernel-identify", file) == kind
    found = json.loads(said("/usr/bin/python3", ukify.folder() / "ukify",
                            "inspect", file, "--json=short"))
    assert (".linux" in found) == (kind == "uki")
    assert ".sbat" in found
    if kind == "uki":
        assert found[".cmdline"]["text"] == "packed words"


# ---- monitors that load bzImages, played: they make room for the file alone ---

PLAYED = {"cloud-hypervisor": vmm.CLOUD_HYPERVISOR,
          "firecracker": vmm.FIRECRACKER, "five-levels": vmm.FIVE_LEVELS}


@pytest.mark.parametrize("name", [
    "cloud-hypervisor", "firecracker",
    pytest.param("five-levels", marks=LONG)])
@pytest.mark.parametrize("packing", ["beside", "inside"])
def test_played(tmp_path, name, packing):
    image = probe.bzimage.make()
    kernel, module = esp.GANGWAY_EFI, None
    if packing == "beside":
        data = uki.make([(".linux", image.data), (".initrd", NOISE),
                         (".cmdline", b"packed words")])
        module = vmm.place(data, TOP)
    else:
        kernel = pack_by_ukify(tmp_path, image)
    script = vmm.by_bzimage(PLAYED[name], kernel, module, WORDS, TOP)
    report = probe.Report(stage.run(tmp_path, script, cpu="max,-cx16,la57=on"))
    probe.check_promises(report, image, NOISE)
    assert report.cmdline == "packed words " + WORDS
