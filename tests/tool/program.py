# SPDX-License-Identifier: BSD-2-Clause
"""Calls of the program gangway, built to notice its own mistakes."""
import json
import os
import subprocess
from typing import NamedTuple

import doors

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
