# SPDX-License-Identifier: BSD-2-Clause
"""What is damaged, or no file at all, is refused in one sentence that names it,
and leaves nothing behind."""
import gzip
import os
import shutil
import struct
import subprocess

import pytest

import doors
import fit
from program import ENVIRONMENT, GANGWAY, good, run

UKI = ["pack", "-o", "out.efi"]
FIT = ["pack", "-o", "out.itb"]
ELF = ["pack", "-o", "out.elf"]
CPIO = ["pack", "-o", "out.cpio"]
LONG = "x" * (1 << 16)  # more than any kernel takes
TAKE = ["-d", "out"]


@pytest.fixture
def files(tmp_path, kernels):
    """Whole files, and what has been made of them."""
    whole = (kernels / "probe64.bzimage").read_bytes()
    shutil.copy(kernels / "probe64.bzimage", tmp_path / "vmlinuz")
    (tmp_path / "initrd").write_bytes(doors.noise(3000))
    fit.make(tmp_path / "fit", tmp_path / "vmlinuz", tmp_path / "initrd", "x")
    good("pack", "-o", "uki.efi", "--kernel", "vmlinuz", cwd=tmp_path)
    good("pack", "-o", "x.elf", "--kernel", "vmlinuz", cwd=tmp_path)

    def write(name, data):
        (tmp_path / name).write_bytes(data)

    def of(name):
        return (tmp_path / name).read_bytes()

    write("empty", b"")
    write("text", b"this is no kernel, but a text of some length" * 40)
    write("cut", whole[:len(whole) // 2])
    write("cut-header", whole[:0x210])
    write("setup", whole[:0x1f1] + b"\xff" + whole[0x1f2:])
    write("init-size", whole[:0x260] + bytes(4) + whole[0x264:])
    write("payload", whole[:0x248] + b"\xff\xff\xff\x7f" + whole[0x24c:])
    packed = gzip.compress(whole)
    write("cut.gz", packed[:len(packed) // 2])
    write("crc.gz", packed[:-8] + b"junk" + packed[-4:])
    write("cut.xz", b"\xfd7zXZ\0" + bytes(100))
    write("cut.zst", b"\x28\xb5\x2f\xfd" + bytes(3))
    write("cut.lz4", b"\x04\x22\x4d\x18" + bytes(3))
    write("bad.lz4", b"\x02\x21\x4c\x18" + struct.pack("<I", 9) + b"\xff" * 9)
    write("fit-cut", of("fit")[:3000])
    write("fit-head", of("fit")[:0x28] + b"\xff" * 40 + of("fit")[0x50:])
    write("uki-cut", of("uki.efi")[:0x30000])
    table = of("uki.efi").index(b".linux\0\0")
    write("uki-section", of("uki.efi")[:table + 20] + b"\xff\xff\xff\x7f" +
          of("uki.efi")[table + 24:])
    write("elf-cut", of("x.elf")[:-0x100000])
    write("stub-cut", (doors.BUILD / "gangway.efi").read_bytes()[:0x2000])
    stub = bytearray((doors.BUILD / "gangway.efi").read_bytes())
    struct.pack_into("<I", stub, struct.unpack_from("<I", stub, 0x3c)[0] + 84,
                     64)
    write("stub-headers", stub)
    elf = bytearray((doors.BUILD / "gangway.elf").read_bytes())
    struct.pack_into("<QQ", elf, struct.unpack_from("<Q", elf, 0x20)[0] + 32,
                     1 << 63, 0)
    write("elf-segment", elf)
    struct.pack_into("<QQ", elf, struct.unpack_from("<Q", elf, 0x20)[0] + 32,
                     0, 1 << 63)
    write("elf-long", elf)
    (tmp_path / "folder").mkdir()
    for name in ("hwids", "hwids-fifo", "hwids-loop", "hwids-uuid"):
        (tmp_path / name).mkdir()
    write("hwids/cut.json", b'{"name": "x",\n"hwids": [')
    os.mkfifo(tmp_path / "hwids-fifo/x.json")
    (tmp_path / "hwids-loop/x.json").symlink_to("x.json")
    write("hwids-uuid/x.json", b'{"name": "x", "compatible": "y", '
          b'"hwids": ["0000"]}')
    return tmp_path


CASES = [
    # pack: what is no kernel
    (UKI + ["--kernel", "missing"], "missing"),
    (UKI + ["--kernel", "empty"], "empty"),
    (UKI + ["--kernel", "text"], "text"),
    (UKI + ["--kernel", "folder"], "folder"),
    (UKI + ["--kernel", "cut"], "cut"),
    (FIT + ["--kernel", "cut-header"], "cut-header"),
    (FIT + ["--kernel", "setup"], "setup"),
    (ELF + ["--kernel", "init-size"], "init-size"),
    (ELF + ["--kernel", "cut.gz"], "cut.gz"),
    (UKI + ["--kernel", "crc.gz"], "crc.gz"),
    (UKI + ["--kernel", "fit-cut"], "fit-cut"),
    # pack: what goes with it
    (ELF + ["--kernel", "vmlinuz", "--cmdline", LONG], "vmlinuz"),
    (UKI + ["--kernel", "vmlinuz", "--profile", "ID=x", "--cmdline", LONG],
     "vmlinuz"),
    (UKI + ["--kernel", "vmlinuz", "--initrd", "missing"], "missing"),
    (UKI + ["--kernel", "vmlinuz", "--initrd", "empty"], "empty"),
    (UKI + ["--kernel", "vmlinuz", "--dtb", "text"], "text"),
    (FIT + ["--kernel", "vmlinuz", "--dtb", "fit-head"], "fit-head"),
    (FIT + ["--kernel", "vmlinuz", "--module", "missing,x"], "missing"),
    (UKI + ["--kernel", "vmlinuz", "--hash", "missing"], "missing"),
    (UKI + ["--kernel", "vmlinuz", "--sbat", "missing"], "missing"),
    (UKI + ["--kernel", "vmlinuz", "--cmdline", "@missing"], "missing"),
    (UKI + ["--kernel", "vmlinuz", "--os-release", "missing"], "missing"),
    (CPIO + ["--module", "missing"], "missing"),
    # pack: stubs, keys, places
    (UKI + ["--kernel", "vmlinuz", "--stub", "missing"], "missing"),
    (UKI + ["--kernel", "vmlinuz", "--stub", "text"], "text"),
    (UKI + ["--kernel", "vmlinuz", "--stub", "stub-cut"], "stub-cut"),
    (UKI + ["--kernel", "vmlinuz", "--stub", "stub-headers"], "stub-headers"),
    (ELF + ["--kernel", "vmlinuz", "--stub", "text"], "text"),
    (UKI + ["--kernel", "vmlinuz", "--sign", "missing,x"], "missing"),
    (UKI + ["--kernel", "vmlinuz", "--sign", "text,text"], "out.efi"),
    (["pack", "--type", "uki", "-o", "folder", "--kernel", "vmlinuz"],
     "folder"),
    (["pack", "-o", "none/x.efi", "--kernel", "vmlinuz"], "none/x.efi"),
    (ELF + ["--kernel", "vmlinuz", "--stub", "elf-segment"], "elf-segment"),
    # pack --hwids
    *((UKI + ["--kernel", "vmlinuz", "--hwids", name.split("/")[0]], name)
      for name in ("hwids/cut.json", "hwids-fifo/x.json", "hwids-loop/x.json",
                   "hwids-uuid/x.json")),
    # pack --extract
    (UKI + ["--extract", "--kernel", "text"], "text"),
    (UKI + ["--extract", "--kernel", "payload"], "payload"),
    # unpack
    (["unpack", "missing"] + TAKE, "missing"),
    (["unpack", "empty"] + TAKE, "empty"),
    (["unpack", "text"] + TAKE, "text"),
    (["unpack", "fit-cut"] + TAKE, "fit-cut"),
    (["unpack", "fit-head"] + TAKE, "fit-head"),
    (["unpack", "uki-cut"] + TAKE, "uki-cut"),
    (["unpack", "uki-section"] + TAKE, "uki-section"),
    (["unpack", "elf-cut"] + TAKE, "elf-cut"),
    (["unpack", "cut.gz"] + TAKE, "cut.gz"),
    (["unpack", "crc.gz"] + TAKE, "crc.gz"),
    (["unpack", "cut.xz"] + TAKE, "cut.xz"),
    (["unpack", "cut.zst"] + TAKE, "cut.zst"),
    (["unpack", "cut.lz4"] + TAKE, "cut.lz4"),
    (["unpack", "bad.lz4"] + TAKE, "bad.lz4"),
    (["unpack", "payload"] + TAKE, "payload"),
    # plan, run, inspect
    (["plan", "missing"], "missing"),
    (["plan", "text"], "text"),
    (["plan", "cut"], "cut"),
    (["plan", "--map", "text", "vmlinuz"], "text"),
    (["plan", "--map", "missing", "vmlinuz"], "missing"),
    (["plan", "--door", "pvh", "vmlinuz", "initrd"], "initrd"),
    (["plan", "--gangway", "text", "vmlinuz"], "text"),
    (["plan", "--gangway", "elf-long", "vmlinuz"], "elf-long"),
    (["run", "missing"], "missing"),
    (["run", "empty"], "empty"),
    (["run", "--efi", "text"], "text"),
    (["run", "--secure-boot=text", "uki.efi"], "text"),
    (["inspect", "missing"], "missing"),
    (["inspect", "folder"], "folder"),
]


def names(folder):
    return sorted(str(path) for path in folder.rglob("*"))


def test_one_sentence_each(files):
    before = names(files)
    for words, name in CASES:
        done = run(*words, cwd=files)
        assert done.code == 1, (words, done)
        assert done.err.startswith("gangway %s: %s: " % (words[0], name)), \
            (words, done.err)
        assert done.err.count("\n") == 1, (words, done.err)
        assert names(files) == before, words


# What is no file with anything in it, as the file of each option.
KINDS = {"nothing": "nowhere", "empty": "empty", "folder": "folder",
         "FIFO": "fifo", "device": "/dev/null", "loop": "loop",
         "sparse": "sparse", "of nobody": "locked"}
PLACES = {
    "kernel": UKI + ["--kernel", "%s"],
    "initrd": FIT + ["--kernel", "vmlinuz", "--initrd", "%s"],
    "microcode": UKI + ["--kernel", "vmlinuz", "--microcode", "%s"],
    "dtb": FIT + ["--kernel", "vmlinuz", "--dtb", "%s"],
    "devicetree-auto": UKI + ["--kernel", "vmlinuz", "--devicetree-auto", "%s"],
    "module": ELF + ["--kernel", "vmlinuz", "--module", "%s,x"],
    "hash": UKI + ["--kernel", "vmlinuz", "--hash", "%s"],
    "stub": UKI + ["--kernel", "vmlinuz", "--stub", "%s"],
    "join-profile": UKI + ["--kernel", "vmlinuz", "--join-profile", "%s"],
    "hwids": UKI + ["--kernel", "vmlinuz", "--hwids", "%s"],
    "key": UKI + ["--kernel", "vmlinuz", "--sign", "%s,text"],
    "certificate": UKI + ["--kernel", "vmlinuz", "--sign", "text,%s"],
    "profile": UKI + ["--kernel", "vmlinuz", "--profile", "@%s"],
    "os-release": UKI + ["--kernel", "vmlinuz", "--os-release", "%s"],
    "sbat": UKI + ["--kernel", "vmlinuz", "--sbat", "%s"],
    "file of a cpio": CPIO + ["--module", "%s"],
    "unpack": ["unpack", "%s"] + TAKE,
    "plan": ["plan", "%s"],
    "module of plan": ["plan", "vmlinuz", "%s"],
    "map": ["plan", "vmlinuz", "--map", "%s"],
    "gangway": ["plan", "vmlinuz", "--gangway", "%s"],
    "run": ["run", "--print", "%s"],
    "variables": ["run", "--print", "--secure-boot=%s", "uki.efi"],
    "inspect": ["inspect", "%s"],
}
# Of which there is nothing to complain; nor is a root kept from any file.
FINE = {("inspect", "empty"), ("inspect", "sparse"), ("initrd", "sparse"),
        ("microcode", "sparse"), ("module", "sparse"), ("hash", "sparse"),
        ("module of plan", "empty"), ("module of plan", "sparse"),
        ("hash", "empty"), ("run", "sparse")}


def make_kinds(files):
    """All of KINDS; without the long one where the file system refuses it."""
    kinds = dict(KINDS)
    (files / "loop").symlink_to("loop")
    os.mkfifo(files / "fifo")
    (files / "locked").touch(0)
    with open(files / "sparse", "wb") as file:
        try:
            file.truncate(5 << 30)
        except OSError:
            del kinds["sparse"]
    return kinds


@pytest.mark.parametrize("place", PLACES)
def test_what_is_no_file(files, place):
    kinds = make_kinds(files)
    before = names(files)
    for kind, name in kinds.items():
        if (place, kind) in FINE or (kind == "of nobody" and not os.getuid()) \
                or (place, kind) == ("map", "FIFO"):
            continue
        words = [word.replace("%s", name) for word in PLACES[place]]
        done = run(*words, cwd=files)
        assert done.code == 1, (words, done)
        assert name in done.err and done.err.count("\n") == 1, (words, done)
        assert names(files) == before, words


def test_names_that_terminals_obey(files):
    (files / "a\n\033]0;b\007").write_bytes(b"text")
    for words in (["plan"], ["unpack", *TAKE], UKI + ["--kernel"]):
        done = run(*words, "a\n\033]0;b\007", cwd=files)
        assert done.code == 1
        assert done.err.startswith("gangway %s: a??]0;b?: " % words[0])
        assert done.err.count("\n") == 1


def test_nobody_hears_it(files):
    """What cannot be said is no success."""
    for words in (["inspect", "vmlinuz"], ["plan", "vmlinuz"], ["--help"]):
        with open("/dev/full", "w") as full:
            done = subprocess.run([GANGWAY, *words], cwd=files, stdout=full,
                                  stderr=subprocess.PIPE, env=ENVIRONMENT)
        assert done.returncode == 1
        assert b"standard output: it cannot be written: " in done.stderr


@pytest.mark.parametrize("words", [["plan", "initrd,x"], ["plan", "vmlinuz"]])
def test_a_file_that_becomes_shorter(files, words):
    """While it is in use: plan reads the map when it has opened the others."""
    os.mkfifo(files / "map")
    name = words[1].split(",")[0]
    with subprocess.Popen([GANGWAY, *words, "--map", "map"], cwd=files,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          env=ENVIRONMENT) as process:
        with open(files / "map", "w") as pipe:
            os.truncate(files / name, 0)
            pipe.write("0-9fc00 ram\n100000-20000000 ram\n")
        _, err = process.communicate(timeout=60)
    assert process.returncode == 1
    assert err.count(b"\n") == 1
    assert b"a file that is read has become shorter" in err


def test_cut_at_each_structure(files):
    """Wherever a bundle ends, it is refused by name, and told of all the
    same."""
    for name in ("fit", "uki.efi", "x.elf", "vmlinuz"):
        data = (files / name).read_bytes()
        cuts = [*range(0, 4096, 257), *range(4096, len(data) - 4096,
                                             len(data) // 12)]
        for at in cuts:
            (files / "short").write_bytes(data[:at])
            done = run("unpack", "short", *TAKE, cwd=files)
            assert done.code == 1, (name, at, done)
            assert done.err.startswith("gangway unpack: short: "), done.err
            assert done.err.count("\n") == 1
            assert run("inspect", "short", cwd=files).code == 0, (name, at)
        assert not (files / "out").exists()
