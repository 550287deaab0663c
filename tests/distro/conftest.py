# SPDX-License-Identifier: BSD-2-Clause
"""Fixtures of the tests in Debian roots: "make check-package RELEASE=trixie"
runs them. They must run as root, and take half an hour."""
import fcntl
import os
import pathlib
import re
import shutil
import subprocess
import sys

import pytest

HERE = pathlib.Path(__file__).resolve().parent
TESTS = HERE.parent
sys.path[:0] = [str(HERE), str(TESTS / "qemu"), str(TESTS / "kernels")]

import doors  # noqa: E402 (needs the path above)
import roots  # noqa: E402

RELEASE = os.environ.get("RELEASE", "trixie")
HOME = doors.BUILD / "roots"


@pytest.fixture
def folder(request):
    """A folder per test, whose logs stay to be read."""
    name = re.sub(r"\W+", "-", request.node.nodeid.split("/")[-1])
    path = doors.BUILD / "tests" / "runs" / name
    shutil.rmtree(path, ignore_errors=True)
    path.mkdir(parents=True)
    yield path
    for file in path.rglob("*"):
        if file.is_file() and file.stat().st_size > 1 << 20:
            file.unlink()


@pytest.fixture(scope="session", autouse=True)
def alone():
    """One run at a time has the roots of a release."""
    HOME.mkdir(parents=True, exist_ok=True)
    with open(HOME / (RELEASE + ".lock"), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@pytest.fixture(scope="session")
def bare(alone):
    """A bare root that reaches the archive; copied by whoever wants one."""
    root = roots.Root(HOME / (RELEASE + ".fresh"), roots.base(RELEASE))
    roots.reach_archive(root, RELEASE)
    yield root
    root.remove()


@pytest.fixture
def new(bare, request):
    """A fresh copy of the bare root."""
    root = roots.Root(HOME / (RELEASE + ".new"), bare.folder)
    yield root
    root.remove()


@pytest.fixture(scope="session")
def builder(bare):
    """The root with what it takes to build the packages."""
    root = roots.Root(HOME / (RELEASE + ".builder"), bare.folder)
    tree = root / "build/gangway"
    tree.mkdir(parents=True)
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=TESTS.parent, check=True,
        stdout=subprocess.PIPE).stdout
    subprocess.run(["cp", "--parents", "-t", str(tree), *(
        name for name in listed.decode().split("\0") if name)],
        cwd=TESTS.parent, check=True)
    root.install("build-essential fakeroot lintian")
    root.run("cd /build/gangway && apt-get -qq -y build-dep .")
    yield root
    root.remove()


@pytest.fixture(scope="session")
def packages(request):
    """The packages as dpkg-buildpackage makes them, or those in $PACKAGES."""
    folder = os.environ.get("PACKAGES")
    if not folder:
        builder = request.getfixturevalue("builder")
        builder.run("cd /build/gangway && dpkg-buildpackage -us -uc -b")
        folder = builder / "build"
    return sorted(pathlib.Path(folder).glob("*.deb"))


def put_packages(root, packages):
    for package in packages:
        shutil.copy(package, root / "root")


@pytest.fixture(scope="session")
def system(bare, packages):
    """A root as it is installed on a disk: the packages, an initramfs
    generator, an ESP's folder. There is no kernel yet."""
    root = roots.Root(HOME / (RELEASE + ".system"), bare.folder)
    put_packages(root, packages)
    root.install("systemd systemd-boot kmod initramfs-tools busybox zstd")
    root.run("apt-get -qq -y install /root/gangway*.deb")
    (root / "etc/kernel/cmdline").write_text(roots.WORDS + "\n")
    (root / "boot/efi/EFI/BOOT").mkdir(parents=True)
    shutil.copy(root / "usr/lib/gangway/gangway.efi",
                root / "boot/efi/EFI/BOOT/BOOTX64.EFI")
    yield root
    root.remove()


@pytest.fixture
def installed(system):
    root = roots.Root(HOME / (RELEASE + ".installed"), system.folder)
    yield root
    root.remove()
