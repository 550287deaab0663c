# SPDX-License-Identifier: BSD-2-Clause
"""How far it is to user space by gangway, and without it."""
import pytest

import journey
import targets

XZ = "amd64-6.1"
DIRECT, GANGWAY, EXTRACTED, GRUB, *_ = journey.WAYS

pytestmark = pytest.mark.real


def test_distance_to_user_space(tmp_path):
    kernel = targets.fetched(XZ, "vmlinuz")
    insns = {way: journey.measure(tmp_path / "journey", way, kernel).insns
             for way in (DIRECT, GANGWAY, EXTRACTED, GRUB)}
    assert insns[GANGWAY] <= 1.01 * insns[DIRECT]
    assert insns[GANGWAY] < insns[GRUB]
    assert insns[EXTRACTED] <= 0.5 * insns[GANGWAY]
