# SPDX-License-Identifier: BSD-2-Clause
"""Fixtures of the machine tests: what has to be built or fetched once.

pytest-xdist runs these in several processes: whoever makes a file holds a lock
meanwhile, and the others find it there.
"""
import contextlib
import fcntl
import pathlib
import re
import shutil
import subprocess
import sys

import pytest

HERE = pathlib.Path(__file__).resolve().parent
TESTS = HERE.parent
sys.path[:0] = [str(HERE), str(TESTS / "kernels"), str(TESTS / "bench")]

import doors  # noqa: E402 (needs the path above)

FIXTURES = doors.BUILD / "tests"
KEPT = 1 << 20  # larger files do not outlive their test


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


@contextlib.contextmanager
def locked(name):
    FIXTURES.mkdir(parents=True, exist_ok=True)
    with open(FIXTURES / (name + ".lock"), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def make_initramfs(target, *more):
    """Run tests/initramfs, unless the target is newer than its sources."""
    sources = [TESTS / "initramfs", TESTS / "guest-init"]
    command = [sources[0], *more, target]
    with locked(target.name):
        if target.exists() and all(
                target.stat().st_mtime > source.stat().st_mtime
                for source in sources):
            return target
        done = subprocess.run([str(word) for word in command],
                              stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT)
    assert done.returncode == 0, done.stdout.decode()
    return target


def fetched(name, file):
    done = subprocess.run([str(TESTS / "fetch"), name],
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    assert done.returncode == 0, done.stdout.decode()
    return doors.BUILD / "targets" / name / file


@pytest.fixture(scope="session", autouse=True)
def kernels():
    """The probe kernels; and gangway must be there."""
    for file in (doors.GANGWAY, doors.GANGWAY_PVH):
        assert file.exists(), "%s is not built" % file
    done = subprocess.run([str(TESTS / "kernels" / "build.py")],
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    assert done.returncode == 0, done.stdout.decode()


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
    """32 MiB of random bytes and an init that checks them."""
    return make_initramfs(doors.BUILD / "initramfs.cpio")


@pytest.fixture(scope="session")
def initramfs_i386(i386):
    return make_initramfs(FIXTURES / "initramfs-i386.cpio", "--busybox",
                          i386.parent / "busybox")
