# SPDX-License-Identifier: BSD-2-Clause
"""gangway inspect says what other programs say of the same files, and of
damaged files where they are damaged."""
import gzip
import hashlib
import lzma
import re
import struct
import subprocess

import pytest

import doors
import program
import targets
from program import inspect


def output(*words):
    return subprocess.run([str(word) for word in words], check=True, text=True,
                          stdout=subprocess.PIPE).stdout


def every_damage(facts):
    """All that is damaged, however deep."""
    if isinstance(facts, list):
        return [one for each in facts for one in every_damage(each)]
    if not isinstance(facts, dict):
        return []
    return facts.get("damage", []) + every_damage(list(facts.values()))


@pytest.mark.parametrize("name", ["gangway.elf", "gangway-pvh.elf",
                                  "tests/probe-pvh32.elf", "gangway.debug"])
def test_elf_as_readelf_has_it(kernels, name):
    path = doors.BUILD / name
    if not path.exists():
        path = next((doors.BUILD / "tests").glob("*pvh32*"))
    found = inspect(path)[0]["elf"]
    loads = re.findall(r"LOAD +(\w+) (\w+) (\w+) (\w+) (\w+) ",
                       output("readelf", "-lW", path))
    assert [tuple(int(number, 16) for number in load) for load in loads] == [
        tuple(int(one[key], 16) for key in ("offset", "virtual", "physical",
                                            "in_file", "in_memory"))
        for one in found["segments"] if one["type"] == "load"]
    entry = re.search(r"Entry point address: +(\w+)",
                      output("readelf", "-hW", path)).group(1)
    assert int(found["entry"], 16) == int(entry, 16)
    notes = re.findall(r"^ +(\w+) +0x(\w+)\t",
                       output("readelf", "-nW", path), re.M)
    assert sorted(one["owner"] for one in found.get("notes", [])) == sorted(
        owner for owner, _ in notes)
    sections = re.findall(r"\[ *[1-9]\d*\] (\S+) +\w+ +(\w+) (\w+) (\w+) ",
                          output("readelf", "-SW", path))
    assert [(one["name"], int(one["address"], 16), int(one["size"], 16))
            for one in found.get("sections", [])] == [
        (name, int(at, 16), int(size, 16)) for name, at, _, size in sections]


def test_pe_as_objdump_has_it(gangway_efi):
    found = inspect(gangway_efi)[0]["pe"]
    sections = re.findall(r"^ +\d+ (\S+) +(\w{8}) +\w+ +(\w+) +(\w{8}) ",
                          output("objdump", "-h", gangway_efi), re.M)
    assert [(one["name"], one["size"], int(one["offset"], 16))
            for one in found["sections"]] == [
        (name, int(size, 16), int(at, 16)) for name, size, _, at in sections]


def test_linux_header(kernels):
    """Against the header's own bytes, at the offsets of boot.rst."""
    path = targets.fetched("cloud", "vmlinuz")
    data = path.read_bytes()
    facts = inspect(path)[0]
    found = facts["linux"]
    for name, at, form in [("init_size", 0x260, "<I"),
                           ("pref_address", 0x258, "<Q"),
                           ("payload_offset", 0x248, "<I"),
                           ("kernel_alignment", 0x230, "<I"),
                           ("xloadflags", 0x236, "<H"),
                           ("initrd_addr_max", 0x22c, "<I")]:
        assert int(found[name], 16) == struct.unpack_from(form, data, at)[0]
    version = struct.unpack_from("<H", data, 0x20e)[0] + 0x200
    assert data[version:].startswith(found["version"].encode() + b" ")
    assert found["compression"] == "lz4-legacy"
    assert facts["sha256"] == hashlib.sha256(data).hexdigest()
    assert facts["gangway"]["format"] == "bzimage"
    signer = output("sbverify", "--list", path)
    assert facts["pe"]["signatures"][0]["signers"][0]["subject"].split(
        "CN=")[1] in signer


def test_fit_as_dumpimage_has_it(bundle):
    found = inspect(bundle)[0]["fit"]
    said = output("dumpimage", "-l", bundle)
    names = re.findall(r"Image \d+ \((\S+)\)", said)
    sizes = re.findall(r"Data Size: +(\d+)", said)
    hashes = re.findall(r"Hash value: +(\w+)", said)
    assert [one["name"] for one in found["images"]] == names
    assert [one["size"] for one in found["images"]] == list(map(int, sizes))
    assert [one["sha256"] for one in found["images"]] == hashes
    assert found["configurations"][0]["bootargs"] == "some words"
    assert found["images"][0]["file"]["linux"]


@pytest.mark.parametrize("kind", ["mb1", "mb2", "pvh", "vmlinux"])
def test_formats(kernels, kind):
    import kernels as maker
    make = {"mb1": maker.multiboot1, "mb2": maker.multiboot2,
            "pvh": maker.pvh, "vmlinux": maker.vmlinux}[kind]
    path = doors.BUILD / "tests" / ("inspected-" + kind)
    make().write(path)
    facts = inspect(path)[0]
    assert facts["gangway"]["format"] == {
        "mb1": "multiboot1", "mb2": "multiboot2"}.get(kind, kind)
    assert ("multiboot1" in facts) == (kind == "mb1")
    assert ("multiboot2" in facts) == (kind == "mb2")


@pytest.mark.parametrize("pack", [gzip.compress, lzma.compress])
def test_what_is_in_a_compressed_file(tmp_path, kernels, pack):
    data = (kernels / "probe64.bzimage").read_bytes()
    (tmp_path / "packed").write_bytes(pack(data))
    inside = inspect(tmp_path / "packed")[0]["compressed"]["file"]
    assert inside["sha256"] == hashlib.sha256(data).hexdigest()
    assert inside["linux"]


def test_people_read_it_without_colours(kernels):
    text = program.good("inspect", kernels / "probe64.bzimage")
    assert "\033" not in text
    assert re.search(r"^  init_size: 0x", text, re.M)


def cut(folder, path, nr):
    """The file's beginnings, of nr lengths."""
    data = path.read_bytes()
    files = []
    for i in range(nr):
        files.append(folder / ("%s-%d" % (path.name, i)))
        files[-1].write_bytes(data[:len(data) * i // nr])
    return files


def test_files_that_are_cut_off(tmp_path, kernels, gangway_efi, bundle):
    """Each is damaged somewhere, and is told of all the same."""
    for path in (kernels / "probe64.bzimage", gangway_efi, bundle,
                 doors.GANGWAY):
        files = cut(tmp_path, path, 30)
        for facts, file in zip(inspect(*files), files):
            assert facts["size"] == file.stat().st_size
        assert every_damage(inspect(files[-1])), path


def test_files_with_bytes_that_are_wrong(tmp_path, kernels, gangway_efi,
                                         bundle):
    for path in (kernels / "probe64.bzimage", gangway_efi, bundle,
                 doors.GANGWAY):
        data = path.read_bytes()
        files = []
        for i in range(60):
            files.append(tmp_path / ("%s-wrong-%d" % (path.name, i)))
            at = i * 16 if i % 2 else i * 13 + 0x1f1
            files[-1].write_bytes(data[:at] + b"\xff" * 4 + data[at + 4:])
        assert len(inspect(*files)) == len(files)


@pytest.mark.parametrize("words,code,said", [
    (["inspect", "nothing"], 1, "nothing: it cannot be opened"),
    (["inspect", "."], 1, r"\.: it is no regular file"),
    (["inspect"], 2, "no file is given"),
    (["inspect", "--colour", "x"], 2, "there is no option --colour"),
    (["inspekt"], 2, 'there is no command "inspekt"'),
    ([], 2, "no command is given")])
def test_misuse(tmp_path, words, code, said):
    done = program.run(*words, cwd=tmp_path)
    assert done.code == code and not done.out
    assert re.match("gangway( inspect)?: " + said, done.err), done.err


def test_help_and_version():
    assert re.fullmatch(r"gangway \d+\.\d+\.\d+\n",
                        program.good("--version"))
    assert "  inspect " in program.good("--help")
    assert "--json" in program.good("inspect", "--help")
