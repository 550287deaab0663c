# SPDX-License-Identifier: BSD-2-Clause
"""Kernels that nobody here wrote, and initramfs for them: each is got, taken
out of its wrapping or made once.

pytest-xdist asks for them in several processes: whoever makes a file holds a
lock meanwhile, and the others find it there.
"""
import contextlib
import fcntl
import functools
import pathlib
import subprocess

import doors

TESTS = pathlib.Path(__file__).resolve().parents[1]
FIXTURES = doors.BUILD / "tests"


@contextlib.contextmanager
def locked(name):
    FIXTURES.mkdir(parents=True, exist_ok=True)
    with open(FIXTURES / (name + ".lock"), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def run_tool(*command):
    done = subprocess.run([str(word) for word in command],
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    assert done.returncode == 0, done.stdout.decode()


def make(target, sources, *command):
    """Run a command whose last word is the target, unless that is newer than
    its sources."""
    with locked("%s-%s" % (target.parent.name, target.name)):
        if not target.exists() or any(
                source.stat().st_mtime >= target.stat().st_mtime
                for source in sources):
            run_tool(*command, target)
    return target


@functools.lru_cache(maxsize=None)
def fetched(name, file):
    """A file of a row of tests/fetch."""
    run_tool(TESTS / "fetch", name)
    return doors.BUILD / "targets" / name / file


def vmlinux(name):
    """What a fetched bzImage unpacks to."""
    bzimage = fetched(name, "vmlinuz")
    extract = TESTS / "extract"
    return make(bzimage.with_name("vmlinux"), [extract, bzimage], extract,
                bzimage)


def initramfs(target, *more):
    """What tests/initramfs makes of the arguments."""
    sources = [TESTS / "initramfs", TESTS / "guest-init"]
    return make(target, sources, sources[0], *more)


def initramfs_amd64():
    """32 MiB of random bytes and an init that checks them."""
    return initramfs(doors.BUILD / "initramfs.cpio")


def initramfs_i386():
    return initramfs(FIXTURES / "initramfs-i386.cpio", "--busybox",
                     fetched("i386", "busybox"))
