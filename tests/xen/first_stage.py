# SPDX-License-Identifier: BSD-2-Clause
"""gangway with a first stage in front of it, which changes what the loader
told: a PVH kernel like gangway, entered a few instructions earlier."""
import struct

import elf
import stage

# Offsets in start_info (Xen public/arch-x86/hvm/start_info.h)
VERSION, RSDP, MEMMAP, NR_MEMMAP = 0x04, 0x20, 0x28, 0x30

NO_MAP = {MEMMAP: 0, NR_MEMMAP: 0}
VERSION_0 = {VERSION: 0, MEMMAP: 0xbad, NR_MEMMAP: 0xbad}  # not to be read
NO_RSDP = {RSDP: 0}


def code(changes, entry):
    """Machine code that sets words of start_info, which EBX points to, and
    goes on to an entry. Xen gives no stack, and none is needed."""
    # mov dword [ebx + offset], value
    stores = b"".join(b"\xc7\x43" + struct.pack("<BI", offset, value)
                      for offset, value in changes.items())
    # mov eax, entry; jmp eax
    return stores + b"\xb8" + struct.pack("<I", entry) + b"\xff\xe0"


def write(output, gangway, changes):
    """Make such a file of gangway's; output is returned."""
    segments = [elf.Segment(at, data, memsz, flags=elf.RWX)
                for at, data, memsz in stage.segments(gangway.read_bytes())]
    end = max(segment.at + segment.size for segment in segments)
    at = -(-end // elf.PAGE) * elf.PAGE
    segments.append(elf.Segment(at, code(changes, stage.pvh_entry(gangway))))
    note = elf.note("Xen", stage.PHYS32_ENTRY, struct.pack("<Q", at))
    output.write_bytes(elf.write(64, segments, at, notes=[[note]]))
    return output
