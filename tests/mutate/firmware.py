# SPDX-License-Identifier: BSD-2-Clause
"""Damaged files under UEFI: the test's own boot manager starts gangway with
one after the other, as long as each comes back. One that starts a kernel ends
the machine, and the rest is tried by the next."""
import re

import caller
import esp
import machine
import refusal
from subjects import PROBE

MOST = 16  # files on a disk
PATIENCE = 60
LEFT_ALONE = 4
CAME_BACK = r"(?m)^caller: \S+ came back with 0x([0-9a-fA-F]+)$"
STARTS = "caller: starts\n"
JUMP = r"(?m)^jump: "
DIED = r"^!!!! X64 Exception"
BANNER = r"(?m)^gangway \S+: entered by "


def disk_of(folder, numbered):
    """Files by their numbers, and a line of the caller's for each."""
    runs = [case.subject.boot(number) for number, case in numbered]
    files = {str(number): case.data() for number, case in numbered}
    return esp.make(folder, {
        esp.FALLBACK: caller.image(), "g.efi": esp.GANGWAY_EFI,
        "caller.txt": caller.script(runs, 0), **files})


def refused(said):
    """A fault, or nothing: the firmware's own words are not ours."""
    lines = re.findall("(?m)^%s$" % refusal.SENTENCE, said)
    if len(lines) > 1 or any(" run " in line for line in lines):
        return "an exception, or not one sentence:\n" + said[-2000:]
    return ""


def started(case, text, is_entered):
    if not is_entered:
        return "lost in the firmware", ""  # by its own LoadImage()
    if re.search(PROBE, text):
        return "started", ""
    if re.search(JUMP, text) and not case.subject.guarded:
        return "lost", ""
    if case.subject.own and not re.search(BANNER, text):
        return "lost in the loader", ""  # which went by its headers
    return "bad", "neither came back nor was started:\n" + text[-2000:]


def boot(folder, numbered):
    """The verdicts of some of them, from the first on: one at least."""
    folder.mkdir()
    with machine.Machine(folder, *disk_of(folder, numbered)) as running:
        try:
            running.wait_end_or_left(JUMP + r"|^caller: end|" + DIED,
                                     PATIENCE, LEFT_ALONE)
        except machine.Timeout:
            pass  # it is told below whose it is
        text, entered = running.serial(), running.debug().count(STARTS)
    *parts, rest = re.split(CAME_BACK, text[text.index("caller: begin"):])
    found = []
    for (_, case), said in zip(numbered, parts[::2]):
        fault = refused(said)
        found.append((case, "bad" if fault else "refused", fault))
    if len(found) < len(numbered):
        case = numbered[len(found)][1]
        found.append((case, *started(case, rest, entered > len(found))))
    return found


def run(folder, batch):
    numbered, found = list(enumerate(batch)), []
    while numbered:
        found += boot(folder / str(len(found)), numbered)
        numbered = list(enumerate(batch))[len(found):]
    return found
