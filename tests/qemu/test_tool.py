# SPDX-License-Identifier: BSD-2-Clause
"""The host's program against the machine: gangway plan says what a real boot
says, and what gangway pack makes and gangway run starts, boots."""
import os
import re
import signal
import subprocess
import sys

import pytest

import doors
import esp
import kernels as maker
import machine
import stage
import vmm
from bzimage import MIB
from doors import File, noise
from guest import Guest
from probe import Report

GANGWAY = doors.BUILD / "gangway"
TOP = 200 * MIB
# What a plan has to say as the real boot does.
LINES = r"(kernel|image|initrd|command line|jump|odd): .+"


# Runs a program and prints how many KiB it had in memory at most.
PEAK = """import resource, subprocess, sys
subprocess.run(sys.argv[1:], check=True)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"""


def call(folder, *words):
    return subprocess.run([str(word) for word in (GANGWAY, *words)],
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          cwd=folder, text=True, errors="replace",
                          stdin=subprocess.DEVNULL, timeout=120)


def lines_of(text):
    return [line for line in text.splitlines() if re.fullmatch(LINES, line)]


def pack(folder, name, *words):
    done = call(folder, "pack", "-o", folder / name, *words)
    assert done.returncode == 0, done.stderr
    return folder / name


@pytest.fixture
def files(tmp_path, kernels):
    initrd = tmp_path / "initrd"
    initrd.write_bytes(noise(3 * MIB))
    return [File(doors.BUILD / "tests/probe64.bzimage", "a b"), File(initrd)]


def by_linux(folder, file, words):
    script = vmm.by_linux(vmm.FIRECRACKER, doors.GANGWAY_PVH,
                          vmm.place(file.read_bytes(), TOP), words, TOP)
    return stage.run(folder, script)


@pytest.mark.parametrize("door", ["mb1", "grub-mb2", "pvh", "linux"])
@pytest.mark.parametrize("memory", [200, 3000])
def test_a_plan_says_what_a_boot_says(tmp_path, files, door, memory):
    if door == "linux" and memory != 200:
        pytest.skip("its memory is what the test's stage makes it")
    planned = ["%s,%s" % file if file.words else file.path for file in files]
    if door in ("pvh", "linux"):
        planned = [pack(tmp_path, "x.itb", "--kernel", files[0].path,
                        "--initrd", files[1].path, "--cmdline", "a b")]
    if door == "linux":
        outcome = by_linux(tmp_path, planned[0], "c d")
    else:
        args = doors.pvh(planned[0], "c d") if door == "pvh" else \
            doors.args(door, tmp_path, files, "c d")
        outcome = machine.run(tmp_path, *args, memory=memory)
    done = call(tmp_path, "plan", "--door", door.split("-")[-1], "--memory",
                "%dM" % memory, "--append", "c d", *planned)
    assert done.returncode == 0, done.stderr
    assert lines_of(done.stdout) == lines_of(outcome.serial)
    assert len(lines_of(done.stdout)) >= 5
    report = Report(outcome)
    assert int(re.search(r"ramdisk_image: (\w+)", done.stdout).group(1),
               16) == report.initrd.start


@pytest.mark.real
@pytest.mark.parametrize("type_", ["uki", "fit", "elf", "cpio"])
def test_an_initrd_of_a_gibibyte_takes_little_memory(tmp_path, type_):
    long, out = tmp_path / "long", tmp_path / "out"
    with open(long, "wb") as file:
        file.truncate(1 << 30)
    words = ["--module", long] if type_ == "cpio" else [
        "--kernel", doors.BUILD / "tests/probe64.bzimage", "--initrd", long]
    done = subprocess.run(
        [sys.executable, "-c", PEAK, str(GANGWAY), "pack", "-o", str(out),
         "--type", type_, *map(str, words)], stdout=subprocess.PIPE, check=True)
    assert 0 < int(done.stdout) < 64 * 1024, done.stdout
    assert out.stat().st_size > 1 << 30


# How UEFI starts them, and everybody else.
WAYS = ["by itself", "uefi", "mb1", "grub-mb2", "efi-mb2", "pvh", "microvm",
        "linux"]
CONSOLE = "console=ttyS0 panic=-1 no_timer_check"


def start(folder, bundle, way):
    """Arguments that start a bundle, or gangway with it."""
    if way == "by itself":
        return esp.make(folder, {esp.FALLBACK: bundle})
    if way == "uefi":
        return esp.make(folder, {
            esp.FALLBACK: esp.GANGWAY_EFI, "bundle": bundle,
            "loader/entries/a.conf": "title x\nlinux /bundle\n"})
    if way == "linux":
        return stage.arguments(folder, vmm.by_linux(
            vmm.FIRECRACKER, doors.GANGWAY_PVH,
            vmm.place(bundle.read_bytes(), 500 * MIB), "", 500 * MIB))
    if way in ("pvh", "microvm"):
        return doors.pvh(bundle)
    return doors.args(way, folder, [(bundle, "")])


@pytest.mark.real
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("type_", ["uki", "fit"])
def test_one_bundle_everywhere(tmp_path, cloud, initramfs, type_, way):
    """Debian's kernel and an initrd, which is hashed in the guest."""
    if (type_, way) == ("fit", "by itself"):
        pytest.skip("only a UKI is an application of UEFI's")
    bundle = pack(tmp_path, "x", "--type", type_, "--kernel", cloud,
                  "--initrd", initramfs, "--cmdline", CONSOLE)
    outcome = machine.run(
        tmp_path, *start(tmp_path, bundle, way), timeout=150, memory=768,
        machine="microvm,acpi=off" if way == "microvm" else "pc")
    guest = Guest(outcome)
    assert guest.blob_ok and guest.cmdline == CONSOLE


SNAKEOIL = "/usr/share/ovmf/PkKek-1-snakeoil"
SNAKEOIL_VARS = "/usr/share/OVMF/OVMF_VARS_4M.snakeoil.fd"


def run_until(pattern, folder, *words):
    """A call of gangway run that goes on for ever; what it said so far."""
    text = ""
    with subprocess.Popen(
            [str(GANGWAY), "run", *map(str, words)], stdout=subprocess.PIPE,
            stdin=subprocess.DEVNULL, cwd=folder, text=True, errors="replace",
            start_new_session=True) as process:
        while not re.search(pattern, text):
            line = process.stdout.readline()
            assert line, text
            text += line
        os.killpg(process.pid, signal.SIGKILL)
    return text


@pytest.mark.real
def test_secure_boot(tmp_path, cloud, initramfs):
    """What the keys in the variables have signed starts, all else does not."""
    subprocess.run(["openssl", "rsa", "-in", SNAKEOIL + ".key", "-passin",
                    "pass:snakeoil", "-out", "key"], cwd=tmp_path, check=True,
                   stderr=subprocess.DEVNULL)
    words = ["--kernel", cloud, "--initrd", initramfs, "--cmdline", CONSOLE]
    pack(tmp_path, "plain.efi", *words)
    pack(tmp_path, "signed.efi", *words, "--sign",
         "key,%s.pem" % SNAKEOIL)
    ours = ["--memory", "768M", "--secure-boot=" + SNAKEOIL_VARS]
    done = call(tmp_path, "run", *ours, "signed.efi")
    assert done.returncode == 0, done.stdout[-3000:]
    assert "secureboot: Secure boot enabled" in done.stdout
    for more, file in ((ours, "plain.efi"), (["--secure-boot"], "signed.efi")):
        run_until("Access Denied|Security Violation", tmp_path, *more, file)


def planned(folder, *words):
    done = call(folder, "plan", *words)
    assert done.returncode == 0, done.stderr
    return lines_of(done.stdout)


@pytest.mark.parametrize("board,door", [("q35", "mb1"),
                                        ("microvm,acpi=off", "pvh")])
def test_a_plan_by_the_log_of_a_machine(tmp_path, files, board, door):
    """gangway.log=debug says what the machine is like."""
    words = "gangway.log=debug c d"
    if door == "pvh":
        files = [File(pack(tmp_path, "x.efi", "--kernel", files[0].path,
                           "--initrd", files[1].path))]
    outcome = machine.run(tmp_path, *(
        doors.mb1(files, words) if door == "mb1" else
        doors.pvh(files[0].path, words)), machine=board, memory=300)
    given = ["%s,%s" % file if file.words else file.path for file in files]
    lines = planned(tmp_path, "--door", door, "--append", words, "--map",
                    tmp_path / "serial.log", *given)
    assert lines == lines_of(outcome.serial) and len(lines) >= 5


def test_a_plan_by_the_map_of_a_firmware(tmp_path, files):
    """The UEFI shell says what is the firmware's, and is left alone."""
    words = "c d gangway.linux=zeropage gangway.log=debug"
    script = "fs0:\r\nmemmap\r\ng.efi kernel=k initrd=i %s\r\n" % words
    outcome = machine.run(tmp_path, *esp.make(tmp_path, {
        esp.FALLBACK: b"", "startup.nsh": script, "g.efi": esp.GANGWAY_EFI,
        "k": files[0].path, "i": files[1].path}))
    (tmp_path / "k").symlink_to(files[0].path)
    (tmp_path / "i").symlink_to(files[1].path)
    lines = planned(tmp_path, "--door", "uefi", "--append", words, "--map",
                    "serial.log", "k", "i")
    assert lines == lines_of(outcome.serial) and len(lines) >= 5
    assert any(re.match("image: .*, moved", line) for line in lines)


@pytest.mark.real
def test_a_plan_by_the_map_that_linux_prints(tmp_path, cloud, initramfs):
    words = "console=ttyS0 panic=-1"
    files = [File(cloud), File(initramfs)]
    outcome = machine.run(tmp_path, *doors.mb1(files, words), timeout=90)
    assert outcome.lines(r"\[ .*BIOS-e820: ")
    lines = planned(tmp_path, "--append", words, "--map", "serial.log", cloud,
                    initramfs)
    assert lines == lines_of(outcome.serial) and len(lines) >= 5


def test_a_plan_of_a_kernel_with_modules(tmp_path, files):
    kernel = maker.multiboot2()
    kernel.write(tmp_path / "kernel")
    files = [File(tmp_path / "kernel", "a b"), files[1], File(files[0].path)]
    outcome = machine.run(tmp_path, *doors.mb1(files, "c"))
    lines = planned(tmp_path, "--append", "c", "%s,a b" % files[0].path,
                    *(file.path for file in files[1:]))
    assert lines == lines_of(outcome.serial) and len(lines) >= 4


@pytest.mark.parametrize("door", ["mb1", "pvh"])
def test_a_plan_refuses_where_there_is_no_room(tmp_path, files, door):
    bundle = pack(tmp_path, "x.itb", "--kernel", files[0].path)
    args = doors.mb1([File(bundle)]) if door == "mb1" else doors.pvh(bundle)
    outcome = machine.run(tmp_path, *args, memory=20)
    done = call(tmp_path, "plan", "--door", door, "--memory", "20M", bundle)
    said, = outcome.lines("gangway: plan .*")
    assert done.returncode == 1
    assert done.stderr.split(": ", 2)[2].strip() == said.split(": ", 1)[1]


def test_a_plan_refuses_what_a_boot_refuses(tmp_path, files):
    files[0] = File(files[0].path, "x" * 3000)
    outcome = machine.run(tmp_path, *doors.mb1(files))
    done = call(tmp_path, "plan", "%s,%s" % files[0], files[1].path)
    assert done.returncode == 1
    said, = outcome.lines("gangway: plan .*")
    assert done.stderr.split(": ", 2)[2].strip() == said.split(": ", 1)[1]
