# SPDX-License-Identifier: BSD-2-Clause
"""The probe kernel through every door: what it is given, byte by byte."""
import struct

import pytest

import bzimage
import doors
import machine
import probe
import stage
from bzimage import MIB
from doors import noise

GIB = 1 << 30
SIZES = [1, 4095, 3 * MIB + 5]
DOORS = ["mb1", "pvh", "grub-mb1", "grub-mb2"]


def boot(tmp_path, door, image, initrds=(), words="", append="",
         timeout=60, **options):
    """Boot a probe image with files as initrd, and check all promises."""
    (tmp_path / "kernel").write_bytes(image.data)
    files = [(tmp_path / "kernel", words)]
    for number, data in enumerate(initrds):
        (tmp_path / ("initrd%d" % number)).write_bytes(data)
        files.append((tmp_path / ("initrd%d" % number), ""))
    args = doors.args(door, tmp_path, files, append)
    outcome = machine.run(tmp_path, *args, timeout=timeout, **options)
    report = probe.Report(outcome)
    probe.check_promises(report, image, doors.join(initrds))
    return report


@pytest.mark.parametrize("door", DOORS)
def test_64_bit_entry(tmp_path, door):
    report = boot(tmp_path, door, bzimage.make(MIB), [noise(MIB)], "a b",
                  "c")
    assert report.entry == 64
    assert report.cmdline == "a b c"


@pytest.mark.parametrize("door", DOORS)
def test_32_bit_entry(tmp_path, door):
    image = bzimage.make(MIB, xloadflags=0)
    report = boot(tmp_path, door, image, [noise(MIB)], "a b", "c")
    assert report.entry == 32
    assert report.cmdline == "a b c"


@pytest.mark.parametrize("xloadflags", [0, 1])
def test_entries_under_uefi(tmp_path, xloadflags):
    image = bzimage.make(MIB, xloadflags=xloadflags)
    report = boot(tmp_path, "efi-mb2", image, [noise(MIB)], "a b", "c")
    assert report.entry == (64 if xloadflags else 32)


@pytest.mark.parametrize("memory,cpus", [(128, 1), (512, 2), (3072, 1),
                                         (6144, 2)])
@pytest.mark.parametrize("door", ["mb1", "pvh"])
def test_memory_map_is_the_one_of_a_direct_boot(tmp_path, door, memory,
                                                cpus):
    image = bzimage.write(tmp_path / "probe")
    options = dict(memory=memory, cpus=cpus)
    direct = probe.Report(machine.run(
        tmp_path, "-kernel", tmp_path / "probe", **options))
    report = boot(tmp_path, door, image, [noise(MIB)], **options)
    assert ram(report) == ram(direct)
    assert reserved(report) == reserved(direct)


def ram(report):
    return [(area.start, area.end) for area in report.ram()]


def reserved(report):
    return [region for region in sorted(report.e820)
            if region.type != probe.E820_RAM]


@pytest.mark.parametrize("memory", [128, 3072])
def test_microvm(tmp_path, memory):
    report = boot(tmp_path, "pvh", bzimage.make(MIB), [noise(MIB)],
                  memory=memory, machine="microvm")
    assert report.entry == 64


def test_rsdp_is_passed_on(tmp_path):
    report = boot(tmp_path, "mb1", bzimage.make())
    assert 0xe0000 <= report.rsdp < 0x100000


def test_many_modules_are_joined(tmp_path):
    initrds = [noise(size) for size in SIZES] + [b"x" * 7, noise(70001)]
    boot(tmp_path, "mb1", bzimage.make(MIB), initrds)


def test_an_empty_initrd_is_none(tmp_path):
    report = boot(tmp_path, "mb1", bzimage.make(), [b""])
    assert report.initrd.size == 0


def test_kernel_between_its_initrds(tmp_path):
    image = bzimage.write(tmp_path / "kernel", MIB)
    parts = [noise(5001), noise(MIB + 3)]
    for number, data in enumerate(parts):
        (tmp_path / str(number)).write_bytes(data)
    args = doors.mb1([doors.File(tmp_path / "0"),
                      doors.File(tmp_path / "kernel", "words"),
                      doors.File(tmp_path / "1")])
    report = probe.Report(machine.run(tmp_path, *args))
    probe.check_promises(report, image, doors.join(parts))


def test_fixed_kernel_where_gangway_lies(tmp_path):
    """Not relocatable at 1 MiB: the last copy covers gangway itself."""
    image = bzimage.make(14 * MIB, relocatable_kernel=0, pref_address=MIB,
                         kernel_alignment=0x1000, xloadflags=0)
    report = boot(tmp_path, "mb1", image, [noise(9 * MIB)])
    assert report.image.start == MIB


def test_fixed_64_bit_kernel_where_gangway_lies(tmp_path):
    image = bzimage.make(14 * MIB, relocatable_kernel=0, pref_address=MIB)
    report = boot(tmp_path, "mb1", image, [noise(9 * MIB)])
    assert report.image.start == MIB
    assert report.entry == 64


@pytest.mark.parametrize("version", [0x203, 0x204, 0x205, 0x206, 0x207,
                                     0x209, 0x20a, 0x20c])
def test_old_protocols(tmp_path, version):
    """What a header of its version does not have must not be read: there the
    file has code."""
    image = bzimage.make(2 * MIB, version=version, init_size=4 * MIB,
                         relocatable_kernel=int(version >= 0x205))
    report = boot(tmp_path, "mb1", image, [noise(MIB)], "a b")
    assert report.cmdline == "a b"
    assert report.entry == (64 if version >= 0x20c else 32)


def test_no_setup_sectors_means_four(tmp_path):
    boot(tmp_path, "mb1", bzimage.make(setup_sects=0), [noise(MIB)])


def test_long_real_mode_part(tmp_path):
    boot(tmp_path, "mb1", bzimage.make(setup_sects=39), [noise(MIB)])


@pytest.mark.parametrize("init_size", [2, 50, 300])
def test_window_is_kept_free(tmp_path, init_size):
    """The probe overwrites its whole window before it looks at the rest."""
    image = bzimage.make(MIB, init_size=init_size * MIB)
    report = boot(tmp_path, "mb1", image, [noise(20 * MIB + 1)])
    assert report.window.size == init_size * MIB


@pytest.mark.parametrize("xloadflags", [0, 1])
def test_initrd_that_just_fits_below_its_limit(tmp_path, xloadflags):
    """initrd_addr_max is the last byte's address, not the first free one."""
    image = bzimage.make(MIB, initrd_addr_max=64 * MIB - 1,
                         xloadflags=xloadflags)
    initrd, kernel = stage.Module(64 * MIB, noise(8 * MIB)), \
        stage.Module(16 * MIB, image.data)
    memory_map = [(0, 0x9f000, stage.RAM), (MIB, 3 * MIB, stage.RAM),
                  (16 * MIB, 32 * MIB, stage.RAM),
                  (56 * MIB, 100 * MIB, stage.RAM)]
    script = stage.through_mb1(doors.GANGWAY, [kernel, initrd], memory_map)
    report = probe.Report(stage.run(tmp_path, script))
    probe.check_promises(report, image, initrd.data)
    assert report.initrd.start == 56 * MIB


def test_alignment_of_16_mib(tmp_path):
    image = bzimage.make(MIB, kernel_alignment=16 * MIB, min_alignment=13,
                         xloadflags=0)
    boot(tmp_path, "mb1", image, [noise(MIB)])


def test_command_line_fits_exactly(tmp_path):
    image = bzimage.make(cmdline_size=200)
    words = "w" * 99
    report = boot(tmp_path, "mb1", image, words=words, append="x" * 100)
    assert report.cmdline == words + " " + "x" * 100


def test_own_words_are_taken_out(tmp_path):
    report = boot(tmp_path, "mb1", bzimage.make(),
                  words="a gangway.log=debug b",
                  append="gangway.fail=reboot c gangway.console=auto")
    assert report.cmdline == "a b c"


def test_no_command_line(tmp_path):
    report = boot(tmp_path, "pvh", bzimage.make())
    assert report.cmdline == ""
    assert report.number("cmdline_at")


@pytest.mark.parametrize("cpu", [machine.CPU, "max,-cx16"])
def test_no_seed_of_the_cpu_alone(tmp_path, cpu):
    """The kernel would trust it even if its user trusts no RDRAND."""
    report = boot(tmp_path, "mb1", bzimage.make(), cpu=cpu)
    assert not [node for node in report.setup_data
                if node.type == probe.SETUP_RNG_SEED]


def test_subarch(tmp_path):
    report = boot(tmp_path, "mb1", bzimage.make(),
                  append="gangway.subarch=3 gangway.subarch_data=0x1234")
    assert report.field("hardware_subarch") == 3
    assert report.field("hardware_subarch_data") == 0x1234


def test_subarch_is_a_pc_by_default(tmp_path):
    image = bzimage.make(hardware_subarch=1, hardware_subarch_data=5)
    report = boot(tmp_path, "mb1", image)
    assert report.field("hardware_subarch") == 0
    assert report.field("hardware_subarch_data") == 0


def test_quiet_says_nothing(tmp_path):
    report = boot(tmp_path, "mb1", bzimage.make(),
                  append="gangway.log=quiet")
    assert report.before == ""


def test_normal_says_at_most_ten_lines(tmp_path):
    report = boot(tmp_path, "mb1", bzimage.make(), [noise(MIB)])
    lines = report.before.splitlines()
    assert 3 <= len(lines) <= 10, report.before


def test_more_than_128_regions(tmp_path):
    """The zero page has room for 128: the others go into setup_data."""
    holes = [(GIB + 2 * n * 0x1000, 0x1000, stage.RESERVED)
             for n in range(150)]
    memory_map = stage.usual_map(200 * MIB) + holes
    image = bzimage.make(MIB)
    module = stage.Module(16 * MIB, image.data, "kernel words")
    script = stage.through_mb1(doors.GANGWAY, [module], memory_map)
    report = probe.Report(stage.run(tmp_path, script))
    probe.check_promises(report, image)
    assert report.zero_page[0x1e8] == 128
    assert len(report.e820) == 154
    assert [node.type for node in report.setup_data
            if node.type == probe.SETUP_E820_EXT]


def test_bad_memory_at_the_usual_place(tmp_path):
    """pref_address is taken: a relocatable kernel goes elsewhere."""
    memory_map = stage.usual_map(200 * MIB)
    memory_map.append((20 * MIB, MIB, stage.RESERVED))
    image = bzimage.make(MIB)
    module = stage.Module(64 * MIB, image.data, "kernel words")
    script = stage.through_mb1(doors.GANGWAY, [module], memory_map)
    report = probe.Report(stage.run(tmp_path, script))
    probe.check_promises(report, image)
    assert report.window.start > 20 * MIB


def test_multiboot2_with_only_what_it_needs(tmp_path):
    image, initrd = bzimage.make(MIB), noise(MIB + 9)
    modules = [stage.Module(40 * MIB, initrd),
               stage.Module(16 * MIB, image.data, "a b")]
    script = stage.through_mb2(doors.GANGWAY, modules,
                               stage.usual_map(200 * MIB), cmdline="c")
    report = probe.Report(stage.run(tmp_path, script))
    probe.check_promises(report, image, initrd)
    assert report.cmdline == "a b c"


@pytest.mark.parametrize("behind", [False, True])
def test_pvh_with_many_modules(tmp_path, behind):
    """QEMU gives one; others give more, and put all right behind gangway."""
    image, parts = bzimage.make(MIB), [noise(MIB + 5), noise(7)]
    modules = [stage.Module(2 * MIB, image.data, "a b"),
               stage.Module(4 * MIB, parts[0]),
               stage.Module(6 * MIB, parts[1], "ignored")]
    script = stage.through_pvh(doors.GANGWAY, modules,
                               stage.usual_map(200 * MIB), behind,
                               cmdline="c")
    report = probe.Report(stage.run(tmp_path, script))
    probe.check_promises(report, image, doors.join(parts))
    assert report.cmdline == "a b c"


def test_multiboot2_framebuffer(tmp_path):
    """A picture from the door is in screen_info, its high half too."""
    image = bzimage.make(MIB)
    at = 0x8_1000_0000
    tag = stage.tag(8, struct.pack("<QIIIBBHBBBBBB", at, 4096, 1024, 768, 32,
                                   1, 0, 16, 8, 8, 8, 0, 8))
    module = stage.Module(16 * MIB, image.data)
    script = stage.through_mb2(doors.GANGWAY, [module],
                               stage.usual_map(200 * MIB), extra=tag)
    report = probe.Report(stage.run(tmp_path, script))
    probe.check_promises(report, image)
    page = report.zero_page
    assert page[0x0f] in (0x23, 0x70)
    width, height, depth, base = struct.unpack_from("<HHHI", page, 0x12)
    assert (width, height, depth, base) == (1024, 768, 32, at & 0xffffffff)
    assert struct.unpack_from("<H", page, 0x24)[0] == 4096
    assert struct.unpack_from("<I", page, 0x36)[0] & 2
    assert struct.unpack_from("<I", page, 0x3a)[0] == at >> 32
