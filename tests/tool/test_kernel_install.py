# SPDX-License-Identifier: BSD-2-Clause
"""hooks/kernel-install, called as kernel-install(8) does."""
import pytest

import doors
from program import inspect
from test_kernel_hook import HOOK, Machine

PLUGIN = doors.ROOT / "hooks" / "kernel-install"
SKIP_THE_OTHERS = 77
VERSION = "6.12.94+deb13-cloud-amd64"


class Installed(Machine):
    """A machine with kernel-install: a $BOOT, and a configuration."""

    def __init__(self, folder, kernel):
        super().__init__(folder, kernel)
        self.staging = folder / "staging"
        self.etc = folder / "kernel"
        self.entry = self.path / "token" / VERSION
        for path in (self.staging, self.etc, self.entry):
            path.mkdir(parents=True)
        self.generator("gangway")

    def generator(self, name):
        (self.etc / "install.conf").write_text(
            "layout=uki\nuki_generator=%s\n" % name)

    def call(self, number, command, layout, *files, **more):
        plugin = self.folder / ("%d-gangway.install" % number)
        if not plugin.exists():
            plugin.symlink_to(PLUGIN)
        return self.run_program(
            plugin, command, VERSION, str(self.entry), *map(str, files),
            GANGWAY_KERNEL=str(HOOK), KERNEL_INSTALL_LAYOUT=layout,
            KERNEL_INSTALL_STAGING_AREA=str(self.staging),
            KERNEL_INSTALL_BOOT_ROOT=str(self.path),
            KERNEL_INSTALL_ENTRY_TOKEN="token",
            KERNEL_INSTALL_CONF_ROOT=str(self.etc), **more)

    def files(self):
        return {str(path.relative_to(self.path)): path.read_bytes()
                for path in self.path.rglob("*") if path.is_file()}


@pytest.fixture
def machine(tmp_path, kernels):
    return Installed(tmp_path, kernels / "probe64.bzimage")


@pytest.mark.parametrize("told", [{}, {"KERNEL_INSTALL_UKI_GENERATOR":
                                       "gangway"}])
def test_layout_uki(machine, told):
    """Releases before 253 do not tell of the generator."""
    code, err = machine.call(59, "add", "uki", machine.kernel, machine.initrd,
                             **told)
    assert (code, err) == (SKIP_THE_OTHERS, "")
    name = "EFI/Linux/token-%s.efi" % VERSION
    assert list(machine.files()) == [name]
    fact, = inspect(machine.path / name)
    assert ".initrd" in [section["name"] for section in fact["pe"]["sections"]]
    (machine.etc / "tries").write_text("3\n")
    assert machine.call(59, "add", "uki", machine.kernel)[0] == SKIP_THE_OTHERS
    assert list(machine.files()) == ["EFI/Linux/token-%s+3.efi" % VERSION]
    assert machine.call(59, "remove", "uki") == (0, "")
    assert machine.files() == {}


def test_initrds_that_other_plugins_stage(machine):
    (machine.staging / "initrd.img").write_bytes(b"staged" * 1000)
    machine.call(59, "add", "uki", machine.kernel)
    content, = machine.files().values()
    assert b"staged" * 1000 in content


@pytest.mark.parametrize("layout", ["uki", "bls"])
def test_it_is_not_meant(machine, layout):
    machine.generator("ukify")
    for number in (59, 91):
        assert machine.call(number, "add", layout, machine.kernel) == (0, "")
    assert machine.files() == {}


@pytest.mark.parametrize("layout", ["uki", "bls"])
def test_no_room(machine, layout):
    machine.free(100)
    code, err = machine.call(59, "add", layout, machine.kernel, machine.initrd)
    assert code == 1 and "has 100 KiB free" in err and "takes" in err
    assert machine.files() == {}


def installed_by_others(machine, *entries):
    (machine.entry / "linux").write_bytes(machine.kernel.read_bytes())
    folder = machine.path / "loader/entries"
    folder.mkdir(parents=True)
    for name in entries:
        (folder / name).write_text("linux x\n")


def test_layout_bls(machine):
    entry = "token-" + VERSION
    installed_by_others(machine, entry + ".conf", entry + "+5.conf",
                        entry + "+3.conf", "token-6.1+5.conf")
    (machine.etc / "tries").write_text("3\n")
    assert machine.call(59, "add", "bls", machine.kernel, machine.initrd
                        ) == (0, "")
    assert machine.call(91, "add", "bls", machine.kernel) == (0, "")
    fact, = inspect(machine.entry / "linux")
    names = [section["name"] for section in fact["pe"]["sections"]]
    assert ".linux" in names and not {".initrd", ".cmdline"} & set(names)
    assert sorted(path.name for path in
                  (machine.path / "loader/entries").iterdir()) == sorted(
                      ["token-6.1+5.conf", entry + "+3.conf"])


def test_a_kernel_stays_as_it_is_if_its_stub_cannot_be_put_there(machine):
    installed_by_others(machine, "token-%s.conf" % VERSION)
    before = machine.files()
    machine.free(100)
    code, err = machine.call(91, "add", "bls", machine.kernel)
    assert code == 1 and "The kernel is there without it" in err
    assert machine.files() == before
