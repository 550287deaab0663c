# SPDX-License-Identifier: BSD-2-Clause
"""What the tests of the program gangway share: files of every kind."""
import pathlib
import sys

import pytest

HERE = pathlib.Path(__file__).resolve().parent
TESTS = HERE.parent
sys.path[:0] = [str(HERE), str(TESTS / "qemu"), str(TESTS / "kernels")]

import doors  # noqa: E402 (needs the path above)
import fit  # noqa: E402
import targets  # noqa: E402


@pytest.fixture(scope="session")
def gangway_efi():
    return doors.BUILD / "gangway.efi"


@pytest.fixture(scope="session")
def kernels():
    """The folder with the probe as every kind of kernel."""
    targets.run_tool(TESTS / "kernels" / "build.py")
    return doors.BUILD / "tests"


@pytest.fixture
def bundle(tmp_path, kernels):
    """A FIT image by mkimage, with its data inside."""
    ramdisk = tmp_path / "ramdisk"
    ramdisk.write_bytes(doors.noise(5000))
    fit.make(tmp_path / "bundle.fit", kernels / "probe64.bzimage", ramdisk,
             "some words", algo="sha256")
    return tmp_path / "bundle.fit"
