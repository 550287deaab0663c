# SPDX-License-Identifier: BSD-2-Clause
"""Damaged copies of gangway.efi under GRUB on a BIOS: a script of GRUB's own
tries one after the other, as long as it refuses them. One that it starts ends
the machine, and the rest is tried by the next."""
import re

import doors
import grub
import machine
import memory
import refusal
import subjects

MOST = 16  # files on a disk
PATIENCE = 8  # seconds for GRUB and for each try
LEFT_ALONE = 3
BY_LOADER, NOT_LOADED = "refused by the loader", "lost in the loader"
TRIES = "grub: tries "
BANNER = r"(?m)^gangway \S+: entered by "
JUMP = r"(?m)^jump: "
SAYS = r"(?m)^error: "
MODULES = ["normal", "test", "serial", "terminal", "echo", "halt", "smbios",
           "linux", "linux16"]
CONFIG = """search --set=root --file /boot/from0
smbios --type 1 --get-string 6 --set first
normal /boot/from$first
"""
END = "grub: end"
SERIAL = ["serial --unit=0", "terminal_output serial"]


def script(numbered):
    lines = list(SERIAL)
    for number, case in numbered:
        lines += ['echo "%s%d"' % (TRIES, number), "if %s; then boot; fi"
                  % case.subject.boot(number)]
    return "\n".join([*lines, 'echo "%s"' % END, "halt"]) + "\n"


def disk_of(folder, numbered):
    """With a script for each that may be the first to be tried: the machine's
    version says which."""
    boot, disk = folder / "boot", folder / "grub.img"
    boot.mkdir()
    for number, case in numbered:
        (boot / str(number)).write_bytes(case.data())
        (boot / ("from%d" % number)).write_text(script(numbered[number:]))
    grub.make_bios_of(disk, CONFIG, boot, MODULES)
    return disk


def ended(case, said, outcome, ram):
    """Of the last that was tried: did gangway boot it, or refuse?"""
    sentences = re.findall("(?m)^%s$" % refusal.SENTENCE, said)
    if re.search(subjects.PROBE, said):
        return "started", ""
    if len(sentences) == 1 and " run " not in sentences[0] and \
            outcome and outcome.reason == "guest-shutdown":
        return "refused", ""
    if sentences or re.search(BANNER, said):
        if re.search(JUMP, said) and not sentences and \
                not case.subject.guarded:
            return "lost", ""
        return "bad", "neither started nor refused:\n" + said[-2000:]
    if case.subject.own.has_begun(ram):
        return "bad", "gangway is silent:\n" + said[-2000:]
    return NOT_LOADED, ""


def start(folder, disk, first, ram):
    """GRUB, from one of the files on; its Outcome, or None if it hangs."""
    with machine.Machine(
            folder, "-drive", "if=virtio,format=raw,file=%s"
            % doors.escape(disk), "-smbios", "type=1,version=%d" % first,
            *ram.arguments(), memory=subjects.SMALL,
            machine="pc,memory-backend=ram") as running:
        try:
            outcome = running.wait_end_or_left(JUMP, PATIENCE, LEFT_ALONE)
        except machine.Timeout:
            outcome = None
        return outcome, running.serial()


def boot(folder, disk, numbered):
    """The verdicts of some of them, from the first on: one at least."""
    with memory.Ram("%s-%s" % (folder.parent.name, folder.name),
                    subjects.SMALL) as ram:
        outcome, text = start(folder, disk, numbered[0][0], ram)
        assert TRIES in text, "GRUB has tried none:\n" + text[-2000:]
        _, *refused, last = text.split(TRIES)
        found = []
        for (_, case), said in zip(numbered, refused):
            assert re.search(SAYS, said), "no reason for %s" % (case,)
            found.append((case, BY_LOADER, ""))
        case = numbered[len(found)][1]
        if last.rstrip().endswith(END):
            return found + [(case, BY_LOADER, "")]
        return found + [(case, *ended(case, last, outcome, ram))]


def run(folder, batch):
    left, found = list(enumerate(batch)), []
    disk = disk_of(folder, left)
    while left:
        found += boot(folder, disk, left)
        left = list(enumerate(batch))[len(found):]
    return found
