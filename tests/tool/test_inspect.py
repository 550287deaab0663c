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
import esp
import fit
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


def cpio(folder, files):
    """An archive of {name: content}, by cpio itself."""
    for name, data in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    return subprocess.run(
        ["cpio", "-o", "-H", "newc", "--quiet"], cwd=folder, check=True,
        input="\n".join(files).encode(), stdout=subprocess.PIPE).stdout


CODE = "kernel/x86/microcode/GenuineIntel.bin"


@pytest.mark.parametrize("pack,name", [(gzip.compress, "gzip"),
                                       (lzma.compress, "xz"), (bytes, None)])
def test_initrd_with_microcode_in_front(tmp_path, pack, name):
    early = cpio(tmp_path / "early", {CODE: doors.noise(3000)})
    late = cpio(tmp_path / "late", {"init": b"#!/bin/sh", "x": b"y"})
    (tmp_path / "initrd").write_bytes(early + pack(late))
    first, second = inspect(tmp_path / "initrd")[0]["initrd"]["parts"]
    assert first["microcode"] == [{
        "name": CODE, "size": 3000,
        "sha256": hashlib.sha256(doors.noise(3000)).hexdigest()}]
    assert int(second["at"], 16) == len(early)
    if name:
        assert second["kind"] == name + "-compressed data"
    else:
        assert second["entries"] == 2
    (tmp_path / "initrd").write_bytes(early[:2000])
    assert every_damage(inspect(tmp_path / "initrd"))


def test_legacy_image_as_dumpimage_has_it(tmp_path, kernels):
    path = tmp_path / "uimage"
    subprocess.run(["mkimage", "-A", "x86_64", "-O", "linux", "-T", "kernel",
                    "-C", "none", "-a", "0x100000", "-e", "0x100200", "-n",
                    "a name", "-d", kernels / "probe64.bzimage", path],
                   check=True, stdout=subprocess.DEVNULL)
    found, said = inspect(path)[0]["uimage"], output("dumpimage", "-l", path)
    assert re.search(r"Image Name: +%s$" % found["name"], said, re.M)
    assert re.search(r"Image Type: +AMD x86_64 Linux %s \(%s\)$" % (
        found["type"], found["compression"]), said, re.M)
    assert re.search(r"Data Size: +%d Bytes" % found["data_size"], said)
    for key in ("load", "entry"):
        assert re.search(r"%s.*: +%08x$" % (key.title(), int(found[key], 16)),
                         said, re.M)
    assert found["file"]["linux"] and not every_damage(found)
    data = bytearray(path.read_bytes())
    for at, where in ((40, "0x4"), (5000, "0x40")):
        data[at] ^= 1
        path.write_bytes(data)
        assert where in [one["at"] for one in every_damage(inspect(path))]


def test_what_is_packed_into_gangway(tmp_path, kernels, bundle):
    program.good("pack", "-o", "x.elf", "--kernel", kernels / "probe64.bzimage",
                 "--cmdline", "a b", "--module", "%s,c" % bundle, "--sealed",
                 cwd=tmp_path)
    found = inspect(tmp_path / "x.elf")[0]["pack"]
    kernel, module = found["files"]
    assert found["sealed"] and kernel["file"]["linux"]
    assert (kernel["name"], kernel["words"]) == ("probe64.bzimage", "a b")
    assert (module["name"], module["words"]) == ("bundle.fit", "c")
    assert module["sha256"] == hashlib.sha256(bundle.read_bytes()).hexdigest()
    data = (tmp_path / "x.elf").read_bytes()
    assert data[int(module["offset"], 16):].startswith(bundle.read_bytes())
    assert inspect(doors.BUILD / "gangway.elf")[0]["pack"]["size"] == 0


def test_hash_of_a_fit_image_that_is_wrong(bundle):
    assert inspect(bundle)[0]["fit"]["images"][0]["hashes"][0]["is_right"]
    data = bytearray(bundle.read_bytes())
    data[len(data) // 2] ^= 1
    bundle.write_bytes(data)
    found = inspect(bundle)[0]["fit"]["images"][0]["hashes"][0]
    assert not found["is_right"] and found["damage"]


def test_a_fit_image_in_a_fit_image(tmp_path, bundle):
    """At an address that libfdt does not take as it is."""
    fit.make(tmp_path / "outer", bundle, bundle, "")
    kernel = inspect(tmp_path / "outer")[0]["fit"]["images"][0]
    assert kernel["file"]["fit"]["images"][0]["file"]["linux"]
    assert not every_damage(kernel)


def test_text_of_several_lines_and_what_terminals_obey(tmp_path, gangway_efi):
    text = "ID=x\nNAME=\"\u00dc \033]0;title\007\"\n"
    esp.ukify(tmp_path / "uki.efi", {".osrel": text.encode()})
    sections = inspect(tmp_path / "uki.efi")[0]["pe"]["sections"]
    assert [one["text"] for one in sections if one["name"] == ".osrel"] == [
        text.encode().decode("latin-1")]
    shown = program.good("inspect", tmp_path / "uki.efi")
    assert "ID=x\n" in shown and "\033" not in shown


@pytest.mark.parametrize("machine,magic,at", [(0x14c, 0x10b, 16), (0xaa64, 0x20b, 0)])
def test_an_image_of_another_machine_is_not_damaged(tmp_path, machine, magic,
                                                    at):
    head = b"MZ".ljust(0x3c, b"\0") + struct.pack("<I", 0x40)
    head += b"PE\0\0" + struct.pack("<HHIIIHH", machine, 1, 0, 0, 0, 0xf0, 0x22e)
    optional = bytearray(0xf0)
    struct.pack_into("<H", optional, 0, magic)
    struct.pack_into("<III", optional, 32, 4096, 512, 0)
    struct.pack_into("<III", optional, 56, 8192, 512, 0)
    head += bytes(optional) + struct.pack(
        "<8sIIII12xI", b".text", 4, 4096, 512, 512, 0x60000020)
    (tmp_path / "x.efi").write_bytes(head.ljust(512, b"\0") + bytes(512))
    found = inspect(tmp_path / "x.efi")[0]
    assert not every_damage(found)
    assert found["pe"]["format"] == ("PE32" if at else "PE32+")
    assert found["pe"]["sections"][0]["name"] == ".text"


def test_kinds(tmp_path):
    """One line each, of what nothing here opens, too."""
    kinds = {"disk": (bytes(512) + b"EFI PART" + bytes(2000),
                      "a disk image (GPT)"),
             "iso": (bytes(0x8001) + b"CD001" + bytes(100),
                     "a CD image (ISO 9660)"),
             "zst": (b"\x28\xb5\x2f\xfd" + bytes(9), "zstd-compressed data"),
             "empty": (b"", "an empty file")}
    for name, (data, kind) in kinds.items():
        (tmp_path / name).write_bytes(data)
        assert inspect(tmp_path / name)[0]["kind"] == kind


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


def every_kind(folder, kernels, gangway_efi, bundle):
    """A file of each kind that has a reader here."""
    kernel = kernels / "probe64.bzimage"
    program.good("pack", "-o", "x.elf", "--kernel", kernel, cwd=folder)
    (folder / "x.gz").write_bytes(gzip.compress(kernel.read_bytes()))
    (folder / "x.xz").write_bytes(lzma.compress(kernel.read_bytes()))
    (folder / "x.cpio").write_bytes(cpio(folder / "files",
                                         {"a": doors.noise(90000)}))
    subprocess.run(["mkimage", "-A", "x86_64", "-T", "kernel", "-C", "none",
                    "-d", kernel, folder / "x.uimage"], check=True,
                   stdout=subprocess.DEVNULL)
    return [kernel, gangway_efi, bundle, doors.GANGWAY, *sorted(
        path for path in folder.glob("x.*"))]


def test_files_that_are_cut_off(tmp_path, kernels, gangway_efi, bundle):
    """Each is damaged somewhere, and is told of all the same."""
    for path in every_kind(tmp_path, kernels, gangway_efi, bundle):
        files = cut(tmp_path, path, 30)
        for facts, file in zip(inspect(*files), files):
            assert facts["size"] == file.stat().st_size
        assert every_damage(inspect(files[-1])), path


def test_files_with_bytes_that_are_wrong(tmp_path, kernels, gangway_efi,
                                         bundle):
    for path in every_kind(tmp_path, kernels, gangway_efi, bundle):
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
