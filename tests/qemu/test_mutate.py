# SPDX-License-Identifier: BSD-2-Clause
"""A few of the boots of tests/mutate, and that it finds what it looks for;
`make mutate` has two thousand."""
import sys

import pytest

import esp
import machine
import targets

sys.path.insert(0, str(targets.TESTS / "mutate"))

import hybrids  # noqa: E402 (needs the path above)
import mutate  # noqa: E402 (needs the path above)
import stage  # noqa: E402
import subjects  # noqa: E402
from bzimage import MIB  # noqa: E402

JUMP_ON, TO_ITSELF = b"\xff\xe7", b"\xeb\xfe"


def test_damaged_kernels_bundles_and_tables():
    assert not mutate.main(["--count", "24", "--without-firmware"])


def test_damaged_headers_of_the_hybrid():
    assert not mutate.main(["--count", "12", "--without-firmware", "--only",
                            "hybrid"])


def test_a_silent_gangway_is_not_its_loader_s_fault(tmp_path):
    """It jumps to where it is, behind its first steps."""
    data = esp.GANGWAY_EFI.read_bytes()
    assert data.count(JUMP_ON, 0, hybrids.SETUP_LEN * 2) == 1
    subject = hybrids.alone("silent", data, (), hybrids.by_seabios)
    with pytest.raises(machine.Timeout):
        mutate.run(tmp_path, subject, data.replace(JUMP_ON, TO_ITSELF, 1))


def verdict(folder, spoil):
    """Of a sound boot, if gangway did something else as well."""
    subject = subjects.door("pvh", stage.through_pvh)
    script = subjects.scripted(stage.through_pvh, subjects.sound_kernel())
    sound = subject.boot
    spoil(script)

    def boot(path, _):
        return sound(path, script.bytes())
    return mutate.run(folder, subject._replace(boot=boot), b"")


def test_a_page_that_nobody_named_is_found(tmp_path):
    assert verdict(tmp_path, lambda script: script.put(50 * MIB, b"x")) == (
        "bad", "written outside of the plan: 0x3200000-0x3201000")


def test_a_triple_fault_is_found(tmp_path):
    def to_nowhere(script):
        script.enter(50 * MIB, 0, 0)
    assert verdict(tmp_path, to_nowhere) == (
        "bad", "neither started nor refused: guest-reset")
