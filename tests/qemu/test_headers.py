# SPDX-License-Identifier: BSD-2-Clause
"""What kernels say about themselves: Multiboot headers and their tags, address
fields, ELF headers, notes. What is wrong is refused, with its number."""
import struct

import pytest

import elf
import flat
import kernels
from bzimage import MIB
from doors import noise
from elf import PT_LOAD, Segment
from kernels import (MB1_FLAGS, OPTIONAL, TAG_CONSOLE, TAG_EFI64, TAG_EFI_BS,
                     TAG_ENTRY, TAG_FRAMEBUFFER, TAG_INFO_REQUEST,
                     TAG_MODULE_ALIGN, tag, words)
from played import Layout, Piece
from refusal import refused_with

PAGE = 4096
AT = kernels.LINK
ELSEWHERE = 16 * MIB
BOGUS = AT + 0x2000  # in the program, but not its entry
NOWHERE = 0x12345678
NO_KERNEL = "no module is a kernel: module 0 is an? .*%s.*"
MISPLACED = "header at 0x%x, "
NO_ENTRY = "the entry lies in no segment: .*"
MB1_SEARCHED, MB2_SEARCHED = 8192, 32768
MB1_SIZE, MB1_FLAT_SIZE, MB2_SIZE = 12, 32, 24
EM_ARM, EM_386 = 40, 3


def lay_out(kernel):
    return Layout(Piece(30 * MIB, kernel.data, "words"),
                  (Piece(40 * MIB, noise(MIB), "module"),))


def boots(folder, kernel):
    return lay_out(kernel).boot(folder, kernel)


def refuses(folder, kernel, sentence, protocol=None):
    refused_with(lay_out(kernel).run(folder), "plan",
                 protocol or kernel.protocol, sentence)


def is_no_kernel(folder, kernel, looks):
    refused_with(lay_out(kernel).run(folder), "open", "module", NO_KERNEL % looks)


# Where a header may lie

@pytest.mark.parametrize("at", [100, PAGE - 4, MB1_SEARCHED - MB1_SIZE])
def test_multiboot1_header_anywhere_in_8_kib(tmp_path, at):
    boots(tmp_path, kernels.multiboot1(head_at=at))


@pytest.mark.parametrize("at", [MB1_SEARCHED - MB1_SIZE + 4, MB1_SEARCHED,
                                PAGE + 2])
def test_multiboot1_header_too_far_or_not_aligned(tmp_path, at):
    is_no_kernel(tmp_path, kernels.multiboot1(
        head_at=at - at % 4, shift=at % 4), MISPLACED % at)


@pytest.mark.parametrize("at", [0, 4, MB1_SEARCHED - MB1_FLAT_SIZE])
def test_address_fields_anywhere_in_8_kib(tmp_path, at):
    boots(tmp_path, kernels.multiboot1_flat(shape=dict(header_at=at)))


def test_address_fields_cut_off_by_the_8_kib(tmp_path):
    is_no_kernel(tmp_path, kernels.multiboot1_flat(
        shape=dict(header_at=MB1_SEARCHED - MB1_FLAT_SIZE + 4)), "")


@pytest.mark.parametrize("at", [128, MB2_SEARCHED - MB2_SIZE])
def test_multiboot2_header_anywhere_in_32_kib(tmp_path, at):
    boots(tmp_path, kernels.multiboot2(head_at=at))


@pytest.mark.parametrize("at", [MB2_SEARCHED - MB2_SIZE + 8, MB2_SEARCHED,
                                PAGE + 4])
def test_multiboot2_header_too_far_or_not_aligned(tmp_path, at):
    is_no_kernel(tmp_path, kernels.multiboot2(
        head_at=at - at % 8, shift=at % 8), MISPLACED % at)


@pytest.mark.parametrize("make", [kernels.multiboot1, kernels.multiboot2])
def test_wrong_checksum(tmp_path, make):
    kernel = make()
    magic = struct.pack("<I", kernels.MB1_MAGIC if
                        make is kernels.multiboot1 else kernels.MB2_MAGIC)
    at = kernel.data.index(magic) + 4
    data = bytearray(kernel.data)
    data[at + (4 if make is kernels.multiboot1 else 8)] ^= 1
    is_no_kernel(tmp_path, kernel._replace(data=bytes(data)),
                 "with a wrong checksum")


# Multiboot1 flags

@pytest.mark.parametrize("bit", [3, 4, 9, 15])
def test_unknown_feature_is_refused(tmp_path, bit):
    refuses(tmp_path, kernels.multiboot1(flags=MB1_FLAGS | 1 << bit),
            "the header asks for the unknown feature %d" % bit)


@pytest.mark.parametrize("flags", [0, 1, 2, MB1_FLAGS | 0xfffe << 16])
def test_features_that_may_be_set(tmp_path, flags):
    boots(tmp_path, kernels.multiboot1(flags=flags))


def test_video_fields(tmp_path):
    boots(tmp_path, kernels.multiboot1(flags=MB1_FLAGS | kernels.MB1_VIDEO,
                                       video=(0, 1024, 768, 32)))


# Address fields

def elf_and_fields(make_fields):
    """An ELF file linked to AT, with a wrong entry, whose address fields say
    that it belongs ELSEWHERE."""
    size = flat.size()
    head_at = 128
    lead = PAGE - head_at  # is loaded too
    fields = [ELSEWHERE - lead, ELSEWHERE - lead, ELSEWHERE + size,
              ELSEWHERE + size + MIB, ELSEWHERE]
    kernel = make_fields(fields, head_at)
    return kernel._replace(load=ELSEWHERE, pieces=[
        *kernel.pieces, flat.Piece(-lead, lead, lead, 0)])


@pytest.mark.parametrize("bits", [32, 64])
def test_address_fields_win_over_elf(tmp_path, bits):
    boots(tmp_path, elf_and_fields(
        lambda fields, head_at: kernels.multiboot1(
            bits, AT, addresses=fields, head_at=head_at, bss=MIB,
            entry=BOGUS)))


@pytest.mark.parametrize("bits", [32, 64])
def test_address_tag_wins_over_elf(tmp_path, bits):
    boots(tmp_path, elf_and_fields(
        lambda fields, head_at: kernels.multiboot2(
            bits, AT, head_at=head_at, bss=MIB, entry=BOGUS, tags=[
                tag(kernels.TAG_ADDRESS, words(*fields[:4])),
                tag(TAG_ENTRY, words(fields[4]))])))


FLAT = {"mb1": kernels.multiboot1_flat, "mb2": kernels.multiboot2_flat}
every_flat = pytest.mark.parametrize("kind", FLAT)


@every_flat
@pytest.mark.parametrize("shape", [
    dict(skip=16), dict(header_at=80, skip=80), dict(bss=5 * MIB),
    dict(size=2 * MIB + 1, tail=noise(77)), dict(tail=noise(MIB), bss=MIB)],
    ids=["skip", "from the header", "bss", "tail", "tail and bss"])
def test_shapes_of_flat_files(tmp_path, kind, shape):
    layout = lay_out(FLAT[kind](shape=shape))
    layout = layout._replace(dirt=((AT, 8 * MIB),))
    layout.boot(tmp_path, FLAT[kind](shape=shape))


@every_flat
def test_load_end_of_0_means_all_of_the_file(tmp_path, kind):
    boots(tmp_path, FLAT[kind](load_end=0))


def test_load_address_of_minus_1_means_the_files_first_byte(tmp_path):
    boots(tmp_path, kernels.multiboot2_flat(load=kernels.FILE_START))


@every_flat
@pytest.mark.parametrize("fields,sentence", [
    (dict(load=AT + PAGE), "load_addr is above header_addr: .*"),
    (dict(load=AT - MIB), "load_addr lies before the file begins: .*"),
    (dict(load_end=AT + 2 * MIB), "load_end_addr lies outside the file: .*"),
    (dict(load_end=AT - 2 * MIB), "load_end_addr lies outside the file: .*"),
    (dict(bss_end=AT), "bss_end_addr is below load_end_addr: .*"),
    (dict(entry=AT + 2 * MIB), "entry_addr lies outside the kernel: .*"),
    (dict(entry=AT - MIB), "entry_addr lies outside the kernel: .*")], ids=str)
def test_address_fields_that_make_no_sense(tmp_path, kind, fields, sentence):
    refuses(tmp_path, FLAT[kind](**fields), sentence)


def test_addresses_without_an_entry(tmp_path):
    kernel = kernels.multiboot2(tags=[
        tag(kernels.TAG_ADDRESS, words(AT, AT, 0, 0))])
    refuses(tmp_path, kernel, "the header has addresses but no entry address, .*")


# Multiboot2 tags

@pytest.mark.parametrize("number", [11, 4000])
def test_unknown_tag_is_refused(tmp_path, number):
    refuses(tmp_path, kernels.multiboot2(tags=[tag(number, words(1, 2))]),
            "the header has the unknown tag %d" % number)


@pytest.mark.parametrize("size", [0, 1, 8, 13])
def test_unknown_optional_tag_is_skipped(tmp_path, size):
    boots(tmp_path, kernels.multiboot2(entry=BOGUS, tags=[
        tag(4000, noise(size), OPTIONAL), tag(TAG_ENTRY, words(AT))]))


@pytest.mark.parametrize("number", [5, 7, 10, 16])
def test_request_of_what_the_machine_lacks_is_no_obstacle(tmp_path, number):
    """Boot device, VBE, APM, DHCP: as with GRUB."""
    boots(tmp_path, kernels.multiboot2(
        tags=[tag(TAG_INFO_REQUEST, words(1, 6, number)),
              tag(TAG_ENTRY, words(AT))], entry=BOGUS))


@pytest.mark.parametrize("number", [22, 4000])
def test_request_that_nobody_knows_is_refused(tmp_path, number):
    refuses(tmp_path, kernels.multiboot2(
        tags=[tag(TAG_INFO_REQUEST, words(1, 6, number))]),
        "the header asks for information tag %d" % number)


def test_optional_request_need_not_be_met(tmp_path):
    boots(tmp_path, kernels.multiboot2(
        tags=[tag(TAG_INFO_REQUEST, words(16, 4000), OPTIONAL)]))


def test_requests_that_are_met(tmp_path):
    asked = (1, 2, 3, 4, 6, 14, 21)
    report = boots(tmp_path, kernels.multiboot2(
        tags=[tag(TAG_INFO_REQUEST, words(*asked))]))
    assert set(asked) <= {kind for kind, _ in report.tags}


def test_entry_tag_wins_over_elf_and_efi(tmp_path):
    boots(tmp_path, kernels.multiboot2(entry=BOGUS, tags=[
        tag(TAG_EFI64, words(BOGUS), OPTIONAL), tag(TAG_EFI_BS),
        tag(TAG_ENTRY, words(AT))]))


def test_tags_that_need_nothing_done(tmp_path):
    boots(tmp_path, kernels.multiboot2(tags=[
        tag(TAG_CONSOLE, words(2)), tag(TAG_MODULE_ALIGN),
        tag(TAG_FRAMEBUFFER, words(1024, 768, 32), OPTIONAL)]))


# ELF

ENTERED = {"mb1": kernels.multiboot1, "mb2": kernels.multiboot2}
every_entered = pytest.mark.parametrize("kind", ENTERED)
every_class = pytest.mark.parametrize("bits", [32, 64])


@every_entered
@every_class
@pytest.mark.parametrize("form", ["physical", "virtual"])
def test_entry_is_virtual_or_physical(tmp_path, kind, bits, form):
    half = kernels.KERNEL_HALF[bits]
    boots(tmp_path, ENTERED[kind](
        bits, virtual=half, entry=AT if form == "physical" else AT + half))


@every_entered
@every_class
def test_entry_that_could_be_both_is_virtual(tmp_path, kind, bits):
    """It is a virtual address of the program, a physical of the other."""
    boots(tmp_path, ENTERED[kind](bits, virtual=4 * MIB, others=[
        Segment(AT + 4 * MIB, noise(PAGE), virtual=0x60000000)]))


@every_entered
@every_class
def test_entry_nowhere(tmp_path, kind, bits):
    refuses(tmp_path, ENTERED[kind](bits, entry=NOWHERE), NO_ENTRY)


@pytest.mark.parametrize("make", [kernels.multiboot1, kernels.multiboot2,
                                  kernels.pvh, kernels.vmlinux])
def test_segment_outside_the_file(tmp_path, make):
    kernel = make(64)
    protocol = "vmlinux" if make is kernels.vmlinux else kernel.protocol
    refuses(tmp_path, kernel._replace(data=kernel.data[:-PAGE]),
            "a segment passes the end of the file: .*", protocol)


def with_segment(kernel, **fields):
    """An ELF64 kernel whose first PT_LOAD is changed."""
    data = bytearray(kernel.data)
    table, = struct.unpack_from("<Q", data, 0x20)
    places = {"paddr": 24, "filesz": 32, "memsz": 40}
    while struct.unpack_from("<I", data, table)[0] != PT_LOAD:
        table += elf.FORMS[64].program_size
    for name, value in fields.items():
        struct.pack_into("<Q", data, table + places[name], value)
    return kernel._replace(data=bytes(data))


@pytest.mark.parametrize("make", [kernels.multiboot1, kernels.multiboot2,
                                  kernels.pvh])
@pytest.mark.parametrize("fields,sentence", [
    (dict(memsz=PAGE),
     "a segment has more bytes in the file than in memory: .*"),
    (dict(filesz=1 << 40, memsz=1 << 41),
     "a segment passes the end of the file: .*"),
    (dict(paddr=(1 << 64) - PAGE), "a segment passes the end of memory: .*"),
    (dict(memsz=(1 << 64) - PAGE), "a segment passes the end of memory: .*"),
    (dict(paddr=1 << 32), "the kernel is linked above 4 GiB: .*")], ids=str)
def test_segment_that_makes_no_sense(tmp_path, make, fields, sentence):
    refuses(tmp_path, with_segment(make(64), **fields), sentence)


@every_entered
def test_other_machine(tmp_path, kind):
    refuses(tmp_path, ENTERED[kind](machine=EM_ARM),
            "the ELF file is not for x86")


def test_64_bit_file_that_calls_itself_i386(tmp_path):
    boots(tmp_path, kernels.pvh(64, machine=EM_386))


# Notes

@every_class
def test_note_of_another_owner_is_none(tmp_path, bits):
    """QEMU looks at the number alone."""
    note = elf.note("GNU", kernels.PHYS32_ENTRY, words(AT, 0))
    is_no_kernel(tmp_path, kernels.pvh(bits, notes=[[note]]),
                 "ELF file without a Multiboot header, a PVH note or "
                 "Linux's notes")


@every_class
def test_notes_of_other_owners_are_passed_over(tmp_path, bits):
    wrong = [elf.note(owner, kernels.PHYS32_ENTRY, words(BOGUS, 0))
             for owner in ("GNU", "Xe", "Xen!", "")]
    boots(tmp_path, kernels.pvh(bits, notes=[
        [*wrong, kernels.entry_note(AT, bits)]]))


@every_class
def test_two_tables_of_notes(tmp_path, bits):
    """Odd lengths: names and contents are padded."""
    first = [elf.note("GNU", 3, noise(19)), elf.note("Xen", 6, b"other\0")]
    boots(tmp_path, kernels.pvh(bits, notes=[
        first, [elf.note("A", 1, b"b"), kernels.entry_note(AT, bits)]]))


@every_class
@pytest.mark.parametrize("size", [4, 8])
def test_entry_note_of_4_or_8_bytes(tmp_path, bits, size):
    note = elf.note("Xen", kernels.PHYS32_ENTRY, AT.to_bytes(size, "little"))
    boots(tmp_path, kernels.pvh(bits, notes=[[note]]))


@every_class
@pytest.mark.parametrize("entry", [AT - 1, AT + MIB, 0])
def test_note_with_an_entry_outside_the_kernel(tmp_path, bits, entry):
    kernel = kernels.pvh(bits, notes=[[kernels.entry_note(entry, bits)]])
    refuses(tmp_path, kernel, "PHYS32_ENTRY lies outside the kernel: .*")


@pytest.mark.parametrize("entry", [0, NOWHERE])
def test_pvh_does_not_look_at_e_entry(tmp_path, entry):
    boots(tmp_path, kernels.pvh(64, entry=entry))


@pytest.mark.parametrize("size", [0, 4, 8])
def test_reloc_note_with_fewer_values(tmp_path, size):
    """What it leaves out: align 2 MiB, from 0, up to 4 GiB."""
    values = words(2 * MIB, 0, 0xffffffff)[:size]
    kernel = kernels.pvh(64, AT + PAGE, notes=[[
        kernels.entry_note(AT + PAGE, 64),
        elf.note("Xen", kernels.PHYS32_RELOC, values)]])
    kernel = kernel._replace(moves=kernels.Moves(0, 0xffffffff, 2 * MIB))
    report = boots(tmp_path, kernel)
    assert report.load % (2 * MIB) == 0
