# SPDX-License-Identifier: BSD-2-Clause
"""gangway plan: each door and kind of kernel, refusals, maps, pictures. That it
says what real boots say is shown in tests/qemu/test_plan.py."""
import json
import lzma
import re
import shutil
import subprocess
from xml.etree import ElementTree

import pytest

import doors
import kernels as maker
import targets
from program import good, run

DOORS = ["mb1", "mb2", "pvh", "linux", "uefi"]
KERNELS = {"multiboot1": maker.multiboot1, "multiboot2": maker.multiboot2,
           "pvh": maker.pvh, "vmlinux": maker.vmlinux}
TOLD = {"multiboot1": "multiboot1_information", "pvh": "start_info",
        "multiboot2": "multiboot2_information", "vmlinux": "zero_page",
        "bzimage": "zero_page"}


@pytest.fixture
def files(tmp_path, kernels):
    shutil.copy(kernels / "probe64.bzimage", tmp_path / "bzimage")
    for name, make in KERNELS.items():
        make().write(tmp_path / name)
    (tmp_path / "initrd").write_bytes(doors.noise(100000))
    return tmp_path


def plan(folder, *words):
    return json.loads(good("plan", "--json", *words, cwd=folder))


@pytest.mark.parametrize("kernel", [*KERNELS, "bzimage"])
@pytest.mark.parametrize("door", DOORS)
def test_every_door_and_kind_of_kernel(files, door, kernel):
    rest = [] if door in ("pvh", "linux") else ["initrd,words"]
    found = plan(files, "--door", door, "--append", "more", kernel, *rest)
    assert any("kernel: " + kernel in line for line in found["log"])
    told = found[TOLD[kernel]]
    strings = json.dumps(told)
    assert "more" in strings
    assert any(line.startswith("jump: ") for line in found["log"])
    if rest:
        size = found["files"][1]["size"]
        if "ramdisk_size" in told:
            assert told["ramdisk_size"] == size
        else:
            start, end = (int(told["modules"][0][key], 16)
                          for key in ("start", "end"))
            assert end - start == size and "words" in strings


@pytest.mark.parametrize("door", ["mb1", "mb2"])
def test_as_many_modules_as_there_may_be(files, door):
    """Whose strings are short, so that what aligns them counts."""
    (files / "m").write_bytes(b"m")
    found = plan(files, "--door", door, "multiboot1", *["m,w"] * 511)
    assert len(found[TOLD["multiboot1"]]["modules"]) == 511


def test_linux_under_uefi_is_the_firmware_s(files):
    kernel = targets.fetched("cloud", "vmlinuz")
    found = plan(files, "--door", "uefi", kernel)
    assert "plan" not in found and "zero_page" not in found
    assert "LoadImage" in found["log"][-1]
    found = plan(files, "--door", "uefi", "--append", "gangway.linux=zeropage",
                 kernel)
    assert found["plan"] and found["zero_page"]


def test_what_people_see(files):
    text = good("plan", "bzimage", "initrd", cwd=files)
    assert "entered by multiboot1 from qemu" in text
    rows = re.findall(r"^(\w{12})-(\w{12}) +(\d+) [KM]iB  (.{32}) (.+)$", text,
                      re.M)
    assert [int(row[0], 16) for row in rows] == sorted(
        int(row[0], 16) for row in rows)
    assert any("module 1: initrd" in row[3] for row in rows)
    assert any(row[4] == "initrd" for row in rows)
    assert "zero_page:" in text and "\033" not in text


def test_picture_to_scale(files):
    good("plan", "--svg", "x.svg", "bzimage", "initrd", cwd=files)
    root = ElementTree.parse(files / "x.svg").getroot()
    texts = [one.text for one in root.iter("{http://www.w3.org/2000/svg}text")]
    assert any(text.startswith("module 1: initrd ") for text in texts)
    assert any(text.startswith("initrd 0x") for text in texts)


@pytest.mark.parametrize("words,said", [
    (["--memory", "3M", "bzimage", "initrd"], "plan bzimage: .*"),
    (["initrd"], "open module: no module is a kernel: .*"),
    (["--append", "gangway.log=loud", "bzimage"],
     "options gangway: gangway.log= is .*"),
    (["bzimage," + "x" * 3000], "plan bzimage: the command line has .*")])
def test_refusals(files, words, said):
    done = run("plan", *words, cwd=files)
    assert done.code == 1
    assert re.fullmatch(r"gangway plan: %s: %s\n" % (
        re.escape(next(word.split(",")[0] for word in words
                       if word.split(",")[0] in ("bzimage", "initrd"))), said),
        done.err), done.err


MAPS = {
    "dmesg": """[    0.0] BIOS-e820: [mem 0x0000000000000000-0x9fbff] usable
[    0.000000] BIOS-e820: [mem 0x0000000000100000-0x000000000fffffff] usable
[    0.000000] BIOS-e820: [mem 0x10000000-0x1000ffff] ACPI data
""",
    "all of dmesg": """[    0.000000] BIOS-provided physical RAM map:
[    0.000000] BIOS-e820: [mem 0x0000000000000000-0x9fbff] usable
[    0.000000] BIOS-e820: [mem 0x0000000000100000-0x000000000fffffff] usable
[    0.000000] BIOS-e820: [mem 0x10000000-0x1000ffff] ACPI data
[    0.000000] user: [mem 0x0000000000000000-0x000000003fffffff] usable
[    0.000000] e820: update [mem 0x00000000-0x00000fff] usable ==> reserved
[    0.000000] e820: remove [mem 0x000a0000-0x000fffff] usable
[    0.1] PM: Registered nosave memory: [mem 0x00000000-0x00000fff]
1000-9f000 nonsense
""",
    "journalctl": """Nov 28 06:53:00 x kernel: BIOS-e820: [mem 0x0-0x9fbff] usable
Nov 28 06:53:00 x kernel: BIOS-e820: [mem 0x100000-0xfffffff] usable
2026-11-28T06:53 x kernel: BIOS-e820: [mem 0x10000000-0x1000ffff] ACPI data\r
""",
    "old Linux": """ BIOS-e820: 0000000000000000 - 000000000009fc00 (usable)
 BIOS-e820: 0000000000100000 - 0000000010000000 (usable)
 BIOS-e820: 0000000010000000 - 0000000010010000 (ACPI data)
""",
    "own": """memory map: 1 regions
  0000000000-0080000000 RAM
memory map: 3 regions
  0000000000-000009fc00 RAM               0000100000-0010000000 RAM
  0010000000-0010010000 ACPI
image: 0x100000-0x200000, in place
""",
    "by hand": """# a machine
0-9fc00 ram
0x100000 - 0x10000000 RAM  # and more

\t10000000-10010000\tacpi data""",
    "shell": """Type       Start            End              # Pages
Available  0000000000000000-000000000009FFFF 00000000000000A0 000000000000000F
BS_Data    0000000000100000-00000000014FFFFF 0000000000000C00 000000000000000F
Available  0000000001500000-000000000FFFFFFF 000000000001A675 000000000000000F
ACPI_Recl  0000000010000000-000000001000FFFF 0000000000000012 000000000000000F
  Reserved  :            768 Pages (3,145,728 Bytes)
""",
    "efi=debug": "".join(
        "[    0.00] efi: mem%02d: [%-20s|   |  |WB|WT] range=[0x%x-0x%x] (0MB)\n"
        % (i, *line) for i, line in enumerate([
            ("Conventional Memory", 0, 0x9ffff), ("Boot Code", 0x100000, 0xffffff),
            ("Conventional", 0x1000000, 0xfffffff),
            ("ACPI Reclaim Memory", 0x10000000, 0x1000ffff)])),
}
UEFI = ("shell", "efi=debug")  # whose maps have whole pages


def write_map(path, name):
    if name != "sysfs":
        path.write_text(MAPS[name])
        return
    for i, (start, end, kind) in enumerate([
            (0, 0x9fbff, "System RAM"), (0x100000, 0xfffffff, "System RAM"),
            (0x10000000, 0x1000ffff, "ACPI Tables")]):
        (path / str(i)).mkdir(parents=True)
        for key, value in (("start", hex(start)), ("end", hex(end)),
                           ("type", kind)):
            (path / str(i) / key).write_text(value + "\n")


@pytest.mark.parametrize("name", [*MAPS, "sysfs"])
def test_maps(files, name):
    write_map(files / "map", name)
    found = plan(files, "--map", "map", "--door", "mb2", "bzimage", "initrd")
    low = 0xa0000 if name in UEFI else 0x9fc00
    assert [(int(one["start"], 16), int(one["end"], 16), one["type"])
            for one in found["zero_page"]["map"]
            if one["type"] != "reserved"] == [
        (0, low, "RAM"), (0x100000, 0x10000000, "RAM"),
        (0x10000000, 0x10010000, "ACPI")]


@pytest.mark.parametrize("name", UEFI)
def test_what_was_the_firmware_s_is_left_alone(files, name):
    write_map(files / "map", name)
    found = plan(files, "--map", "map", "--door", "uefi", "bzimage", "initrd")
    assert int(found["plan"]["window"], 16) >= 0x1000000


def test_names_of_types(files):
    """All that Linux and gangway have, and such as nobody knows."""
    kinds = {"reserved": "reserved", "ACPI NVS": "ACPI NVS",
             "unusable": "unusable", "persistent (type 7)": "persistent",
             "persistent (type 12)": "pram", "soft reserved": "soft reserved"}
    linux = {**kinds, "type 20": "reserved", "device reserved": "reserved"}
    own = {name: name for name in (*kinds.values(), "ACPI")}
    line = "BIOS-e820: [mem 0x%x-0x%x] %s\n"
    for form, names, less in ((line, linux, 1), ("%x-%x %s\n", own, 0)):
        regions = [(0, 0x9fc00, "usable" if less else "RAM"),
                   (0x100000, 0x10000000, "usable" if less else "RAM")]
        regions += [(0x20000000 + (i << 20), 0x20000000 + (i + 1 << 20), name)
                    for i, name in enumerate(names)]
        (files / "map").write_text("".join(
            form % (start, end - less, name) for start, end, name in regions))
        found = plan(files, "--map", "map", "bzimage")["zero_page"]["map"]
        types = {int(one["start"], 16): one["type"] for one in found}
        for i, name in enumerate(names):
            start = max(at for at in types if at <= 0x20000000 + (i << 20))
            assert types[start] == names[name], name


def test_modules_of_a_log(files):
    """A file that is as long lies where the module was."""
    (files / "map").write_text(
        "memory map: 1 regions\n  0000000000-0020000000 RAM\n"
        "module 0: 5000000-%x \"k\" \"\"\nmodule 1: 6000000-6000001 \"\" \"\"\n"
        % (0x5000000 + (files / "bzimage").stat().st_size))
    found = plan(files, "--map", "map", "--door", "mb2", "bzimage", "initrd")
    assert found["files"][0]["at"] == "0x5000000"
    assert found["files"][1]["at"] != "0x6000000"


@pytest.mark.parametrize("text,said", [
    ("", "no line of it is one of a memory map, such as .*"),
    ("[mem 0x0-0xfff] usable\n", "no line of it is .*"),
    ("\0\0\0", "it is no text"),
    ("x\n0x100000-0x200000 rum\n", "in line 2: the type of memory is none of .*"),
    ("0x100000-0x200000 RAMs\n", "in line 1: the type of memory is none of .*"),
    ("100-200 RAM 300 RAM\n", "in line 1: behind the type of memory there is .*"),
    ("0x200000-0x100000 RAM\n", "in line 1: the range ends before it begins"),
    ("BIOS-e820: [mem 0x10", "in line 1: it has no range of memory"),
    ("BIOS-e820: [mem 0x1-0x10000000000000000] usable",
     "in line 1: it has no range of memory"),
    ("memory map: 20 regions\n  0-1000000 RAM\n  and 6 more, which ...\n",
     "in line 3: regions are left out: gangway.log=debug shows all"),
    ("0-1000000 reserved\n", "none of its memory is RAM"),
    ("0-ffffffffffffff00 RAM\n", "a machine with memory up to 0x.* cannot .*"),
    ("".join("%x-%x RAM\n" % (i << 12, i + 1 << 12) for i in range(1057)),
     "it has more than 1056 regions"),
])
def test_maps_that_are_none(files, text, said):
    (files / "map").write_text(text)
    done = run("plan", "--map", "map", "bzimage", cwd=files)
    assert done.code == 1
    assert re.fullmatch("gangway plan: map: %s\n" % said, done.err), done.err


def test_map_of_this_machine(files):
    """Where there is one, and with lots of memory above 4 GiB."""
    good("plan", "--memory", "64G", "bzimage", "initrd", cwd=files)
    if subprocess.run(["test", "-r", "/sys/firmware/memmap/0/start"]).returncode:
        pytest.skip("this machine has no /sys/firmware/memmap")
    good("plan", "--door", "mb2", "--map", "/sys/firmware/memmap", "bzimage",
         cwd=files)


def test_packed_file(files):
    good("pack", "-o", "x.elf", "--kernel", "bzimage", "--initrd", "initrd",
         "--cmdline", "inner words", cwd=files)
    found = plan(files, "--gangway", "x.elf", "--append", "outer")
    assert "inner words outer" in json.dumps(found["zero_page"])
    assert found["zero_page"]["ramdisk_size"] == 100000


def test_only_some_files_unpack_xz(files):
    (files / "xz").write_bytes(lzma.compress(
        (files / "bzimage").read_bytes()))
    full = doors.BUILD / "gangway-full.elf"
    assert any("in xz" in line for line in
               plan(files, "--gangway", full, "xz", "initrd")["log"])
    done = run("plan", "xz", cwd=files)
    assert done.code == 1
    assert "does not unpack xz, but gangway-full does" in done.err
    words = ["pack", "-o", "x.elf", "--kernel", "xz"]
    assert "packed with xz, which" in run(*words, cwd=files).err
    good(*words, "--stub", full, cwd=files)
    good("plan", "--gangway", "x.elf", cwd=files)
