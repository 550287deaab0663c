# SPDX-License-Identifier: BSD-2-Clause
"""OVMF's variables, written into its flash before the machine starts (EDK2,
MdeModulePkg/Include/Guid/VariableFormat.h)."""
import struct
import uuid

EMPTY = "/usr/share/OVMF/OVMF_VARS_4M.fd"
VOLUME_HEADER = 0x30  # where a firmware volume tells how long its header is
STORE_HEADER = 28
GLOBAL = uuid.UUID("8be4df61-93ca-11d2-aa0d-00e098032b8c")
START, ADDED = 0x55aa, 0x3f
KEPT = 7  # in flash, for boot services and for the system
ACTIVE = 1
URI, END = b"\x03\x18", b"\x7f\xff\x04\x00"


def text(words):
    return (words + "\0").encode("utf-16-le")


def variable(name, data):
    name = text(name)
    head = struct.pack("<HBBIQ16xIII16s", START, ADDED, 0, KEPT, 0, 0,
                       len(name), len(data), GLOBAL.bytes_le)
    whole = head + name + data
    return whole + b"\xff" * (-len(whole) % 4)


def option_of_url(url):
    """A boot option of nothing but a URL: any network card will do."""
    path = URI + struct.pack("<H", 4 + len(url)) + url.encode() + END
    return struct.pack("<IH", ACTIVE, len(path)) + text("url") + path


def booting(target, option):
    """Flash in target from which OVMF boots one option."""
    flash = bytearray(open(EMPTY, "rb").read())
    at = struct.unpack_from("<H", flash, VOLUME_HEADER)[0] + STORE_HEADER
    added = (variable("Boot0000", option)
             + variable("BootOrder", struct.pack("<H", 0)))
    assert flash[at:at + len(added)] == b"\xff" * len(added)
    flash[at:at + len(added)] = added
    target.write_bytes(flash)
    return target
