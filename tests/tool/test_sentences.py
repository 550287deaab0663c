# SPDX-License-Identifier: BSD-2-Clause
"""docs/troubles.md has a row for each sentence that gangway says."""
import sys

import doors

sys.path.append(str(doors.ROOT / "tests"))

import sentences  # noqa: E402 (needs the path above)


def test_all_have_a_row():
    assert sentences.missing() == []


def test_no_row_is_left_over():
    assert sentences.stale() == []


def test_what_is_drawn(tmp_path, monkeypatch):
    """Whatever C makes of them, and no comment, name or word of code."""
    monkeypatch.setattr(sentences, "ROOT", tmp_path)
    file = tmp_path / "core" / "x.c"
    file.parent.mkdir()
    file.write_text(r'''// "a comment is not said"
/* nor "is this one here" */
_Static_assert(1, "never seen by anyone");
if (c == '"')
	return reason_format("the file \"%.*s\" has 0x%lx bytes, "
			     "and %u is the most", n);
add(odd, is ? "one is said here" : "another \\one is there");
static const char most[] = "there are more than " DIGITS_OF(MANY) " files";
open("/proc/self/exe", "linux,initrd-start", "two words");
''')
    assert sentences.of_file(file) == [
        'the file "..." has ... bytes, and ... is the most',
        "one is said here", "another \\one is there",
        "there are more than ... files"]
