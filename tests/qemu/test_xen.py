# SPDX-License-Identifier: BSD-2-Clause
"""gangway as a kernel of a real Xen: as a PVH guest that xl starts, and as a
PVH dom0 that Xen itself starts.

A list of guests shares one boot of Xen and its dom0, which takes longer than
most of them.
"""
import gzip
import os
import re
import subprocess

import pytest

import doors
import first_stage
import fit
import kernels
import lab
import machine
import probe
import targets
import test_domu
import told
from guest import Guest
from lab import CRASH, POWEROFF, REBOOT

pytestmark = pytest.mark.real

CONSOLE = "console=hvc0 panic=-1"
BLOB_MIB = 4
KIB = 1 << 10
MIB = 1 << 20
# What Linux says; without the long word if it was entered by PVH
PVH_LINES = ["Hypervisor detected: Xen HVM",
             "Booting (paravirtualized )?kernel on Xen PVH"]


def initramfs(bits=64):
    """A small one: all that the guests have lies in dom0's memory."""
    target = targets.FIXTURES / ("initramfs-xen-%d.cpio" % bits)
    more = ["--blob", str(BLOB_MIB)]
    if bits == 32:
        more += ["--busybox", targets.fetched("i386", "busybox")]
    return targets.initramfs(target, *more)


def bundle(folder, name, kernel, ramdisk=None, words=CONSOLE):
    """A FIT image of a kernel and its ramdisk."""
    fit.make(folder / (name + ".fit"), kernel, ramdisk, words)
    return folder / (name + ".fit")


def need_page_faults():
    if not lab.has_page_faults():
        pytest.skip("QEMU's fault: no guest of a Xen in it can read CR2")


def linux(folder, name, file=None, bits=64, **more):
    """A guest with one of Debian's kernels."""
    need_page_faults()
    ramdisk = bundle(folder, name, file or targets.fetched(name, "vmlinuz"),
                     initramfs(bits))
    more.setdefault("words", "x y")
    more.setdefault("kernel", doors.GANGWAY)
    return lab.Guest(name, ramdisk=ramdisk, **more)


def check_linux(ending, guest, bits=64, line=CONSOLE + " x y", door="pvh"):
    """It got what it was given, knows where it runs, and could end."""
    seen = Guest(ending)
    assert ending.end == POWEROFF, ending.end
    assert seen.cmdline == line
    assert seen.blob_ok, "the initrd is damaged"
    assert seen.kernel.endswith("x86_64" if bits == 64 else "i686")
    assert seen.cpus == guest.vcpus
    assert guest.memory * 0.7 < seen.mem_kib / KIB <= guest.memory
    for text in (ending.debug, ending.serial):
        assert re.search(r"entered by %s$" % door, text, re.M)
        assert re.search(r"^jump: ", text, re.M)
    return seen


def check_pvh(text):
    for line in PVH_LINES:
        assert re.search(line, text), text[-3000:]


def check_xen_pvh(ending, seen):
    """Linux finds out by ACPI's FADT that this is PVH: not without RSDP."""
    check_pvh(ending.serial)
    assert seen.param("rsdp")
    assert seen.param("subarch") == seen.param("subarch_data") == 0


def check_guests(guests, endings):
    """Linux guests; what is special of one comes behind."""
    for guest in guests:
        print(guest.name)  # shown if it fails
        check_xen_pvh(endings[guest.name],
                      check_linux(endings[guest.name], guest))


# ---- guests -----------------------------------------------------------------

def check_refusal(ending, sentence):
    """One sentence, what was known, and the end of the domain: in Xen's log
    and on the guest's console."""
    for text in (ending.debug, ending.serial):
        assert re.search("^gangway: %s" % sentence, text, re.M), ending
        assert "memory map: " in text
        assert "gangway: telling Xen of a crash" in text
    assert ending.end == CRASH


def refused_guests(folder):
    """Guests that have no kernel, and what gangway says of each."""
    damaged = bundle(folder, "damaged", doors.BUILD / "tests" / "probe.bin")
    data = bytearray(damaged.read_bytes())
    data[-KIB:] = bytes(KIB)
    damaged.write_bytes(data[:-KIB])
    (folder / "zeroes").write_bytes(bytes(5000))
    return {
        lab.Guest("none", doors.GANGWAY):
            "open module: there is no module, so there is no kernel: pass it",
        lab.Guest("cpio", doors.GANGWAY_PVH, initramfs()):
            "open module: no module is a kernel: module 0 is ",
        lab.Guest("zeroes", doors.GANGWAY, folder / "zeroes"):
            "open module: no module is a kernel: module 0 is unknown data",
        lab.Guest("damaged", doors.GANGWAY, damaged):
            "open module: no module is a kernel: module 0 is a FIT image or a "
            "device tree, but the tree is cut off: it has ",
    }


def run_the_core(folder, version):
    """A Linux guest, and some that cannot start."""
    refused = refused_guests(folder)
    guests = [linux(folder, "cloud")] if lab.has_page_faults() else []
    endings = lab.run(folder, [*guests, *refused], version)
    for one, sentence in refused.items():
        check_refusal(endings[one.name], sentence)
    need_page_faults()
    check_guests(guests, endings)


@pytest.mark.fast
def test_a_linux_guest_and_such_as_cannot_start(tmp_path):
    run_the_core(tmp_path, "4.17")


def test_the_same_on_a_newer_xen(tmp_path):
    run_the_core(tmp_path, "4.20")


def test_kernels(tmp_path):
    """Payloads of bzImages: xz, lz4 and zstd; and a vmlinux, by PVH."""
    names = ["amd64-5.10", "cloud-5.10", "amd64-6.1", "amd64-6.12",
             "cloud-6.12"]
    guests = [linux(tmp_path, name) for name in names]
    packed = tmp_path / "vmlinux.gz"
    packed.write_bytes(gzip.compress(
        targets.vmlinux("amd64-6.12").read_bytes(), 1))
    by_pvh = linux(tmp_path, "vmlinux", packed,
                   words="gangway.format=pvh x y")
    endings = lab.run(tmp_path, [*guests, by_pvh])
    check_guests(guests, endings)
    for guest in guests:
        assert "jump: 64-bit entry, " in endings[guest.name].told
    ending = endings["vmlinux"]
    check_linux(ending, by_pvh)
    assert "jump: PVH, " in ending.told
    check_pvh(ending.serial)


def pack_uki(folder):
    target = folder / "uki.efi"
    subprocess.run(
        [doors.BUILD / "gangway", "pack", "-o", target, "--kernel",
         targets.fetched("cloud", "vmlinuz"), "--initrd", initramfs(),
         "--cmdline", CONSOLE], check=True)
    return target


def test_a_uki(tmp_path):
    """The same bundle that a firmware starts; and as a bzImage by itself, with
    and without a map in start_info, of which xl unpacks the payload."""
    need_page_faults()
    uki = pack_uki(tmp_path)
    payload = tmp_path / "payload"
    payload.write_bytes(test_domu.payload_of(uki))
    no_map = first_stage.write(tmp_path / "no-map", payload,
                               first_stage.NO_MAP)
    guest = lab.Guest("uki", doors.GANGWAY, uki, "x y")
    alone = [lab.Guest("alone", uki, uki, "x y"),
             lab.Guest("no-map", no_map, uki, "x y")]
    lonely = lab.Guest("lonely", uki, initramfs())
    endings = lab.run(tmp_path, [guest, *alone, lonely])
    check_guests([guest], endings)
    for one in alone:
        check_xen_pvh(endings[one.name],
                      check_linux(endings[one.name], one, door="linux"))
    for text in endings["lonely"].debug, endings["lonely"].serial:
        assert re.search("^" + test_domu.SENTENCE, text, re.M)
    assert endings["lonely"].end == CRASH


def test_sizes(tmp_path):
    sizes = {"small": (128, 1), "two": (512, 2), "large": (3072, 2)}
    guests = [linux(tmp_path, name, targets.fetched("cloud", "vmlinuz"),
                    memory=memory, vcpus=vcpus)
              for name, (memory, vcpus) in sizes.items()]
    check_guests(guests, lab.run(tmp_path, guests))


# ---- in place of pygrub: docs/xen.md ------------------------------------------

def recipe(part, folder):
    """The host's commands of the page, with a guest's partition, and where
    the bundle goes."""
    page = (doors.ROOT / "docs/xen.md").read_text()
    commands, = re.findall(r"^ *```sh\n(.*?)```", page, re.M | re.S)
    return commands.replace("/dev/vg/guest-boot", str(part)) \
        .replace("/var/lib/xen", str(folder))


def install_kernel(folder, version, kernel, words):
    """As a guest's package of a kernel does it."""
    conf = folder / "gangway.conf"
    conf.write_text("type = fit\npath = %s\ncmdline = %s\n"
                    % (folder / "boot", words))
    subprocess.run(
        [doors.ROOT / "hooks/gangway-kernel", "add", version, kernel,
         initramfs()], check=True,
        env=dict(os.environ, GANGWAY_CONF=str(conf), GANGWAY_RUNNING="none",
                 GANGWAY=str(doors.BUILD / "gangway")))


def test_the_newest_bundle_of_a_guest(tmp_path):
    """The guest packs two kernels; the host copies the newer one, and xl
    starts it."""
    for version, words in [("6.9.0-1-amd64", "old"),
                           ("6.10.0-1-amd64", CONSOLE)]:
        install_kernel(tmp_path, version, targets.fetched("cloud", "vmlinuz"),
                       words)
    disk = tmp_path / "guest.disk"
    with open(disk, "wb") as file:
        file.truncate(96 * MIB)
    part = "%s@@1M" % disk
    subprocess.run(["mformat", "-i", part, "-T", "%d" % (95 * MIB // 512),
                    "-h", "16", "-s", "63", "::"], check=True)
    subprocess.run(["mcopy", "-i", part,
                    *(tmp_path / "boot").glob("*.itb"), "::"], check=True)
    subprocess.run(["sh", "-ec", recipe(part, tmp_path)], check=True)
    need_page_faults()
    guest = lab.Guest("guest", doors.GANGWAY, tmp_path / "guest.itb", "x y")
    check_guests([guest], lab.run(tmp_path, [guest]))


# ---- a first stage in front of gangway --------------------------------------

STAGES = {"version-0": first_stage.VERSION_0, "no-map": first_stage.NO_MAP,
          "no-rsdp": first_stage.NO_RSDP}


def told_by_probe(ending):
    return told.Told(ending._replace(serial=ending.debug))


def check_probe(report, regions, module):
    given = told.Given(told.File(b"", "a"), (told.File(module),), "b",
                       regions=regions)
    told.check(report, kernels.pvh(64), given)


def test_what_start_info_leaves_out(tmp_path):
    """Without a map Xen is asked for it, and says what start_info said;
    without an RSDP it is looked for in what the map calls ACPI's."""
    module = doors.noise(5000)
    (tmp_path / "module").write_bytes(module)
    ramdisk = bundle(tmp_path, "probe",
                     doors.BUILD / "tests" / "probe-pvh64.elf",
                     tmp_path / "module", "a")
    stages = {name: first_stage.write(tmp_path / name, doors.GANGWAY, changes)
              for name, changes in STAGES.items()}
    guests = [lab.Guest(name, kernel, ramdisk, "b")
              for name, kernel in {"as-is": doors.GANGWAY, **stages}.items()]
    seeing = linux(tmp_path, "linux", targets.fetched("cloud", "vmlinuz"),
                   kernel=stages["no-rsdp"])
    endings = lab.run(tmp_path, [*guests, seeing])
    regions = tuple(told_by_probe(endings["as-is"]).e820)
    assert sum(size for _, size, kind in regions
               if kind == probe.E820_RAM) == 256 * MIB
    for guest in guests:
        check_probe(told_by_probe(endings[guest.name]), regions, module)
        assert endings[guest.name].end == REBOOT  # its way to end
    check_guests([seeing], endings)


def test_without_an_rsdp_on_a_pc(tmp_path, cloud):
    """Firmware's lies between 0xE0000 and 1 MiB, and Linux needs it."""
    kernel = first_stage.write(tmp_path / "stage", doors.GANGWAY_PVH,
                               first_stage.NO_RSDP)
    ramdisk = bundle(tmp_path, "cloud", cloud, initramfs(),
                     "console=ttyS0 panic=-1")
    outcome = machine.run(tmp_path, "-kernel", kernel, "-initrd", ramdisk,
                          timeout=90)
    assert 0xe0000 <= Guest(outcome).param("rsdp") < MIB
    assert outcome.reason == "guest-shutdown"  # which needs ACPI


# ---- 32 bits ----------------------------------------------------------------

def instruction(ending):
    """Where a guest was when dom0 lost patience."""
    return re.search(r"^cs:eip: \w+:(\w+)", ending.registers, re.M)[1]


def test_32_bit_linux(tmp_path):
    """The 686-pae kernel is one for PVH. Under emulated nested paging it
    stops at its first CPUID with paging on, without gangway too: then both
    must have come as far."""
    need_page_faults()
    kernel, ramdisk = targets.vmlinux("i386-pae"), initramfs(32)
    words = CONSOLE + " x y"
    guests = [lab.Guest("direct", kernel, ramdisk, words),
              lab.Guest("through", doors.GANGWAY,
                        bundle(tmp_path, "pae", kernel, ramdisk), "x y")]
    endings = lab.run(tmp_path, guests, patience=60)
    direct, through = endings["direct"], endings["through"]
    assert through.end == direct.end
    assert "jump: PVH, " in through.told
    if through.end == POWEROFF:
        check_linux(through, guests[1], 32)
    else:
        assert instruction(through) == instruction(direct)


# ---- GRUB -------------------------------------------------------------------

def test_grub_for_pvh_guests(tmp_path):
    """It finds no disk, and waits at its prompt."""
    grub = targets.fetched("grub-xen", "grub-i386-xen_pvh.bin")
    guests = [lab.Guest("direct", grub, None, "x y"),
              lab.Guest("through", doors.GANGWAY,
                        bundle(tmp_path, "grub", grub, words="x y"))]
    endings = lab.run(tmp_path, guests, patience=45)
    screens = [re.findall(r"GNU GRUB  version .*grub> ", ending.serial, re.S)
               for ending in endings.values()]
    assert len(screens[0]) == 1 and screens[0] == screens[1], endings
    assert "jump: PVH, " in endings["through"].told


# ---- PVH dom0 ---------------------------------------------------------------

DOM0_MIB = 384
DOM0_FLAGS = 3  # privileged, initial domain
DOM0_WORDS = CONSOLE + " earlyprintk=xen"
# Here Linux stops in this laboratory, however it is started
ACPI_LINE = "ACPI: Core revision"


def dom0(folder, kernel, *modules, version="4.17"):
    return machine.Machine(
        folder, *lab.dom0_arguments(version, DOM0_MIB, kernel, *modules),
        **lab.dom0_options(DOM0_MIB))


@pytest.mark.parametrize("version", [
    pytest.param("4.17", marks=pytest.mark.fast), "4.20"])
def test_a_dom0_is_told_the_map_that_xen_gives(tmp_path, version):
    """Its start_info is of version 0. The probe gets what gangway shows."""
    ramdisk = bundle(tmp_path, "probe",
                     doors.BUILD / "tests" / "probe-pvh64.elf", None, "a")
    with dom0(tmp_path, (doors.GANGWAY, "b gangway.log=debug"),
              ramdisk, version=version) as running:
        outcome = running.wait_end(60)
    text = lab.dom0_debug(outcome.serial)
    report = told.Told(outcome._replace(serial=text))
    assert report.finished and not report.failures
    assert report.number("info_flags") == DOM0_FLAGS
    assert report.has_rsdp()
    assert report.cmdline == "a %s b" % ramdisk
    shown = re.findall(r"^  .*", text, re.M)
    shown = re.findall(r"\b([0-9a-f]{10,})-([0-9a-f]{10,}) ",
                       "\n".join(shown))
    assert [(int(start, 16), int(end, 16)) for start, end in shown] \
        == [(start, start + size) for start, size, _ in report.e820]
    assert sum(area.size for area in report.ram()) > (DOM0_MIB - 2) * MIB


@pytest.mark.fast
def test_a_dom0_without_a_kernel(tmp_path):
    with dom0(tmp_path, doors.GANGWAY) as running:
        text = lab.dom0_debug(running.wait_for("Hardware Dom0 crashed", 60))
    assert "gangway: open module: there is no module, so" in text


@pytest.mark.parametrize("name", ["amd64-6.1", "amd64-6.12"])
def test_linux_as_dom0(tmp_path, name):
    """By PVH, without being asked for: nothing else tells it that it is one.
    It stops early, with gangway where it does without."""
    need_page_faults()
    kernel = targets.vmlinux(name)
    ways = {"direct": [(kernel, DOM0_WORDS), initramfs()],
            "through": [doors.GANGWAY,
                        bundle(tmp_path, "dom0", kernel, initramfs(),
                               DOM0_WORDS)]}
    for way, files in ways.items():
        (tmp_path / way).mkdir()
        with dom0(tmp_path / way, *files) as running:
            text = running.wait_for(ACPI_LINE, 120)
        check_pvh(text)
        assert re.search(r"console \[hvc0\] enabled", text)
