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
    "own": """memory map: 3 regions
  0000000000-000009fc00 RAM               0000100000-0010000000 RAM
  0010000000-0010010000 ACPI
""",
}


@pytest.mark.parametrize("name", [*MAPS, "sysfs"])
def test_maps(files, name):
    path = files / "map"
    if name == "sysfs":
        for i, (start, end, kind) in enumerate([
                (0, 0x9fbff, "System RAM"), (0x100000, 0xfffffff, "System RAM"),
                (0x10000000, 0x1000ffff, "ACPI Tables")]):
            (path / str(i)).mkdir(parents=True)
            for key, value in (("start", hex(start)), ("end", hex(end)),
                               ("type", kind)):
                (path / str(i) / key).write_text(value + "\n")
    else:
        path.write_text(MAPS[name])
    found = plan(files, "--map", "map", "--door", "mb2", "bzimage", "initrd")
    assert [(int(one["start"], 16), int(one["end"], 16), one["type"])
            for one in found["zero_page"]["map"]] == [
        (0, 0x9fc00, "RAM"), (0x100000, 0x10000000, "RAM"),
        (0x10000000, 0x10010000, "ACPI")]


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
