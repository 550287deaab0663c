# SPDX-License-Identifier: BSD-2-Clause
"""Read what the probe kernel printed, and hold it against the promises of the
Linux boot protocol that a host can judge better than the probe itself."""
import re
import struct
import zlib
from typing import NamedTuple

import bzimage

E820_RAM = 1
SETUP_E820_EXT, SETUP_RNG_SEED = 1, 9
ABOVE_4G = 2  # of xloadflags: no limit for the 64-bit entry's initrd
PAGE = 4096
CMDLINE_READ = 2048  # bytes that Linux copies from cmd_line_ptr

# What a loader may set outside of the setup header: start, end
FREE_TO_SET = [
    (0x000, 0x040),  # screen_info
    (0x070, 0x078),  # acpi_rsdp_addr
    (0x0c0, 0x0cc),  # high halves of ramdisk and command line
    (0x140, 0x1c0),  # EDID
    (0x1c0, 0x1e8),  # efi_info, alt_mem_k, scratch
    (0x1e8, 0x1e9),  # e820_entries
    (0x1ec, 0x1ed),  # secure_boot
]


class Area(NamedTuple):
    start: int
    size: int
    crc: int = 0

    @property
    def end(self):
        return self.start + self.size

    def overlaps(self, other):
        return self.start < other.end and other.start < self.end

    def join(self, other):
        start = min(self.start, other.start)
        return Area(start, max(self.end, other.end) - start)


class SetupData(NamedTuple):
    at: int
    type: int
    len: int
    data: bytes  # its beginning


class Region(NamedTuple):
    start: int
    size: int
    type: int


class Report:
    """The probe's output, taken apart."""

    def __init__(self, outcome):
        text = outcome.serial
        begin = text.rfind("probe: begin\n")
        assert begin >= 0, "no probe was started:\n" + text[-3000:]
        self.before = text[:begin]
        self.text = text[begin:]
        self.failures = re.findall(r"^probe: FAIL (.*)$", self.text, re.M)
        self.finished = bool(
            re.search(r"^probe: (ok|bad)$", self.text, re.M))
        self.values = {}
        for name, value in re.findall(r"^(\w+)=(.*)$", self.text, re.M):
            self.values.setdefault(name, []).append(value)

    def __getitem__(self, name):
        """A value that was printed once."""
        return self.values[name][0]

    def number(self, name):
        return int(self[name], 0)

    def rows(self, name):
        return [row.split() for row in self.values.get(name, [])]

    @property
    def entry(self):
        return int(self["entry"])

    @property
    def load(self):
        """Where the protected-mode part is."""
        return self.number("load")

    @property
    def cmdline(self):
        return self["cmdline"][1:-1]

    @property
    def image(self):
        return Area(*(int(word, 0) for word in self["image"].split()[:3]))

    @property
    def initrd(self):
        return Area(*(int(word, 0) for word in self["initrd"].split()))

    @property
    def window(self):
        if "window" not in self.values:
            return self.image
        return Area(self.number("window"), self.number("window_size"))

    @property
    def e820(self):
        return [Region(*(int(word, 0) for word in row))
                for row in self.rows("e820")]

    @property
    def mapped(self):
        """What a 64-bit entry's tables map beyond 4 GiB: area, page size."""
        return [(Area(start, size), page) for start, size, page in
                ((int(word, 0) for word in row)
                 for row in self.rows("mapped"))]

    @property
    def setup_data(self):
        found = []
        for at, kind, size, *data in self.rows("setup_data"):
            found.append(SetupData(int(at, 0), int(kind, 0), int(size, 0),
                                   bytes.fromhex("".join(data))))
        return found

    @property
    def zero_page(self):
        page = bytearray(PAGE)
        for at, digits in self.rows("zero_page"):
            start = int(at, 0)
            page[start:start + 32] = bytes.fromhex(digits)
        return page

    def field(self, name):
        """A field of the setup header in the zero page."""
        offset, code = bzimage.FIELDS[name]
        return struct.unpack_from("<" + code, self.zero_page, offset)[0]

    @property
    def rsdp(self):
        return struct.unpack_from("<Q", self.zero_page, 0x70)[0]

    def ram(self):
        """The areas of RAM, neighbours joined."""
        areas = []
        for region in sorted(self.e820):
            if region.type != E820_RAM:
                continue
            if areas and areas[-1].end == region.start:
                last = areas.pop()
                areas.append(Area(last.start, last.size + region.size))
            else:
                areas.append(Area(region.start, region.size))
        return areas


def check_promises(report, image, initrd=b""):
    """All that must hold for any boot of a probe image by gangway."""
    assert report.finished, "the probe died:\n" + report.text
    assert not report.failures
    assert report.image.crc == image.crc, "the kernel is damaged"
    assert report.image.size == image.size
    check_initrd(report, image, initrd)
    check_header(report, image)
    check_untouched(report, image)
    check_e820(report)
    check_places(report)


def check_initrd(report, image, initrd):
    assert report.initrd.size == len(initrd)
    assert report.initrd.crc == zlib.crc32(initrd), "the initrd is damaged"
    if not initrd:
        assert report.initrd.start == 0
        return
    assert report.initrd.start % PAGE == 0
    if report.entry == 32 or not image.fields["xloadflags"] & ABOVE_4G:
        assert report.initrd.end - 1 <= image.fields["initrd_addr_max"]


def check_header(report, image):
    """Each byte is the file's but for the fields that a loader writes."""
    page, free = report.zero_page, bytearray(PAGE)
    for name in bzimage.LOADER_WRITES:
        offset, code = bzimage.FIELDS[name]
        size = struct.calcsize("<" + code)
        free[offset:offset + size] = b"\1" * size
    for at in range(0x1f1, image.header_end):
        assert free[at] or page[at] == image.data[at], hex(at)
    assert report.field("type_of_loader") == 0xff
    assert report.field("loadflags") & 1
    if report.entry == 32:
        assert report.field("code32_start") == report.image.start
    if image.fields["version"] >= 0x205:
        alignment = report.field("kernel_alignment")
        lowest = 1 << image.fields["min_alignment"]
        assert alignment == image.fields["kernel_alignment"] \
            or alignment >= lowest


def check_untouched(report, image):
    """The sentinel and all that no loader sets must be zero."""
    page = report.zero_page
    for start, end in FREE_TO_SET:
        page[start:end] = bytes(end - start)
    page[0x1f1:image.header_end] = bytes(image.header_end - 0x1f1)
    entries = report.zero_page[0x1e8]
    page[0x2d0:0x2d0 + 20 * entries] = bytes(20 * entries)
    left = [hex(at) for at, byte in enumerate(page) if byte]
    assert not left, "set though nobody may: " + " ".join(left[:8])


def check_e820(report):
    entries = sorted(report.e820)
    assert len(entries) >= 2
    for one, next_one in zip(entries, entries[1:]):
        assert one.size and one.start + one.size <= next_one.start


def check_places(report):
    """Everything lies in RAM, and nothing on anything else."""
    window, image = report.window, report.image
    places = {"zero page": Area(report.number("rsi"), PAGE),
              "command line": Area(report.number("cmdline_at"),
                                   CMDLINE_READ),
              "window": window,
              "initrd": report.initrd}
    for node in report.setup_data:
        places["setup_data %#x" % node.at] = Area(node.at, 16 + node.len)
    if image.overlaps(window):
        places["window"] = image.join(window)
    else:
        places["image"] = image
    ram = report.ram()
    taken = sorted((area.start, area.end, name)
                   for name, area in places.items() if area.size)
    for start, end, name in taken:
        assert any(area.start <= start and end <= area.end
                   for area in ram), "%s is not in RAM" % name
    for one, next_one in zip(taken, taken[1:]):
        assert one[1] <= next_one[0], "%s overlaps %s" % (one[2], next_one[2])
