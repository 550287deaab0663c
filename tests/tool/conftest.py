# SPDX-License-Identifier: BSD-2-Clause
"""What the tests of the program gangway share: the program, built to notice its
own mistakes, and files of every kind."""
import json
import os
import pathlib
import subprocess
import sys
from typing import NamedTuple

import pytest

HERE = pathlib.Path(__file__).resolve().parent
TESTS = HERE.parent
sys.path[:0] = [str(TESTS / "qemu"), str(TESTS / "kernels")]

import doors  # noqa: E402 (needs the path above)
import fit  # noqa: E402
import targets  # noqa: E402

GANGWAY = doors.BUILD / "host" / "gangway"
# What libraries keep to the end is no leak of ours.
ENVIRONMENT = dict(os.environ, ASAN_OPTIONS="detect_leaks=0", LC_ALL="C",
                   GANGWAY_FILES=str(doors.BUILD))


class Done(NamedTuple):
    code: int
    out: str
    err: str


def run(*words, cwd=None, stdin=subprocess.DEVNULL):
    """A call of gangway, which never crashes."""
    done = subprocess.run([str(word) for word in (GANGWAY, *words)],
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          env=ENVIRONMENT, cwd=cwd, stdin=stdin, timeout=60)
    err = done.stderr.decode("latin-1")
    assert "Sanitizer" not in err and "runtime error" not in err, err
    assert done.returncode in (0, 1, 2), (done.returncode, err)
    return Done(done.returncode, done.stdout.decode("latin-1"), err)


def good(*words, cwd=None):
    """The output of a call that succeeds."""
    done = run(*words, cwd=cwd)
    assert done.code == 0 and not done.err, done
    return done.out


def inspect(*files):
    return json.loads(good("inspect", "--json", *files))


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
