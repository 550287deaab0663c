# SPDX-License-Identifier: BSD-2-Clause
"""Large and odd machines: where their memory is, how it is paged, how much of
it there is; and initrds where only 64 bits reach.

make check runs the probe and what is marked fast, make check-all everything.
"""
import re
import subprocess

import pytest

import bzimage
import doors
import esp
import fit
import kernels
import machine
import probe
import stage
import targets
import vmm
from bzimage import MIB
from doors import noise
from guest import Guest
from played import Layout, Piece
from refusal import refused
from stage import RAM, RESERVED

GIB = 1 << 30
PAGE = 4096
# Linux panics of a timer that is late, as TCG's is on a busy machine
CONSOLE = "console=ttyS0 panic=-1 no_timer_check"
INITRD = noise(3 * MIB + 5)
FIVE = "max,-cx16,la57=on"
NODES = ["-object", "memory-backend-ram,id=m0,size=1G",
         "-object", "memory-backend-ram,id=m1,size=2G",
         "-numa", "node,cpus=0-1,memdev=m0",
         "-numa", "node,cpus=2-3,memdev=m1"]
real = pytest.mark.real


def real_fast(*values):
    return pytest.param(*values, marks=[real, pytest.mark.fast])


def sparse(size):
    """Memory that takes no room on this machine until it is touched."""
    return ["-object", "memory-backend-ram,id=m,size=%s,reserve=off" % size]


# ---- The map of a machine ---------------------------------------------------

# QEMU's arguments, options of the machine
MACHINES = {
    "none-from-3-to-4-gib": ([], dict(memory=3584)),
    "none-from-1-to-4-gib": ([], dict(
        memory=3072, machine="pc,max-ram-below-4g=1G")),
    "q35": (["-global", "q35-pcihost.pci-hole64-size=32G"], dict(
        memory=6144, machine="q35")),
    "two-nodes": (NODES, dict(memory=3072, cpus=4)),
    "no-nx": ([], dict(cpu="qemu64,-cx16,-nx", memory=6144)),
    "pages-of-1-gib": ([], dict(cpu="max,-cx16", memory=6144)),
    "12-gib": (sparse("12G"), dict(memory="12G",
                                   machine="q35,memory-backend=m")),
}
HUGE = {
    "500-gib-in-pages-of-2-mib": (sparse("500G"), dict(
        memory="500G", machine="pc,memory-backend=m")),
    "2000-gib": (sparse("2000G"), dict(
        memory="2000G", machine="q35,memory-backend=m",
        cpu="max,-cx16,phys-bits=46,la57=on")),
}


def direct(folder, name):
    """What the BIOS says of a machine: the probe without gangway."""
    args, options = {**MACHINES, **HUGE}[name]
    bzimage.write(folder / "probe")
    outcome = machine.run(folder, "-kernel", folder / "probe", *args,
                          **options)
    return sorted(probe.Report(outcome).e820)


@pytest.mark.parametrize("name", [*MACHINES, *HUGE])
def test_map_is_the_machine_s(tmp_path, name):
    args, options = {**MACHINES, **HUGE}[name]
    wanted = direct(tmp_path, name)
    image = bzimage.write(tmp_path / "kernel", MIB)
    (tmp_path / "initrd").write_bytes(INITRD)
    files = [doors.File(tmp_path / "kernel"), doors.File(tmp_path / "initrd")]
    outcome = machine.run(tmp_path, *doors.mb1(files), *args, **options)
    report = probe.Report(outcome)
    probe.check_promises(report, image, INITRD)
    assert sorted(report.e820) == wanted


def usable(guest):
    return [(int(start, 16), int(last, 16) + 1) for start, last in re.findall(
        r"\[mem 0x(\w+)-0x(\w+)\] usable$", "\n".join(guest.e820), re.M)]


def check(outcome, cmdline=CONSOLE):
    guest = Guest(outcome)
    assert guest.cmdline == cmdline
    assert guest.blob_ok, "the initrd is damaged"
    assert guest.param("subarch") == guest.param("subarch_data") == 0
    assert outcome.reason == "guest-shutdown"
    return guest


@real
@pytest.mark.parametrize("name", MACHINES)
def test_linux_has_all_of_it(tmp_path, cloud, initramfs, name):
    args, options = MACHINES[name]
    wanted = [(start, start + size)
              for start, size, kind in direct(tmp_path, name) if kind == RAM]
    files = [doors.File(cloud, CONSOLE), doors.File(initramfs)]
    outcome = machine.run(tmp_path, *doors.mb1(files), *args, timeout=150,
                          **options)
    guest = check(outcome)
    assert usable(guest) == wanted
    assert guest.cpus == options.get("cpus", 1)
    if name == "two-nodes":
        assert re.search(r"SRAT: Node 1 PXM 1 \[mem 0x40000000-", guest.text)


# ---- Five levels of page tables ---------------------------------------------

def five_levels(folder, door, kernel, words, initramfs):
    """Arguments for a door by name; efi: gangway.efi."""
    if door.startswith("efi-app"):
        entry = "linux /vmlinuz\ninitrd /initrd\noptions %s%s\n" % (
            words, " gangway.linux=zeropage" if "zero" in door else "")
        return esp.make(folder, {
            esp.FALLBACK: esp.GANGWAY_EFI, "vmlinuz": kernel,
            "initrd": initramfs, "loader/entries/a.conf": entry})
    return doors.args(door, folder, [(kernel, words), (initramfs, "")])


@pytest.mark.parametrize("kernel,door,words,levels", [
    real_fast("cloud", "mb1", "", 5),
    *(pytest.param("cloud", door, "", 5, marks=real) for door in (
        "pvh", "grub-mb1", "grub-mb2", "efi-mb2", "efi-app",
        "efi-app-zeropage")),
    pytest.param("cloud", "mb1", " no5lvl", 4, marks=real),
    # Debian's 5.10 does not know them
    pytest.param("cloud-5.10", "mb1", "", 4, marks=real),
    pytest.param("cloud-6.12", "mb1", "", 5, marks=real)])
def test_linux_with_five_levels(tmp_path, kernel, door, words, levels,
                                initramfs):
    words = CONSOLE + words
    args = five_levels(tmp_path, door, targets.fetched(kernel, "vmlinuz"),
                       words, initramfs)
    outcome = machine.run(tmp_path, *args, cpu=FIVE, timeout=150)
    assert check(outcome, words).levels == levels


@real
def test_linux_whose_loader_had_five_levels(tmp_path, cloud, initramfs):
    """See vmm.py for who did."""
    top = 512 * MIB
    fit.make(tmp_path / "bundle", cloud, initramfs, CONSOLE)
    module = vmm.place((tmp_path / "bundle").read_bytes(), top)
    script = vmm.by_linux(vmm.FIVE_LEVELS, doors.GANGWAY, module, "", top)
    outcome = stage.run(tmp_path, script, cpu=FIVE, timeout=90)
    assert check(outcome).levels == 5


# ---- A map in 200 pieces ----------------------------------------------------

GAP = 2 * MIB  # Linux 6.1 panics of 200 smaller ones, whoever starts it
by_gap = [pytest.param(0, id="touching"), pytest.param(GAP, id="apart")]


def pieces(start, gap):
    """RAM in 200 pieces, a gap of reserved memory behind each."""
    for at in range(start, start + 200 * 2 * GAP, 2 * GAP):
        yield at, 2 * GAP - gap, RAM
        if gap:
            yield at + 2 * GAP - gap, gap, RESERVED


@pytest.mark.parametrize("gap", by_gap)
@pytest.mark.parametrize("door", [stage.through_mb1, stage.through_mb2,
                                  stage.through_pvh])
def test_200_pieces(tmp_path, door, gap):
    regions = [*stage.usual_map(200 * MIB), *pieces(600 * MIB, gap)]
    image = bzimage.make(MIB)
    module = stage.Module(16 * MIB, image.data, "")
    report = probe.Report(stage.run(tmp_path, door(doors.GANGWAY, [module],
                                                   regions)))
    probe.check_promises(report, image)
    if gap:
        assert sorted(report.e820) == sorted(regions)
        assert report.zero_page[0x1e8] == 128
    else:
        # More than the zero page has room for, unless they are joined
        first = min(pieces(600 * MIB, gap))
        whole = (first[0], 200 * 2 * GAP, RAM)
        assert sorted(report.e820) == sorted(
            [*stage.usual_map(200 * MIB), whole])


@pytest.mark.parametrize("gap", by_gap)
@real
def test_linux_in_200_pieces(tmp_path, cloud, initramfs, gap):
    """128 go into the zero page, the others into setup_data."""
    regions = [*stage.usual_map(600 * MIB), *pieces(600 * MIB, gap)]
    modules = [stage.Module(64 * MIB, initramfs.read_bytes()),
               stage.Module(128 * MIB, cloud.read_bytes(),
                            "kernel " + CONSOLE)]
    script = stage.through_mb1(doors.GANGWAY, modules, regions)
    guest = check(stage.run(tmp_path, script, memory=1536, timeout=90))
    assert guest.param("e820") == (128 if gap else 4)
    assert (probe.SETUP_E820_EXT in guest.setup_data) == bool(gap)
    table = re.findall(r"extended: \[mem 0x(\w+)-0x(\w+)\] (\w+)$",
                       guest.text, re.M)
    ram = sum(int(last, 16) + 1 - int(start, 16)
              for start, last, kind in table if kind == "usable") \
        or sum(end - start for start, end in usable(guest))
    assert ram == sum(size for _, size, kind in regions if kind == RAM)
    assert ram // 1024 * 0.9 < guest.mem_kib < ram // 1024


# ---- An initrd above 4 GiB --------------------------------------------------

HIGH = 4 * GIB + 64 * MIB
# The kernel's window takes most of it
LOW_TOP, PROBE_LOW_TOP = 90 * MIB, 52 * MIB
TOO_LONG = noise(20 * MIB)


class HighVmm(vmm.Vmm):
    """Firecracker's map, with little RAM below 4 GiB and enough above."""

    def regions(self, top):
        return (*super().regions(top), (4 * GIB, 2 * GIB, RAM))


HIGH_VMM = HighVmm(*vmm.FIRECRACKER)


def high(folder, way, kernel, initrd, low_top, **options):
    """The outcome of a boot whose one module lies above 4 GiB."""
    fit.make(folder / "bundle", kernel, initrd, CONSOLE, external=True)
    module = stage.Module(HIGH, (folder / "bundle").read_bytes())
    script = way(HIGH_VMM, doors.GANGWAY_PVH, module, "x", low_top)
    args = vmm.loaded_by_qemu(folder, module)
    return machine.run(folder, *stage.arguments(folder, script), *args,
                       memory=6144, **options)


def high_probe(folder, way, initrd, **fields):
    image = bzimage.write(folder / "kernel", MIB, **fields)
    (folder / "initrd").write_bytes(initrd)
    outcome = high(folder, way, folder / "kernel", folder / "initrd",
                   PROBE_LOW_TOP)
    return image, outcome


by_pvh_and_linux = pytest.mark.parametrize(
    "way", [vmm.by_pvh, vmm.by_linux], ids=["pvh", "linux"])


@by_pvh_and_linux
def test_initrd_stays_above_4_gib(tmp_path, way):
    """There is no room for it below, and the kernel allows it."""
    image, outcome = high_probe(tmp_path, way, TOO_LONG, xloadflags=3)
    report = probe.Report(outcome)
    probe.check_promises(report, image, TOO_LONG)
    assert report.initrd.start > HIGH


def test_initrd_moves_below_4_gib(tmp_path):
    """A kernel that cannot have it there."""
    image, outcome = high_probe(tmp_path, vmm.by_linux, INITRD, xloadflags=1)
    report = probe.Report(outcome)
    probe.check_promises(report, image, INITRD)
    assert report.initrd.end <= PROBE_LOW_TOP


def test_initrd_has_no_room_below_4_gib(tmp_path):
    _, outcome = high_probe(tmp_path, vmm.by_linux, TOO_LONG,
                            xloadflags=1)
    refused(outcome)


@by_pvh_and_linux
@pytest.mark.parametrize("kernel", ["cloud", "cloud-5.10", "cloud-6.12"])
@real
def test_linux_with_its_initrd_above_4_gib(tmp_path, way, kernel, initramfs):
    outcome = high(tmp_path, way, targets.fetched(kernel, "vmlinuz"),
                   initramfs, LOW_TOP, timeout=120)
    guest = check(outcome, CONSOLE + " x")
    start, = re.findall(r"RAMDISK: \[mem 0x(\w+)-", guest.text)
    assert int(start, 16) > HIGH


# ---- Page tables ------------------------------------------------------------

RAGGED = HIGH + 64 * MIB + 3 * PAGE  # where reserved memory begins


class RaggedVmm(HighVmm):
    """With reserved memory in the same GiB, not even on 2 MiB."""

    def regions(self, top):
        *rest, _ = super().regions(top)
        return (*rest, (4 * GIB, RAGGED - 4 * GIB, RAM),
                (RAGGED, GIB, RESERVED), (RAGGED + GIB, 3 * GIB, RAM))


def round_out(area, page):
    start = area.start // page * page
    return probe.Area(start, -(-area.end // page) * page - start)


@pytest.mark.parametrize("cpu", [
    pytest.param("qemu64,-cx16", marks=real), "max,-cx16",
    pytest.param(FIVE, marks=real)])
def test_tables_of_a_kernel_map_no_reserved_memory(tmp_path, cpu):
    """A CPU may read ahead wherever a table lets it. Pages of 2 MiB may have
    some RAM, larger ones nothing else."""
    (tmp_path / "initrd").write_bytes(TOO_LONG)
    image = bzimage.write(tmp_path / "kernel", MIB, xloadflags=3)
    fit.make(tmp_path / "bundle", tmp_path / "kernel", tmp_path / "initrd",
             "x", external=True)
    data = (tmp_path / "bundle").read_bytes()
    module = stage.Module((RAGGED - len(data)) // PAGE * PAGE, data)
    script = vmm.by_pvh(RaggedVmm(*vmm.FIRECRACKER), doors.GANGWAY_PVH,
                        module, "x", PROBE_LOW_TOP)
    args = [*stage.arguments(tmp_path, script),
            *vmm.loaded_by_qemu(tmp_path, module)]
    report = probe.Report(machine.run(tmp_path, *args, memory=8192, cpu=cpu))
    probe.check_promises(report, image, TOO_LONG)
    assert report.initrd.start >= 4 * GIB
    for area, page in report.mapped:
        assert any(around.start <= area.start and area.end <= around.end
                   for around in (round_out(ram, page) if page < GIB else ram
                                  for ram in report.ram())), hex(area.start)
    for at in (report.initrd.start, report.initrd.end - 1):
        assert any(area.start <= at < area.end for area, _ in report.mapped)
    # Nobody has anything there
    assert max(area.end for area, _ in report.mapped) <= RAGGED + 2 * MIB


@pytest.mark.parametrize("link,top,cpu", [
    (MIB, 160, "qemu64,-cx16"), (5 * MIB, 2048, "qemu64,-cx16"),
    pytest.param(2 * MIB, 2048, "max,-cx16", marks=real)])
def test_kernels_linked_low_on_a_big_machine(tmp_path, link, top, cpu):
    """gangway's own page tables are in nobody's way. (Nobody looks at the RAM
    above 4 GiB, which is not there.)"""
    kernel = kernels.multiboot1(at=link)
    regions = (*stage.usual_map(200 * MIB),
               (4 * GIB, (top - 4) * GIB, RAM))
    layout = Layout(Piece(16 * MIB, kernel.data), (), regions, cpu=cpu)
    layout.boot(tmp_path, kernel)


# ---- A kernel above 4 GiB ---------------------------------------------------

def test_kernel_runs_above_4_gib(tmp_path):
    """There is no room for its window below, and it allows it."""
    image = bzimage.write(tmp_path / "kernel", MIB, xloadflags=3)
    (tmp_path / "initrd").write_bytes(INITRD)
    outcome = high(tmp_path, vmm.by_pvh, tmp_path / "kernel",
                   tmp_path / "initrd", 24 * MIB)
    report = probe.Report(outcome)
    probe.check_promises(report, image, INITRD)
    assert report.window.start >= 4 * GIB


@real
@pytest.mark.parametrize("kernel", ["cloud", "cloud-5.10", "cloud-6.12"])
def test_linux_runs_above_4_gib(tmp_path, kernel, initramfs):
    outcome = high(tmp_path, vmm.by_linux, targets.fetched(kernel, "vmlinuz"),
                   initramfs, 40 * MIB, timeout=120)
    check(outcome, CONSOLE + " x")
    assert outcome.lines("image: 0x1[0-9a-f]{8}-")


# ---- Little memory ----------------------------------------------------------

@pytest.mark.parametrize("memory", [2, 4, 8, 16, 32])
def test_a_machine_too_small_is_told_so(tmp_path, memory):
    (tmp_path / "kernel").write_bytes(bzimage.make().data)
    args = doors.mb1([doors.File(tmp_path / "kernel")])
    refused(machine.run(tmp_path, *args, memory=memory))


@pytest.mark.parametrize("memory", [2, 3, 4])
def test_a_small_kernel_needs_little(tmp_path, memory):
    image = bzimage.write(tmp_path / "kernel", init_size=256 * 1024,
                          pref_address=MIB, kernel_alignment=PAGE)
    (tmp_path / "initrd").write_bytes(noise(5000))
    args = doors.mb1([doors.File(tmp_path / "kernel"),
                      doors.File(tmp_path / "initrd")])
    report = probe.Report(machine.run(tmp_path, *args, memory=memory))
    probe.check_promises(report, image, noise(5000))


@pytest.fixture(scope="session")
def small_initramfs(tmp_path_factory):
    target = tmp_path_factory.mktemp("small") / "initramfs"
    subprocess.run([targets.TESTS / "initramfs", "--blob", "0.1", target],
                   check=True)
    return target


@real
@pytest.mark.parametrize("memory", [66, 72])
def test_linux_with_little(tmp_path, cloud, small_initramfs, memory):
    """It needs 67.5 MiB to unpack itself, and does not say so."""
    files = [doors.File(cloud, CONSOLE), doors.File(small_initramfs)]
    outcome = machine.run(tmp_path, *doors.mb1(files), memory=memory)
    if memory < 68:
        said = refused(outcome)
        assert re.search("no free RAM for the kernel and what it unpacks: "
                         r"\d+ KiB are wanted .* has \d+ KiB; give the "
                         "machine more memory$", said)
    else:
        check(outcome)
