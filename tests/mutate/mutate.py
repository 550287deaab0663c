#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Boots of damaged kernels, bundles and tables in QEMU.

    mutate.py [--count N] [--seed S] [--jobs J] [--only NAME[:NUMBER]]
                            NAME may be the first word of several
    mutate.py --soak N      boots of the same without damage

Each ends as a kernel that is started, or as one sentence and the end that was
chosen; never as an exception, a triple fault or a machine that hangs. And none
writes to a page that neither the loader nor the plan has named: all of RAM is
full of canaries. Every finding is printed with the words that repeat it.
"""
import argparse
import collections
import concurrent.futures
import pathlib
import random
import re
import shutil
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent), str(HERE.parent / "qemu"),
                str(HERE.parent / "kernels")]
import damage  # noqa: E402 (lies beside this file)
import disks  # noqa: E402 (and the others in the folders above)
import figures  # noqa: E402
import firmware  # noqa: E402
import hybrids  # noqa: E402
import listed  # noqa: E402
import machine  # noqa: E402
import memory  # noqa: E402
import refusal  # noqa: E402
import subjects  # noqa: E402
import targets  # noqa: E402

PIECES = r"^(?:image|initrd): (0x\w+)-(0x\w+), (?:moved from (0x\w+)|in place)"
COPY = r"^copy: (0x\w+) bytes from (0x\w+) to (0x\w+), (0x\w+) zeroes"
ARENA = r"^arena: (0x\w+)-(0x\w+)"
PATIENCE = 30
LEFT_ALONE = 3  # seconds for a damaged kernel
MANY = {"firmware": firmware, "grub": listed, "disks": disks}


def told_ranges(text):
    """What the plan has named: written ranges, and where copies come from."""
    written, sources = [], []
    for start, end, source in re.findall(PIECES, text, re.M):
        written.append((int(start, 16), int(end, 16)))
        sources += [int(source, 16)] if source else [int(start, 16)]
    for size, source, to, zero in re.findall(COPY, text, re.M):
        size, source, to, zero = (int(word, 16) for word in
                                  (size, source, to, zero))
        written.append((to, to + size + zero))
        sources.append(source)
    written += [(int(start, 16), int(end, 16))
                for start, end in re.findall(ARENA, text, re.M)]
    return written, sources


def strangers(ram, subject, boot, text):
    """Ranges that nobody should have written."""
    written, sources = told_ranges(text)
    runs = ram.changed()
    own = subject.own.homes(ram) if subject.own else []
    left = memory.outside(runs, boot.loaded + written + own)
    if subject.unpacks:
        opened = [run for run in runs if any(
            run[0] <= at < run[1] for at in sources)]
        left = memory.outside(left, opened or left[:1])
    return left


def is_unseen(subject, text):
    """Did damage take the words away that make the plan be told, and the
    probe brief? Other kernels use all memory, as that one does then."""
    return not (subject.is_probe and re.search(ARENA, text, re.M)
                and not re.search(r"^image=", text, re.M))


def judge(subject, boot, ram, outcome):
    """What became of it: (verdict, a fault or nothing)."""
    text = outcome.serial
    said = [line for line in outcome.lines(refusal.SENTENCE + "$")]
    jumped = re.search(r"^jump: ", text, re.M)
    if re.search(subject.sign, text):
        verdict = "started"
    elif outcome.code is not None:
        return "bad", "the probe left with %#x" % outcome.code
    elif said:
        if len(said) > 1 or said[0].startswith("gangway: run "):
            return "bad", "an exception, or not one sentence"
        # By default it resets a machine that it cannot power off.
        if outcome.reason != "guest-shutdown" and \
                not text.endswith("powering off, else rebooting\n"):
            return "bad", "refused, and ended by " + outcome.reason
        verdict = "refused"
    elif jumped:
        return ("bad", "a sound kernel died") if subject.guarded \
            else ("lost", "")
    elif subject.own and not subject.own.has_begun(ram):
        return listed.NOT_LOADED, ""
    else:
        return "bad", "neither started nor refused: " + outcome.reason
    if verdict == "started" and is_unseen(subject, text):
        return "started unseen", ""
    left = strangers(ram, subject, boot, text)
    if left:
        return "bad", "written outside of the plan: " + ", ".join(
            "%#x-%#x" % run for run in left[:4])
    return verdict, ""


def wait(subject, boot, ram, running):
    """For its Outcome; or what its loader made of it."""
    ends = r"(?m)^jump: .*$" + (boot.refusal and "|" + boot.refusal)
    patience = hybrids.HOPELESS if subject.own else PATIENCE
    try:
        outcome = running.wait_end_or_left(ends, patience, LEFT_ALONE)
    except machine.Timeout:
        if not subject.own or subject.own.has_begun(ram):
            raise
        return listed.NOT_LOADED
    if boot.refusal and re.search(boot.refusal, outcome.serial):
        return listed.BY_LOADER
    return outcome


def run(folder, subject, data):
    boot = subject.boot(folder, data)
    with memory.Ram("%s-%s" % (folder.parent.name, folder.name),
                    boot.memory) as ram:
        args = [*boot.args, *ram.arguments()]
        try:
            with machine.Machine(folder, *args, memory=boot.memory,
                                 machine=boot.machine + ",memory-backend=ram"
                                 ) as running:
                outcome = wait(subject, boot, ram, running)
        except machine.NoStart:
            if not subject.own:
                raise
            outcome = listed.BY_LOADER  # QEMU's
        if isinstance(outcome, str):
            return outcome, ""
        return judge(subject, boot, ram, outcome)


class Case(collections.namedtuple("Case", "subject number damage")):
    def __str__(self):
        return "%s:%d (%s)" % (self.subject.name, self.number, self.damage)

    def data(self):
        data = self.subject.structure.data
        return damage.apply(data, self.damage) if self.damage else data


def run_all(top, batch):
    """(case, verdict, fault) for each; the folder of a bad one is kept."""
    case = batch[0]
    folder = pathlib.Path(tempfile.mkdtemp(
        prefix="%s-%d-" % (case.subject.name, case.number), dir=top))
    try:
        if case.subject.many:
            found = MANY[case.subject.many].run(folder, batch)
        else:
            found = [(case, *run(folder, case.subject, case.data()))]
    except (machine.Timeout, AssertionError) as stopped:
        found = [(case, "bad", str(stopped))]
    if not any(fault for _, _, fault in found):
        shutil.rmtree(folder)
    return [(case, verdict, fault and "%s\n    in %s" % (fault, folder))
            for case, verdict, fault in found]


def batches(rows):
    """One boot for each; firmware and GRUB take a while, and many at once."""
    waiting = collections.defaultdict(list)
    for case in rows:
        if not case.subject.many:
            yield [case]
            continue
        queue = waiting[case.subject.name]
        queue.append(case)
        if len(queue) == MANY[case.subject.many].MOST:
            yield waiting.pop(case.subject.name)
    yield from waiting.values()


def cases(known, seed):
    """All that can happen to each subject, shuffled; the subjects in turn."""
    queues = []
    for subject in known:
        rows = [Case(subject, number, one) for number, one in enumerate(
            damage.damages(subject.structure, "%s %s" % (seed, subject.name)))]
        random.Random("%s %s order" % (seed, subject.name)).shuffle(rows)
        queues.append(collections.deque(rows))
    while any(queues):
        for queue in queues:
            if queue:
                yield queue.popleft()


def chosen(arguments, known):
    if arguments.only:
        name, _, number = arguments.only.partition(":")
        known = [subject for subject in known
                 if name in (subject.name, subject.name.split("-")[0])]
        rows = [case for case in cases(known, arguments.seed)
                if not number or case.number == int(number)]
        return rows[:arguments.count]
    if arguments.soak:
        return [Case(known[number % len(known)], number, None)
                for number in range(arguments.soak)]
    return [case for case, _ in zip(cases(known, arguments.seed),
                                    range(arguments.count))]


def name_of(arguments):
    """Of what is measured, among the figures."""
    if arguments.only:
        return "mutate, only " + arguments.only
    return "soak" if arguments.soak else "mutate"


def main(words=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--seed", default="1")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--only")
    parser.add_argument("--soak", type=int)
    parser.add_argument("--without-firmware", action="store_true")
    arguments = parser.parse_args(words)
    targets.run_tool(HERE.parent / "kernels" / "build.py")
    targets.FIXTURES.mkdir(parents=True, exist_ok=True)
    top = pathlib.Path(tempfile.mkdtemp(prefix="mutate-",
                                        dir=targets.FIXTURES))
    began, counts, faults = time.monotonic(), collections.Counter(), 0
    known = subjects.all_subjects(top) + hybrids.all_subjects(top) \
        + [disks.disk(top)]
    if arguments.without_firmware:
        known = [one for one in known
                 if one.many not in ("firmware", "disks") and one.is_probe]
    rows = chosen(arguments, known)
    with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
        for found in pool.map(lambda batch: run_all(top, batch),
                              batches(rows)):
            for case, verdict, fault in found:
                if arguments.soak and "started" not in verdict:
                    fault = fault or "not started: " + verdict
                if fault:
                    faults += 1
                    print("%s: %s" % (case, fault), flush=True)
                counts[verdict] += 1
                if sum(counts.values()) % 100 == 0:
                    print("%d boots" % sum(counts.values()), flush=True)
    figures.tell(name_of(arguments), "%d boots of %d "
                 "kinds of kernels, bundles, tables and disks%s: %s; %d "
                 "findings." % (
                     sum(counts.values()),
                     len({case.subject.name for case in rows}),
                     "" if arguments.soak else ", each with a damage",
                     ", ".join("%d %s" % (number, verdict) for verdict, number
                               in sorted(counts.items())), faults))
    print("%d s" % (time.monotonic() - began))
    if not faults:
        shutil.rmtree(top)
    return faults != 0


if __name__ == "__main__":
    sys.exit(main())
