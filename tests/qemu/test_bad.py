# SPDX-License-Identifier: BSD-2-Clause
"""Bad input: one sentence, a dump, an end by itself, and never a boot."""
import gzip
import re

import pytest

import bzimage
import doors
import fit
import machine
import screen
import stage
from bzimage import MIB
from doors import noise
from refusal import PATIENCE, SENTENCE, refused, refused_with


def boot(tmp_path, *contents, append="", **options):
    """Files with these contents as Multiboot1 modules."""
    files = []
    for number, data in enumerate(contents):
        (tmp_path / str(number)).write_bytes(data)
        files.append(doors.File(tmp_path / str(number)))
    return machine.run(tmp_path, *doors.mb1(files, append),
                       timeout=PATIENCE, **options)


def boot_pvh(tmp_path, bundle, **options):
    (tmp_path / "bundle").write_bytes(bundle)
    return machine.run(tmp_path, *doors.pvh(tmp_path / "bundle"),
                       timeout=PATIENCE, **options)


def test_no_module(tmp_path):
    refused(boot(tmp_path))


@pytest.mark.parametrize("board", ["pc", "microvm"])
def test_no_module_by_pvh(tmp_path, board):
    refused(machine.run(tmp_path, *doors.pvh(None), timeout=PATIENCE,
                        machine=board))


@pytest.mark.short
@pytest.mark.parametrize("size", [1, 1000, MIB])
def test_no_kernel_among_the_modules(tmp_path, size):
    refused(boot(tmp_path, noise(size), noise(size + 1)))


def test_empty_module(tmp_path):
    refused(boot(tmp_path, b""))


@pytest.mark.parametrize("kept", [0x203, 0x210, 0x26b, 0x400, 2560, 2561,
                                  5000, MIB])
def test_truncated_bzimage(tmp_path, kept):
    image = bzimage.make(2 * MIB)
    refused(boot(tmp_path, image.data[:kept]))


@pytest.mark.parametrize("values", [
    dict(version=0x201), dict(loadflags=0), dict(setup_sects=255),
    dict(kernel_alignment=3), dict(kernel_alignment=0),
    dict(min_alignment=40), dict(init_size=0x1000), dict(boot_flag=0),
    dict(init_size=0xffffffff), dict(pref_address=(1 << 64) - 4096,
                                     relocatable_kernel=0)], ids=str)
def test_bad_header(tmp_path, values):
    image = bytearray(bzimage.make(MIB).data)
    for name, value in values.items():
        bzimage.put(image, name, value)
    refused(boot(tmp_path, bytes(image)))


@pytest.mark.parametrize("byte", [0, 5, 0x0e, 0x8f, 0xff])
def test_bad_header_length(tmp_path, byte):
    image = bytearray(bzimage.make(MIB).data)
    image[0x201] = byte
    refused(boot(tmp_path, bytes(image)))


def test_too_little_memory_for_the_window(tmp_path):
    image = bzimage.make(MIB, init_size=200 * MIB)
    refused(boot(tmp_path, image.data, memory=128))


def test_too_little_memory_for_the_initrd(tmp_path):
    image = bzimage.make(MIB, init_size=60 * MIB)
    refused(boot(tmp_path, image.data, noise(40 * MIB), memory=96))


def test_too_little_memory_by_pvh(tmp_path):
    image = bzimage.make(MIB, init_size=100 * MIB)
    refused(boot_pvh(tmp_path, image.data, memory=64))


def test_initrd_above_its_limit(tmp_path):
    image = bzimage.make(MIB, initrd_addr_max=32 * MIB - 1, xloadflags=1)
    refused(boot(tmp_path, image.data, noise(32 * MIB)))


def test_command_line_one_byte_too_long(tmp_path):
    image = bzimage.make(cmdline_size=200)
    refused(boot(tmp_path, image.data, append="x" * 201))


def test_unknown_option(tmp_path):
    refused(boot(tmp_path, bzimage.make().data, append="gangway.nonsense=1"))


@pytest.mark.parametrize("option", [
    "gangway.log=loud", "gangway.subarch=", "gangway.subarch=2",
    "gangway.console=com9", "gangway.fail=never"])
def test_bad_option(tmp_path, option):
    refused(boot(tmp_path, bzimage.make().data, append=option))


@pytest.mark.parametrize("harm", ["middle", "crc", "cut", "tail"])
def test_damaged_gzip(tmp_path, harm):
    packed = bytearray(gzip.compress(bzimage.make(MIB).data, 1))
    if harm == "middle":
        packed[len(packed) // 2] ^= 0x55
    elif harm == "crc":
        packed[-5] ^= 1
    elif harm == "cut":
        del packed[len(packed) // 2:]
    else:
        del packed[-4:]
    refused(boot(tmp_path, bytes(packed)))


def test_gzip_of_no_kernel(tmp_path):
    refused(boot(tmp_path, gzip.compress(noise(MIB), 1)))


@pytest.fixture
def bundle(tmp_path):
    """A good FIT image, to be damaged."""
    bzimage.write(tmp_path / "kernel", MIB)
    (tmp_path / "initrd").write_bytes(noise(MIB))
    fit.make(tmp_path / "fit", tmp_path / "kernel", tmp_path / "initrd")
    return bytearray((tmp_path / "fit").read_bytes())


@pytest.mark.parametrize("harm", ["head", "cut", "structure", "default"])
def test_damaged_fit(tmp_path, bundle, harm):
    if harm == "head":
        bundle[4:8] = b"\xff\xff\xff\xff"
    elif harm == "cut":
        del bundle[len(bundle) // 2:]
    elif harm == "structure":
        bundle[56:60] = b"\0\0\0\7"
    else:
        bundle[:] = bundle.replace(b"boot\0", b"toob\0", 1)
    refused(boot_pvh(tmp_path, bytes(bundle)))


@pytest.mark.parametrize("algo", ["crc32", "sha256", "sha1"])
def test_a_fit_whose_initrd_has_a_flipped_bit(tmp_path, algo):
    """Or a hash that anybody can forge."""
    bzimage.write(tmp_path / "kernel", MIB)
    (tmp_path / "initrd").write_bytes(noise(MIB))
    fit.make(tmp_path / "fit", tmp_path / "kernel", tmp_path / "initrd",
             algo=algo)
    file = bytearray((tmp_path / "fit").read_bytes())
    file[file.index(noise(MIB)) + MIB // 2] ^= 1
    sentence = 'the image "ramdisk" is damaged: its %s is not what the tree ' \
        'says' % algo
    if algo == "sha1":
        sentence = 'the image "kernel" has a hash by "sha1", which proves ' \
            'nothing here: take sha256'
    refused_with(boot_pvh(tmp_path, bytes(file)), "open", "fit", sentence)


def script(modules=(), top=200 * MIB, **info):
    return stage.through_mb1(doors.GANGWAY, modules,
                             stage.usual_map(top), **info)


def test_module_outside_memory(tmp_path):
    told = script([stage.Module(16 * MIB, bzimage.make().data)], 12 * MIB)
    refused(stage.run(tmp_path, told, timeout=PATIENCE))


@pytest.mark.parametrize("at", [0xc0000000, 0xfffffff8, 4096 * MIB - 16])
def test_module_list_outside_memory(tmp_path, at):
    told = script(nr_modules=2, modules_at=at)
    refused(stage.run(tmp_path, told, timeout=PATIENCE))


@pytest.mark.parametrize("count", [1 << 28, 0xffffffff, 1 << 20])
def test_too_many_modules(tmp_path, count):
    told = script(nr_modules=count, modules_at=32 * MIB)
    refused(stage.run(tmp_path, told, timeout=PATIENCE))


def test_info_outside_memory(tmp_path):
    told = script()
    eax, entry = told.state.eax, told.state.entry
    told.enter(entry, eax, 0xd0000000)
    refused(stage.run(tmp_path, told, timeout=PATIENCE))


def test_no_memory_map(tmp_path):
    module = stage.Module(16 * MIB, bzimage.make().data)
    told = stage.through_mb1(doors.GANGWAY, [module], [])
    refused(stage.run(tmp_path, told, timeout=PATIENCE))


def test_pvh_without_a_memory_map(tmp_path):
    """Version 0 has none, and here is no Xen to ask for it."""
    module = stage.Module(16 * MIB, bzimage.make().data)
    told = stage.through_pvh(doors.GANGWAY, [module], [], version=0)
    refused(stage.run(tmp_path, told, timeout=PATIENCE))


def test_pvh_module_list_outside_memory(tmp_path):
    told = stage.through_pvh(doors.GANGWAY, [], stage.usual_map(200 * MIB))
    info = told.state.ebx
    told.put(info + 12, b"\2\0\0\0" + (1 << 45).to_bytes(8, "little"))
    refused(stage.run(tmp_path, told, timeout=PATIENCE))


def test_multiboot2_tag_of_no_size(tmp_path):
    module = stage.Module(16 * MIB, bzimage.make().data)
    told = stage.through_mb2(doors.GANGWAY, [module],
                             stage.usual_map(200 * MIB),
                             extra=b"\3\0\0\0" + bytes(4))
    refused(stage.run(tmp_path, told, timeout=PATIENCE))


# Where it talks

def said(text):
    return re.findall("^%s\r?$" % SENTENCE, text, re.M)


def test_console_none(tmp_path):
    outcome = boot(tmp_path, append="gangway.console=none")
    assert outcome.serial == "" and outcome.debug == ""
    assert outcome.reason == "guest-shutdown"


def test_pitfall_83_no_uart(tmp_path):
    """All of its registers read as ones: nothing waits for it."""
    outcome = boot(tmp_path, machine="microvm,isa-serial=off")
    assert said(outcome.debug) and outcome.serial == ""
    assert outcome.reason == "guest-shutdown"


def test_console_com1_only(tmp_path):
    outcome = boot(tmp_path, append="gangway.console=com1")
    assert said(outcome.serial) and not said(outcome.debug)


def test_console_e9_only(tmp_path):
    outcome = boot(tmp_path, append="gangway.console=e9")
    assert said(outcome.debug) and not said(outcome.serial)


def test_console_list(tmp_path):
    outcome = boot(tmp_path, append="gangway.console=e9,com1")
    assert said(outcome.debug) and said(outcome.serial)


def test_quiet_failure_still_speaks(tmp_path):
    refused(boot(tmp_path, append="gangway.log=quiet"))


@pytest.mark.parametrize("words", ["gangway.console=vga", ""])
def test_console_vga(tmp_path, words):
    args = doors.mb1([], "gangway.fail=halt " + words)
    with machine.Machine(tmp_path, *args, "-vga", "std") as running:
        screen.wait_for(screen.vga_rows, running, tmp_path, SENTENCE)
