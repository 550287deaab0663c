#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Every sentence that says why something did not go as asked, drawn from the
source; docs/troubles.md has a row for each.

usage: tests/sentences.py        lists those that have none there, and rows that
                                  nothing says any more
       tests/sentences.py --all  lists all of them, by file

What is filled in at run time is "..." in both.
"""
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs/troubles.md"
PRODUCT = ["core", "formats", "machine", "loader", "efi", "tool"]
ONE = r'"(?:[^"\\]|\\.)*"'
TEXT = re.compile(r"%s(?:\s*%s)*" % (ONE, ONE))  # literals that C joins
# Where the host's program refuses; the loader has no other long texts.
CALLS = re.compile(r"\b(?:refuse|refuse_errno|misuse)\(|\breturn\b|\bbad =|"
                   r"\bwhy \w+ =")
CONVERSION = re.compile(r"(?:0x)?%[-+ 0#]*[\d*]*(?:\.[\d*]+)?(?:ll|l|h|z)?"
                        r"[a-zA-Z]")
WORDS = 3  # a sentence has at least so many in small letters
# What is hashed or measured, and marks in files
NAMES = {"gangway random seed 1", "Global system extension initrd",
         "Global configuration extension initrd", "gangway unpacks xz",
         "gangway unpacks lzma", "gangway unpacks zstd"}


def cleaned(code):
    """Without comments and characters, and numbers of the preprocessor's as
    what is filled in."""
    code = re.sub(r"/\*.*?\*/|^\s*//.*?$|'(?:\\.|[^'\\])'", "", code,
                  flags=re.S | re.M)
    code = re.sub(r"\b_Static_assert\([^;]*;|\bsystem\(%s" % TEXT.pattern, "",
                  code)
    return re.sub(r"\bDIGITS_OF\(\w+\)", '"..."', code)


def call_at(code, start):
    """From behind a word to the end of its statement, or of its brackets."""
    depth, at = 1, start
    while depth and at < len(code) and code[at] != ";":
        text = TEXT.match(code, at)
        if text:
            at = text.end()
            continue
        depth += {"(": 1, ")": -1}.get(code[at], 0)
        at += 1
    return code[start:at]


def plain(text):
    text = re.sub(r'(?<!\\)"\s*"', "", text)[1:-1]
    text = text.replace('\\"', '"').replace("\\\\", "\\")
    text = re.sub(r"\\[rn]", "", CONVERSION.sub("...", text))
    return re.sub(r"(?:\.\.\.)+", "...", text).strip()


def is_sentence(text):
    words = [word for word in text.split()
             if re.fullmatch(r"[(\"]?[a-z]+[),:;\"]*", word)]
    return len(words) >= WORDS and text not in NAMES


def texts(code):
    return [plain(text) for text in TEXT.findall(code)]


def of_file(path):
    """The sentences of a file, in their order."""
    code = cleaned(path.read_text())
    parts = [code]
    if path.relative_to(ROOT).parts[0] == "tool":
        parts = [call_at(code, match.end()) for match in CALLS.finditer(code)]
    found = [text for part in parts for text in texts(part)]
    return [text for text in dict.fromkeys(found) if is_sentence(text)]


def files(suffixes):
    return [path for folder in PRODUCT
            for path in sorted((ROOT / folder).rglob("*.[%s]" % suffixes))]


def sentences():
    return {path.relative_to(ROOT): of_file(path) for path in files("cS")}


def missing():
    """What the page does not have between backquotes."""
    there = set(re.findall(r"`([^`\n]+)`", PAGE.read_text()))
    return ["%s: docs/troubles.md has no row for: %s" % (path, text)
            for path, found in sentences().items()
            for text in found if text not in there]


def stale():
    """What stands in the first column of a table there, and nowhere else."""
    page = PAGE.read_text().split("\n## Every sentence\n")[1]
    rows = re.findall(r"^\| (`.*?) \| ", page, re.M)
    said = {text for path in files("chS")
            for text in texts(cleaned(path.read_text()))}
    return ["docs/troubles.md: nothing says this: " + text
            for row in rows for text in re.findall(r"`([^`]+)`", row)
            if text not in said]


def main():
    if sys.argv[1:] == ["--all"]:
        for path, found in sentences().items():
            print("\n".join(["# %s" % path] + found if found else []))
        return 0
    bad = missing() + stale()
    print("\n".join(bad or ["sentences: all have a row"]))
    return bool(bad)


if __name__ == "__main__":
    sys.exit(main())
