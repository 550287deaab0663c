# SPDX-License-Identifier: BSD-2-Clause
"""gangway with a kernel and its modules in one file, started as any kernel is,
by every door."""
import pytest

import bzimage
import doors
import grub
import kernels
import machine
import packed
import probe
import stage
import told
import vmm
from bzimage import MIB
from doors import noise
from refusal import refused_with

TOP = 200 * MIB
INITRD = noise(MIB + 3)
MORE = noise(5000)


def by_mb1(folder, file, append):
    return ["-kernel", file, "-append", append]


def by_grub(folder, file, append):
    grub.make_bios(folder / "disk", "multiboot2", file, append)
    return ["-drive", "if=virtio,format=raw,file=%s"
            % doors.escape(folder / "disk")]


def by_linux(folder, file, append):
    script = vmm.by_linux(vmm.FIRECRACKER, file, None, append, TOP)
    return stage.arguments(folder, script)


def by_monitor(folder, file, append):
    script = vmm.by_pvh(vmm.CLOUD_HYPERVISOR, file, None, append, TOP)
    return stage.arguments(folder, script)


DOORS = {"mb1": (doors.GANGWAY, by_mb1), "grub-mb2": (doors.GANGWAY, by_grub),
         "pvh": (doors.GANGWAY_PVH, by_mb1),
         "cloud-hypervisor": (doors.GANGWAY, by_monitor),
         "firecracker": (doors.GANGWAY, by_linux)}


def write(folder, gangway, files, flags=0):
    path = folder / "one.elf"
    path.write_bytes(packed.make(gangway, files, flags))
    return path


@pytest.mark.short
@pytest.mark.parametrize("door", DOORS)
def test_one_file_boots(tmp_path, door):
    gangway, way = DOORS[door]
    image = bzimage.make(MIB)
    file = write(tmp_path, gangway, [(image.data, "vmlinuz", "packed words"),
                                     (INITRD, "initrd.img", ""),
                                     (MORE, "", "")])
    args = way(tmp_path, file, "from outside")
    report = probe.Report(machine.run(tmp_path, *args))
    probe.check_promises(report, image, doors.join([INITRD, MORE]))
    assert report.cmdline == "packed words from outside"


def test_modules_from_outside_follow(tmp_path):
    """Those packed have their names and words as QEMU's have."""
    kernel = kernels.multiboot1()
    file = write(tmp_path, doors.GANGWAY, [(kernel.data, "k", "a"),
                                           (MORE, "m", "b c")])
    (tmp_path / "outer").write_bytes(INITRD)
    report = told.Told(machine.run(
        tmp_path, "-kernel", file, "-append", "z", "-initrd",
        "%s words" % doors.escape(tmp_path / "outer")))
    assert report.finished and not report.failures
    assert report.cmdline == "k a z"
    told.same([(one.size, one.string) for one in report.modules],
              [(len(MORE), "m b c"),
               (len(INITRD), "%s words" % (tmp_path / "outer"))], "modules")


def test_a_seal_takes_nothing_from_outside(tmp_path):
    image = bzimage.make(MIB)
    file = write(tmp_path, doors.GANGWAY, [(image.data, "vmlinuz", "sealed")],
                 packed.SEALED)
    report = probe.Report(machine.run(tmp_path, "-kernel", file))
    probe.check_promises(report, image)
    assert report.cmdline == "sealed"
    refused_with(machine.run(tmp_path, "-kernel", file, "-append",
                             "init=/bin/sh gangway.fail=halt"),
                 "open", "pack", "this gangway is sealed, .*\"init=/bin/sh "
                 "gangway.fail=halt\"")
