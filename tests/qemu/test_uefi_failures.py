# SPDX-License-Identifier: BSD-2-Clause
"""Whatever fails under UEFI goes back to the caller: one sentence on its
console, a status, and nothing left behind."""
import gzip
import re
import struct

import pytest

import caller
import doors
import esp
import fit
import kernels
import machine
from bzimage import MIB
from caller import ABORTED, LOAD_ERROR

NO_KERNEL = "find uefi: there is no kernel in gangway's sections"
SIZE_OF_IMAGE = 24 + 56  # behind the PE header's beginning
TAKEN = r'the file is "\\one"'  # by gangway from its load options


def check(answer, sentence, status=LOAD_ERROR):
    assert re.search(r"^gangway: " + sentence, answer.said, re.M), answer
    assert answer.status == status, hex(answer.status)


ONE = "kernel=\\one"
SHAPES = {
    "with a NUL": (ONE, TAKEN),
    "without a NUL": (caller.words(ONE)[:-2], TAKEN),
    "odd": (caller.words(ONE) + b"x", TAKEN),
    "odd without a NUL": (caller.words(ONE)[:-2] + b"x", TAKEN),
    "behind the NUL": (caller.words(ONE) + b"\1\0x\xd8", TAKEN),
    "byte order mark": (caller.words("\ufeff" + ONE), TAKEN),
    "line ends": (caller.words("x\r\n\t" + ONE + "\r\n"), TAKEN),
    "long": (caller.words("y" * 1500 + " " + ONE), TAKEN),
    "own name first": ("g.EFI " + ONE, TAKEN),
    "own path first": ("\\EFI\\x/g.efi " + ONE, TAKEN),
    "absent": (caller.NOTHING, NO_KERNEL),
    "length without bytes": (caller.NO_BYTES, NO_KERNEL),
    "one byte": (b"k", NO_KERNEL),
    "empty": (b"\0\0", NO_KERNEL),
    "other byte order": (("\ufeff" + ONE).encode("utf-16-be"), NO_KERNEL),
    "8-bit text": (ONE.encode() + b"\0", NO_KERNEL),
    "half a surrogate": (caller.words(ONE)[:-2] + b"\0\xd8", NO_KERNEL),
    "control": (caller.words(ONE + "\1"), NO_KERNEL),
    "vendor's mark": (b"\0\0BO", NO_KERNEL),
    "vendor's GUID": (bytes.fromhex("4eac0881119f594d850ee21a522c59b2"),
                      NO_KERNEL),
    "Windows": (b"WINDOWS\0\1\0\0\0\x88\0\0\0x\0\0\0BCDOBJECT=", NO_KERNEL),
    "load option": (b"\1\0\0\0\x2c\0" + caller.words("Linux " + ONE),
                    NO_KERNEL),
}


def test_load_options_of_all_shapes(tmp_path):
    runs = [options for options, _ in SHAPES.values()]
    answers = caller.run(tmp_path, {}, runs)
    for name, answer in zip(SHAPES, answers):
        taken = re.search(TAKEN, answer.said)
        sentence = SHAPES[name][1]
        assert bool(taken) == (sentence == TAKEN), name
        check(answer, "" if taken else sentence)


def broken_files(folder, cloud):
    """Files that cannot be started, each for a reason of its own."""
    linux = cloud.read_bytes()
    program = bytearray(caller.image().read_bytes())
    head, = struct.unpack_from("<I", program, 0x3c)
    struct.pack_into("<I", program, head + SIZE_OF_IMAGE, 0x1000)
    fit.make(folder / "fit", cloud, bootargs="x")
    tree = (folder / "fit").read_bytes()
    packed = gzip.compress(kernels.multiboot2().data, 1)
    return {
        "empty": b"", "junk": doors.noise(5000), "folder/file": b"x",
        "linux": cloud, "half": linux[:len(linux) // 2],
        "head": linux[:600], "fit": folder / "fit",
        "cut.fit": tree[:len(tree) // 2], "cut.gz": packed[:-9],
        "giver-up": caller.image(), "not-pe": b"MZ" + bytes(70),
        "initrd": doors.noise(100000), "unloadable": bytes(program),
        "far": kernels.multiboot1(at=3 << 30).data,
    }


# Words, and the sentence and status they come back with
FAILURES = {
    "missing": ("kernel=\\none", "find uefi: there is no such file"),
    "missing folder": ("kernel=\\none\\none", "find uefi: there is no such"),
    "a folder": ("kernel=\\folder", "find uefi: it is a folder, not a file"),
    "the root": ("kernel=\\", "find uefi: it is a folder, not a file"),
    "no name": ("kernel=", "find uefi: there is no such file"),
    "empty": ("kernel=\\empty", "find uefi: the kernel's file is empty"),
    "two": ("kernel=\\linux kernel=\\linux",
            "find uefi: the load options name more than one kernel"),
    "junk": ("kernel=\\junk", "open module: no module is a kernel"),
    "MZ": ("kernel=\\not-pe", "open module: no module is a kernel"),
    "no initrd": ("kernel=\\linux initrd=\\none", "find uefi: there is no"),
    "initrd is a folder": ("kernel=\\linux initrd=\\folder",
                           "find uefi: it is a folder, not a file"),
    "half a kernel": ("kernel=\\half",
                      "start bzimage: the file is cut off: it has "),
    "half by zero page": ("kernel=\\half gangway.linux=zeropage",
                          "plan bzimage: "),
    "a kernel's head": ("kernel=\\head", "start bzimage: "),
    "half a FIT": ("kernel=\\cut.fit", "open "),
    "half a gzip": ("kernel=\\cut.gz", "open gzip: "),
    "word": ("kernel=\\linux gangway.log=loud",
             'options gangway: gangway.log= is quiet, normal or debug, and not '
             '"loud"'),
    "profile": ("@1 kernel=\\linux gangway.x=1", "options gangway: "),
    "no room": ("kernel=\\far", "plan multiboot1: "),
    "long line": ("kernel=\\fit initrd=\\initrd " + "x" * 3000,
                  "start bzimage: the command line has "),
    "not to be loaded": ("kernel=\\unloadable initrd=\\initrd x",
                         "start image: the firmware cannot load the kernel"),
    "gives up": ("kernel=\\giver-up initrd=\\initrd x",
                 "start image: the image returned an error"),
}
STATUS = {"gives up": ABORTED}
OFFERED = {"not to be loaded", "gives up"}  # initrds, by then
# The firmware's pool grows by pages, once and whatever the tries are. What gangway
# left would be that much for each try, of which there are two at least.
POOL = 1


@pytest.mark.parametrize("tries", [
    pytest.param(2, id="few"),
    pytest.param(50, id="fifty", marks=pytest.mark.real)])
def test_failures_come_back_and_leave_nothing(tmp_path, cloud, tries):
    runs = [words for words, _ in FAILURES.values()]
    paths, *answers = caller.run(
        tmp_path, broken_files(tmp_path, cloud), [caller.PATHS, *runs], tries,
        timeout=300 + 60 * tries)
    kept = caller.kept_by_firmware(paths)
    for name, answer in zip(FAILURES, answers):
        check(answer, FAILURES[name][1],
              STATUS.get(name, LOAD_ERROR))
        pages, *others = answer.left
        assert 0 <= pages <= POOL + (kept if name in OFFERED else 0), name
        assert others == [0, 0], name


@pytest.mark.real
@pytest.mark.parametrize("pressed", [False, True])
def test_a_failure_stays_until_it_is_read(tmp_path, pressed):
    """If there is a screen, for some seconds or until a key is pressed."""
    args = esp.make(tmp_path, {esp.FALLBACK: esp.GANGWAY_EFI})
    with machine.Machine(tmp_path, *args, "-vga", "std") as running:
        running.wait_for("there is no kernel", 120)
        began = running.seconds()
        if pressed:
            running.qmp("send-key", keys=[{"type": "qcode", "data": "spc"}])
        running.wait_for("Load Error", 60)
        seconds = running.seconds() - began
    assert seconds < 4 if pressed else seconds > 4


def test_file_larger_than_memory(tmp_path):
    """After a small one has been read, which is given back as well."""
    (tmp_path / "large").touch()
    with open(tmp_path / "large", "wb") as large:
        large.truncate(192 * MIB)
    files = {"small": doors.noise(MIB), "large": tmp_path / "large"}
    runs = ["kernel=\\small initrd=\\large"]
    answer, = caller.run(tmp_path, files, runs, 3, memory=192)
    check(answer, "find uefi: the firmware cannot allocate enough memory")
    assert answer.left == (0, 0, 0)


RELOC_DIRECTORY = 24 + 112 + 8 * 5  # from PE's signature
OVERLAP = "the section .linux overlaps another or the headers"
PLACES = {
    "over-code": {".linux": 0x3000},
    "over-data": {".linux": 0x20000},
    "over-the-end": {".linux": 0x40000},
    "over-another": {".linux": 0x200000, ".initrd": 0x201000},
    "under-another": {".linux": 0x201000, ".initrd": 0x200000},
}


def test_sections_that_lie_over_each_other(tmp_path):
    """Whatever of gangway they have left of it."""
    sections = {".linux": doors.noise(100000), ".initrd": doors.noise(50000)}
    files = {name: esp.uki(tmp_path / name, sections, places=places)
             for name, places in PLACES.items()}
    answers = caller.run(tmp_path, files, [(name, caller.NOTHING)
                                           for name in PLACES])
    for name, answer in zip(PLACES, answers):
        if name == "over-another":  # the firmware itself wants them in order
            assert answer.status == LOAD_ERROR
        else:
            check(answer, OVERLAP)


def test_an_image_that_is_not_relocated(tmp_path):
    """The firmware takes it for one that may lie anywhere as it is."""
    image = bytearray(esp.GANGWAY_EFI.read_bytes())
    headers, = struct.unpack_from("<I", image, 0x3c)
    struct.pack_into("<II", image, headers + RELOC_DIRECTORY, 0, 0)
    answer, = caller.run(tmp_path, {"unmoved": bytes(image)},
                         [("unmoved", caller.NOTHING)])
    check(answer, "the firmware has not applied the image's relocations")
