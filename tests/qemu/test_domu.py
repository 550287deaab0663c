# SPDX-License-Identifier: BSD-2-Clause
"""What Xen's tools unpack of gangway.efi as of any bzImage: a PVH kernel that
starts the gangway.efi which is the guest's ramdisk."""
import gzip
import struct

import doors
import esp
import machine
import probe
import test_hybrid

WORDS = test_hybrid.WORDS
SECTOR = 512
SENTENCE = "gangway: entry pvh: the ramdisk of a Xen guest whose kernel is"


def payload_of(image):
    """As libxenguest finds it."""
    data = image.read_bytes()
    offset, length = struct.unpack_from("<II", data, 0x248)
    offset += (data[0x1f1] + 1) * SECTOR
    return gzip.decompress(data[offset:offset + length])


def start(folder, *ramdisk, words=""):
    kernel = folder / "payload.elf"
    kernel.write_bytes(payload_of(esp.GANGWAY_EFI))
    return machine.run(folder, "-kernel", kernel, "-append", words,
                       *(["-initrd", *ramdisk] if ramdisk else []))


def test_it_starts_the_ramdisk(tmp_path):
    """By any maker's hand."""
    image = probe.bzimage.make()
    packed = test_hybrid.pack_by_ukify(tmp_path, image)
    outcome = start(tmp_path, packed, words=WORDS)
    assert outcome.lines("gangway .*: entered by linux")
    report = probe.Report(outcome)
    probe.check_promises(report, image, test_hybrid.NOISE)
    assert report.cmdline == "packed words " + WORDS


def test_it_says_what_it_needs(tmp_path):
    (tmp_path / "zeroes").write_bytes(bytes(1 << 20))
    for ramdisk in [], [tmp_path / "zeroes"]:
        outcome = start(tmp_path, *ramdisk)
        assert SENTENCE in outcome.debug
        assert outcome.reason == "guest-reset"
