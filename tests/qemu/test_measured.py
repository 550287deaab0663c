# SPDX-License-Identifier: BSD-2-Clause
"""What gangway.efi measures into a TPM: everything that makes up a boot and that
the firmware has not seen, once, in PCRs 11 and 12."""
import gzip
import hashlib
import re

import pytest

import caller
import esp
import machine
import observer
import probe
import targets
import told
import tpm
import ukify
from doors import BUILD, noise
from guest import Guest
from test_uefi import NEXT

LONG = pytest.mark.real  # for check-all
PACKED, OUTSIDE = 11, 12
PROBE = BUILD / "tests" / "probe-mb2.elf"
INITRD = noise(5000)


def boot(folder, files, *more, timeout=120, **options):
    """Boot with a new TPM; what came of it, and the TPM."""
    folder.mkdir(exist_ok=True)
    files = dict(files)
    files.setdefault(esp.FALLBACK, esp.GANGWAY_EFI)
    args = esp.make(folder, files)
    with tpm.running(folder) as chip:
        outcome = machine.run(folder, *args, *chip.args, *more,
                              timeout=timeout, **options)
    return outcome, chip


def hashed(*parts):
    """What a PCR is extended with; texts are UTF-16 with a NUL."""
    return [hashlib.sha256(
        part if isinstance(part, bytes) else
        part.read_bytes() if hasattr(part, "read_bytes") else
        (part + "\0").encode("utf-16-le")).digest() for part in parts]


def entry(options="a=b \xe4", initrd=b"", kernel=PROBE):
    return {"k": kernel, "i": initrd or INITRD, "loader/entries/a.conf":
            "title Test\nlinux /k\nmodule /i x y\noptions %s\n" % options}


def test_files_and_words_from_outside(tmp_path):
    outcome, chip = boot(tmp_path, entry())
    assert "probe: ok" in outcome.serial
    assert chip.measured(OUTSIDE) == hashed("a=b \xe4", PROBE, "x y", INITRD)
    assert not chip.measured(PACKED)


def sections(**changes):
    packed = {".cmdline": b"a=b\0", ".osrel": b"ID=test\n",
              ".initrd": INITRD, ".linux": PROBE, ".uname": b"1.0",
              ".pcrsig": b"{}"}
    packed.update(changes)
    return packed


def sbat_of(image):
    """That of gangway itself, which a UKI inherits."""
    data = image.read_bytes()
    at = data.index(b"sbat,1,")
    return data[at:data.index(b"\0", at)]


def test_packed_sections(tmp_path):
    """In the order that others predict, each behind its name."""
    packed = sections()
    image = esp.uki(tmp_path / "uki.efi", packed)
    outcome, chip = boot(tmp_path, {esp.FALLBACK: image})
    assert "probe: ok" in outcome.serial
    expected = []
    for name in (".linux", ".osrel", ".cmdline", ".initrd", ".uname"):
        expected += hashed(name.encode() + b"\0", packed[name])
    expected += hashed(b".sbat\0", sbat_of(image))
    assert chip.measured(PACKED) == expected
    assert not chip.measured(OUTSIDE)


def text_of_number(number):
    return hashed(str(number))


@pytest.mark.parametrize("words,chosen", [
    ("", 0), pytest.param("@0", 0, marks=LONG), ("@1 x", 1),
    pytest.param("@2", 2, marks=LONG)])
def test_profiles_are_measured_as_ukify_predicts(tmp_path, words, chosen):
    """The one that runs; its number, unless it is the default, in PCR 12."""
    (tmp_path / "initrd").write_bytes(INITRD)
    (tmp_path / "other").write_bytes(b"other initrd")
    (tmp_path / "hwids").mkdir()
    profiles = [
        ukify.profile(tmp_path / "one", "--profile=ID=one",
                      "--cmdline=of one"),
        ukify.profile(tmp_path / "two", "--profile=ID=two", "--initrd=%s"
                      % (tmp_path / "other"), "--uname=2.0")]
    image, values = ukify.build(
        tmp_path / "uki.efi", "--linux=%s" % PROBE, "--uname=1.0",
        "--cmdline=of all", "--os-release=ID=test\n", "--profile=ID=main",
        "--initrd=%s" % (tmp_path / "initrd"), profiles=profiles)
    assert len(values) == 3
    outcome, chip = boot(tmp_path, {
        esp.FALLBACK: caller.image(), caller.GANGWAY: image,
        "caller.txt": caller.script([words or caller.NOTHING], 0)})
    assert "probe: ok" in outcome.serial
    assert ukify.after_phase(chip.values()[PACKED]) == values[chosen]
    numbers = text_of_number(chosen) if chosen else []
    rest = words.split()[1:]
    assert chip.measured(OUTSIDE) == numbers + hashed(*rest)
    report = told.Told(outcome)
    line = ["kernel", "of one" if chosen == 1 else "of all", *rest]
    assert report.cmdline == " ".join(line)
    assert [module.size for module in report.modules] == [
        12 if chosen == 2 else len(INITRD)]


def flip(data):
    return data[:-1] + bytes([data[-1] ^ 1])


def values_of(folder, files):
    outcome, chip = boot(folder, files)
    assert "probe: ok" in outcome.serial
    return chip.values()


@LONG
def test_each_byte_counts(tmp_path):
    """One of the initrd, of the command line; and no more than that."""
    first = values_of(tmp_path / "first", entry())
    assert values_of(tmp_path / "again", entry()) == first
    for name, files in (("initrd", entry(initrd=flip(INITRD))),
                        ("options", entry("a=c \xe4"))):
        changed = values_of(tmp_path / name, files)
        assert [pcr for pcr in range(tpm.PCRS)
                if changed[pcr] != first[pcr]] == [OUTSIDE]


@LONG
def test_each_packed_byte_counts(tmp_path):
    """PCR 4 is the firmware's, of the whole file."""
    values = []
    for name, content in ("first", INITRD), ("changed", flip(INITRD)):
        image = esp.uki(tmp_path / (name + ".efi"),
                        sections(**{".initrd": content}))
        values.append(values_of(tmp_path / name, {esp.FALLBACK: image}))
    first, changed = values
    assert [pcr for pcr in range(tpm.PCRS)
            if changed[pcr] != first[pcr]] == [4, PACKED]


@LONG
def test_words_for_a_packed_kernel(tmp_path):
    image = esp.uki(tmp_path / "uki.efi", sections())
    _, chip = boot(tmp_path, {
        "g.efi": image, esp.FALLBACK: b"",
        "startup.nsh": "fs0:\r\ng.efi one two\r\n"})
    assert len(chip.measured(PACKED)) == 12
    assert chip.measured(OUTSIDE) == hashed("one two")


def text_of(units):
    return bytes.fromhex(units).decode("utf-16-le")


def test_into_registers_of_a_confidential_guest_too(tmp_path):
    """With the PCRs' numbers mapped; nobody who looks at one is misled."""
    files = dict(entry(), **{"i": b"initrd"})
    with tpm.running(tmp_path) as chip:
        outcome, lines = observer.run(
            tmp_path, "CC", files, args=chip.args)
    assert "probe: ok" in outcome.serial
    events = [line.split()[1:] for line in lines if line.startswith("event")]
    assert {tuple(event[:3]) for event in events} == {("112", "13", "0")}
    assert [text_of(event[4]) for event in events] == [
        "a=b \xe4\0", "/k\0", "x y\0", "/i\0"]
    assert text_of(events[0][3]) == "a=b \xe4\0"
    assert bytes.fromhex(events[3][3]) == b"initrd"
    assert chip.measured(OUTSIDE) == hashed("a=b \xe4", PROBE, "x y",
                                            b"initrd")


@LONG
def test_a_tpm_that_fails_is_said_once_and_no_reason_not_to_boot(tmp_path):
    outcome, lines = observer.run(tmp_path, "BROKEN_TCG2", entry())
    assert "probe: ok" in outcome.serial
    assert lines == ["asked"] * 4
    assert outcome.serial.count("the firmware fails to measure it") == 1


@LONG
def test_a_log_that_is_full_is_no_failure(tmp_path):
    outcome, lines = observer.run(tmp_path, "FULL_TCG2", entry())
    assert "probe: ok" in outcome.serial
    assert len(lines) == 4
    assert "does not measure" not in outcome.serial


def test_a_tpm_that_fails_keeps_nothing_from_the_guests_registers(tmp_path):
    outcome, lines = observer.run(tmp_path, "CC_BESIDE", entry())
    report = told.Told(outcome)
    assert lines.count("asked") == 4
    assert len([line for line in lines if line.startswith("event")]) == 4
    # Whoever looks at the TPM alone is told
    assert outcome.serial.count("the firmware fails to measure it") == 1
    assert report.cmdline == "/k a=b \xe4".encode().decode("latin-1")
    assert not report.failures


def test_unmeasured_words_in_a_confidential_guest(tmp_path):
    outcome, lines = observer.run(tmp_path, "BROKEN_CC", entry())
    report = told.Told(outcome)
    assert lines == ["asked"] * 3  # the words, and then two files
    assert "has not measured them" in outcome.serial
    assert report.cmdline == "/k" and not report.failures
    assert [module.string for module in report.modules] == ["/i"]


def test_words_of_smbios_in_a_confidential_guest(tmp_path):
    """They are the host's."""
    image = esp.ukify(tmp_path / "uki.efi", {
        ".cmdline": b"packed", ".linux": BUILD / "tests/probe64.bzimage"})
    outcome, _ = observer.run(tmp_path, "CC", {}, image, args=[
        "-smbios", "type=11,value=io.systemd.stub.kernel-cmdline-extra=evil"])
    assert probe.Report(outcome).cmdline == "packed"


@LONG
@pytest.mark.parametrize("damaged", ["gzip", "fit"])
def test_what_cannot_be_opened_has_been_measured(tmp_path, damaged):
    """Nothing is made of bytes before the TPM knows of them."""
    kernel = gzip.compress(PROBE.read_bytes())[:-9] + bytes(9)
    if damaged == "fit":
        kernel = b"\xd0\x0d\xfe\xed" + bytes(5000)
    files = dict(entry(kernel=kernel), **{esp.FALLBACK: esp.GANGWAY_EFI})
    args = esp.make(tmp_path, files)
    with tpm.running(tmp_path) as chip, \
            machine.Machine(tmp_path, *args, *chip.args) as running:
        running.wait_for("gangway: open", 120)
        running.wait_for("starting .*" + NEXT, 120)
    assert chip.measured(OUTSIDE) == hashed("a=b \xe4", kernel, "x y", INITRD)


LOADER = "4a67b082-0a4c-41cf-b6c7-440b29bb8c4f"
NAMES = "StubPcrKernelImage", "StubPcrKernelParameters"


@LONG
def test_variables_say_which_pcrs(tmp_path):
    """An application that comes back leaves us a shell to ask with."""
    image = esp.uki(tmp_path / "uki.efi", {".linux": esp.GANGWAY_EFI})
    ask = ["dmpstore %s -guid %s" % (name, LOADER) for name in NAMES]
    lines = ["fs0:", "g.efi", *ask, "g.efi x", *ask, "reset -s"]
    outcome, chip = boot(tmp_path, {
        "g.efi": image, esp.FALLBACK: b"",
        "startup.nsh": "".join(line + "\r\n" for line in lines)})
    assert "there is no kernel" in outcome.serial
    text = re.sub(r"\x1b\[[0-9;]*m", "", outcome.serial)  # colours
    without, text = text.split("g.efi x")
    assert ":%s'" % NAMES[0] in without
    assert ":%s'" % NAMES[1] not in without, "no words, no variable"
    for name, pcr in zip(NAMES, (PACKED, OUTSIDE)):
        assert chip.measured(pcr)
        dump = text.split(":%s'" % name)[1]
        value = " ".join("%02X" % byte
                         for byte in ("%d\0" % pcr).encode("utf-16-le"))
        assert value in dump.split("dmpstore")[0]


CONSOLE = "console=ttyS0 panic=-1 no_timer_check"


class Linux(Guest):
    """What Linux says of its TPM."""

    def __init__(self, outcome):
        super().__init__(outcome)
        self.pcrs = {int(nr): bytes.fromhex(value) for nr, value in re.findall(
            r"^GUEST-PCR (\d+) ([0-9A-F]+)$", self.text, re.M)}
        events = re.search(r"^GUEST-EVENTS (\S+)$", self.text, re.M)[1]
        self.log = tpm.Log(bytes.fromhex(events))

    def check(self, chip):
        """Log, PCRs and what the TPM was told are the same."""
        assert len(self.pcrs) == tpm.PCRS
        replayed, told = self.log.values(), chip.values()
        for pcr, value in self.pcrs.items():
            assert value == told[pcr], pcr
            # Linux itself goes on with 10
            assert pcr == 10 or value == replayed[pcr], pcr


def images_of(guest):
    """The applications that the firmware has measured."""
    return [kind for pcr, kind, _, _ in guest.log.events
            if pcr == 4 and kind == tpm.EV_EFI_APPLICATION]


@pytest.fixture(scope="session")
def small_initramfs():
    return targets.initramfs(targets.FIXTURES / "initramfs-small.cpio",
                             "--blob", "0.1")


@pytest.mark.real
@pytest.mark.parametrize("word", [
    "", pytest.param(" gangway.linux=zeropage", marks=pytest.mark.fast)],
    ids=["stub", "zeropage"])
def test_linux_replays_its_log(tmp_path, cloud, small_initramfs, word):
    """Started by its stub it makes the log; else it finds what we leave."""
    outcome, chip = boot(tmp_path, {
        "k": cloud, "i": small_initramfs, "loader/entries/a.conf":
        "title x\nlinux /k\ninitrd /i\noptions %s\n" % (CONSOLE + word)})
    guest = Linux(outcome)
    assert guest.cmdline == CONSOLE
    guest.check(chip)
    files = [cloud, small_initramfs] if word else [small_initramfs]
    assert chip.measured(OUTSIDE) == hashed(CONSOLE + word, *files)
    names = ["/k", "/i"] if word else ["/i"]
    assert guest.log.texts(OUTSIDE) == [CONSOLE + word, *names]
    assert len(images_of(guest)) == (1 if word else 2), "the firmware's part"


@pytest.mark.real
@pytest.mark.parametrize("word", ["", " gangway.linux=zeropage"],
                         ids=["stub", "zeropage"])
def test_linux_in_a_unified_kernel_image(tmp_path, cloud, small_initramfs,
                                         word):
    packed = {".cmdline": (CONSOLE + word).encode(), ".linux": cloud,
              ".initrd": small_initramfs}
    image = esp.uki(tmp_path / "uki.efi", packed)
    outcome, chip = boot(tmp_path, {esp.FALLBACK: image})
    guest = Linux(outcome)
    guest.check(chip)
    assert guest.log.texts(PACKED) == [
        name for name in (".linux", ".cmdline", ".initrd", ".sbat")
        for _ in range(2)]
