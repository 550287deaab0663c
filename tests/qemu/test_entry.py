# SPDX-License-Identifier: BSD-2-Clause
"""The ELF file's own entry, where loaders come that know its segments alone:
all of them are played here, and test_loaders and test_kexec have real ones."""
import re
import struct

import pytest

import doors
import gdb
import kernels
import machine
import probe
import stage
import told
import vmm
from bzimage import MIB
from doors import noise
from refusal import PATIENCE, refused

MAP = stage.usual_map(200 * MIB)
LOADERS = {"mb1": stage.through_mb1, "mb2": stage.through_mb2,
           "pvh": stage.through_pvh}
EAX = {"mb1": stage.MB1_MAGIC, "mb2": stage.MB2_MAGIC, "pvh": 0x12345678}
NAMES = {"mb1": "multiboot1", "mb2": "multiboot2", "pvh": "pvh"}


def file_entry(path):
    return struct.unpack_from("<Q", path.read_bytes(), 0x18)[0]


def enter(door, modules, eax=None, ebx=None):
    made = LOADERS[door](doors.GANGWAY, modules, MAP)
    at = made.state.ebx if ebx is None else ebx
    made.enter(file_entry(doors.GANGWAY),
               EAX[door] if eax is None else eax, at)
    return made


@pytest.mark.parametrize("door,eax", [
    ("mb1", None), ("mb2", None), ("pvh", None), ("pvh", stage.MB1_MAGIC)])
def test_by_the_magic_numbers(tmp_path, door, eax):
    kernel = kernels.multiboot1()
    modules = [stage.Module(40 * MIB, kernel.data, "k words"),
               stage.Module(60 * MIB, noise(70000), "m")]
    outcome = stage.run(tmp_path, enter(door, modules, eax))
    assert outcome.lines("gangway .*: entered by %s\\b" % NAMES[door])
    report = told.Told(outcome)
    assert report.finished and not report.failures
    assert len(report.modules) == 1


@pytest.mark.parametrize("eax", [0, 1])
def test_without_a_magic_number(tmp_path, eax):
    """As coreboot enters a payload."""
    outcome = stage.run(tmp_path, enter("mb1", [], eax, 0x5000))
    assert refused(outcome) == (
        "gangway: door unknown: entered at the ELF entry in 32-bit mode, "
        "where neither EAX (0x%x) nor what EBX (0x5000) points at is of "
        "Multiboot or PVH" % eax)


def test_in_64_bit_mode_eax_does_not_count(tmp_path):
    """There it is Linux's entry."""
    image = probe.bzimage.make()
    top = 256 * MIB
    made = vmm.by_linux(vmm.FIRECRACKER, doors.GANGWAY,
                        vmm.place(image.data, top), "", top)
    made.state = made.state._replace(eax=stage.MB1_MAGIC)
    outcome = stage.run(tmp_path, made)
    assert outcome.lines("gangway .*: entered by linux$")
    probe.check_promises(probe.Report(outcome), image)


# What the CPU cannot do: the sentence stands on port 0xE9, COM1 and the screen

def stands_on_all(running, sentence):
    running.wait_for(re.escape(sentence) + "\n", PATIENCE)
    assert sentence + "\n" in running.debug_file.read_text()
    dump = running.monitor("xp /%dhx 0xb8000" % len(sentence))
    cells = [int(word, 16) for line in dump.splitlines()
             for word in line.split(":")[1].split()]
    assert bytes(cell & 0xff for cell in cells).decode() == sentence
    assert not running.has_ended()


@pytest.mark.parametrize("cpu", ["486", "pentium3", "qemu32"])
def test_a_cpu_without_64_bit_mode(tmp_path, cpu):
    """The first has no extended CPUID leaves and answers by another."""
    with machine.Machine(tmp_path, *doors.mb1([]), "-vga", "std",
                         cpu=cpu) as running:
        stands_on_all(running, "gangway: entry cpu: this CPU has no 64-bit "
                               "mode")


CPUID, RDMSR = b"\x0f\xa2", b"\x0f\x32"
INT_29 = b"\xcd\x1d"  # as #VC would come
TO_SS = b"\x8e\xd0"  # movl %eax, %ss: a #GP if it is not a selector
LEAF_SEV = 0x8000001f
SEV, SEV_IS_ON = 2, 1


class Cpu:
    """Plays what CPUID and an MSR say while gangway asks them."""

    def __init__(self, debugger):
        self.debugger = debugger
        self.start = gdb.symbol("check_cpu")
        debugger.run_to(self.start)
        code = debugger.read(self.start, 256)
        self.cpuid = []
        while True:
            at = code.find(CPUID, self.cpuid[-1] + 1 if self.cpuid else 0)
            if at < 0:
                break
            self.cpuid.append(at)
        self.rdmsr = code.index(RDMSR)

    def answer(self, offset, value):
        """Behind an instruction of two bytes."""
        self.debugger.run_to(self.start + offset + 2)
        self.debugger.set(gdb.RAX, value)

    def has_sev(self):
        highest, _, sev = self.cpuid
        self.answer(highest, LEAF_SEV)
        self.answer(sev, SEV)


def debugged(folder, debugger, *more):
    image = folder / "kernel"
    image.write_bytes(probe.bzimage.make().data)
    return machine.Machine(folder, *doors.mb1([doors.File(image)]),
                           *debugger.arguments, *more, held=True)


def test_an_encrypted_guest_is_refused(tmp_path):
    """SEV: played, since no machine here has it."""
    with gdb.Debugger() as debugger, \
            debugged(tmp_path, debugger, "-vga", "std") as running:
        debugger.attach()
        cpu = Cpu(debugger)
        cpu.has_sev()
        cpu.answer(cpu.rdmsr, SEV_IS_ON)
        debugger.leave()
        stands_on_all(running, "gangway: entry cpu: memory is encrypted "
                               "(AMD SEV): start gangway.efi by UEFI")


@pytest.mark.parametrize("has_msr", [True, False])
def test_a_guest_on_a_host_that_could_encrypt_it(tmp_path, has_msr):
    """Which it does not; the MSR may not even be there."""
    with gdb.Debugger() as debugger, debugged(tmp_path, debugger) as running:
        debugger.attach()
        cpu = Cpu(debugger)
        cpu.has_sev()
        if has_msr:
            cpu.answer(cpu.rdmsr, SEV)
        else:
            debugger.write(cpu.start + cpu.rdmsr, TO_SS)
            debugger.run_to(cpu.start + cpu.rdmsr)
            debugger.set(gdb.RAX, 0xfff8)
        debugger.leave()
        assert "probe: ok" in running.wait_end(PATIENCE).serial


def test_an_encrypted_guest_that_may_not_ask_is_ended(tmp_path):
    """SEV-ES and SEV-SNP: CPUID raises #VC, and no port can be written. The
    host is told by the GHCB's MSR that the guest wants to end."""
    with gdb.Debugger() as debugger, debugged(tmp_path, debugger) as running:
        debugger.attach()
        cpu = Cpu(debugger)
        debugger.write(cpu.start + cpu.cpuid[0], INT_29)
        code = debugger.read(gdb.symbol("terminate"), 32)
        debugger.run_to(gdb.symbol("terminate") + code.index(b"\x0f\x30"))
        assert debugger.get(gdb.RCX) == 0xc0010130
        assert debugger.get(gdb.RAX) == 0x100
        assert b"\x0f\x30\xf3\x0f\x01\xd9" in code  # wrmsr, VMGEXIT
        assert not running.has_ended()
