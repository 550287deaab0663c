# SPDX-License-Identifier: BSD-2-Clause
"""hooks/gangway-kernel: one bundle a kernel, whatever happens to it."""
import os
import random
import signal
import subprocess
import time

import pytest

import doors
from program import ENVIRONMENT, GANGWAY, inspect

HOOK = doors.ROOT / "hooks" / "gangway-kernel"


class Machine:
    """A folder for bundles, a configuration, kernels, and how much is free."""

    def __init__(self, folder, kernel):
        self.kernel, self.folder = kernel, folder
        self.path, self.conf = folder / "boot", folder / "gangway.conf"
        self.initrd = folder / "initrd"
        self.initrd.write_bytes(doors.noise(200000))
        self.bin = folder / "bin"
        self.bin.mkdir()
        self.configure()

    def configure(self, **lines):
        self.conf.write_text("[gangway]\n# path = nowhere\npath = %s\n"
                             "cmdline = some  words\n" % self.path + "".join(
                                 "%s = %s\n" % line for line in lines.items()))

    def free(self, kib):
        """df says so from now on."""
        df = self.bin / "df"
        df.write_text("#!/bin/sh\necho F B U A C M\n"
                      "echo /dev/x 9 9 %d 9%% /\n" % kib)
        df.chmod(0o755)

    def start(self, *words, running="none"):
        environment = dict(
            ENVIRONMENT, GANGWAY=str(GANGWAY), GANGWAY_CONF=str(self.conf),
            GANGWAY_RUNNING=running, TMPDIR=str(self.folder),
            PATH="%s:%s" % (self.bin, os.environ["PATH"]))
        return subprocess.Popen([str(HOOK), *words], env=environment,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                start_new_session=True)

    def run(self, *words, **options):
        process = self.start(*words, **options)
        _, err = process.communicate(timeout=60)
        return process.returncode, err.decode()

    def add(self, version, **options):
        return self.run("add", version, str(self.kernel), str(self.initrd),
                        **options)

    def names(self):
        return sorted(os.listdir(self.path))

    def contents(self):
        return {name: (self.path / name).read_bytes() for name in self.names()}


@pytest.fixture
def machine(tmp_path, kernels):
    return Machine(tmp_path, kernels / "probe64.bzimage")


def test_a_kernel_comes_and_goes(machine):
    assert machine.add("6.1.0-1-amd64") == (0, "")
    assert machine.names() == ["gangway-6.1.0-1-amd64.efi"]
    fact, = inspect(machine.path / "gangway-6.1.0-1-amd64.efi")
    sections = {section["name"]: section
                for section in fact["pe"]["sections"]}
    assert sections[".uname"]["text"] == "6.1.0-1-amd64"
    assert sections[".cmdline"]["text"] == "some  words"
    assert sections[".initrd"]["size"] >= 200000
    assert machine.run("remove", "6.1.0-1-amd64") == (0, "")
    assert machine.names() == []


@pytest.mark.parametrize("type,suffix", [("elf", "elf"), ("fit", "itb")])
def test_other_bundles(machine, type, suffix):
    machine.configure(type=type)
    assert machine.add("6.1") == (0, "")
    assert machine.names() == ["gangway-6.1." + suffix]


def test_the_newest_and_the_running_one_are_kept(machine):
    for version in ("5.10", "6.9", "6.10", "6.1", "6.12"):
        assert machine.add(version, running="5.10") == (0, "")
    assert machine.names() == ["gangway-%s.efi" % version
                               for version in ("5.10", "6.10", "6.12")]
    assert machine.run("remove", "5.10", running="5.10") == (0, "")
    assert "gangway-5.10.efi" in machine.names()


def test_a_changed_number_of_tries_leaves_no_double(machine):
    for tries, name in (("3", "gangway-6.1+3.efi"), ("5", "gangway-6.1+5.efi"),
                        ("0", "gangway-6.1.efi")):
        machine.configure(tries=tries)
        assert machine.add("6.1") == (0, "")
        assert machine.names() == [name]
    os.rename(machine.path / name, machine.path / "gangway-6.1+2-1.efi")
    assert machine.run("remove", "6.1") == (0, "")
    assert machine.names() == []


def test_no_room(machine):
    """All stays as it was; the figures are told."""
    for version in ("6.1", "6.2"):
        assert machine.add(version) == (0, "")
    before = machine.contents()
    machine.configure(keep="3")
    machine.free(100)
    code, err = machine.add("6.3")
    assert code == 1 and "has 100 KiB free" in err and "6.3 takes" in err
    assert machine.contents() == before


def test_room_is_made_by_what_is_kept_no_longer(machine):
    for version in ("6.1", "6.2"):
        assert machine.add(version) == (0, "")
    machine.free(100)
    assert machine.add("6.3") == (0, "")
    assert machine.names() == ["gangway-6.2.efi", "gangway-6.3.efi"]


@pytest.mark.parametrize("lines,sentence", [
    ({"keep": "0"}, "keep is no number from 1 on"),
    ({"keep": "many"}, "keep is no number from 1 on"),
    ({"tries": "x"}, "tries = x is no number"),
    ({"type": "iso"}, "type = iso is none of uki, elf, fit, none")])
def test_configuration_that_is_wrong(machine, lines, sentence):
    machine.configure(**lines)
    code, err = machine.add("6.1")
    assert code == 1 and sentence in err and not machine.path.exists()


def test_kernel_that_is_none(machine):
    assert machine.add("6.1") == (0, "")
    before = machine.contents()
    machine.kernel = machine.initrd
    code, err = machine.add("6.2")
    assert code == 1 and "nothing has changed" in err
    assert machine.contents() == before


def test_stopped_at_any_moment(machine):
    """Every file that has a bundle's name is whole; the next call clears up."""
    assert machine.add("6.1") == (0, "")
    began = time.monotonic()
    assert machine.add("6.2") == (0, "")
    whole, takes = machine.contents(), time.monotonic() - began
    chance = random.Random(1)
    for _ in range(15):
        process = machine.start("add", "6.2", str(machine.kernel),
                                str(machine.initrd))
        time.sleep(chance.random() * takes)
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate(timeout=60)
        named = {name: content for name, content in machine.contents().items()
                 if not name.startswith(".")}
        assert named == whole
    assert machine.add("6.2") == (0, "")
    assert machine.contents() == whole
