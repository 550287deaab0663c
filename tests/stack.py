#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""How deep can the stacks get? By the machine code itself.

    stack.py BUILD

For each function of the linked programs: how much stack it has in use where it
calls another. A call through a pointer goes to each function that the sources
give to a pointer of that name; where the debugging information does not lead
to a name, POINTERS does. Then the deepest way from each root is what its stack
must hold, with MARGIN left. A function that may call itself, in whatever way,
is a breach, and so is stack of a size that the code does not say.
"""
import re
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import figures

MARGIN = 1024  # bytes that must be left
PRODUCT = ["core", "formats", "machine", "loader", "efi"]
KIB = 1024
GUARD = 4 * KIB  # the page below, which is not mapped
# Program: where it begins, and what stack is there. The firmware's is of
# 128 KiB (UEFI 2.10, section 2.3.4), of which it needs some itself.
ROOTS = {
    "gangway.debug": {"loader_main": ("stack_guard", "stack_top"),
                      "exception": "emergency_stack"},
    "efi.debug": {"efi_main": 64 * KIB, "efi_finish": 32 * KIB},
}
# Who is called where neither a name nor a line tells it: caller, callees
POINTERS = {
    "inflateBack": ("next_input", "take_output"),
    "inflateBackInit_": ("take_state",), "inflateBackEnd": ("give_state",),
    "has_or_shows": ("show",), "exception": ("fail_exception",),
    # switches of libfdt
    "fdt_check_full": (), "fdt_next_tag": (),
}
# What firmware or a kernel has is not of this stack, and a smashed stack's
# report is counted apart: it may begin where the stack is deepest.
ENDS_OF_BLOCKS = ("ret", "jmp", "hlt", "ud2", "lret", "ljmp")
NOT_OURS = re.compile(r"(->|\.|^|\s)[A-Z]\w+\)?\(")
CALLED = re.compile(r"\b(\w+)\)?\(")
FIRMWARES = re.compile(r"EFIAPI\s*\*\s*(\w+)\)\s*\(")
ENDS = ("__stack_chk_fail", "depart", "efi_depart", "efi_enter")
REPORT = "fail"
# These come back to themselves once and no more: libfdt looks a path's alias
# up, whose own path is absolute; tables that map what is to be shown lie where
# all is mapped.
TWICE = {"fdt_path_offset": 2, "fdt_path_offset_namelen": 2,
         "fdt_get_alias_namelen": 2, "mem_has": 2, "has_or_shows": 2,
         "show": 2, "paging_show": 2, "table_below": 2, "arena_take": 2}
SOURCE = re.compile(r"(?:%s)/.*" % "|".join(PRODUCT))
HERE = re.compile(r"^\s*([0-9a-f]+):\t(\S+)\s*(.*)$")
TO = re.compile(r"^([0-9a-f]+) <([^+>]+)(?:\+0x[0-9a-f]+)?>")


def output(*command):
    return subprocess.run([str(word) for word in command],
                          capture_output=True, text=True).stdout


def functions(program):
    """Address: name and instructions, as (address, mnemonic, operands)."""
    found, rows = {}, None
    for line in output("objdump", "-d", "--no-show-raw-insn", "-w",
                       program).splitlines():
        head = re.match(r"^([0-9a-f]+) <(.+)>:$", line)
        if head:
            rows = []
            found[int(head[1], 16)] = head[2], rows
        row = HERE.match(line)
        if row and rows is not None:
            rows.append((int(row[1], 16), row[2],
                         row[3].split("#")[0].strip()))
    return found


def effect(mnemonic, operands):
    """By how much the stack grows; None: nobody can say."""
    name = mnemonic.rstrip("ql")
    if name in ("push", "pushf"):
        return 8
    if name in ("pop", "popf"):
        return -8
    if not re.search(r"(^|,)%rsp$", operands) or name in ("cmp", "test"):
        return 0
    number = re.match(r"\$(-?0x[0-9a-f]+),%rsp$", operands)
    value = int(number[1], 16) if number else 0
    if number and name in ("sub", "add"):
        return value if name == "sub" else -value
    if number and name == "and":  # a mask: as many bytes as it may clear
        return (-value & (1 << 64) - 1) - 1 if value >> 63 else -value - 1
    number = re.match(r"(-?0x[0-9a-f]+)\(%rsp\),%rsp$", operands)
    if number and name == "lea":
        return -int(number[1], 16)
    return None


class Function:
    """What it calls, with how much stack in use; how much it uses at most."""

    def __init__(self, name, code):
        self.name, self.stem = name, name.split(".")[0]
        self.calls, self.indirect = [], []
        self.deepest, self.unbounded = 0, False
        self.code = {at: (mnemonic, operands, following) for (
            at, mnemonic, operands), (following, _, _) in zip(
                code, code[1:] + [(-1, "", "")])}
        self.seen = {}
        self.follow(code[0][0] if code else -1, 0)

    def follow(self, start, depth):
        """Every way through the code, each as deep as it gets."""
        waiting, tables = [(start, depth)], []
        while waiting or tables:
            if not waiting:  # the cases of a switch: what nobody has reached
                depth = tables.pop()
                waiting = [(at, depth) for at in self.code
                           if at not in self.seen]
                continue
            at, depth = waiting.pop()
            while at in self.code and self.seen.get(at, -1) < depth:
                self.seen[at] = depth
                mnemonic, operands, following = self.code[at]
                self.note(at, depth, mnemonic, operands, waiting, tables)
                if mnemonic.startswith(ENDS_OF_BLOCKS):
                    break
                depth += self.change(mnemonic, operands, depth)
                self.deepest = max(self.deepest, depth)
                at = following

    def note(self, at, depth, mnemonic, operands, waiting, tables):
        """What is called here, and where jumps go."""
        target = TO.match(operands)
        goal = int(target[1], 16) if target else None
        if mnemonic.startswith("call"):
            if target:
                self.calls.append((depth + 8, goal))
            else:
                self.indirect.append((depth + 8, at))
        elif mnemonic[0] == "j" and goal in self.code:
            waiting.append((goal, depth))
        elif mnemonic[0] == "j" and target:
            self.calls.append((depth, goal))
        elif mnemonic.startswith("jmp"):
            tables.append(depth)
            if ",8)" not in operands:
                self.indirect.append((depth, at))

    def change(self, mnemonic, operands, depth):
        if mnemonic.startswith("leave"):
            return -depth
        change = effect(mnemonic, operands)
        self.unbounded |= change is None
        return change or 0


def sources():
    return [path for folder in PRODUCT for path in Path(folder).rglob("*.[ch]")]


def pointers():
    """Names of pointers to functions, of those to firmware's, and what the
    sources give to the former."""
    texts = {path: path.read_text() for path in sources()}
    names = {name for text in texts.values()
             for name in re.findall(r"\(\*(?:const )?(\w+)\)\(", text)}
    given = defaultdict(set)
    for path, text in texts.items():
        for name, value in re.findall(r"(?:\.|->)(\w+)\s*=\s*&?(\w+)\b(?!\s*\()",
                                      text):
            if name in names:
                given[name].add((value, str(path)))
    firmwares = {name for text in texts.values()
                 for name in FIRMWARES.findall(text)}
    return names, firmwares, given


def homes(program, known):
    """The source file of each function; of two of a name it tells which."""
    found, at = {}, 0
    for row in output("addr2line", "-a", "-i", "-e", program,
                      *map(hex, known)).splitlines():
        if row.startswith("0x"):
            at = int(row, 16)
        path = SOURCE.search(row.partition(":")[0])
        found[at] = path[0] if path else ""  # the last, what is not inlined
    return found


def statement(path, line):
    """The one that a line is of, and what is near it."""
    rows = path.read_text().splitlines() if path.is_file() else []
    first = last = line - 1
    while first > 0 and not rows[first - 1].rstrip().endswith((";", "{", "}")):
        first -= 1
    while last < len(rows) and not rows[last].rstrip().endswith((";", "{")):
        last += 1
    return ("\n".join(rows[first:last + 1]),
            "\n".join(rows[max(0, line - 5):line + 3]))


def texts_of(program, address):
    """Statements that an instruction may be of, the likeliest first."""
    exact, near, row = [], [], ""
    for row in output("addr2line", "-i", "-e", program,
                      hex(address)).splitlines():
        file, _, line = row.partition(":")
        path, number = SOURCE.search(file), re.match(r"\d+", line)
        if path and number:
            texts = statement(Path(path[0]), int(number[0]))
            exact.append(texts[0])
            near.append(texts[1])
    return row, exact + near


def resolve(program, known):
    """Add the calls through pointers; yields those that lead nowhere."""
    names, firmwares, given = pointers()
    by_stem, home = defaultdict(set), homes(program, known)
    for at, function in known.items():
        by_stem[function.stem].add(at)

    def is_firmwares(text):
        return NOT_OURS.search(text) or any(
            name in firmwares for name in CALLED.findall(text))

    def functions_of(value, path):
        return {at for at in by_stem[value]
                if not path or home[at] in ("", path)}
    for function in known.values():
        for depth, at in function.indirect:
            row, texts = texts_of(program, at)
            wanted = POINTERS.get(function.stem)
            for text in texts:
                wanted = wanted if wanted is not None else [
                    name for name in CALLED.findall(text)
                    if name in names] or None
                if wanted is None and is_firmwares(text):
                    break
            goals = {goal for name in wanted or ()
                     for value in given.get(name, {(name, "")})
                     for goal in functions_of(*value)}
            function.calls += [(depth, goal) for goal in goals]
            if not goals and wanted is None and function.stem not in ENDS and \
                    not any(is_firmwares(text) or "switch (" in text
                            for text in texts):
                yield f"{function.name}: whom does it call at {row}?"


def deepest(known, root):
    """(bytes, the way there); raises RecursionError with a circle."""
    done, path = {}, []

    def walk(at):
        if at in path and known[at].stem not in TWICE:
            raise RecursionError(" -> ".join(
                known[one].name for one in [*path[path.index(at):], at]))
        if at in done and not any(known[one].stem in TWICE for one in path):
            return done[at]
        path.append(at)
        function = known[at]
        best = (function.deepest, [function.name])
        for depth, callee in function.calls:
            if callee not in known or known[callee].stem in ENDS:
                continue
            if path.count(callee) < TWICE.get(known[callee].stem, 1) or \
                    known[callee].stem not in TWICE:
                below, way = walk(callee)
                if depth + below > best[0]:
                    best = depth + below, [function.name, *way]
        path.pop()
        done[at] = best
        return best
    return walk(root)


def room(program, limit):
    """A number, the size of an object, or what is between two symbols."""
    if isinstance(limit, int):
        return limit
    rows = [row.split() for row in output("nm", "-S", program).splitlines()]
    if isinstance(limit, str):
        return next(int(row[1], 16) for row in rows
                    if len(row) == 4 and row[3].split(".")[0] == limit)
    symbols = {row[-1].split(".")[0]: int(row[0], 16) for row in rows
               if len(row) > 2}
    return symbols[limit[1]] - symbols[limit[0]] - GUARD


def check(build, programs=None):
    for name, roots in (programs or ROOTS).items():
        program = build / name
        known = {at: Function(*found)
                 for at, found in functions(program).items()}
        starts = {function.stem: at for at, function in known.items()}
        yield from (f"{name}: {one}" for one in resolve(program, known))
        for root, limit in roots.items():
            try:
                used, way = deepest(known, starts[root])
                report, _ = deepest(known, starts[REPORT])
            except RecursionError as circle:
                yield f"{name}: recursion: {circle}"
                continue
            has = room(program, limit)
            figures.tell("stack of " + root, "%s: %s needs %d bytes of stack, "
                         "and %d for a report; it has %d." % (
                             name.replace(".debug", ""), root, used, report,
                             has))
            print("    by " + " > ".join(way))
            if used + report + MARGIN > has:
                yield f"{name}: {root}: too little is left of {has} bytes"
            for function in known.values():
                if function.unbounded and function.name in way:
                    yield f"{name}: {function.name}: stack of unknown size"


def main():
    breaches = list(check(Path(sys.argv[1])))
    print("\n".join(breaches) if breaches else "stack: no breach")
    return bool(breaches)


if __name__ == "__main__":
    sys.exit(main())
