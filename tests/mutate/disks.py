# SPDX-License-Identifier: BSD-2-Clause
"""Damaged disks under UEFI: a machine has many, and its firmware starts
gangway.efi from one after the other, as long as each gives up. What it boots
ends the machine, and the rest is tried by the next."""
import re

import bzimage
import doors
import esp
import machine
import refusal
import subjects
from damage import Structure, words

MOST = 8  # disks in a machine
PATIENCE = 20
LEFT_ALONE = 4
STARTS = "BdsDxe: loading Boot"
DIED = r"^!!!! X64 Exception"
BANNER = r"(?m)^gangway \S+: "
JUMP = r"(?m)^jump: "
NEXT = r"^BdsDxe: (?:starting .*Shell|No bootable)|^Shell>"
LINE = "gangway.log=debug probe.brief"
ENTRY = "sort-key a\nlinux /k\ninitrd /i\noptions %s\n" % LINE
BOOT_SECTOR = ((0, 1), (11, 2), (13, 1), (14, 2), (16, 1), (17, 2), (19, 2),
               (21, 1), (22, 2), (24, 2), (26, 2), (28, 4), (32, 4), (36, 1),
               (38, 1), (510, 2))
NAMES = [b"EFI        ", b"BOOT       ", b"BOOTX64 EFI", b"LINUX      ",
         b"U       EFI", b"LOADER     ", b"ENTRIES    ", b"I          ",
         b"K          "]
OF_NAME = (0, 1), (1, 4), (11, 1), (12, 1), (20, 2), (26, 2), (28, 4)
CHAINS = 24  # words of the table that are damaged, in its first
USED = 8  # th part, which is in use


def boot_of(folder):
    """Two ways to boot a kernel: an entry's files, and a UKI."""
    folder.mkdir()
    files = {"k": bzimage.make().data, "i": subjects.INITRD,
             "loader/entries/x.conf": ENTRY,
             "EFI/Linux/u.efi": subjects.packed_efi_file(folder),
             esp.FALLBACK: esp.GANGWAY_EFI}
    esp.make(folder, files, room=5 << 20)
    return (folder / "esp.img").read_bytes()


def place_of(data, name):
    """Of a directory's entry."""
    at = data.index(name)
    while at % 32:
        at = data.index(name, at + 1)
    return at


def disk(folder):
    data = boot_of(folder / "disk")
    table = int.from_bytes(data[14:16], "little") * 512
    used = int.from_bytes(data[22:24], "little") * 512 // USED
    fields = BOOT_SECTOR
    fields += tuple((at, 4) for at in range(table, table + used,
                                            used // CHAINS & -4 or 4))
    for name in NAMES:
        at = place_of(data, name)
        fields += tuple((at + more, size) for more, size in OF_NAME)
    text = data.index(ENTRY.encode())
    return subjects.Subject(
        "disk", Structure(data, fields + words(text, text + len(ENTRY), 1)),
        None, False, many="disks")


def ended(case, said, is_over):
    """What became of a disk that gangway may have been started from."""
    sentences = re.findall("(?m)^%s$" % refusal.SENTENCE, said)
    if re.search(subjects.PROBE, said):
        return "started", ""
    if any(" run " in sentence for sentence in sentences):
        return "bad", "an exception:\n" + said[-2000:]
    if not re.search(BANNER, said) and not sentences:
        return ("refused by the loader" if is_over
                else "lost in the firmware"), ""
    if is_over and sentences:
        return "refused", ""
    if re.search(JUMP, said) and not is_over:
        return "lost", ""
    return "bad", "neither started nor refused:\n" + said[-2000:]


def arguments(folder, cases):
    args = ["-bios", doors.OVMF]
    for number, case in enumerate(cases):
        path = folder / str(number)
        path.write_bytes(case.data())
        args += ["-drive", "if=virtio,format=raw,file=%s"
                 % doors.escape(path)]
    return args


def boot(folder, cases):
    """The verdicts of some of them, from the first on: one at least."""
    folder.mkdir()
    with machine.Machine(folder, *arguments(folder, cases)) as running:
        try:
            running.wait_end_or_left("|".join((JUMP, NEXT, DIED)),
                                     PATIENCE, LEFT_ALONE)
        except machine.Timeout:
            pass  # it is told below whose it is
        text = running.serial()
    over = re.search(NEXT, text, re.M)
    _, *parts = (text[:over.start()] if over else text).split(STARTS)
    assert parts, "the firmware has tried none:\n" + text[-2000:]
    return [(case, *ended(case, said, over or number < len(parts) - 1))
            for number, (case, said) in enumerate(zip(cases, parts))]


def run(folder, batch):
    found = []
    while len(found) < len(batch):
        found += boot(folder / str(len(found)), batch[len(found):])
    return found
