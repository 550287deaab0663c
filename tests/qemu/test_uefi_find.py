# SPDX-License-Identifier: BSD-2-Clause
"""Which of several kernels gangway.efi takes, and with which words."""
import pytest

import caller
import esp
import kernels
import machine
import told
from test_uefi import entry, fail

CMDLINE = ".cmdline"


def kernel():
    """Not before a test runs: it is built first."""
    return kernels.multiboot2().data


def boot(tmp_path, files):
    files.setdefault(esp.FALLBACK, esp.GANGWAY_EFI)
    report = told.Told(machine.run(tmp_path, *esp.make(tmp_path, files),
                                   timeout=120))
    assert report.finished and not report.failures
    return report


def image(folder, name, sections=()):
    """A UKI whose line is its name."""
    rows = dict({CMDLINE: name.encode(), ".linux": kernel()}, **dict(sections))
    return esp.ukify(folder / (name + ".uki"), {
        key: value for key, value in rows.items() if value})


def release(ident, version, uname):
    text = 'NAME="x"\nID="%s"\nVERSION_ID="%s"\n' % (ident, version)
    return {".osrel": text.encode(), ".uname": uname.encode()}


FOLDERS = {
    "by the name's version": (
        "6.10", {"6.9": {}, "6.10": {}, "6.10~rc1": {}, "7+0-1": {}}),
    "by one digit": ("6.2", {"6.1": {}, "6.2": {}, "6.0": {}}),
    "by the version of os-release": (
        "1", {"1": release("a", "10", "6.1"), "2": release("a", "9", "6.9")}),
    "by the kernel's version": (
        "1", {"1": release("a", "9", "6.10"), "2": release("a", "9", "6.9")}),
    "by the system's name": (
        "1", {"1": release("a", "9", "6.1"), "2": release("b", "10", "6.2")}),
    "with os-release before without": (
        "1", {"1": release("z", "1", "5"), "2": {}}),
    "no addon": ("1", {"1": {}, "2": {".linux": b""}}),
}


@pytest.mark.parametrize("case", FOLDERS)
def test_image_of_the_folder(tmp_path, case):
    wanted, images = FOLDERS[case]
    files = {"EFI/Linux/%s.efi" % name: image(tmp_path, name, sections)
             for name, sections in images.items()}
    files.update({"EFI/Linux/9.efi": b"MZ", "EFI/Linux/9.txt": b"x",
                  "EFI/Linux/9.efi.extra.d/x.efi": b"x"})
    assert boot(tmp_path, files).cmdline == "kernel " + wanted


def profiles(target):
    """A UKI of three."""
    return esp.ukify(target, [
        (CMDLINE, b"base"), (".linux", kernel()), (".profile", b"ID=a\n"),
        (".profile", b"ID=b\n"), (CMDLINE, b"second"),
        (".profile", b"ID=c\n"), (CMDLINE, b"third")])


@pytest.mark.parametrize("words,line", [
    ("x", "base x"), ("@0 x", "base x"), ("@1 x", "second x"),
    ("@2", "third")])
def test_profile_of_the_stub(tmp_path, words, line):
    files = {esp.FALLBACK: caller.image(),
             "g.efi": profiles(tmp_path / "uki"),
             "caller.txt": caller.script([words], 0)}
    assert boot(tmp_path, files).cmdline == "kernel " + line


@pytest.mark.parametrize("way", ["", " gangway.linux=zeropage"],
                         ids=["whole", "apart"])
def test_profile_of_an_entry(tmp_path, way):
    files = {"u.efi": profiles(tmp_path / "uki"),
             "loader/entries/a.conf": "uki /u.efi\nprofile 1\noptions x%s\n"
             % way}
    name = "/u.efi" if way else "kernel"  # its file's; the stub knows none
    assert boot(tmp_path, files).cmdline == name + " second x"


def test_profile_that_is_not_there(tmp_path):
    files = {"u.efi": profiles(tmp_path / "uki"),
             "loader/entries/a.conf": "uki /u.efi\nprofile 3\n"}
    fail(tmp_path, files, "the image does not have that profile")


def test_packed_line_goes_first(tmp_path):
    stub = esp.ukify(tmp_path / "stub", {CMDLINE: b"packed\n\0"})
    files = {esp.FALLBACK: caller.image(), "g.efi": stub, "k": kernel(),
             "caller.txt": caller.script(["of caller"], 0),
             "loader/entries/a.conf": entry("of entry", "", "linux /k")}
    assert boot(tmp_path, files).cmdline == "/k packed of entry of caller"


@pytest.mark.parametrize("files,reason", [
    ({"loader/entries/a.conf": "linux /k\nefi /k\n"},
     "the entry names more than one kernel"),
    ({"loader/entries/a.conf": "uki /k\nprofile x\n"},
     "the entry's profile is not a number"),
    ({"loader/entries": "no folder"}, "there is no kernel in gangway's"),
], ids=["two kernels", "profile", "no folder"])
def test_entries_that_are_refused(tmp_path, files, reason):
    fail(tmp_path, dict(files), reason)
