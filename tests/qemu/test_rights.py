# SPDX-License-Identifier: BSD-2-Clause
"""gangway's own address space, as the CPU sees it, and its exceptions.

The loader is stopped by gangway.fail=halt, and QEMU's monitor shows what the
page tables in force allow.
"""
import contextlib
import re

import pytest

import doors
import gdb
import machine

HALTS = r"gangway: .*halt"
TLB_LINE = re.compile(r"^([0-9a-f]+): ([0-9a-f]+) (\S{9})", re.M)
WINDOW = 0xffff800000000000
PAGE = 4096
LARGE_PAGE = 2 << 20


@pytest.fixture(name="halted")
def fixture_halted(tmp_path, request):
    """A machine whose loader has found no kernel and halts."""
    memory = getattr(request, "param", 512)
    args = doors.mb1([], "gangway.fail=halt")
    with machine.Machine(tmp_path, *args, memory=memory) as running:
        assert running.wait_for(HALTS, 20)
        machine.pause()
        yield running


def mappings(running):
    """Virtual address: (physical address, may write, may execute)."""
    out = running.monitor("info tlb").replace("\r", "")
    found = {}
    for virtual, physical, flags in TLB_LINE.findall(out):
        found[int(virtual, 16)] = (int(physical, 16), "W" in flags,
                                   not flags.startswith("X"))
    return found


def test_no_page_is_writable_and_executable(halted):
    """The monitor shows the rights of a mapping's last entry; the window's
    come from its first."""
    cr3 = int(re.search(r"CR3=([0-9a-f]+)",
                        halted.monitor("info registers"))[1], 16)
    top = halted.monitor("xp /256gx %#x" % (cr3 + 2048))
    entries = [int(word, 16) for line in top.splitlines()
               for word in line.split(":")[-1].split()]
    assert len(entries) == 256 and any(entries)
    assert all(entry >> 63 for entry in entries if entry)
    low = [entry for at, entry in mappings(halted).items() if at < 1 << 47]
    assert low and not [entry for entry in low if entry[1] and entry[2]]


def test_the_lower_half_is_the_image_alone(halted):
    """At its own address; page 0 and the page under the stack are absent."""
    low = {at: entry for at, entry in mappings(halted).items()
           if at < 1 << 47}
    image, end = gdb.symbol("_image"), gdb.symbol("_image_end")
    guard = gdb.symbol("stack_guard")
    assert set(low) == {at for at in range(image, end, PAGE) if at != guard}
    assert all(entry[0] == at for at, entry in low.items())
    text = gdb.symbol("_bss")
    assert all(execute == (at < text) and write == (at >= text)
               for at, (_, write, execute) in low.items())


@pytest.mark.parametrize("halted", [512, 6144], indirect=["halted"])
def test_the_window_reaches_4_gib(halted):
    """In any case, and no further if nothing there is looked at."""
    high = {at - WINDOW: entry[0] for at, entry in mappings(halted).items()
            if at >= WINDOW}
    assert all(at == physical for at, physical in high.items())
    assert set(high) == set(range(0, 4 << 30, LARGE_PAGE))


def test_an_exception_prints_registers(tmp_path):
    """Nothing is mapped at address 0, where a debugger sends it."""
    with gdb.Debugger() as debugger, machine.Machine(
            tmp_path, *doors.mb1([], "gangway.fail=halt"),
            *debugger.arguments, held=True) as running:
        debugger.attach()
        debugger.run_to(gdb.symbol("say"))
        debugger.set(gdb.RAX, 0x123456789abcdef0)
        debugger.set(gdb.RIP, 0)
        debugger.leave()
        assert running.wait_for(r"gangway: exception 14 #PF, error code 10, "
                                r"at 20:0\n", 10)
        assert running.wait_for(r"  rax 123456789abcdef0 rbx [0-9a-f]{16}", 10)
        assert running.wait_for(r"gangway: run gangway: the CPU raised", 10)
        assert running.wait_for(HALTS, 10)


def spoil_canary(debugger):
    """While a function runs that keeps a line on its stack."""
    for _ in range(2):
        debugger.step()
        debugger.run_to(gdb.symbol("say"))
    debugger.write(gdb.symbol("thread_block") + 0x28, b"\xa5" * 8)


def spoil_gate(debugger, *vectors):
    """Without a gate, telling of an exception is one of its own."""
    for vector in vectors:
        debugger.write(gdb.symbol("idt") + 16 * vector, bytes(16))
    debugger.set(gdb.RIP, 0)


# What is done at the first line that is said, and what is said of it then
RUNGS = {
    "a write to code": (
        lambda cpu: cpu.set(gdb.RSP, gdb.symbol("say") & ~15),
        r"exception 14 #PF, error code 3,"),
    "code in data": (
        lambda cpu: cpu.set(gdb.RIP, gdb.symbol("idt")),
        r"exception 14 #PF, error code 11,"),
    "code in memory": (
        lambda cpu: cpu.set(gdb.RIP, WINDOW + 0x100000),
        r"exception 14 #PF, error code 11,"),
    "a read through NULL": (
        lambda cpu: cpu.set(gdb.RDI, 0),
        r"exception 14 #PF, error code 0, .*\n.* cr2 0\n"),
    "a stack that is full": (
        lambda cpu: cpu.set(gdb.RSP, gdb.symbol("stack_guard") + PAGE),
        r"exception 14 #PF, error code 2,"),
    "an address that none can have": (
        lambda cpu: cpu.set(gdb.RDI, 1 << 63),
        r"exception 13 #GP, error code 0,"),
    "a frame that is overwritten": (
        spoil_canary, r"run gangway: the stack was overwritten"),
    "an exception without a gate": (
        lambda cpu: spoil_gate(cpu, 14), r"exception 8 #DF, error code 0,"),
}


@contextlib.contextmanager
def stopped(folder):
    """At the first line that it says of its own."""
    with gdb.Debugger() as debugger, machine.Machine(
            folder, *doors.mb1([], "gangway.fail=poweroff gangway.log=debug"),
            *debugger.arguments, held=True) as running:
        debugger.attach()
        debugger.run_to(gdb.symbol("say"))
        yield debugger, running


@pytest.mark.parametrize("rung", RUNGS)
def test_each_rung_of_protection(tmp_path, rung):
    """Is climbed on purpose: a dump, one sentence, and the chosen end."""
    provoke, said = RUNGS[rung]
    with stopped(tmp_path) as (debugger, running):
        provoke(debugger)
        debugger.leave()
        outcome = running.wait_end(10)
    assert re.search("gangway: " + said, outcome.serial), outcome.serial
    assert len(outcome.lines("gangway: run gangway: ")) == 1
    assert outcome.reason == "guest-shutdown"


def test_a_fault_that_nothing_can_tell_of_resets(tmp_path):
    """It does not hang: neither a page fault nor the double fault that comes
    of it has a gate."""
    with stopped(tmp_path) as (debugger, running):
        spoil_gate(debugger, 8, 14)
        debugger.leave()
        outcome = running.wait_end(10)
    assert outcome.reason == "guest-reset"


def test_an_interrupt_that_cannot_be_masked_does(halted):
    """What was said before it is not said again, and it stays halted."""
    halted.qmp("inject-nmi")
    assert halted.wait_for(r"gangway: exception 2 NMI, error code 0", 10)
    assert halted.wait_for(r"rflags [0-9a-f]+ rsp [0-9a-f]+", 10)
    assert not halted.has_ended()
