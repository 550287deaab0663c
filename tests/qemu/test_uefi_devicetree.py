# SPDX-License-Identifier: BSD-2-Clause
"""Device trees under UEFI: from an entry, a section, the firmware; to Linux by
its zero page, and to an application by the firmware's table."""
import hashlib
import json
import subprocess
import uuid

import pytest

import esp
import machine
import observer
import probe
import targets
import test_measured
import ukify
from doors import BUILD, noise
from guest import Guest

LONG = pytest.mark.real  # for check-all
DTB, RNG_SEED = 2, 9
PROBE = BUILD / "tests" / "probe64.bzimage"
OTHER = BUILD / "tests" / "probe-mb1.elf"
INITRD = noise(5000)
RANDOM = ["-device", "virtio-rng-pci"]
SOURCE = """/dts-v1/;
/memreserve/ 0x1000 0x1000;
/ {
	#address-cells = <2>;
	#size-cells = <2>;
	compatible = "test,board";
	memory@0 { device_type = "memory"; reg = <0 0x1234 0 0x5678>; };
	chosen { bootargs = "old"; stdout-path = "com1"; %s };
};
"""
OLD = "linux,initrd-start = <1>; linux,initrd-end = <2>;"


def compiled(folder):
    source = folder / "test.dts"
    source.write_text(SOURCE % OLD)
    targets.run_tool("dtc", "-q", "-o", folder / "test.dtb", source)
    return folder / "test.dtb"


class Tree:
    def __init__(self, folder, data):
        self.file = folder / "told.dtb"
        self.file.write_bytes(data)

    def get(self, *words):
        done = subprocess.run(["fdtget", *words[:-2], self.file, *words[-2:]],
                              stdout=subprocess.PIPE, text=True)
        return done.stdout.strip() if not done.returncode else None

    def check_rest(self):
        assert self.get("/", "compatible") == "test,board"
        assert self.get("-tx", "/memory@0", "reg") == "0 1234 0 5678"
        assert self.get("/chosen", "stdout-path") == "com1"


def entry(words, more="devicetree /t.dtb", kernel="linux /k"):
    return "title Test\n%s\n%s\noptions %s\n" % (kernel, more, words)


def told(outcome, folder):
    """The probe's report, and the tree that it was given."""
    report = probe.Report(outcome)
    assert report.finished and not report.failures
    trees = [node for node in report.setup_data if node.type == DTB]
    assert len(trees) <= 1
    if not trees:
        return report, None
    assert len(trees[0].data) == trees[0].len, "shown whole"
    return report, Tree(folder, trees[0].data)


def boot(tmp_path, files, *more, **options):
    files = dict(files)
    files.setdefault(esp.FALLBACK, esp.GANGWAY_EFI)
    args = esp.make(tmp_path, files)
    return machine.run(tmp_path, *args, *more, timeout=120, **options)


def test_of_an_entry(tmp_path):
    outcome = boot(tmp_path, {
        "k": PROBE, "i": INITRD, "t.dtb": compiled(tmp_path),
        "loader/entries/a.conf": entry("a b", "devicetree /t.dtb\n"
                                       "initrd /i")}, *RANDOM)
    report, tree = told(outcome, tmp_path)
    tree.check_rest()
    assert report.initrd.size == len(INITRD)
    assert tree.get("/chosen", "bootargs") == "a b"
    high, low = tree.get("-tx", "/chosen", "linux,initrd-start").split()
    assert int(high + low.zfill(8), 16) == report.initrd.start
    high, low = tree.get("-tx", "/chosen", "linux,initrd-end").split()
    assert int(high + low.zfill(8), 16) == report.initrd.end
    seed = bytes.fromhex("".join(
        byte.zfill(2)
        for byte in tree.get("-tbx", "/chosen", "rng-seed").split()))
    told_apart, = (node.data for node in report.setup_data
                   if node.type == RNG_SEED)
    assert len(seed) == 32 and seed != told_apart


@LONG
def test_of_a_section_and_without_initrd_and_seed(tmp_path):
    image = esp.uki(tmp_path / "uki.efi", {
        ".cmdline": b"packed", ".dtb": compiled(tmp_path), ".linux": PROBE})
    _, tree = told(boot(tmp_path, {esp.FALLBACK: image}), tmp_path)
    tree.check_rest()
    assert tree.get("/chosen", "bootargs") == "packed"
    for name in ("linux,initrd-start", "linux,initrd-end", "rng-seed"):
        assert tree.get("/chosen", name) is None


def board(folder, name):
    """A tree for a machine called so."""
    source = folder / ("%s.dts" % name)
    source.write_text('/dts-v1/; / { compatible = "%s", "any"; };' % name)
    targets.run_tool("dtc", "-q", "-o", folder / name, source)
    return folder / name


def hardware_id(*strings):
    """As Microsoft and fwupd have it: Computer Hardware IDs."""
    space = uuid.UUID("70ffd812-4c7f-4c7d-0000-000000000000")
    joined = "&".join(strings).encode("utf-16-le")
    return str(uuid.UUID(bytes=hashlib.sha1(
        space.bytes + joined).digest()[:16], version=5))


def test_the_one_for_this_machine(tmp_path):
    """Of several .dtbauto, by .hwids and SMBIOS; the chosen one is measured
    where systemd-stub 257 does it, whose systemd-measure confuses the two."""
    names = ["other", "mine", "third"]
    listed = tmp_path / "hwids"
    listed.mkdir()
    for name, product in zip(names, ["Other", "Mine", "Third"]):
        (listed / (name + ".json")).write_text(json.dumps({
            "type": "devicetree", "name": product, "compatible": name,
            "hwids": [hardware_id("Maker", product)]}))
    image, _ = ukify.build(
        tmp_path / "uki.efi", "--linux=%s" % PROBE, "--os-release=ID=test\n",
        "--uname=1.0", "--cmdline=packed", "--hwids=%s" % listed,
        "--devicetree=%s" % board(tmp_path, "any"),
        *("--devicetree-auto=%s" % board(tmp_path, name) for name in names))
    outcome, chip = test_measured.boot(
        tmp_path, {esp.FALLBACK: image}, "-smbios",
        "type=1,manufacturer= Maker,product=Mine")
    _, tree = told(outcome, tmp_path)
    assert tree.get("/", "compatible") == "mine any"
    assert tree.get("/chosen", "bootargs") == "packed"
    mine = (tmp_path / "mine").read_bytes()
    events = chip.measured(test_measured.PACKED)
    assert events[-4:-1] == test_measured.hashed(
        b".dtbauto\0", mine, b".hwids\0")
    assert events[4:6] == test_measured.hashed(b".cmdline\0", b"packed")


def inner(tmp_path, kernel=PROBE):
    """A gangway that the other one starts by the firmware."""
    return esp.uki(tmp_path / "inner.efi", {".cmdline": b"inner",
                                            ".linux": kernel})


def test_by_the_firmwares_table(tmp_path):
    """The outer gangway installs it, the inner one finds it there."""
    outcome = boot(tmp_path, {
        "inner.efi": inner(tmp_path), "t.dtb": compiled(tmp_path),
        "loader/entries/a.conf": entry("outer", kernel="efi /inner.efi")})
    _, tree = told(outcome, tmp_path)
    tree.check_rest()
    assert tree.get("/chosen", "bootargs") == "inner outer"


@LONG
def test_the_table_is_taken_back(tmp_path):
    """When what was started with it comes back."""
    outcome = boot(tmp_path, {
        "bad.efi": esp.uki(tmp_path / "bad.efi", {".linux": b"junk"}),
        "inner.efi": inner(tmp_path), "t.dtb": compiled(tmp_path),
        "g.efi": esp.GANGWAY_EFI, esp.FALLBACK: b"",
        "loader/entries/a.conf": entry("x", kernel="efi /bad.efi"),
        "startup.nsh": "fs0:\r\ng.efi\r\ninner.efi\r\n"})
    assert "no module is a kernel" in outcome.serial
    _, tree = told(outcome, tmp_path)
    assert tree is None


@LONG
def test_the_firmware_fixes_it_up(tmp_path):
    """In more room if it wants that; ours is there already."""
    outcome, lines = observer.run(tmp_path, "FIXUP", {
        "inner.efi": inner(tmp_path), "t.dtb": compiled(tmp_path),
        "loader/entries/a.conf": entry("outer", kernel="efi /inner.efi")})
    assert lines[1:3] == ["fixup 20000", "flags 3"]
    tree = Tree(tmp_path, bytes.fromhex(lines[3].split()[1]))
    tree.check_rest()
    assert tree.get("/chosen", "bootargs") == "outer"
    assert tree.get("/chosen", "linux,initrd-start") is None
    _, tree = told(outcome, tmp_path)
    tree.check_rest()


IGNORED = "a device tree without a signed hash is ignored"


@LONG
@pytest.mark.parametrize("is_listed", [False, True])
def test_under_secure_boot_somebody_vouches_for_it(tmp_path, is_listed):
    files = {"inner.efi": inner(tmp_path, OTHER), "t.dtb": compiled(tmp_path),
             "loader/entries/a.conf": entry("x", kernel="efi /inner.efi")}
    listed = hashlib.sha256(files["t.dtb"].read_bytes()).hexdigest()
    gangway = esp.uki(tmp_path / "vouching.efi",
                      {".hashes": ("%s  t\n" % listed).encode()})
    outcome, _ = observer.run(tmp_path, "SECURE", files,
                              gangway if is_listed else esp.GANGWAY_EFI)
    assert "probe: ok" in outcome.serial
    assert (IGNORED in outcome.serial) == (not is_listed)


@LONG
@pytest.mark.parametrize("kernel,step", [("linux /k", "open module"),
                                         ("efi /k", "open uki")])
def test_a_damaged_one_is_refused(tmp_path, kernel, step):
    data = bytearray(compiled(tmp_path).read_bytes())
    data[0x48] = 0xff  # of the first tags
    files = {"k": inner(tmp_path) if "efi" in kernel else PROBE,
             "t.dtb": bytes(data), esp.FALLBACK: esp.GANGWAY_EFI,
             "loader/entries/a.conf": entry("x", kernel=kernel)}
    args = esp.make(tmp_path, files)
    with machine.Machine(tmp_path, *args) as running:
        text = running.wait_for("gangway: [a-z]+ [a-z]+: .*\n", 60)
    assert "tree" in text.split("gangway: open ")[1]
    assert "probe:" not in text


@pytest.mark.real
def test_linux_has_it(tmp_path, cloud, initramfs):
    """Debian's kernel for PCs knows no device trees, but shows the node."""
    outcome = boot(tmp_path, {
        "k": cloud, "i": initramfs, "t.dtb": compiled(tmp_path),
        "loader/entries/a.conf": entry(
            "console=ttyS0 panic=-1 gangway.linux=zeropage",
            "devicetree /t.dtb\ninitrd /i")})
    guest = Guest(outcome)
    assert guest.blob_ok
    assert DTB in guest.setup_data
