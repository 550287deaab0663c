# SPDX-License-Identifier: BSD-2-Clause
"""tests/efi/observer.c, built with gnu-efi: it starts gangway.efi in a firmware
that it has changed, and says at port 0xE9 what that was asked."""
import esp
import machine
import targets


def build(what):
    """The observer that plays one of the firmwares it knows."""
    targets.run_tool(targets.TESTS / "efi/build.py", "observer", what)
    return targets.FIXTURES / ("observer-%s.efi" % what.lower())


def run(tmp_path, what, files, gangway=esp.GANGWAY_EFI, args=(), **options):
    """Boot with it; what came of it, and the lines it wrote."""
    disk = esp.make(tmp_path, {esp.FALLBACK: build(what), "g.efi": gangway,
                               **files})
    options.setdefault("timeout", 120)
    outcome = machine.run(tmp_path, *disk, *args, **options)
    begin = outcome.debug.rindex("begin\n")
    return outcome, outcome.debug[begin:].splitlines()[1:]
