# SPDX-License-Identifier: BSD-2-Clause
"""Linux and its initrd stay off memory that has been the firmware's: firmware
uses it after it has said that it will not, and Linux reads tables there."""
import re

import pytest

import doors
import esp
import grub
import machine
from guest import Guest

WORDS = "console=ttyS0 panic=-1 no_timer_check efi=debug"
SERVICES = r"efi: mem\d+: \[Boot (?:Data|Code).*range=\[0x(\w+)-0x(\w+)\]"
# What Linux says of its initrd, and gangway of the rest, which lies too low to
# be moved by what the firmware takes last
PLACES = (r"RAMDISK: \[mem 0x(\w+)-0x(\w+)\]", r"^image: 0x(\w+)-0x(\w+),",
          r"^jump: .*window 0x(\w+)-0x(\w+),", r"^arena: 0x(\w+)-0x(\w+)")


def ranges(pattern, text, end=0):
    return [(int(start, 16), int(stop, 16) + end)
            for start, stop in re.findall(pattern, text, re.M)]


def check(outcome):
    assert Guest(outcome).blob_ok
    services = ranges(SERVICES, outcome.serial, 1)
    places = [place for pattern in PLACES
              for place in ranges(pattern, outcome.serial)]
    assert len(services) > 10 and len(places) == 4
    assert not [(place, service) for place in places for service in services
                if place[0] < service[1] and service[0] < place[1]]
    assert "Unexpected EFI Memory Attributes" not in outcome.serial


def test_by_the_zero_page(tmp_path, cloud, initramfs):
    words = WORDS + " gangway.linux=zeropage gangway.log=debug"
    files = {esp.FALLBACK: esp.GANGWAY_EFI, "vmlinuz": cloud,
             "initrd": initramfs, "ucode": doors.noise(3 << 20),
             "loader/entries/a.conf": "title T\nlinux /vmlinuz\n"
             "initrd /initrd\ninitrd /ucode\noptions %s\n" % words}
    check(machine.run(tmp_path, *esp.make(tmp_path, files), timeout=300))


@pytest.mark.real
def test_by_multiboot2(tmp_path, cloud, initramfs):
    """GRUB has ended the boot services, and passes the firmware's map on."""
    disk = tmp_path / "grub.img"
    grub.make_efi(disk, "multiboot2", doors.GANGWAY,
                  WORDS + " gangway.log=debug gangway.console=com1",
                  [(cloud, ""), (initramfs, "")])
    check(machine.run(tmp_path, "-bios", doors.OVMF, "-drive",
                      "if=virtio,format=raw,file=%s" % doors.escape(disk),
                      timeout=300))
