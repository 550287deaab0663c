# SPDX-License-Identifier: BSD-2-Clause
"""What can be wrong with a structure: every way for each of its fields, an end
at each of its edges, and bits that have flipped in what is packed.

A Structure says where its fields are; damages() lists all that may happen to
it, in an order that never changes, and apply() does one of them.
"""
import random
from typing import NamedTuple


class Structure(NamedTuple):
    data: bytes
    fields: tuple = ()  # (offset, size) of each number
    edges: tuple = ()  # offsets where a part of it ends
    packed: tuple = ()  # (start, end) of bytes that a checksum covers


class Damage(NamedTuple):
    kind: str
    at: int
    size: int = 0
    value: int = 0

    def __str__(self):
        if self.kind == "cut":
            return "cut to %#x bytes" % self.at
        if self.kind == "flip":
            return "bit %d of byte %#x flipped" % (self.value, self.at)
        return "%d bytes at %#x are %#x" % (self.size, self.at, self.value)


FLIPS = 40  # in each part that is packed


def words(start, end, size=4):
    """Fields one behind the other."""
    return tuple((at, size) for at in range(start, end - size + 1, size))


def of_format(code, at=0):
    """The fields of a struct's format, each of them one letter."""
    sizes = {"B": 1, "H": 2, "I": 4, "Q": 8}
    found = []
    for letter in code:
        found.append((at, sizes[letter]))
        at += sizes[letter]
    return tuple(found)


def values(structure, at, size, rng):
    """Zero, the most, one more, one less, and two of no meaning."""
    most = (1 << 8 * size) - 1
    now = int.from_bytes(structure.data[at:at + size], "little")
    tried = [0, most, (now + 1) & most, (now - 1) & most,
             rng.randrange(most + 1), rng.randrange(most + 1) >> 4 * size,
             int.from_bytes(structure.data[at:at + size], "big")]
    return [value for value in dict.fromkeys(tried) if value != now]


def damages(structure, seed):
    rng = random.Random(seed)
    found = [Damage("field", at, size, value)
             for at, size in structure.fields
             for value in values(structure, at, size, rng)]
    cuts = {edge + more for edge in structure.edges for more in (-1, 0, 1)}
    found += [Damage("cut", at) for at in sorted(cuts)
              if 0 < at < len(structure.data)]
    for start, end in structure.packed:
        found += [Damage("flip", rng.randrange(start, end), 1,
                         rng.randrange(8)) for _ in range(FLIPS)]
    return found


def apply(data, damage):
    if damage.kind == "cut":
        return data[:damage.at]
    harmed = bytearray(data)
    if damage.kind == "flip":
        harmed[damage.at] ^= 1 << damage.value
    else:
        harmed[damage.at:damage.at + damage.size] = \
            damage.value.to_bytes(damage.size, "little")
    return bytes(harmed)
