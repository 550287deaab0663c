# SPDX-License-Identifier: BSD-2-Clause
"""Several entries: their order, whose wish counts, what is tried after a
failure, and how tries are counted."""
import re
import struct
import uuid
import zlib

import pytest

import caller
import esp
import kernels
import machine
import told
from test_uefi import entry

LONG = pytest.mark.real  # for check-all
ONCE, DEFAULT = "LoaderEntryOneShot", "LoaderEntryDefault"


def wish(name, value):
    data = caller.words(value).hex() if value else "-"
    return "set %s %s\n" % (data, name)


RUN = "0 - \\g.efi\n"


def sort(version, words, kernel="/c.efi"):
    return "sort-key t\nversion %s\nefi %s\noptions %s\n" % (
        version, kernel, words)


def told_by(tmp_path, script, files):
    """What the applications were told that gangway started, in their order;
    all the text, and the names of the entries afterwards."""
    disk = esp.make(tmp_path, {
        esp.FALLBACK: caller.image(), "g.efi": esp.GANGWAY_EFI,
        "c.efi": caller.image(), "caller.txt": script, **files})
    text = machine.run(tmp_path, *disk, timeout=200).serial
    assert "caller: end 0x0" in text
    listing = esp.output("mdir", "-b", "-i", tmp_path / "esp.img",
                         "::/loader/entries")
    return (re.findall(r'^caller: told "(.*)"$', text, re.M), text,
            sorted(re.findall(r"entries/(\S+)", listing)))


def test_order_wishes_and_tries(tmp_path):
    files = {"loader/entries/0.conf": sort(4, "itself", "/G.efi"),
             "loader/entries/a.conf": sort(3, "first", "/gone.efi"),
             "loader/entries/b+2.conf": sort(2, "second"),
             "loader/entries/d.conf": sort(1, "third")}
    script = (RUN + "get - LoaderBootCountPath\n"  # gone, so the next
              + RUN + RUN  # the second once more, then it is spent
              + wish(ONCE, "b.conf") + RUN + RUN  # for once
              + wish(DEFAULT, "B*") + RUN + wish(ONCE, "none") + RUN
              + wish(DEFAULT, "") + RUN)
    seen, text, names = told_by(tmp_path, script, files)
    assert seen == ["second", "second", "third", "second", "third", "second",
                    "second", "third"]
    assert "the entry starts gangway itself, and names no kernel" in text
    assert 'trying the next entry, "b"' in text
    path = re.search(r"get LoaderBootCountPath 0x0 \S+ (\w+)", text)[1]
    assert bytes.fromhex(path).decode("utf-16-le") == \
        "\\loader\\entries\\b+1-1.conf\0"
    assert names == ["0.conf", "a.conf", "b+0-2.conf", "d.conf"]


def test_default_of_the_configuration_and_both_types_in_one_order(tmp_path):
    image = esp.uki(tmp_path / "u.efi", {
        ".osrel": b"IMAGE_ID=t\nIMAGE_VERSION=9\n",
        ".cmdline": b"of uki", ".linux": caller.image()})
    files = {"loader/entries/a.conf": sort(3, "first"),
             "loader/entries/b.conf": sort(2, "second"),
             "EFI/Linux/u+3-1.efi": image,
             "loader/loader.conf": "timeout 3\ndefault none\ndefault b.*\n"}
    script = RUN + wish(ONCE, "u.efi") + RUN + wish(ONCE, "a.[a-c]onf") + RUN
    seen, text, _ = told_by(tmp_path, script, files)
    assert seen == ["second", "of uki", "first"]
    listing = esp.output("mdir", "-b", "-i", tmp_path / "esp.img",
                         "::/EFI/Linux")
    assert "u+2-2.efi" in listing


def test_type_2_may_come_first(tmp_path):
    image = esp.uki(tmp_path / "u.efi", {
        ".osrel": b"IMAGE_ID=t\nIMAGE_VERSION=9\n",
        ".cmdline": b"of uki", ".linux": caller.image()})
    files = {"loader/entries/a.conf": sort(3, "first"),
             "EFI/Linux/u.efi": image, "EFI/Linux/broken.efi": b"MZ",
             "EFI/Linux/folder.efi/x": b""}
    assert told_by(tmp_path, RUN, files)[0] == ["of uki"]


@LONG
def test_what_is_tried_and_what_is_not(tmp_path):
    """Not after an image has run: it may have changed anything."""
    files = {"loader/entries/a.conf": sort(9, "gives-up"),
             "loader/entries/b.conf": sort(8, "never")}
    assert told_by(tmp_path, RUN, files)[0] == ["gives-up"]
    files = {"loader/entries/%s.conf" % name: sort(9 - at, name, "/" + name)
             for at, name in enumerate(("empty", "junk", "folder", "none"))}
    files.update({"empty": b"", "junk": b"x" * 5000, "folder/x": b"",
                  "loader/entries/y.conf": sort(2, "x gangway.log=loud"),
                  "loader/entries/z.conf": sort(1, "last")})
    folder = tmp_path / "second"
    folder.mkdir()
    seen, text, _ = told_by(folder, RUN, files)
    assert seen == ["last"]
    assert text.count("trying the next entry") == 5
    assert [r"\loader\entries\%s.conf" % name for name in (
        "empty", "junk", "folder", "none", "y", "z")] == re.findall(
            r'^gangway: the entry is "(.*)"$', text, re.M)


# ---- a disk with partitions ---------------------------------------------------

SECTOR, ENTRIES_AT, ENTRY_LEN, MOST = 512, 2, 128, 128
ESP_TYPE = "c12a7328-f81f-11d2-ba4b-00a0c93ec93b"
XBOOTLDR_TYPE = "bc13c2ff-59e6-4262-a352-b275fd6f7172"


def gpt_header(entries, sectors, at, table_at):
    head = struct.pack("<8sIIIIQQQQ16sQIII", b"EFI PART", 0x10000, 92, 0, 0,
                       at, sectors - 1 - at + 1, 34, sectors - 34,
                       uuid.UUID(int=77).bytes_le, table_at, MOST, ENTRY_LEN,
                       zlib.crc32(entries))
    crc = struct.pack("<I", zlib.crc32(head))
    return (head[:16] + crc + head[20:]).ljust(SECTOR, b"\0")


def partitioned(folder, parts, interface="virtio"):
    """A GPT disk of [(type, files)]; QEMU's arguments."""
    images = []
    for number, (_, files) in enumerate(parts):
        place = folder / ("part%d" % number)
        place.mkdir()
        esp.make(place, files)
        images.append((place / "esp.img").read_bytes())
    at, entries, body = 2048, b"", b""
    for number, ((kind, _), image) in enumerate(zip(parts, images)):
        size = len(image) // SECTOR
        entries += struct.pack(
            "<16s16sQQQ72x", uuid.UUID(kind).bytes_le,
            uuid.UUID(int=number + 1).bytes_le, at, at + size - 1, 0)
        body += image
        at += size
    entries = entries.ljust(MOST * ENTRY_LEN, b"\0")
    sectors = at + 34
    mbr = bytes(446) + struct.pack("<8BII", 0, 0, 2, 0, 0xee, 255, 255, 255,
                                   1, sectors - 1) + bytes(48) + b"\x55\xaa"
    disk = mbr + gpt_header(entries, sectors, 1, 2) + entries
    disk = disk.ljust(2048 * SECTOR, b"\0") + body
    disk += entries.ljust(33 * SECTOR - SECTOR, b"\0")
    disk = disk.ljust((sectors - 1) * SECTOR, b"\0")
    disk += gpt_header(entries, sectors, sectors - 1, sectors - 33)
    path = folder / "disk.img"
    path.write_bytes(disk)
    drive = "format=raw,file=%s" % esp.doors.escape(path)
    if interface == "virtio":
        return ["-bios", esp.doors.OVMF, "-drive", "if=virtio," + drive]
    return ["-bios", esp.doors.OVMF, "-drive", "if=none,id=disk," + drive,
            "-device", interface + ",serial=1,drive=disk"]


def test_partition_for_boot_loaders(tmp_path):
    kernel = kernels.multiboot2()
    args = partitioned(tmp_path, [
        (ESP_TYPE, {esp.FALLBACK: esp.GANGWAY_EFI}),
        (XBOOTLDR_TYPE, {"k": kernel.data, "m": b"module", "loader/entries/a"
                         ".conf": entry("x", "module /m y", "linux /k")})])
    report = told.Told(machine.run(tmp_path, *args, timeout=120))
    assert report.finished and report.cmdline == "/k x"
    assert [module.string for module in report.modules] == ["/m y"]
