# SPDX-License-Identifier: BSD-2-Clause
"""gangway with a kernel and its modules in one file, started as any kernel is,
by every door."""
import struct

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


def ip_sum(data):
    words = struct.unpack("<%dH" % (len(data) // 2), data)
    total = sum(words)
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return total ^ 0xffff


def coreboot_table(records):
    """What coreboot's payloads look for, from its own declarations."""
    body = b"".join(struct.pack("<II", tag, 8 + len(data)) + data
                    for tag, data in records)
    head = [b"LBIO", 24, 0, len(body), ip_sum(body), len(records)]
    head[2] = ip_sum(struct.pack("<4s5I", *head))
    return struct.pack("<4s5I", *head) + body


@pytest.mark.parametrize("screen", [False, True])
def test_coreboot_enters_its_payload(tmp_path, screen):
    """Played: as its payload loader leaves memory and CPU, which has loaded
    the segments that cbfstool took from the file."""
    image = bzimage.make(MIB)
    file = write(tmp_path, doors.GANGWAY, [(image.data, "vmlinuz", "words"),
                                           (INITRD, "", "")])
    table_at = TOP - MIB
    memory = [(0, 0x1000, 16), (0x1000, 0x9f000, stage.RAM),
              (0xf0000, 0x10000, stage.RESERVED),
              (MIB, table_at - MIB, stage.RAM), (table_at, MIB, 16)]
    records = [(1, b"".join(struct.pack("<QQI", *row) for row in memory))]
    if screen:
        records.append((0x12, struct.pack(
            "<QIII12B", 0xfd000000, 800, 600, 3200, 32, 16, 8, 8, 8, 0, 8,
            24, 8, 0, 0, 0)))
    script = stage.Script()
    script.load_elf(file)
    script.put(table_at, coreboot_table(records))
    script.put(0x500, coreboot_table([(0x11, struct.pack("<Q", table_at))]))
    entry, = struct.unpack_from("<Q", file.read_bytes(), 0x18)
    script.enter(entry, 0, 0x5000)
    outcome = stage.run(tmp_path, script)
    assert outcome.lines("gangway .*: entered by coreboot from coreboot$")
    report = probe.Report(outcome)
    probe.check_promises(report, image, INITRD)
    assert report.cmdline == "words"
    assert (table_at, MIB, stage.RESERVED) in report.e820
    assert (report.zero_page[0x0f] == 0x23) == screen


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
