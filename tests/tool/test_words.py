# SPDX-License-Identifier: BSD-2-Clause
"""The manual pages and the shells' completion know all words there are."""
import os
import re
import subprocess

import pytest

import doors
from program import GANGWAY, good

COMMANDS = ["inspect", "plan", "pack", "unpack", "run"]


def test_commands():
    assert sorted(good("--words").split()) == sorted(COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_manual_of_options(command):
    page = (doors.ROOT / "docs/gangway.1").read_text()
    section = re.search(r"^\.Ss gangway %s\n(.*?)^\.S[sh] " % command, page,
                        re.M | re.S).group(1)
    said = set(re.findall(r"Fl -([\w-]+)", section))
    there = set(re.findall(r"--([\w-]+)", good("--words", command)))
    assert said >= there
    assert said - there <= {"type"}, "options that there are not"


def test_manual_of_the_loader_s_words():
    code = (doors.ROOT / "core/options.c").read_text()
    names = re.findall(r'^\t\[[A-Z0-9_]+\] = \{ (?:\.name = )?"(\w+)"', code, re.M)
    page = (doors.ROOT / "docs/gangway.7").read_text()
    assert len(names) >= 8
    assert set(names) == set(re.findall(r"^\.It Cm gangway\.(\w+)=", page,
                                        re.M))


# What a shell runs to offer words for the last of its arguments. zsh's compadd
# and _files work only while somebody types, so they say what they are told.
SHELLS = {
    "bash": '. tool/gangway.bash; COMP_WORDS=("$@"); '
            'COMP_CWORD=$(($# - 1)); _gangway; echo "${COMPREPLY[@]}"',
    "zsh": 'compadd() { shift; print -l -- ${(M)@:#$PREFIX*} }; '
           '_files() { print -l -- $PREFIX*(N) }; '
           'words=("$@"); CURRENT=$#; PREFIX=$words[CURRENT]; '
           '. tool/gangway.zsh',
}


@pytest.mark.parametrize("shell", SHELLS)
def test_completion(shell):
    def complete(*words):
        path = "%s:%s" % (GANGWAY.parent, os.environ["PATH"])
        return subprocess.run(
            [shell, "-c", SHELLS[shell], shell, *words], text=True,
            stdout=subprocess.PIPE, cwd=doors.ROOT, check=True,
            env=dict(os.environ, PATH=path)).stdout.split()

    assert complete("gangway", "p") == ["plan", "pack"]
    assert complete("gangway", "pack", "--k") == ["--kernel"]
    assert "--help" in complete("gangway", "run", "--")
    assert complete("gangway", "inspect", "READ") == ["README.md"]
