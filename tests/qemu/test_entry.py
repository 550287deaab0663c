# SPDX-License-Identifier: BSD-2-Clause
"""The ELF file's own entry, where loaders come that know its segments alone:
all of them are played here, and test_loaders and test_kexec have real ones."""
import struct

import pytest

import doors
import kernels
import probe
import stage
import told
import vmm
from bzimage import MIB
from doors import noise
from refusal import refused

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
