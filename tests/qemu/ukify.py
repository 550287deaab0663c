# SPDX-License-Identifier: BSD-2-Clause
"""systemd's own ukify and systemd-measure, of Debian 13 on whatever Debian this
is: UKIs as users make them, and what their tools say will be measured."""
import hashlib
import re
import subprocess

import doors
import esp
import targets

ROW = "systemd-257"
PHASE = b"enter-initrd"  # the first that follows the stub


def folder():
    targets.fetched(ROW, "systemd-measure")
    return doors.BUILD / "targets" / ROW


def addon_stub():
    return folder() / "efi" / "addonx64.efi.stub"


def stub():
    """systemd's own."""
    return folder() / "efi" / "linuxx64.efi.stub"


def tools():
    """A folder with a systemd-measure that finds its libraries."""
    home, place = folder(), targets.FIXTURES / "systemd-tools"
    script = place / "systemd-measure"
    with targets.locked("systemd-tools"):
        place.mkdir(exist_ok=True)
        script.write_text('#!/bin/sh\nexec "%s" --library-path "%s" "%s" "$@"\n'
                          % (home / "lib/ld-linux-x86-64.so.2", home / "lib",
                             home / "systemd-measure"))
        script.chmod(0o755)
    return place


def run(*words):
    return subprocess.run(
        ["/usr/bin/python3", str(folder() / "ukify"), "build",
         *(str(word) for word in words)], text=True, check=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE).stdout


def profile(target, *words):
    """One to be joined to a UKI."""
    run("--stub=%s" % addon_stub(), *words, "--output=%s" % target)
    return target


def build(target, *words, profiles=(), stub=esp.GANGWAY_EFI):
    """A UKI; and for each profile, of which the image itself is the first,
    what PCR 11 has to be once the first phase has begun."""
    text = run("--stub=%s" % stub, *words,
               *("--join-profile=%s" % path for path in profiles),
               "--measure", "--tools=%s" % tools(), "--output=%s" % target)
    values = [bytes.fromhex(value) for value in
              re.findall(r"^11:sha256=([0-9a-f]+)$", text, re.M)][::4]
    return target, values


def after_phase(value):
    return hashlib.sha256(value + hashlib.sha256(PHASE).digest()).digest()
