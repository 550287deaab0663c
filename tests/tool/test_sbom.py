# SPDX-License-Identifier: BSD-2-Clause
"""The list of what is linked in, of the files that were built."""
import hashlib
import json
import pathlib
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests"))

import sbom  # noqa: E402 (needs the path above)
from doors import BUILD  # noqa: E402

LIBRARIES = pathlib.Path("/usr/lib/x86_64-linux-gnu")
ARCHIVES = {"libfdt.a": "libfdt", "libz.a": "zlib", "libbearssl.a": "BearSSL",
            "liblzma.a": "liblzma", "libbz2.a": "libbz2", "libzstd.a": "libzstd",
            "liblz4.a": "liblz4", "libxxhash.a": "libxxhash"}


@pytest.fixture(name="listed", scope="module")
def fixture_listed():
    return sbom.document(BUILD, "1.2.3")


def of_kind(listed, kind, one=None):
    return [row["relatedSpdxElement"] for row in listed["relationships"]
            if row["relationshipType"] == kind
            and one in (None, row["spdxElementId"])]


def test_each_file_and_its_hash(listed):
    names = {one["fileName"] for one in listed["files"]}
    assert {"./gangway", "./gangway.elf", "./gangway-pvh.elf",
            "./gangway.efi", "./gangway-full.elf",
            "./gangway-full.efi"} <= names
    for one in listed["files"]:
        data = (BUILD / one["fileName"]).read_bytes()
        for checksum in one["checksums"]:
            digest = hashlib.new(checksum["algorithm"].lower(), data)
            assert digest.hexdigest() == checksum["checksumValue"]


def defined(file):
    """What a program or an archive defines, by names of some length."""
    rows = subprocess.run(["nm", "--defined-only", file], text=True,
                          capture_output=True).stdout.splitlines()
    return {row.split()[2] for row in rows
            if len(row.split()) == 3 and row.split()[1] in "TtDdRr"}


@pytest.mark.parametrize("name", ["gangway.elf", "gangway-pvh.elf",
                                  "gangway.efi", "gangway-full.elf",
                                  "gangway-full.efi"])
def test_whose_symbols_are_in_it_is_listed(listed, name):
    """Of the archives that the linker may take from."""
    program = dict(sbom.products(BUILD))[BUILD / name]
    inside = defined(program)
    found = {library for archive, library in ARCHIVES.items()
             if len(inside & defined(LIBRARIES / archive)) > 1}
    named = {one[len("SPDXRef-Static-"):]
             for one in of_kind(listed, "STATIC_LINK",
                                "SPDXRef-File-" + name)}
    assert found == named - {"font", "gnu-efi"}


def test_whatever_is_named_is_described(listed):
    known = {"SPDXRef-DOCUMENT"} | {
        one["SPDXID"] for one in listed["files"] + listed["packages"]}
    for row in listed["relationships"]:
        assert {row["spdxElementId"], row["relatedSpdxElement"]} <= known
    assert len(known) == 1 + len(listed["files"]) + len(listed["packages"])
    for one in listed["packages"]:
        assert one["versionInfo"] and one["downloadLocation"]


def test_the_same_files_have_the_same_list(listed):
    assert json.dumps(sbom.document(BUILD, "1.2.3")) == json.dumps(listed)
