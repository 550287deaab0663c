# SPDX-License-Identifier: BSD-2-Clause
"""What is damaged: kernels, bundles and doors' tables; and how each is booted.

A Subject's structure is sound: it boots. boot() makes QEMU's arguments for the
same bytes after something has happened to them.
"""
import gzip
import random
import struct
import subprocess
from typing import Any, Callable, NamedTuple

import bzimage
import doors
import elf
import esp
import fit
import kernels
import packed
import stage
import uki
import vmm
from bzimage import MIB
from damage import Structure, of_format, words

LINE = "gangway.fail=poweroff gangway.log=debug probe.brief"
SMALL = 64  # MiB; the first stage lies at 256
LARGE = 288
PROBE = "probe: ok"
# SeaBIOS's own, with so little memory
FIRMWARE = [(48 * MIB - (128 << 10), 48 * MIB),
            (64 * MIB - (128 << 10), 64 * MIB)]
SLACK = 16 * 4096  # QEMU's own tables behind what it loads
NOISE = random.Random(1).randbytes(50000)
INITRD = b"0707" + NOISE[:9001]


class Boot(NamedTuple):
    args: list
    loaded: list  # ranges that the loader has written
    machine: str = "pc"
    memory: int = SMALL
    refusal: str = ""  # what a loader says that wants no more of it


class Subject(NamedTuple):
    name: str
    structure: Structure
    boot: Callable  # of a folder and the bytes
    guarded: bool = True  # does a kernel that is started have to be whole?
    unpacks: bool = False  # into free memory, and before anything is planned
    sign: str = PROBE  # of a kernel that runs
    many: str = ""  # what tries them, many in a start: boot() makes a line
    own: Any = None  # of gangway.efi in RAM, if a loader may fail to start it

    @property
    def is_probe(self):
        """Which writes to nothing but itself."""
        return self.sign == PROBE


def image_range(path):
    pieces = list(stage.segments(path.read_bytes()))
    return (min(at for at, _, _ in pieces),
            max(at + size for at, _, size in pieces))


def by_mb1(folder, data, *more):
    """QEMU's own loader puts all files one behind the other."""
    files = [doors.File(folder / "kernel", "gangway.argv0=off")]
    (folder / "kernel").write_bytes(data)
    for number, content in enumerate(more):
        files.append(doors.File(folder / str(number)))
        files[-1].path.write_bytes(content)
    start, end = image_range(doors.GANGWAY)
    end += sum(len(content) + 4096 for content in (data, *more)) + SLACK
    return Boot(doors.mb1(files, LINE), [(start, end), *FIRMWARE])


def with_initrd(folder, data):
    return by_mb1(folder, data, INITRD)


def by_pvh(folder, data):
    """The bundle goes to the end of memory, on a page."""
    (folder / "bundle").write_bytes(data)
    top = SMALL * MIB
    return Boot(doors.pvh(folder / "bundle", LINE),
                [image_range(doors.GANGWAY_PVH), FIRMWARE[0],
                 (top - len(data) - SLACK, top)], "microvm")


def whole(folder, data):
    """The file is gangway itself, with its pack."""
    path = folder / "one.elf"
    path.write_bytes(data)
    start, end = image_range(doors.GANGWAY)
    return Boot(["-kernel", path, "-append", LINE],
                [(start, end + len(data) + SLACK), *FIRMWARE])


# Kernels

def header(**values):
    image = bzimage.make(**values)
    fields = tuple((at, struct.calcsize("<" + code))
                   for at, code in bzimage.FIELDS.values() if code != "4s")
    fields += ((0x202, 4), (0x201, 1), (0x1ef, 2))
    return Structure(image.data, fields,
                     (0x1f1, 0x206, 0x230, 0x26c, 0x290, image.setup_size,
                      len(image.data) - 4096, len(image.data)))


def elf_file(kernel, bits):
    """Its headers, and what stands between them and the program."""
    form = elf.FORMS[bits]
    data = kernel.data
    table = form.header_size
    programs = struct.unpack_from("<H", data, 44 if bits == 32 else 56)[0]
    fields = of_format(form.header[1:], 16)
    for number in range(programs):
        fields += of_format("8I" if bits == 32 else "IIQQQQQQ",
                            table + number * form.program_size) \
            if bits == 64 else words(table + number * 32,
                                     table + number * 32 + 32)
    end = table + programs * form.program_size
    fields += words(end, end + 160) + ((4, 1), (5, 1))
    return Structure(data, fields, (16, table, end, end + 32, len(data)))


def flat_file(kernel, at, size):
    return Structure(kernel.data, words(at, at + size),
                     (at, at + 12, at + size, len(kernel.data)))


MB2_TAGS = [kernels.tag(kernels.TAG_INFO_REQUEST, kernels.words(1, 6, 8)),
            kernels.tag(kernels.TAG_MODULE_ALIGN),
            kernels.tag(kernels.TAG_CONSOLE, kernels.words(3), 1)]
MOVES = kernels.Moves(2 * MIB, 0xffffffff, MIB)


def gzip_file(data):
    file = gzip.compress(data, 6, mtime=1)
    end = len(file)
    return Structure(
        file, of_format("BBBBIBB") + ((end - 8, 4), (end - 4, 4)),
        (10, end // 2, end - 8, end - 4), ((10, end),))


def other(data, *command):
    """As a program packs it, if gangway can open such a thing."""
    file = subprocess.run(command, input=data, stdout=subprocess.PIPE,
                          check=True).stdout
    return Structure(file, words(0, 16, 1), (6, 12, len(file) - 4, len(file)),
                     ((6, len(file)),))


# Bundles

def fit_file(folder, algo, external=False):
    (folder / "k").write_bytes(bzimage.make().data)
    (folder / "i").write_bytes(INITRD)
    fit.make(folder / "fit", folder / "k", folder / "i", LINE, external, algo)
    data = (folder / "fit").read_bytes()
    size, tree, strings, _, _, _, _, nr_strings, nr_tree = \
        struct.unpack_from(">9I", data, 4)
    image = data.index(bzimage.make().data)
    fields = words(0, 40) + words(tree, min(tree + 480, image))
    fields += words(max(tree, tree + nr_tree - 600), tree + nr_tree) \
        if not external else ()
    fields += words(strings, strings + 16, 1)
    packed_at = data.index(INITRD)
    return Structure(data, fields,
                     (40, tree, tree + nr_tree, strings, strings + nr_strings,
                      size, len(data)),
                     ((packed_at, packed_at + len(INITRD)),) if algo else ())


def uki_file():
    data = uki.make([(".osrel", b"ID=x\n"), (".cmdline", LINE.encode()),
                     (".linux", bzimage.make().data), (".initrd", INITRD)])
    pe, table = uki.HEAD_AT, uki.HEAD_AT + 24 + uki.OPTIONAL_LEN
    fields = ((0x3c, 4),) + of_format("IHHIIIHH", pe)
    fields += ((pe + 24, 2), (pe + 56, 4), (pe + 60, 4), (pe + 80, 4),
               (pe + 84, 4), (pe + 132, 4))
    for row in range(table, table + 160, 40):
        fields += words(row, row + 40)
    return Structure(data, fields, (0x40, pe, pe + 24, table, table + 160,
                                    uki.HEADERS, len(data)))


def pack_file():
    files = [(bzimage.make().data, "kernel", ""), (INITRD, "initrd", "")]
    data = packed.make(doors.GANGWAY, files)
    mark = data.index(packed.MAGIC, 0, packed.WITHIN)
    image_len, = struct.unpack_from("<Q", data, mark + 24)
    table = of_format("II", image_len)
    for number in range(2):
        table += of_format("QQIIII", image_len + 8 + 32 * number)
    fields = of_format("IIQQ", mark + 16) + table + \
        words(image_len + 72, image_len + 88)
    return Structure(data, fields)


# Doors: the tables are damaged where they lie, behind all other steps

TOP = SMALL * MIB
REGIONS = [*stage.usual_map(8 * MIB), (8 * MIB, MIB, stage.RESERVED),
           (9 * MIB, TOP - 9 * MIB, stage.RAM)]


def scripted(make, kernel, cmdline=LINE, **info):
    """The modules are sound, and stay so."""
    modules = [stage.Module(10 * MIB, kernel),
               stage.Module(12 * MIB, INITRD, "words")]
    return make(doors.GANGWAY, modules, REGIONS, cmdline=cmdline, **info)


def table_of(script, first, last, size=4):
    """The fields of what the script puts from one address to another."""
    data, fields = script.bytes(), ()
    contents = 80 + 12 * len(script.steps)
    for to, content, length in script.steps:
        if not isinstance(content, bytes):
            continue
        if first <= to < last:
            fields += words(contents, contents + length, size)
        contents += length
    return Structure(data, fields)


def by_stage(script):
    loaded = [(to, to + size) for to, content, size in script.steps
              if content != stage.STEP_PORT]

    def boot(folder, data):
        (folder / "script").write_bytes(data)
        return Boot(["-kernel", stage.STAGE, "-initrd", folder / "script"],
                    loaded, memory=LARGE)
    return boot


def sound_kernel():
    return bzimage.make().data


def door(name, make, **info):
    line = ("gangway " if name == "mb1" else "") + LINE
    script = scripted(make, sound_kernel(), cmdline=line, **info)
    return Subject("door-" + name,
                   table_of(script, stage.INFO_AT, stage.INFO_AT + 0x10000),
                   by_stage(script))


def zero_page():
    """As Firecracker writes it."""
    contract = vmm.FIRECRACKER
    module = vmm.place(bzimage.make().data, 48 * MIB)
    script = vmm.by_linux(contract, doors.GANGWAY, module, LINE, 48 * MIB)
    page = table_of(script, vmm.ZERO_PAGE, vmm.ZERO_PAGE + 1)
    named = [(at, size) for at, size in page.fields
             if int.from_bytes(page.data[at:at + size], "little")]
    silent = [field for field in page.fields if field not in named]
    return Subject("door-linux",
                   page._replace(fields=tuple(named + silent[::16])),
                   by_stage(script))


def acpi():
    """The tables that the RSDP leads to; nobody but gangway reads them."""
    contract = vmm.FIRECRACKER
    module = vmm.place(bzimage.make().data, 48 * MIB)
    script = vmm.by_pvh(contract, doors.GANGWAY_PVH, module, LINE, 48 * MIB)
    return Subject("acpi", table_of(script, 0xa0000, 0xf0000),
                   by_stage(script))


# Files that gangway.efi reads: a line for the test's own boot manager

def from_disk(words):
    def boot(number):
        return "g.efi", "%s=\\%d gangway.log=debug probe.brief" % (words, number)
    return boot


def itself(number):
    return "%d" % number, "gangway.log=debug probe.brief"


def packed_efi_file(folder):
    """gangway.efi with sections behind its own, as ukify puts them."""
    (folder / "u").mkdir(exist_ok=True)
    return esp.ukify(folder / "u" / "efi", [
        (".osrel", b"ID=x\n"), (".cmdline", b"probe.brief"),
        (".initrd", INITRD), (".linux", bzimage.make().data)]).read_bytes()


def packed_efi(folder):
    data = packed_efi_file(folder)
    pe, = struct.unpack_from("<I", data, 0x3c)
    count, size = struct.unpack_from("<H", data, pe + 6)[0], \
        struct.unpack_from("<H", data, pe + 20)[0]
    end = pe + 24 + size + 40 * count
    return Structure(data, words(end - 160, end) + words(end, end + 40))


def uefi_subjects(folder):
    return [
        Subject("efi-kernel", header(), from_disk("kernel"), False,
                many="firmware"),
        Subject("efi-multiboot2", elf_file(kernels.multiboot2(64), 64),
                from_disk("kernel"), False, many="firmware"),
        Subject("efi-fit", fit_file(folder, "sha256"), from_disk("kernel"),
                many="firmware"),
        Subject("efi-uki", packed_efi(folder), itself, False, many="firmware"),
    ]


# Other people's kernels, if they have been fetched

LINUX_LINE = "earlyprintk=serial,ttyS0 console=ttyS0 panic=-1 console=com1 "


def by_mb1_large(folder, data):
    boot = by_mb1(folder, data, INITRD)
    boot.args[boot.args.index("-append") + 1] = LINUX_LINE + LINE
    return boot._replace(memory=LARGE)


def real(name, file, of, sign):
    path = doors.BUILD / "targets" / name / file
    if not path.exists():
        return []
    return [Subject("real-" + name, of(path.read_bytes()), by_mb1_large,
                    False, file.endswith(".gz"), sign)]


def real_header(data):
    """Of a bzImage, and what its own code unpacks."""
    setup = (data[0x1f1] + 1) * 512
    at, size = struct.unpack_from("<II", data, 0x248)
    return header()._replace(
        data=data, edges=(0x230, 0x26c, setup, setup + at, len(data)),
        packed=((setup + at, setup + at + size),))


def real_gzip(data):
    end = len(data)
    return Structure(data, of_format("BBBBIBB") + ((end - 8, 4), (end - 4, 4)),
                     (10, end // 2, end - 8), ((10, end),))


def real_subjects():
    return real("cloud", "vmlinuz", real_header, "Linux version") + \
        real("xen-4.20", "xen.gz", real_gzip, "Xen version")


def all_subjects(folder):
    linux, mb2 = bzimage.make().data, kernels.multiboot2(64, tags=MB2_TAGS,
                                                         moves=MOVES)
    plain = [
        Subject("bzimage", header(), with_initrd, guarded=False),
        Subject("bzimage-32", header(xloadflags=0), with_initrd,
                guarded=False),
        Subject("bzimage-fixed", header(relocatable_kernel=0,
                                        pref_address=16 * MIB),
                with_initrd, guarded=False),
        Subject("vmlinux", elf_file(kernels.vmlinux(), 64), with_initrd,
                guarded=False),
        Subject("vmlinux-32", elf_file(kernels.vmlinux(32), 32), with_initrd,
                guarded=False),
        Subject("pvh", elf_file(kernels.pvh(64, moves=MOVES), 64),
                with_initrd, guarded=False),
        Subject("pvh-32", elf_file(kernels.pvh(32), 32), with_initrd,
                guarded=False),
        Subject("multiboot1", elf_file(kernels.multiboot1(), 32),
                with_initrd, guarded=False),
        Subject("multiboot1-flat", flat_file(kernels.multiboot1_flat(), 64,
                                             32), with_initrd, guarded=False),
        Subject("multiboot2", elf_file(mb2, 64), with_initrd, guarded=False),
        Subject("multiboot2-flat", flat_file(kernels.multiboot2_flat(
            tags=MB2_TAGS), 64, 104), with_initrd, guarded=False),
    ]
    bundles = [
        Subject("gzip", gzip_file(linux), with_initrd, unpacks=True),
        Subject("gzip-multiboot2", gzip_file(mb2.data), with_initrd,
                unpacks=True),
        Subject("fit", fit_file(folder, "sha256"), by_pvh),
        Subject("fit-crc32", fit_file(folder, "crc32"), by_pvh),
        Subject("fit-external", fit_file(folder, "sha256", True), by_pvh),
        Subject("uki", uki_file(), by_pvh, guarded=False),
        Subject("pack", pack_file(), whole, guarded=False),
    ]
    tables = [
        door("mb1", stage.through_mb1, loader="qemu"),
        door("mb2", stage.through_mb2),
        door("pvh", stage.through_pvh),
        zero_page(), acpi(),
    ]
    return plain + bundles + tables + uefi_subjects(folder) + \
        real_subjects()
