# SPDX-License-Identifier: BSD-2-Clause
"""Memory laid out so that something has to move over something else: the
copies that the planner orders and the last assembly does."""

import pytest

import bzimage
import doors
import machine
import probe
import stage
from bzimage import MIB
from doors import noise
from stage import RAM

LOW = [(0, 0x9f000, RAM), (MIB, 7 * MIB, RAM)]
TINY = [(0, 0x9f000, RAM), (MIB, MIB, RAM)]  # for gangway and little more


def boot(tmp_path, image, kernel_at, initrd, initrd_at, memory_map,
         door=stage.through_mb1, low=LOW):
    """Boot a kernel and an initrd from where they are put."""
    modules = [stage.Module(kernel_at, image.data)]
    if initrd:
        modules.append(stage.Module(initrd_at, initrd))
    script = door(doors.GANGWAY, modules, low + memory_map)
    report = probe.Report(stage.run(tmp_path, script))
    probe.check_promises(report, image, initrd)
    return report


def test_both_stay_where_they_lie(tmp_path):
    image, initrd = bzimage.make(MIB), noise(MIB)
    at = 16 * MIB - image.setup_size
    report = boot(tmp_path, image, at, initrd, 60 * MIB,
                  [(15 * MIB, 100 * MIB, RAM)])
    assert report.image.start == 16 * MIB
    assert report.initrd.start == 60 * MIB


def test_window_begins_at_the_preferred_address(tmp_path):
    """A kernel below pref_address unpacks there, on the initrd in the way."""
    image, initrd = bzimage.make(MIB), noise(2 * MIB)
    boot(tmp_path, image, 5 * MIB, initrd, 40 * MIB,
         [(8 * MIB, 160 * MIB, RAM)])


@pytest.mark.parametrize("kernel_at", [12, 18, 15])
def test_kernel_moves_over_itself(tmp_path, kernel_at):
    image = bzimage.make(10 * MIB, relocatable_kernel=0)
    boot(tmp_path, image, kernel_at * MIB, b"", 0,
         [(12 * MIB, 100 * MIB, RAM)])


@pytest.mark.parametrize("start,end,at", [
    (0x0000, 0x101000, 0x0000), (0x0800, 0x102000, 0x1000)],
    ids=["down", "up"])
def test_initrd_moves_over_itself(tmp_path, start, end, at):
    """To a page boundary, the only one there is room at."""
    image, initrd = bzimage.make(MIB), noise(MIB + 3)
    base = 120 * MIB
    report = boot(tmp_path, image, 20 * MIB, initrd, base + 0x823,
                  [(16 * MIB, 32 * MIB, RAM),
                   (base + start, end - start, RAM)], low=TINY)
    assert report.initrd.start == base + at


@pytest.mark.parametrize("door", [stage.through_mb1, stage.through_mb2])
def test_kernel_and_initrd_change_places(tmp_path, door):
    """Each lies where the other must go: a circle, broken by way of memory
    that the kernel cannot have its initrd in."""
    image = bzimage.make(5 * MIB, relocatable_kernel=0, init_size=8 * MIB,
                         xloadflags=1, initrd_addr_max=64 * MIB - 1)
    initrd = noise(5 * MIB + 1)
    report = boot(tmp_path, image, 32 * MIB, initrd, 16 * MIB,
                  [(16 * MIB, 8 * MIB, RAM), (32 * MIB, 6 * MIB, RAM),
                   (120 * MIB, 6 * MIB, RAM)], door, TINY)
    assert report.initrd.start >= 32 * MIB


def test_everything_moves_onto_gangway(tmp_path):
    """The only room for the kernel's window is where gangway lies."""
    image = bzimage.make(3 * MIB, pref_address=MIB, init_size=6 * MIB,
                         kernel_alignment=MIB, min_alignment=20)
    boot(tmp_path, image, 16 * MIB, noise(2 * MIB), 20 * MIB,
         [(16 * MIB, 6 * MIB, RAM)])


def test_tables_of_the_door_are_read_before_they_are_lost(tmp_path):
    """The window covers the strings and the map that the door gave."""
    image = bzimage.make(MIB, relocatable_kernel=0, init_size=32 * MIB)
    module = stage.Module(60 * MIB, image.data, "kernel " + "w" * 500)
    script = stage.Script(tables_at=20 * MIB)
    script.put_modules([module])
    script.load_elf(doors.GANGWAY)
    info = stage.mb1_info(script, [module], LOW + [(16 * MIB, 100 * MIB,
                                                    RAM)])
    script.enter(stage.mb1_entry(doors.GANGWAY), stage.MB1_MAGIC, info)
    report = probe.Report(machine.run(
        tmp_path, *stage.arguments(tmp_path, script)))
    probe.check_promises(report, image)
    assert report.cmdline == "w" * 500
