# SPDX-License-Identifier: BSD-2-Clause
"""What runs the tutorials notices what does not hold."""
import pathlib
import re
import sys
import time

import pytest

import doors

sys.path.append(str(doors.ROOT / "tests"))

import check_docs  # noqa: E402 (needs the path above)

PAGE = """# Title

Some words:

```sh
echo one; echo "the two"; echo three
```

```output
one
...two
```

**As root:**

```sh
false
```

```ini
a = b
```
"""
TUTORIALS = sorted((doors.ROOT / "docs").glob("tutorial-*.md"))


def test_blocks():
    run, left_out = check_docs.blocks(PAGE)
    assert (run.line, run.label, run.expected) == (6, "", ["one", "...two"])
    assert (left_out.label, left_out.commands) == ("As root:", "false\n")


@pytest.mark.parametrize("expected,missing", [
    (["one", "two"], None), (["...t...o"], None), (["two", "one"], "one"),
    (["on"], "on"), (["one", "four"], "four")])
def test_lines(expected, missing):
    assert check_docs.first_missing(expected, "> one\nthe two\n") == missing


def block(commands, *expected):
    return check_docs.Block(1, "", commands, list(expected))


@pytest.mark.parametrize("one,said", [
    (block("echo a", "a"), None),
    (block("false; true"), "fails with 1"),
    (block("echo a", "b"), "does not print 'b'"),
    (block("echo %s" % check_docs.INSTALLED, str(check_docs.BUILD)), None)])
def test_run(tmp_path, one, said):
    found = check_docs.run(one, tmp_path)
    assert found is None if said is None else found.startswith(said)


def test_a_block_that_does_not_end(tmp_path, monkeypatch):
    """What it printed is said, and what it started ends with it."""
    monkeypatch.setattr(check_docs, "PATIENCE", 0.5)
    said = check_docs.run(block("sleep 60 & echo $!; wait"), tmp_path)
    words, child = said.split("\n")[:2]
    assert words == "does not end"
    deadline = time.monotonic() + 10
    while is_running(child):
        assert time.monotonic() < deadline
        time.sleep(0.01)


def is_running(pid):
    """A child that nobody waits for counts as ended."""
    try:
        stat = pathlib.Path("/proc", pid, "stat").read_text()
    except FileNotFoundError:
        return False
    return stat.rsplit(") ", 1)[1][0] not in "ZX"


@pytest.mark.parametrize("tutorial", TUTORIALS, ids=lambda page: page.stem)
def test_each_tutorial_is_found_and_runs_something(tutorial):
    found = check_docs.blocks(tutorial.read_text())
    assert any(not one.label for one in found)
    assert tutorial.name in (doors.ROOT / "README.md").read_text()
    assert all(re.search("root|host|monitors|machine", one.label)
               for one in found if one.label)
