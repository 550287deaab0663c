# SPDX-License-Identifier: BSD-2-Clause
"""Make bzImages out of the probe kernel, with any values in their headers.

make() takes the names of the setup header's fields as the boot protocol spells
them; what it is not told is as in a modern Debian kernel. Image.crc is what
the probe prints about its own bytes when they arrived whole.
"""
import pathlib
import struct
from typing import NamedTuple

import flat
from flat import BUILT, MIB

HEADER_END = 0x290

# Fields of the setup header: offset, struct code
FIELDS = {
    "setup_sects": (0x1f1, "B"), "root_flags": (0x1f2, "H"),
    "syssize": (0x1f4, "I"), "vid_mode": (0x1fa, "H"),
    "boot_flag": (0x1fe, "H"), "header": (0x202, "4s"),
    "version": (0x206, "H"), "kernel_version": (0x20e, "H"),
    "type_of_loader": (0x210, "B"), "loadflags": (0x211, "B"),
    "code32_start": (0x214, "I"), "ramdisk_image": (0x218, "I"),
    "ramdisk_size": (0x21c, "I"), "heap_end_ptr": (0x224, "H"),
    "ext_loader_ver": (0x226, "B"), "ext_loader_type": (0x227, "B"),
    "cmd_line_ptr": (0x228, "I"), "initrd_addr_max": (0x22c, "I"),
    "kernel_alignment": (0x230, "I"), "relocatable_kernel": (0x234, "B"),
    "min_alignment": (0x235, "B"), "xloadflags": (0x236, "H"),
    "cmdline_size": (0x238, "I"), "hardware_subarch": (0x23c, "I"),
    "hardware_subarch_data": (0x240, "Q"), "payload_offset": (0x248, "I"),
    "payload_length": (0x24c, "I"), "setup_data": (0x250, "Q"),
    "pref_address": (0x258, "Q"), "init_size": (0x260, "I"),
    "handover_offset": (0x264, "I"), "kernel_info_offset": (0x268, "I"),
}
DEFAULTS = {
    "setup_sects": 4, "boot_flag": 0xaa55, "header": b"HdrS",
    "version": 0x20f, "loadflags": 1, "code32_start": 0x100000,
    "vid_mode": 0xffff, "initrd_addr_max": 0x7fffffff,
    "kernel_alignment": 2 * MIB, "relocatable_kernel": 1,
    "min_alignment": 21, "xloadflags": 0x7f, "cmdline_size": 2047,
    "pref_address": 16 * MIB, "init_size": 32 * MIB,
}
# The header's end by the protocol version that brought its last field
ENDS = [(0x20f, 0x26c), (0x20b, 0x268), (0x20a, 0x264), (0x209, 0x258),
        (0x208, 0x250), (0x207, 0x248), (0x206, 0x23c), (0x205, 0x238),
        (0x203, 0x230), (0x202, 0x22c), (0x200, 0x228)]
LOADER_WRITES = ("type_of_loader", "loadflags", "code32_start",
                 "ramdisk_image", "ramdisk_size", "heap_end_ptr",
                 "cmd_line_ptr", "kernel_alignment", "hardware_subarch",
                 "hardware_subarch_data", "setup_data", "vid_mode",
                 "ext_loader_ver", "ext_loader_type")


class Image(NamedTuple):
    data: bytes  # the whole file
    fields: dict  # the header's values
    crc: int  # of the protected-mode part, as the probe counts it
    size: int  # of the protected-mode part

    @property
    def setup_size(self):
        return len(self.data) - self.size

    @property
    def header_end(self):
        return 0x202 + self.data[0x201]


def header_end(version):
    return next(end for since, end in ENDS if version >= since)


def put(data, name, value):
    offset, code = FIELDS[name]
    struct.pack_into("<" + code, data, offset, value)


def make_setup(template, fields):
    """The real-mode part; what lies behind an old header is not zero, as in
    kernels of that time, whose code began there."""
    sects = fields["setup_sects"] or 4
    setup = bytearray(template.ljust((sects + 1) * 512, b"\0"))
    end = header_end(fields["version"])
    named = template.index(b"probe (")
    fields.setdefault("kernel_version", named - 0x200)
    for name, value in fields.items():
        if FIELDS[name][0] < end:
            put(setup, name, value)
    setup[0x201] = end - 0x202
    setup[end:HEADER_END] = b"\xcc" * (HEADER_END - end)
    setup[0x1ef:0x1f1] = b"\xff\xff"  # the sentinel is not part of the header
    return setup


def make(size=0, **values):
    """A bzImage whose protected-mode part has at least size bytes."""
    fields = dict(DEFAULTS, **values)
    header = flat.Header(fields["version"], fields["relocatable_kernel"],
                         fields["kernel_alignment"], fields["init_size"],
                         fields["pref_address"])
    code, pieces = flat.program("linux", size, header=header)
    fields.setdefault("syssize", len(code) // 16)
    setup = make_setup((BUILT / "setup.bin").read_bytes(), fields)
    return Image(bytes(setup) + code, fields, pieces[0].crc, len(code))


def write(path, size=0, **values):
    """Make a bzImage and write it to a file."""
    image = make(size, **values)
    pathlib.Path(path).write_bytes(image.data)
    return image
