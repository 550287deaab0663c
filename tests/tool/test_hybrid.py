# SPDX-License-Identifier: BSD-2-Clause
"""gangway.efi, and a UKI made of it, as other people's programs see them: all
that the file is at once."""
import json
import re
import struct
import subprocess

import pytest

import doors
import program

EFI = doors.BUILD / "gangway.efi"
PAGE = 4096
MB1, MB2 = struct.pack("<I", 0x1badb002), struct.pack("<I", 0xe85250d6)


def said(*command):
    return subprocess.run([str(word) for word in command], check=True,
                          text=True, stdout=subprocess.PIPE).stdout


@pytest.fixture(name="packed", scope="module")
def fixture_packed(tmp_path_factory, kernels):
    folder = tmp_path_factory.mktemp("hybrid")
    said(doors.BUILD / "gangway", "pack", "-o", folder / "p.efi", "--stub",
         EFI, "--kernel", kernels / "probe64.bzimage", "--cmdline", "words")
    return folder / "p.efi"


@pytest.fixture(name="file", params=["plain", "packed"])
def fixture_file(request, packed):
    return EFI if request.param == "plain" else packed


@pytest.mark.parametrize("kind", [
    "--is-x86-linux", "--is-x86-linux32", "--is-x86-multiboot",
    "--is-x86-multiboot2", "--is-x86_64-efi"])
def test_grub_file(file, kind):
    said("grub-file", kind, file)


def test_file_and_objdump(file):
    assert re.search(r"Linux kernel x86 boot executable,? bzImage",
                     said("file", file))
    assert "pei-x86-64" in said("objdump", "-p", file)


def test_sbverify(file, tmp_path):
    """It is signed, and verified, as any application."""
    key, cert = tmp_path / "key", tmp_path / "cert"
    said("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout",
         key, "-out", cert, "-subj", "/CN=test")
    signed = tmp_path / "signed.efi"
    said("sbsign", "--key", key, "--cert", cert, "--output", signed, file)
    assert "OK" in said("sbverify", "--cert", cert, signed)
    assert signed.read_bytes()[:0x268] == file.read_bytes()[:0x268]


def test_gangway_inspect(file):
    """The program names all that the file is, with nothing amiss."""
    found, = program.inspect(file)
    assert {"linux", "pe", "multiboot1", "multiboot2"} <= found.keys()
    assert "damage" not in json.dumps(found)


def read(data, code, at):
    return struct.unpack_from("<" + code, data, at)[0]


def test_headers_side_by_side(file):
    """All in the first 8 KiB, and true of this file."""
    data = file.read_bytes()
    assert data[:2] == b"MZ" and data[0x202:0x206] == b"HdrS"
    pe = read(data, "I", 0x3c)
    assert data[pe:pe + 4] == b"PE\0\0"
    mb1, mb2 = data.index(MB1), data.index(MB2)
    assert PAGE <= min(mb1, mb2, pe) and max(mb1, mb2, pe) < 2 * PAGE
    assert read(data, "H", 0x206) == 0x20f
    assert (read(data, "B", 0x1f1) + 1) * 512 == PAGE
    assert read(data, "I", 0x1f4) * 16 == len(data) - PAGE
    assert read(data, "I", 0x214) == read(data, "Q", 0x258) == 1 << 20
    info = PAGE + read(data, "I", 0x268)
    assert data[info:info + 4] == b"LToP"
    size = read(data, "I", pe + 24 + 56)  # the image, .bss and all
    assert read(data, "I", 0x260) >= (size if file == EFI
                                      else len(data)) - PAGE
    header, load, end, bss = struct.unpack_from("<4I", data, mb1 + 12)
    begin = header - mb1
    assert begin % PAGE == 0 and end - begin == len(data)
    assert load % PAGE and begin < load < begin + PAGE, "kexec takes it"
    assert bss - begin >= size or file != EFI
    assert struct.unpack_from("<4I", data, mb2 + 24) \
        == (begin + mb2, begin, end, bss)


def test_sections_lie_as_in_memory(packed):
    """No byte of the file is in no section: what is signed is all."""
    data = packed.read_bytes()
    pe = read(data, "I", 0x3c)
    table = pe + 24 + read(data, "H", pe + 20)
    at = 2 * PAGE
    for i in range(read(data, "H", pe + 6)):
        _, virtual, raw_len, raw = struct.unpack_from("<4I", data,
                                                      table + 40 * i + 8)
        assert raw == at, data[table + 40 * i:][:8]
        assert virtual % PAGE == 0
        at += raw_len
    assert at == len(data)
