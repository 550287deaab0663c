# SPDX-License-Identifier: BSD-2-Clause
"""Fixtures of the machine tests: what has to be built or fetched once."""
import pathlib
import re
import shutil
import subprocess
import sys

import pytest

HERE = pathlib.Path(__file__).resolve().parent
TESTS = HERE.parent
sys.path[:0] = [str(HERE), *(str(TESTS / name)
                             for name in ("kernels", "bench", "xen"))]

import doors  # noqa: E402 (needs the path above)
import targets  # noqa: E402
from targets import FIXTURES, fetched, locked  # noqa: E402

KEPT = 1 << 20  # larger files do not outlive their test


def pytest_configure(config):
    config.addinivalue_line(
        "markers", "real: other people's kernels, and what long.txt lists (check-all)")
    config.addinivalue_line(
        "markers", "fast: of those, what make check runs as well")
    config.addinivalue_line(
        "markers", "short: each door and kind of kernel once (check-release)")


def pytest_collection_modifyitems(items):
    """Mark what long.txt lists: real, and not fast."""
    lines = (HERE / "long.txt").read_text().splitlines()
    begins = tuple(line for line in lines if not line.startswith("#"))
    for item in items:
        if item.nodeid.split("/")[-1].startswith(begins):
            item.own_markers = [mark for mark in item.own_markers
                                if mark.name not in ("fast", "short")]
            item.keywords._markers.pop("fast", None)
            item.add_marker(pytest.mark.real)


@pytest.fixture
def tmp_path(request):
    """A folder per test, whose logs and QEMU command stay to be read."""
    name = re.sub(r"\W+", "-", request.node.nodeid.split("/")[-1])
    folder = FIXTURES / "runs" / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    yield folder
    for file in folder.rglob("*"):
        if file.is_file() and file.stat().st_size > KEPT:
            file.unlink()


@pytest.fixture(scope="session", autouse=True)
def kernels():
    """The probe kernels; and gangway must be there."""
    for file in (doors.GANGWAY, doors.GANGWAY_PVH):
        assert file.exists(), "%s is not built" % file
    targets.run_tool(TESTS / "kernels" / "build.py")


@pytest.fixture(scope="session")
def cloud():
    """Debian's kernel for virtual machines."""
    return fetched("cloud", "vmlinuz")


@pytest.fixture(scope="session", params=["cloud-5.10", "cloud-6.12"])
def other_cloud(request):
    """The same of an older and of a newer Debian: lz4 and zstd payloads."""
    return fetched(request.param, "vmlinuz")


@pytest.fixture(scope="session")
def cloud_gz(cloud):
    target = FIXTURES / "vmlinuz.gz"
    with locked(target.name):
        if not target.exists():
            packed = subprocess.run(["gzip", "-1nc", str(cloud)],
                                    stdout=subprocess.PIPE, check=True)
            target.write_bytes(packed.stdout)
    return target


@pytest.fixture(scope="session")
def i386():
    """Debian's 32-bit kernel."""
    return fetched("i386", "vmlinuz")


@pytest.fixture(scope="session")
def memtest():
    return fetched("memtest86+", "memtest86+x64.bin")


@pytest.fixture(scope="session")
def initramfs():
    return targets.initramfs_amd64()


@pytest.fixture(scope="session")
def initramfs_i386():
    return targets.initramfs_i386()
