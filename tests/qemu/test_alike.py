# SPDX-License-Identifier: BSD-2-Clause
"""tests/alike, which compares kernels that Debian does not package."""
import importlib.machinery
import importlib.util
import subprocess

import pytest

from doors import ROOT

COMMAND = ROOT / "tests" / "alike"


@pytest.fixture(scope="module")
def alike():
    loader = importlib.machinery.SourceFileLoader("alike", str(COMMAND))
    module = importlib.util.module_from_spec(
        importlib.util.spec_from_loader("alike", loader))
    loader.exec_module(module)
    return module


def test_differences_are_found(alike):
    ended = alike.Ran("exit code 1", ["a", "b"])
    running = alike.Ran("still running", ["a", "b", "c"])
    for one, other, said in [
            (ended, ended, ""),
            (ended, ended._replace(end="guest-reset"),
             "guest-reset, alone exit code 1"),
            (ended, ended._replace(lines=["a"]), "1 lines, alone 2"),
            (ended, ended._replace(lines=["a", "x"]),
             "line 2 is 'x', alone 'b'"),
            (running, running._replace(lines=["a", "b", "c", "d"]), ""),
            (running, running._replace(lines=["a", "x", "c"]),
             "line 2 is 'x', alone 'b'"),
            (running, running._replace(lines=[]), "prints nothing")]:
        assert alike.difference(one, other) == said


@pytest.mark.real
def test_a_kernel_and_what_is_none(tmp_path):
    """QEMU starts even zeroes, as a Linux of old."""
    from targets import fetched
    kernel = fetched("invaders", "invaders.exec")
    nothing = tmp_path / "nothing"
    nothing.write_bytes(bytes(8192))
    done = subprocess.run([str(COMMAND), "--seconds", "5", str(kernel),
                           str(nothing)], capture_output=True, text=True)
    good, bad, summary = done.stdout.splitlines()
    assert good.startswith("invaders.exec (still running, 0 lines): mb1: alike")
    assert bad.startswith("nothing (still running, 0 lines): mb1: not started")
    assert (summary, done.returncode) == ("1 alike, 1 not", 1)
