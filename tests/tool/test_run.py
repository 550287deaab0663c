# SPDX-License-Identifier: BSD-2-Clause
"""gangway run: command lines and configurations. That they boot is shown in
tests/qemu/test_tool.py."""
import ast
import json
import re
import shlex
import shutil
import subprocess
from xml.etree import ElementTree

import pytest

import doors
from program import ENVIRONMENT, good, run


@pytest.fixture
def files(tmp_path, kernels):
    shutil.copy(kernels / "probe64.bzimage", tmp_path / "vmlinuz")
    (tmp_path / "a,b").write_bytes(doors.noise(5000))
    return tmp_path


def qemu(folder, *words):
    line = shlex.split(good("run", "--print", *words, cwd=folder))
    assert line[0] == "qemu-system-x86_64"
    return line


def value(line, name):
    return line[line.index(name) + 1]


def test_multiboot(files):
    line = qemu(files, "--memory", "1G", "--append", "x y", "vmlinuz,quiet a,b",
                "a,b", "--", "-smp", "2")
    assert value(line, "-kernel") == str(doors.BUILD / "gangway.elf")
    assert value(line, "-initrd") == "vmlinuz quiet a,,b,a,,b"
    assert value(line, "-append") == "x y"
    assert value(line, "-m") == "1024"
    assert line[-2:] == ["-smp", "2"] and "-nographic" in line


def test_the_user_s_arguments_come_before_ours(files):
    line = qemu(files, "vmlinuz", "--", "-accel", "tcg", "-cpu", "max")
    assert line.count("-accel") == line.count("-cpu") == 1
    assert line[-4:] == ["-accel", "tcg", "-cpu", "max"]


def test_kvm_that_qemu_gives_up_on(files, monkeypatch):
    """Where there is no KVM at all, this is so anyway."""
    false = files / "qemu-system-x86_64"
    false.write_text("#!/bin/sh\nexit 134\n")
    false.chmod(0o755)
    monkeypatch.setitem(ENVIRONMENT, "PATH",
                        "%s:%s" % (files, ENVIRONMENT["PATH"]))
    assert value(qemu(files, "vmlinuz"), "-accel") == "tcg"


def test_pvh(files):
    line = qemu(files, "--door", "pvh", "vmlinuz")
    assert value(line, "-kernel") == str(doors.BUILD / "gangway-pvh.elf")
    assert value(line, "-initrd") == "vmlinuz"


def test_packed_file(files):
    good("pack", "-o", "x.elf", "--kernel", "vmlinuz", cwd=files)
    line = qemu(files, "x.elf")
    assert value(line, "-kernel") == "x.elf" and "-initrd" not in line


@pytest.mark.parametrize("words", [["x.efi"], ["--efi", "vmlinuz", "a,b"]])
def test_uefi(files, words):
    good("pack", "-o", "x.efi", "--kernel", "vmlinuz", cwd=files)
    line = qemu(files, *words)
    assert any("fat:" in word for word in line)
    assert any("OVMF" in word and "pflash" in word for word in line)
    assert "-display" not in line


def test_secure_boot(files):
    good("pack", "-o", "x.efi", "--kernel", "vmlinuz", cwd=files)
    line = qemu(files, "--secure-boot", "x.efi")
    assert value(line, "-machine") == "q35,smm=on"


LINE = """say "<&>" $HOME `id` \\ it's !! ünd"""


def printed(folder, what, *words):
    return good("run", "--print=" + what, "--memory", "768M", "--append", LINE,
                *words, cwd=folder).encode("latin-1").decode()


def test_firecracker(files):
    """As its API has them (boot-source, machine-config)."""
    assert json.loads(printed(files, "firecracker", "vmlinuz")) == {
        "boot-source": {
            "kernel_image_path": str(doors.BUILD / "gangway-pvh.elf"),
            "initrd_path": str(files / "vmlinuz"), "boot_args": LINE},
        "drives": [],
        "machine-config": {"vcpu_count": 1, "mem_size_mib": 768}}


def test_libvirt(files):
    root = ElementTree.fromstring(printed(files, "libvirt", "vmlinuz"))
    assert root.tag == "domain" and root.get("type") in ("kvm", "qemu")
    assert {one.tag for one in root} == {"name", "memory", "vcpu", "os",
                                         "features", "devices"}
    assert root.find("memory").get("unit") == "MiB"
    assert root.find("memory").text == "768"
    assert root.find("os/type").text == "hvm"
    assert root.find("os/kernel").text == str(doors.BUILD / "gangway.elf")
    assert root.find("os/initrd").text == str(files / "vmlinuz")
    assert root.find("os/cmdline").text == LINE
    assert root.find("devices/console").get("type") == "pty"


def test_cloud_hypervisor(files):
    """As a shell takes it."""
    line = subprocess.run(
        ["sh", "-c", "set -- %s; printf '%%s\\0' \"$@\""
         % printed(files, "cloud-hypervisor", "vmlinuz").strip()], check=True,
        stdout=subprocess.PIPE).stdout.decode().split("\0")
    assert value(line, "--kernel") == str(doors.BUILD / "gangway-pvh.elf")
    assert value(line, "--cmdline") == LINE
    assert value(line, "--initramfs") == str(files / "vmlinuz")
    assert value(line, "--memory") == "size=768M"


def test_xl(files):
    """Lines of NAME = VALUE; in quotes only \\ and the quote are escaped, and
    a backslash before another character is an error of xl's."""
    found = {}
    for line in printed(files, "xl", "vmlinuz").splitlines():
        name, text = line.split("=", 1)
        assert re.fullmatch(r' *(\d+|"([^"\\]|\\["\\])*")', text), text
        found[name.strip()] = ast.literal_eval(text.strip())
    assert found == {
        "name": "gangway", "type": "pvh", "memory": 768, "vcpus": 1,
        "kernel": str(doors.BUILD / "gangway.elf"),
        "ramdisk": str(files / "vmlinuz"), "extra": LINE}


@pytest.mark.parametrize("words,code", [
    (["--print=xl", "vmlinuz", "a,b"], 1), (["--print=xl", "--efi", "vmlinuz"], 1),
    (["--print=nothing", "vmlinuz"], 2), (["--door", "mb3", "vmlinuz"], 2),
    ([], 2), (["nothing"], 1), (["--memory", "much", "vmlinuz"], 2)])
def test_misuse(files, words, code):
    done = run("run", *words, cwd=files)
    assert done.code == code and done.err.startswith("gangway run: ")
