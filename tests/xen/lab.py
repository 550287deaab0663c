# SPDX-License-Identifier: BSD-2-Clause
"""A real Xen in QEMU: guests under a PV dom0 and its xl, or a PVH dom0.

QEMU emulates SVM with nested paging, so no KVM is needed; it starts Debian's
Xen with Debian's Linux as dom0 and an initramfs made here, of the toolstack
and all that the guests consist of. dom0-init runs the guests one after the
other and reports on the second serial port.
"""
import functools
import gzip
import lzma
import pathlib
import re
import shutil
import subprocess
import tempfile
from typing import NamedTuple, Optional

import machine
import targets
from doors import escape

HERE = pathlib.Path(__file__).resolve().parent
MIB = 1 << 20
# Nothing that the CPU of the other tests does not have: with SMAP, RDTSCP or
# MONITOR QEMU 7.2 breaks the dom0, the guests or Xen, with all of "max" the
# signals of Linux 6.12.
CPU = machine.CPU + ",+svm,+npt"
XEN_WORDS = ("com1=115200,8n1 console=com1 loglvl=all guest_loglvl=all "
             "conring_size=1M spec-ctrl=no noreboot")
DOM0_WORDS = "console=hvc0 panic=-1 mitigations=off quiet"
PVH_WORDS = "dom0=pvh dom0-iommu=none"
XEN_MIB = 200  # what Xen keeps, and guests cost besides their memory
DOM0_MIB = 320
TOOLS = "xl xenstored xenconsoled xen-init-dom0 xenctx".split()
LOADER = "ld-linux-x86-64.so.2"
FOLDERS = "bin lab lib64 modules proc sys dev run tmp etc/xen var/log".split()
CONFIG = """name = "%(name)s"
type = "pvh"
memory = %(memory)d
vcpus = %(vcpus)d
kernel = "/lab/%(kernel)s"
%(more)son_poweroff = "preserve"
on_reboot = "preserve"
on_crash = "preserve"
"""
REFUSED, POWEROFF, REBOOT, CRASH = "refused", "0", "1", "3"
GOES_ON = 2  # tests/kernels/svm.S


@functools.lru_cache(maxsize=None)
def has_page_faults():
    """Can a guest that takes page faults run? QEMU 10.0 and 11.1 tell its
    hypervisor of each read of CR2 as one of CR0, which Xen carries out itself,
    and so the guest finds 0 where the address should be."""
    with tempfile.TemporaryDirectory(dir=targets.FIXTURES) as folder:
        outcome = machine.run(
            pathlib.Path(folder), "-kernel", targets.FIXTURES / "svm.elf",
            cpu=CPU)
    return outcome.code == GOES_ON


def name_of(path):
    """A file's name in dom0: those of tests/fetch differ by their folder."""
    return "%s-%s" % (path.parent.name, path.name)


class Guest(NamedTuple):
    """A domU of type PVH."""

    name: str
    kernel: pathlib.Path
    ramdisk: Optional[pathlib.Path] = None
    words: str = ""
    memory: int = 256  # MiB
    vcpus: int = 1

    def config(self):
        """For xl, inside the dom0."""
        more = 'ramdisk = "/lab/%s"\n' % name_of(self.ramdisk) \
            if self.ramdisk else ""
        more += 'extra = "%s"\n' % self.words if self.words else ""
        return CONFIG % dict(self._asdict(), kernel=name_of(self.kernel),
                             more=more)


class Ending(NamedTuple):
    """What dom0 saw of a guest."""

    end: str  # the shutdown reason's number; "": it still ran; REFUSED
    serial: str  # the PV console; named as guest.Guest wants it
    hypervisor: str  # Xen's log, as long as the guest was there
    xl: str
    registers: str

    @property
    def debug(self):
        """What the guest wrote to port 0xE9, which is in Xen's log."""
        return "".join(re.findall(r"^\(d[1-9]\d*\) ?(.*\n)", self.hypervisor,
                                  re.M))

    @property
    def told(self):
        """All that the guest said, by whichever way."""
        return self.debug + self.serial


def tree(folder, host):
    """The toolstack, as it is to lie in the dom0; the same for all runs."""
    for name in FOLDERS:
        (folder / name).mkdir(parents=True)
    shutil.copytree(host / "lib", folder / "lib" / "x86_64-linux-gnu")
    (folder / "lib64" / LOADER).symlink_to("/lib/x86_64-linux-gnu/" + LOADER)
    (folder / "xen").mkdir()
    for name in TOOLS:
        shutil.copy(host / "bin" / name, folder / "xen")
    for module in (host / "modules").iterdir():
        unpack_module(module, folder / "modules")
    shutil.copy("/bin/busybox", folder / "bin")
    shutil.copy(HERE / "dom0-init", folder / "init")
    (folder / "etc/xen/xl.conf").write_text('autoballoon = "off"\n')
    (folder / "var/run").symlink_to("../run")
    (folder / "var/lock").symlink_to("../run/lock")


def unpack_module(module, folder):
    if module.suffix != ".xz":
        shutil.copy(module, folder)
        return
    (folder / module.stem).write_bytes(
        lzma.decompress(module.read_bytes()))


def archive(folder):
    """The folder as a cpio archive."""
    names = sorted(str(path.relative_to(folder))
                   for path in folder.rglob("*"))
    done = subprocess.run(["cpio", "-o", "-H", "newc", "--quiet"],
                          input="\n".join(names).encode(), cwd=folder,
                          check=True, stdout=subprocess.PIPE)
    return done.stdout


@functools.lru_cache(maxsize=None)
def host(version):
    """The folder of a Xen and all that its dom0 needs."""
    home = targets.fetched("xen-host-" + version, "xen.gz").parent
    with targets.locked("xen-" + version):
        if not (home / "xen").exists():
            (home / "xen").write_bytes(
                gzip.decompress((home / "xen.gz").read_bytes()))
    return home


def initramfs(folder, home, guests, patience):
    """The dom0's; its size."""
    dom0 = folder / "dom0"
    tree(dom0, home)
    lab = dom0 / "lab"
    (lab / "settings").write_text("PATIENCE=%d\n" % patience)
    (lab / "guests").write_text("".join(g.name + "\n" for g in guests))
    for guest in guests:
        (lab / (guest.name + ".cfg")).write_text(guest.config())
        for file in filter(None, (guest.kernel, guest.ramdisk)):
            shutil.copy(file, lab / name_of(file))
    data = archive(dom0)
    shutil.rmtree(dom0)
    (folder / "dom0.cpio").write_bytes(data)
    return len(data)


def arguments(home, words, *modules):
    """For QEMU: Xen and what it is given, each a path or (path, words)."""
    texts = [" ".join(str(part) for part in module)
             if isinstance(module, tuple) else str(module)
             for module in modules]
    return ["-kernel", home / "xen", "-append", XEN_WORDS + " " + words,
            "-initrd", ",".join(escape(text) for text in texts)]


def parse(report):
    """The guests' endings by their names."""
    endings, guest, section = {}, None, None
    for line in report.splitlines(True):
        if line.startswith(" "):
            guest[section] += line[1:]
            continue
        section, _, rest = line.rstrip("\n").partition(" ")
        if section == "guest":
            guest = dict.fromkeys(Ending._fields, "")
            endings[rest] = guest
        elif section == "console":
            section = "serial"
        elif section == "end":
            guest["end"] = rest
    return {name: Ending(**fields) for name, fields in endings.items()}


def run(folder, guests, version="4.17", patience=240):
    """Run guests under a PV dom0; what became of each, by its name. patience:
    seconds that one guest may take."""
    home = host(version)
    size = initramfs(folder, home, guests, patience) // MIB
    dom0 = DOM0_MIB + 3 * size
    memory = dom0 + XEN_MIB + max(guest.memory for guest in guests)
    report = folder / "report.log"
    report.write_bytes(b"")
    args = arguments(
        home, "dom0_mem=%dM,max:%dM dom0_max_vcpus=1" % (dom0, dom0),
        (home / "vmlinuz", DOM0_WORDS), folder / "dom0.cpio")
    outcome = machine.run(
        folder, *args, "-vga", "std", "-serial", "file:%s" % report,
        machine="q35", cpu=CPU, memory=memory,
        timeout=120 + patience * len(guests))
    text = report.read_bytes().decode("latin-1").replace("\r", "")
    assert text.endswith("done\n"), text[-2000:] + outcome.serial[-4000:]
    return parse(text)


def dom0_arguments(version, memory, kernel, *modules):
    """For QEMU: a kernel as a PVH dom0, which Xen starts itself. QEMU takes
    the files' names into their strings, and Xen leaves those of modules as
    they are."""
    words = "%s dom0_mem=%dM,max:%dM dom0_max_vcpus=1" \
        % (PVH_WORDS, memory, memory)
    return [*arguments(host(version), words, kernel, *modules), "-vga", "std"]


def dom0_options(memory):
    """For machine.Machine."""
    return dict(machine="q35", cpu=CPU, memory=memory + XEN_MIB)


def dom0_debug(text):
    """What a PVH dom0 wrote to port 0xE9, out of Xen's log."""
    return "".join(re.findall(r"^\(d0\) ?(.*\n)", text, re.M))
