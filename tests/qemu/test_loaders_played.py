# SPDX-License-Identifier: BSD-2-Clause
"""Loaders that Debian has no package of, played by what their sources leave in
registers, strings and tables:

    u-root         pkg/boot/multiboot/{multiboot,info,module}.go, and the
                   trampoline: to the ELF file's entry, ELF segments alone
    towboot        towboot/src/boot/mod.rs, mem.rs
    Slim Bootloader  BootloaderCommonPkg/Library/MultibootLib/Multiboot{,2}.c
"""
import struct
from typing import NamedTuple

import pytest

import doors
import probe
import stage
from bzimage import MIB
from doors import noise

MAP = stage.usual_map(200 * MIB)
NOISE = noise(70000)


class Loader(NamedTuple):
    name: str
    put: object  # of stage.py: a script with everything in place
    enters_file: bool
    cmdline: str  # gangway's
    kernel: str  # the kernel module's string
    module: str


LOADERS = {
    # a name in front of the modules' words, none in front of the kernel's
    "u-root": Loader("u-root kexec", stage.through_mb1, True, "alpha=1",
                     "/boot/vmlinuz first=1", "/boot/initrd"),
    "towboot-mb1": Loader("towboot 0.10.0", stage.through_mb1, False,
                          "alpha=1", "first=1", ""),
    "towboot-mb2": Loader("towboot 0.10.0", stage.through_mb2, False,
                          "alpha=1", "first=1", ""),
    "slim-mb1": Loader("Slim BootLoader", stage.through_mb1, False,
                       "alpha=1", "first=1", ""),
    "slim-mb2": Loader("Slim BootLoader", stage.through_mb2, False,
                       "alpha=1", "first=1", ""),
}


def file_entry():
    return struct.unpack_from("<Q", doors.GANGWAY.read_bytes(), 0x18)[0]


@pytest.mark.parametrize("kind", LOADERS)
def test_linux(tmp_path, kind):
    """Where no file name is in front, the first word is not lost."""
    loader = LOADERS[kind]
    image = probe.bzimage.make()
    script = loader.put(
        doors.GANGWAY,
        [stage.Module(40 * MIB, image.data, loader.kernel),
         stage.Module(60 * MIB, NOISE, loader.module)],
        MAP, cmdline=loader.cmdline, loader=loader.name)
    if loader.enters_file:
        script.state = script.state._replace(entry=file_entry())
    outcome = stage.run(tmp_path, script)
    assert outcome.lines("gangway .*: entered by multiboot. from "
                         + loader.name), outcome.serial
    report = probe.Report(outcome)
    probe.check_promises(report, image, NOISE)
    assert report.cmdline == "first=1 alpha=1"
