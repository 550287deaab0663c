# SPDX-License-Identifier: BSD-2-Clause
"""The version is the same wherever it is written down."""
import re

import doors


def first(file, pattern):
    return re.search(pattern, (doors.ROOT / file).read_text(), re.M)[1]


def test_one_version():
    version = first("GNUmakefile", r"^VERSION := (\S+)")
    assert first("debian/changelog", r"^gangway \((\S+)\)") == version
    assert first("efi/sbat.csv", r"^gangway,\d+,gangway,gangway,([^,]+),"
                 ) == version
    assert first("CHANGELOG.md", r"^## \[([0-9][^]]*)\]") == version
