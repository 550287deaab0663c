# SPDX-License-Identifier: BSD-2-Clause
"""gangway inspect says of other people's files what readelf, objdump, pefile,
dumpimage and ukify say of them."""
import gzip
import json
import re
import struct
import subprocess

import pefile
import pytest

import doors
import fit
import targets
import ukify

pytestmark = pytest.mark.real

GANGWAY = doors.BUILD / "gangway"
LINUX = ["amd64-5.10", "amd64-6.1", "amd64-6.12", "amd64-7.2", "cloud",
         "cloud-5.10", "cloud-6.12", "cloud-7.2", "i386", "i386-pae"]
BIOS_ALONE = [("ipxe", "ipxe.lkrn"), ("ipxe-1.21", "ipxe.lkrn"),
              ("memdisk", "memdisk")]
BZIMAGES = [*((name, "vmlinuz") for name in LINUX), *BIOS_ALONE,
            ("memtest86+", "memtest86+x64.bin")]
ELF = [("cloudhv", "CLOUDHV.fd"), ("grub-xen", "grub-i386-xen_pvh.bin"),
       ("invaders", "invaders.exec"), ("u-boot", "uboot.elf"),
       ("memtest86+-5", "memtest86+_multiboot.bin"), ("xen-shim", "xen-shim"),
       ("syslinux", "mboot.c32"), ("gnumach", "gnumach.gz"),
       ("gnumach-amd64", "gnumach.gz"), ("gnumach-i386", "gnumach.gz"),
       ("tboot", "tboot.gz"), ("xen-4.17", "xen.gz"), ("xen-4.20", "xen.gz"),
       ("cloud", "vmlinux"), ("cloud-6.12", "vmlinux"), ("i386", "vmlinux")]
PE = [*((name, "vmlinuz") for name in LINUX), ("grub-2.06", "grubx64.efi"),
      ("grub-2.12", "grubx64.efi"), ("ipxe-efi", "ipxe.efi"),
      ("ipxe-1.21-efi", "ipxe.efi"), ("refind", "refind_x64.efi"),
      ("shim-15.8", "shimx64.efi"), ("shim-16.1", "shimx64.efi"),
      ("systemd-boot-252", "systemd-bootx64.efi"),
      ("systemd-257", "efi/linuxx64.efi.stub"),
      ("systemd-257", "efi/addonx64.efi.stub")]
# Of which readelf says what they are, and not what is in them
XEN_TEXT = range(5, 12)


def output(*words):
    return subprocess.run([str(word) for word in words], check=True, text=True,
                          errors="replace", stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL).stdout


def inspect(path):
    return json.loads(output(GANGWAY, "inspect", "--json", path))[0]


def every(facts, name):
    """All values of a name, however deep."""
    if isinstance(facts, list):
        return [one for each in facts for one in every(each, name)]
    if not isinstance(facts, dict):
        return []
    return [value for key, value in facts.items() if key == name] + [
        one for each in facts.values() for one in every(each, name)]


def file_of(name, file):
    if file == "vmlinux":
        return targets.vmlinux(name)
    return targets.fetched(name, file)


def number(text):
    return int(text, 16)


# ---- Linux ------------------------------------------------------------------
FIELDS = {"setup_sects": (0x1f1, "B"), "syssize": (0x1f4, "I"),
          "type_of_loader": (0x210, "B"), "loadflags": (0x211, "B"),
          "code32_start": (0x214, "I"), "heap_end_ptr": (0x224, "H"),
          "initrd_addr_max": (0x22c, "I"), "kernel_alignment": (0x230, "I"),
          "relocatable_kernel": (0x234, "B"), "min_alignment": (0x235, "B"),
          "xloadflags": (0x236, "H"), "cmdline_size": (0x238, "I"),
          "hardware_subarch": (0x23c, "I"), "payload_offset": (0x248, "I"),
          "payload_length": (0x24c, "I"), "pref_address": (0x258, "Q"),
          "init_size": (0x260, "I"), "handover_offset": (0x264, "I"),
          "kernel_info_offset": (0x268, "I")}
PAYLOADS = {b"\xfd7zXZ": "xz", b"\x02\x21L\x18": "lz4-legacy",
            b"\x28\xb5\x2f\xfd": "zstd"}


@pytest.mark.parametrize("name,file", BZIMAGES)
def test_setup_header(name, file):
    path = file_of(name, file)
    data, found = path.read_bytes(), inspect(path)
    linux = found["linux"]
    end = 0x202 + data[0x201]
    assert number(linux["header_end"]) == end
    for field, (at, form) in FIELDS.items():
        value, = struct.unpack_from("<" + form, data, at)
        said = linux[field]
        if at + struct.calcsize(form) <= end:
            assert (number(said) if isinstance(said, str) else
                    int(said)) == value, field
    version, = struct.unpack_from("<H", data, 0x206)
    assert linux["protocol"] == "%d.%02d" % (version >> 8, version & 0xff)
    at, = struct.unpack_from("<H", data, 0x20e)
    if at:
        banner = data[at + 0x200:data.index(0, at + 0x200)].decode()
        assert linux["banner"].startswith(banner[:500].rstrip())
    assert ("not_started" in linux) == ((name, file) in BIOS_ALONE)
    assert not every(found, "damage")
    if name in LINUX:
        check_payload(path, data, linux)


def check_payload(path, data, linux):
    start = (linux["setup_sects"] + 1) * 512 + number(linux["payload_offset"])
    for magic, compression in PAYLOADS.items():
        assert (linux["compression"] == compression) == \
            data[start:].startswith(magic)
    info = linux["kernel_info"]
    at = (linux["setup_sects"] + 1) * 512 + number(linux["kernel_info_offset"])
    assert data[at:at + 4] == b"LToP"
    assert struct.unpack_from("<II", data, at + 4) == (
        info["size"], info["size_total"])
    if path.with_name("vmlinux").exists():
        assert linux["unpacked_size"] == \
            path.with_name("vmlinux").stat().st_size


# ---- ELF and Multiboot ------------------------------------------------------
def unpacked(path, folder):
    """What is in a compressed file, and what is said of it."""
    found = inspect(path)
    if path.suffix != ".gz":
        return path, found
    (folder / "unpacked").write_bytes(gzip.open(path).read())
    assert found["compressed"]["by"] == "gzip"
    assert found["kind"] == "gzip-compressed data"
    return folder / "unpacked", found["compressed"]["file"]


def check_notes(path, elf):
    """Those of segments: readelf prefers sections where there are some."""
    said = re.findall(r"^ +(\S+) +0x(\w+)\t", output("readelf", "-nW", path),
                      re.M)
    if any("note" in one["type"] for one in elf["segments"]):
        assert sorted(note["owner"] for note in elf.get("notes", [])) == sorted(
            owner for owner, _ in said)
    data = path.read_bytes()
    for note in elf.get("notes", []):
        if note["owner"] == "Xen" and note["type"] in XEN_TEXT:
            assert note["text"].encode() in data
        elif "value" in note:
            assert struct.pack("<Q", number(note["value"])).rstrip(b"\0") in data


@pytest.mark.parametrize("name,file", ELF)
def test_elf(tmp_path, name, file):
    path, found = unpacked(file_of(name, file), tmp_path)
    elf = found["elf"]
    head = output("readelf", "-hW", path)
    assert re.search(r"Class: +ELF%d" % elf["bits"], head)
    assert number(elf["entry"]) == number(
        re.search(r"Entry point address: +(\w+)", head)[1])
    said = re.findall(r"^  (\w+) +(0x\w+) (0x\w+) (0x\w+) (0x\w+) (0x\w+) "
                      r"([R ])([W ])([E ]) (0x\w+|0)",
                      output("readelf", "-lW", path), re.M)
    assert [tuple(map(number, row[1:6])) + (number(row[9]),) for row in said] \
        == [tuple(number(one[key]) for key in (
            "offset", "virtual", "physical", "in_file", "in_memory", "align"))
            for one in elf.get("segments", [])]
    assert ["".join(letter.lower() for letter in row[6:9]) for row in said] == [
        one["flags"].replace("x", "e").replace("-", " ")
        for one in elf.get("segments", [])]
    said = re.findall(r"^ +\[ *[1-9]\d*\] (.+?) +[A-Z]\S* +([0-9a-f]{8,}) "
                      "([0-9a-f]{6,}) ([0-9a-f]{6,}) ",
                      output("readelf", "-SW", path), re.M)
    assert [tuple(map(number, row[1:])) for row in said] == [
        tuple(number(one[key]) for key in ("address", "offset", "size"))
        for one in elf.get("sections", [])]
    assert [row[0].strip() for row in said] == [
        one["name"] for one in elf.get("sections", [])]
    if elf.get("segments"):
        check_notes(path, elf)
    check_multiboot(path, found)


def headers(data, magic, nr, within, step):
    """Where headers are whose first nr words have no sum."""
    return [at for at in range(0, min(len(data), within) - 4 * nr + 1, step)
            if data[at:at + 4] == magic and
            sum(struct.unpack_from("<%dI" % nr, data, at)) & 0xffffffff == 0]


def check_multiboot(path, found):
    data = path.read_bytes()[:32768]
    for key, magic, nr, within, step in (
            ("multiboot1", b"\x02\xb0\xad\x1b", 3, 8192, 4),
            ("multiboot2", b"\xd6\x50\x52\xe8", 4, 32768, 8)):
        places = headers(data, magic, nr, within, step)
        assert bool(places) == (key in found)
        if places:
            assert number(found[key]["at"]) == places[0]
    if "multiboot2" in found:
        tree = found["multiboot2"]
        at = number(tree["at"])
        length, = struct.unpack_from("<I", data, at + 8)
        assert tree["length"] == length
        kinds, place = [], at + 16
        while place < at + length and data[place:place + 2] != bytes(2):
            kinds.append(struct.unpack_from("<HH", data, place))
            place += -(-struct.unpack_from("<I", data, place + 4)[0] // 8) * 8
        assert kinds == [(tag["type"], int(tag["optional"]))
                         for tag in tree["tags"]]


# ---- PE ---------------------------------------------------------------------
def check_sections(path, found):
    said = re.findall(r"^ +\d+ (\S+) +(\w{8}) +(\w+) +\w+ +(\w{8}) ",
                      output("objdump", "-h", path), re.M)
    assert len(said) == len(found["sections"])
    for (name, size, _, at), one in zip(said, found["sections"]):
        assert (one["name"] == name or name.startswith("/") or
                one["name"].startswith("/"))
        if at != "00000000":
            assert number(one["offset"]) == number(at)
            assert one["size"] == number(size)


@pytest.mark.parametrize("name,file", PE)
def test_pe(name, file):
    path = file_of(name, file)
    found = inspect(path)["pe"]
    image = pefile.PE(str(path), fast_load=True)
    optional = image.OPTIONAL_HEADER
    assert number(found["machine"]) == image.FILE_HEADER.Machine
    assert found["format"] == {0x10b: "PE32", 0x20b: "PE32+"}[optional.Magic]
    for key, value in {
            "entry": optional.AddressOfEntryPoint,
            "image_base": optional.ImageBase,
            "image_size": optional.SizeOfImage,
            "headers_size": optional.SizeOfHeaders,
            "dll_characteristics": optional.DllCharacteristics}.items():
        assert number(found[key]) == value, key
    assert found["section_alignment"] == optional.SectionAlignment
    assert found["file_alignment"] == optional.FileAlignment
    assert found["subsystem"] == optional.Subsystem
    assert [(one["name"].encode(), *(number(one[key]) for key in (
        "virtual", "virtual_size", "offset", "raw_size", "characteristics")))
        for one in found["sections"]] == [
        (one.Name.rstrip(b"\0"), one.VirtualAddress, one.Misc_VirtualSize,
         one.PointerToRawData, one.SizeOfRawData, one.Characteristics)
        for one in image.sections]
    assert not every(found, "damage")
    signed = image.OPTIONAL_HEADER.DATA_DIRECTORY[4].Size > 0
    assert ("signatures" in found) == signed
    if signed:
        said = output("sbverify", "--list", path)
        for one in every(found["signatures"], "subject"):
            assert one.split("CN=")[1] in said


def said_by_ukify(path):
    done = subprocess.run(
        ["/usr/bin/python3", str(ukify.folder() / "ukify"), "inspect", str(path),
         "--json=short"], check=True, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    return json.loads(done.stdout)


def check_uki(path):
    """Size, hash and text of each section; ukify knows one of a name, the
    last. It has what lies behind .linux in memory where we have the file."""
    found = inspect(path)
    sections = {one["name"]: one for one in found["pe"]["sections"]}
    said = said_by_ukify(path)
    assert {".linux", ".cmdline", ".osrel", ".uname"} <= said.keys()
    for name, one in said.items():
        if name != ".linux":
            assert one["sha256"] == sections[name]["sha256"], name
            assert one["size"] == sections[name]["size"], name
        if "text" in one and "text" in sections[name]:
            assert one["text"] == sections[name]["text"], name
    return found


def test_uki_of_ukify(tmp_path, cloud, initramfs):
    (tmp_path / "os").write_text("ID=x\nNAME=\"Ü\"\n")
    words = ["--linux=%s" % cloud, "--initrd=%s" % initramfs,
             "--cmdline=a b", "--os-release=@%s" % (tmp_path / "os"),
             "--uname=1.2"]
    one = ukify.profile(tmp_path / "one.efi", "--profile=ID=one",
                        "--cmdline=of one")
    for stub in (ukify.stub(), doors.BUILD / "gangway.efi"):
        ukify.run("--stub=%s" % stub, *words, "--profile=ID=main",
                  "--join-profile=%s" % one, "--output=%s" % (tmp_path / "x"))
        found = check_uki(tmp_path / "x")
        assert found["kind"] == "a UKI"
        assert found["gangway"]["bundle_line"] == "a b"
        assert [section.get("profile") for section in found["pe"]["sections"]
                if section["name"] == ".cmdline"] == [None, 1]
        assert not every(found, "damage")


def test_uki_of_ours(tmp_path, cloud, initramfs):
    for more in ([], ["--stub", ukify.stub()]):
        output(GANGWAY, "pack", "-o", tmp_path / "x.efi", "--kernel", cloud,
               "--initrd", initramfs, "--cmdline", "a  b",
               "--profile", "ID=y", "--cmdline", "c", *more)
        assert not every(check_uki(tmp_path / "x.efi"), "damage")


# ---- FIT --------------------------------------------------------------------
@pytest.mark.parametrize("external", [False, True])
def test_fit(tmp_path, cloud, initramfs, external):
    path = tmp_path / "x.itb"
    fit.make(path, cloud, initramfs, "some words", external=external,
             algo="sha256")
    found = inspect(path)["fit"]
    said = output("dumpimage", "-l", path)
    assert [one["name"] for one in found["images"]] == re.findall(
        r"Image \d+ \((\S+)\)", said)
    assert [one["size"] for one in found["images"]] == [
        int(size) for size in re.findall(r"Data Size: +(\d+)", said)]
    assert [one["hashes"][0]["value"] for one in found["images"]] == \
        re.findall(r"Hash value: +(\w+)", said)
    assert all(one["hashes"][0]["is_right"] for one in found["images"])
    assert not every(found, "damage")
    tree = output("fdtdump", path) if not external else ""
    for image in found["images"]:
        assert external or "%s {" % image["name"] in tree
    assert found["images"][0]["file"]["linux"]["version"]
    assert found["images"][1]["initrd"]["parts"][0]["kind"]
