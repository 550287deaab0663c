# SPDX-License-Identifier: BSD-2-Clause
"""Numbers in docs/trust.md, written by whoever measured them: with FIGURES=1 in
the environment a command puts there what it prints."""
import os
import pathlib
import re

PAGE = pathlib.Path(__file__).resolve().parents[1] / "docs" / "trust.md"


def tell(name, sentence):
    """Print a sentence, or put it between the marks of that name as well."""
    print("%s: %s" % (name, sentence), flush=True)
    if not os.environ.get("FIGURES"):
        return
    text = PAGE.read_text()
    begin, end = "<!-- figures: %s -->\n" % name, "<!-- end of %s -->" % name
    assert begin in text and end in text, "no marks of " + name
    PAGE.write_text(re.sub(
        re.escape(begin) + ".*?" + re.escape(end),
        lambda _: begin + "* " + sentence + "\n" + end, text, flags=re.S))
