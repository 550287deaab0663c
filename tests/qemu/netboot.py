# SPDX-License-Identifier: BSD-2-Clause
"""Starts over a network: QEMU's own DHCP and TFTP, and the iPXE in its network
cards, or one of Debian's packages."""
import doors
import esp
from targets import fetched

SCRIPT = "boot.ipxe"


def card(folder, files, script):
    """QEMU's arguments for a card, and a network of {name: path}."""
    served = folder / "served"
    served.mkdir()
    for name, path in files.items():
        (served / name).symlink_to(path)
    (served / SCRIPT).write_text("#!ipxe\n%s\nboot\n" % "\n".join(script))
    return ["-netdev", "user,id=net,tftp=%s,bootfile=%s"
            % (doors.escape(served), SCRIPT),
            "-device", "virtio-net-pci,netdev=net"]


def bios(folder, files, script, row=None):
    """On a BIOS, by the card's own iPXE or that of a row of tests/fetch."""
    by = ["-kernel", fetched(row, "ipxe.lkrn")] if row else ["-boot", "n"]
    return card(folder, files, script) + by


def efi(folder, files, script, row):
    """By iPXE as an application of UEFI; row: of tests/fetch."""
    disk = esp.make(folder, {esp.FALLBACK: fetched(row, "ipxe.efi")})
    return card(folder, files, script) + disk
