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
        self.state, self.modules = folder / "state", folder / "modules"
        self.bin = folder / "bin"
        self.bin.mkdir()
        self.configure()

    def configure(self, **lines):
        self.conf.write_text("[gangway]\n# path = nowhere\npath = %s\n"
                             "cmdline = some  words\n" % self.path + "".join(
                                 "%s = %s\n" % line for line in lines.items()))

    def play(self, program, text):
        """A program that prints this, in place of the system's."""
        path = self.bin / program
        path.write_text("#!/bin/sh\n%s\n" % text)
        path.chmod(0o755)

    def free(self, kib):
        """df says so from now on."""
        self.play("df", "echo F B U A C M\necho /dev/x 9 9 %d 9%% /" % kib)

    def start(self, *words, **options):
        return self.start_program(HOOK, *words, **options)

    def start_program(self, program, *words, running="none", **more):
        environment = dict(
            ENVIRONMENT, GANGWAY=str(GANGWAY), GANGWAY_CONF=str(self.conf),
            GANGWAY_RUNNING=running, GANGWAY_STATE=str(self.state),
            GANGWAY_MODULES=str(self.modules),
            PATH="%s:%s" % (self.bin, os.environ["PATH"]), **more)
        return subprocess.Popen([str(program), *words], env=environment,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                start_new_session=True)

    def run(self, *words, **options):
        return self.run_program(HOOK, *words, **options)

    def run_program(self, program, *words, **options):
        process = self.start_program(program, *words, **options)
        _, err = process.communicate(timeout=60)
        return process.returncode, err.decode()

    def add(self, version, action="add", **options):
        return self.run(action, version, str(self.kernel), str(self.initrd),
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


def test_a_plus_of_the_versions_own(machine):
    """Debian 13's versions have one; what comes behind the last is a counter
    only if it is one."""
    version = "6.12.94+deb13-cloud-amd64"
    machine.configure(tries="3")
    assert machine.add(version) == (0, "")
    assert machine.names() == ["gangway-%s+3.efi" % version]
    machine.configure()
    assert machine.add(version) == (0, "")
    assert machine.names() == ["gangway-%s.efi" % version]
    assert machine.run("remove", version) == (0, "")
    assert machine.names() == []


def test_what_was_removed_while_it_ran_goes_first(machine):
    """Its modules are gone, so it is kept only as long as it runs."""
    for version in ("6.1", "6.2"):
        (machine.modules / version).mkdir(parents=True)
    assert machine.add("6.1") == (0, "")
    assert machine.add("6.9", running="6.9") == (0, "")
    assert machine.run("remove", "6.9", running="6.9")[0] == 0
    assert machine.add("6.2", running="6.9") == (0, "")
    assert machine.names() == ["gangway-%s.efi" % version
                               for version in ("6.1", "6.2", "6.9")]
    machine.configure(keep="1")
    assert machine.add("6.2", running="6.2") == (0, "")
    assert machine.names() == ["gangway-6.1.efi", "gangway-6.2.efi"]


def test_a_new_initramfs_of_an_old_kernel(machine):
    """It costs no newer kernel its place; the same kernel by name may."""
    for version in ("6.2", "6.3"):
        assert machine.add(version) == (0, "")
    code, err = machine.add("6.1", action="refresh")
    assert code == 0 and "6.1 is older than the 2 that are kept" in err
    assert machine.names() == ["gangway-6.2.efi", "gangway-6.3.efi"]
    assert machine.add("6.2", action="refresh") == (0, "")
    assert machine.add("6.1", action="refresh", running="6.1") == (0, "")
    assert machine.names() == ["gangway-%s.efi" % version
                               for version in ("6.1", "6.2", "6.3")]
    assert machine.add("6.1") == (0, "")
    assert machine.names() == ["gangway-6.1.efi", "gangway-6.3.efi"]


def test_files_of_another_system_are_left_alone(machine):
    machine.path.mkdir()
    for name in ("gangway-other-6.1.efi", "gangway.efi", "gangway-6.1.efi.bak",
                 "gangway-0123456789abcdef0123456789abcdef-6.1.efi"):
        (machine.path / name).write_text("not ours")
    before = machine.contents()
    machine.configure(keep="1")
    for version in ("6.1", "6.2"):
        assert machine.add(version) == (0, "")
    assert machine.run("remove", "6.2") == (0, "")
    assert machine.contents() == before


def test_places_with_blanks(machine):
    machine.path = machine.folder / "a boot folder"
    machine.configure(keep="1")
    assert machine.add("6.1") == (0, "")
    machine.free(100)
    assert machine.add("6.2") == (0, "")
    assert machine.names() == ["gangway-6.2.efi"]


def words_of(machine, **more):
    """The command line of a bundle that is made with none configured."""
    machine.configure(cmdline="")
    code, err = machine.add("6.1", **more)
    if not machine.path.exists():
        return code, err
    fact, = inspect(machine.path / "gangway-6.1.efi")
    return code, next(section["text"] for section in fact["pe"]["sections"]
                      if section["name"] == ".cmdline")


def test_words_of_kernel_install(machine):
    (machine.folder / "cmdline").write_text(
        "# comment\nroot=/dev/vda1  ro\n  # another\nquiet\n")
    assert words_of(machine, KERNEL_INSTALL_CONF_ROOT=str(machine.folder)
                    ) == (0, "root=/dev/vda1 ro quiet")


def test_a_chroot_is_not_the_machine_that_booted(machine):
    """The words in /proc/cmdline are those of the machine that builds."""
    if os.path.exists("/etc/kernel/cmdline"):
        pytest.skip("this machine has a command line of its own")
    machine.play("ischroot", "exit 0")
    code, err = words_of(machine)
    assert code == 0 and "in a chroot" in err and "no bundle is made" in err


def without_path(machine):
    machine.conf.write_text("[gangway]\n")
    return machine.add("6.1")


def test_no_esp(machine):
    """A machine without one can still install kernels."""
    machine.play("findmnt", "exit 1")
    code, err = without_path(machine)
    assert code == 0 and "no ESP is mounted" in err


def test_an_esp_that_is_not_mounted(machine):
    machine.play("findmnt", 'case "$*" in -s*) echo /boot/efi ;; *) exit 1 ;; '
                 "esac")
    code, err = without_path(machine)
    assert code == 1 and "ESP of /etc/fstab is not mounted" in err


def named(machine):
    return {name: content for name, content in machine.contents().items()
            if not name.startswith(".")}


def leftovers(machine):
    return sorted(set(machine.names()) - set(named(machine))), sorted(
        str(path.relative_to(machine.state))
        for path in machine.state.rglob("*") if path.is_dir())


@pytest.mark.parametrize("tries", ["0", "3"])
def test_stopped_at_any_moment(machine, tries):
    """25 kills while a new kernel takes the place of the oldest, in room that
    is short, so that this goes first: each file that has a bundle's name is
    whole, the newest before is always there, and nothing heaps up."""
    machine.configure(tries=tries)
    for version in ("6.1", "6.2"):
        assert machine.add(version) == (0, "")
    before = machine.contents()
    machine.free(100)
    began = time.monotonic()
    assert machine.add("6.3") == (0, "")
    takes = time.monotonic() - began
    whole = dict(before, **machine.contents())
    newest = [name for name in before if "6.2" in name]
    chance, seen = random.Random(1), set()

    def as_before():
        for name, content in before.items():
            (machine.path / name).write_bytes(content)

    for _ in range(25):
        as_before()
        process = machine.start("add", "6.3", str(machine.kernel),
                                str(machine.initrd))
        time.sleep(chance.random() * takes * 1.1)
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate(timeout=60)
        left = named(machine)
        assert left.items() <= whole.items() and left.keys() >= set(newest)
        temporary, folders = leftovers(machine)
        assert len(temporary) <= 1 and folders in ([], ["work"])
        seen.add(bool(temporary or folders))
        for name in left.keys() - before.keys():
            (machine.path / name).unlink()
    assert True in seen
    as_before()
    assert machine.add("6.3") == (0, "")
    assert named(machine) == {name: content for name, content in whole.items()
                              if "6.1" not in name}
    assert leftovers(machine) == ([], [])
