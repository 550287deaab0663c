# SPDX-License-Identifier: BSD-2-Clause
"""kexec-tools, out of a Linux that gangway itself has started: gangway by each
of the types that take it, and that Linux's own kernel by both system calls.

One machine goes through a chain of kexecs: each Linux makes an initramfs of its
own files for the next one. See tests/guest-kexec.
"""
import re
from types import SimpleNamespace

import pytest

import doors
import esp
import fit
import machine
import targets
from guest import Guest

LONG = pytest.mark.real  # for check-all
VERSIONS = ["2.0.25", "2.0.29"]
# what kexec is told, and the door of gangway's that it leads to
DOOR = {"default": "multiboot2", "multiboot-x86": "multiboot1",
        "multiboot2-x86": "multiboot2", "elf-x86_64": "linux"}
PLAIN = ("kexec_load", "kexec_file_load")  # past gangway
LAST = "elf-x86_64"  # with a bundle, which holds the end of the chain
EVERY = ("multiboot-x86", "kexec_load", "default", "kexec_file_load",
         "multiboot2-x86", LAST)
LINE = "console=ttyS0 panic=-1"
ENTRY = "title x\nlinux /k\ninitrd /i\noptions %s\n"
MIB = 1 << 20


def bundle(cloud):
    """Kernel and initramfs in one, for the one module of a Linux door."""
    small = targets.initramfs(targets.FIXTURES / "small.cpio", "--blob", "1")
    target = targets.FIXTURES / "kexec.fit"
    with targets.locked(target.name):
        fit.make(target, cloud, small, "%s way=%s" % (LINE, LAST),
                 external=True)
    return target


def initramfs(version, content, name="kexec"):
    """What tests/initramfs makes of kexec and of all that it starts, which is
    {name: path} in the folder kexec."""
    kexec = targets.fetched("kexec-" + version, "kexec")
    files = {"bin/kexec": kexec, "next": targets.TESTS / "guest-kexec"}
    for file in content:
        files["kexec/" + file] = content[file]
    for library in sorted((kexec.parent / "lib").iterdir()):
        folder = "lib64" if library.name.startswith("ld-") else "lib"
        files["%s/%s" % (folder, library.name)] = library
    more = [word for path, file in files.items()
            for word in ("--add", "%s=%s" % (path, file))]
    target = targets.FIXTURES / ("%s-%s.cpio" % (name, version))
    with targets.locked(target.name):
        targets.run_tool(targets.TESTS / "initramfs", "--blob", "1", *more,
                         target)
    return target


def of_this_chain(version, cloud):
    return initramfs(version, {"gangway.elf": doors.GANGWAY, "vmlinuz": cloud,
                               "bundle": bundle(cloud)})


def start(folder, door, files, words):
    """QEMU's arguments for the first gangway, and with it the first Linux."""
    if door == "efi":
        kernel, initrd = files
        return esp.make(folder, {
            esp.FALLBACK: esp.GANGWAY_EFI, "k": kernel, "i": initrd,
            "loader/entries/a.conf": ENTRY % words})
    kernel, initrd = map(doors.File, files)
    return doors.args(door, folder, [kernel._replace(words=words), initrd])


def parts(outcome):
    """The serial output of the first Linux, and of each way behind it."""
    first, *others = re.split(r"^GUEST-NEXT (\S+)$", outcome.serial,
                              flags=re.M)
    return first, list(zip(others[::2], others[1::2]))


def check_link(way, text, before, rest, version):
    """One system of the chain, after the one before it."""
    assert "GUEST-KEXEC 0" in text, text
    guest = Guest(SimpleNamespace(serial=text))
    said = re.search(r"^gangway \S+: entered by (\w+)(?: from (.*))?$", text,
                     re.M)
    behind = " behind=gangway" if way in DOOR else ""
    line = "%s way=%s" % (LINE, way)
    line += " gangway-test.kexec=" + ",".join(rest) if rest else ""
    assert guest.cmdline == line + behind
    assert bool(said) == (way in DOOR)
    if said:
        assert said[1] == DOOR[way], said[0]
        assert way == LAST or said[2] == "kexec " + version
    assert guest.blob_ok, "the initramfs is damaged"
    assert abs(guest.mem_kib - before.mem_kib) < 4096
    # Multiboot tells nothing of it: gangway looks for it
    assert guest.param("rsdp") or guest.has_efi
    return guest


def go_through(tmp_path, cloud, door, version, ways):
    words = "%s gangway-test.kexec=%s" % (LINE, ",".join(ways))
    args = start(tmp_path, door, [cloud, of_this_chain(version, cloud)], words)
    outcome = machine.run(tmp_path, *args, memory=1024, timeout=300)
    first, links = parts(outcome)
    guest = Guest(SimpleNamespace(serial=first))
    assert guest.blob_ok and guest.has_efi == (door == "efi")
    assert [way for way, _ in links] == list(ways), outcome.serial[-4000:]
    for number, (way, text) in enumerate(links, 1):
        guest = check_link(way, text, guest, ways[number:], version)
    assert outcome.reason == "guest-shutdown"


def test_gangway_by_its_default_type_and_as_elf(tmp_path, cloud):
    go_through(tmp_path, cloud, "mb1", VERSIONS[0], ("default", LAST))


@LONG
@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("door", ["mb1", "pvh", "efi"])
def test_every_way(tmp_path, cloud, door, version):
    go_through(tmp_path, cloud, door, version, EVERY)


@LONG
def test_kexec_file_load_takes_no_elf_file(tmp_path, cloud):
    """It knows bzImages alone, and kexec does not get as far as to ask it."""
    args = start(tmp_path, "mb1", [cloud, of_this_chain(VERSIONS[0], cloud)],
                 LINE + " gangway-test.kexec=elf-file")
    outcome = machine.run(tmp_path, *args, memory=1024, timeout=120)
    assert outcome.lines(r"Invalid memory segment 0x100000 ")
    assert outcome.lines(r"GUEST-KEXEC [1-9]")
