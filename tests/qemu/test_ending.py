# SPDX-License-Identifier: BSD-2-Clause
"""The ladder of docs/ending.md, rung by rung: each where those before it are
not there, or where it can be told from them."""
import contextlib
import re
import subprocess

import pytest

import acpi_tables
import doors
import esp
import gdb
import machine
import stage
from bzimage import MIB
from refusal import PATIENCE, SENTENCE

KEYBOARD_RESET = r"pckbd_kbd_write_command.*0xfe\b"
TRIPLE_FAULT = r"Triple fault"
BAD_TREES = {
    "no offset": ("", "value = <0x42>;"),
    "no value": ("", "offset = <2>;"),
    "past its end": ("", "offset = <16>; value = <0x42>;"),
    "before it": ("", "offset = <0xffffffff>; value = <0x42>;"),
    "not 8 bits": ("reg-io-width = <3>;", "offset = <2>; value = <0x42>;"),
    "disabled": ('status = "disabled";', "offset = <2>; value = <0x42>;"),
}


class Ended:
    """A boot without a kernel: how it ended, and what QEMU saw of it."""

    def __init__(self, folder, args, board="pc", **options):
        trace = folder / "trace"
        with machine.Machine(folder, *args, "-d", "cpu_reset", "-D", trace,
                             "-trace", "pckbd_kbd_write_command",
                             machine=board, **options) as running:
            self.outcome = running.wait_end(PATIENCE)
            self.events = [event["event"] for event in running.events]
        self.trace = trace.read_text("latin-1") if trace.exists() else ""
        assert len(self.outcome.lines(SENTENCE)) == 1, self.outcome.serial

    @property
    def reason(self):
        return self.outcome.reason

    def has(self, pattern):
        return re.search(pattern, self.trace) is not None


def without_kernel(words, files=()):
    """QEMU's loader knows Multiboot on every board."""
    return doors.mb1([doors.File(path) for path in files], words)


# What the user asks for

@pytest.mark.parametrize("words,reason", [
    ("", "guest-shutdown"), ("gangway.fail=auto", "guest-shutdown"),
    ("gangway.fail=poweroff", "guest-shutdown"),
    ("gangway.fail=reboot", "guest-reset")])
@pytest.mark.parametrize("board", ["pc", "q35", "microvm"])
def test_chosen_end(tmp_path, words, reason, board):
    """pc's ACPI tables have no reset register, so there it is the keyboard
    controller."""
    ended = Ended(tmp_path, without_kernel(words), board)
    assert ended.reason == reason
    assert ended.has(KEYBOARD_RESET) == (board == "pc" and "reboot" in words)
    assert not ended.has(TRIPLE_FAULT)


# On a machine that is no guest

HARDWARE = machine.CPU + ",-hypervisor"
WAITS = "gangway: in 60 seconds powering off, else rebooting"
# A clock that runs with the instructions, and not with the host's
FAST_CLOCK = ["-icount", "shift=10,sleep=off", "-rtc", "clock=vm"]


def test_a_failure_stays_on_the_screen_for_a_while(tmp_path):
    with machine.Machine(tmp_path, *without_kernel(""),
                         cpu=HARDWARE) as running:
        running.wait_for(WAITS, PATIENCE)
        for _ in range(10):
            machine.pause()
            assert not running.has_ended()


def test_and_then_it_ends(tmp_path):
    args = [*without_kernel(""), *FAST_CLOCK]
    ended = Ended(tmp_path, args, cpu=HARDWARE)
    assert ended.outcome.serial.splitlines()[-1] == WAITS
    assert ended.reason == "guest-shutdown"


@pytest.mark.parametrize("words,reason", [
    ("gangway.fail=poweroff", "guest-shutdown"),
    ("gangway.fail=reboot", "guest-reset")])
def test_what_was_ordered_comes_at_once(tmp_path, words, reason):
    ended = Ended(tmp_path, without_kernel(words), cpu=HARDWARE)
    assert ended.reason == reason


def is_halted(running):
    """The CPU is in HLT with interrupts off, after some time at most."""
    for _ in range(20):
        registers = running.monitor("info registers")
        if "HLT=1" in registers:
            flags = int(re.search(r"[ER]FL=([0-9a-f]+)", registers)[1], 16)
            return not flags & 0x200
        machine.pause()
    return False


@pytest.mark.parametrize("board", ["pc", "q35", "microvm"])
def test_halt(tmp_path, board):
    args = without_kernel("gangway.fail=halt")
    with machine.Machine(tmp_path, *args, machine=board) as running:
        running.wait_for("gangway: halting", PATIENCE)
        assert is_halted(running)
        assert not running.has_ended()


@pytest.mark.parametrize("board", ["pc,acpi=off", "microvm,acpi=off"])
def test_what_cannot_power_off_halts_and_says_so(tmp_path, board):
    args = without_kernel("gangway.fail=poweroff")
    with machine.Machine(tmp_path, *args, machine=board) as running:
        running.wait_for("gangway: cannot power off, halting: no RSDP",
                         PATIENCE)
        assert is_halted(running)
        assert not running.has_ended()


# Rebooting, where what comes first is not there

def test_a_reset_is_seen(tmp_path):
    """Not only as an end of QEMU, as -no-reboot has it."""
    args = without_kernel("gangway.fail=reboot")
    with machine.Machine(tmp_path, *args, "-action",
                         "reboot=reset") as running:
        running.wait_for("(?s)gangway: rebooting.*gangway: rebooting",
                         2 * PATIENCE)
        assert "RESET" in [event["event"] for event in running.events]


@pytest.mark.parametrize("board,rung", [
    ("pc,acpi=off", KEYBOARD_RESET), ("q35,acpi=off", KEYBOARD_RESET),
    ("isapc", KEYBOARD_RESET),
    ("pc,acpi=off,i8042=off", None), ("q35,acpi=off,i8042=off", None),
    ("isapc,i8042=off", TRIPLE_FAULT), ("microvm,acpi=off", TRIPLE_FAULT),
    ("microvm,acpi=off,pic=off,pit=off,rtc=off", TRIPLE_FAULT)])
@pytest.mark.parametrize("way", ["reboot", "auto"])
def test_reboot_without_acpi(tmp_path, board, rung, way):
    """None: by the chipset, since neither of the others is seen."""
    ended = Ended(tmp_path, without_kernel("gangway.fail=" + way), board)
    assert ended.reason == "guest-reset"
    for other in (KEYBOARD_RESET, TRIPLE_FAULT):
        assert ended.has(other) == (other == rung)


# ACPI, with registers that answer for themselves

def boot_with_tables(folder, words, **registers):
    at = 24 * MIB
    memory = [(0, 0x9f000, stage.RAM), (MIB, 23 * MIB, stage.RAM),
              (at, MIB, stage.RESERVED)]
    script = stage.through_pvh(doors.GANGWAY, [], memory, cmdline=words,
                               rsdp=at)
    script.put(at, acpi_tables.put(at, **registers))
    return Ended(folder, stage.arguments(folder, script))


PC_PM1 = 0x604  # where SeaBIOS puts it
DEBUG_EXIT = (acpi_tables.PORT, machine.DEBUG_EXIT)


def test_the_reset_register_is_written(tmp_path):
    ended = boot_with_tables(tmp_path, "gangway.fail=reboot",
                             reset=DEBUG_EXIT, reset_value=0x2a)
    assert ended.outcome.code == 0x2a


def test_a_reset_register_that_is_not_there(tmp_path):
    ended = boot_with_tables(tmp_path, "gangway.fail=reboot", flags=0,
                             reset=DEBUG_EXIT, reset_value=0x2a)
    assert ended.reason == "guest-reset"


def test_the_sleep_register_of_reduced_hardware(tmp_path):
    ended = boot_with_tables(tmp_path, "gangway.fail=poweroff",
                             flags=acpi_tables.HW_REDUCED,
                             sleep=DEBUG_EXIT, sleep_type=5)
    assert ended.outcome.code == 5 << 2 | 0x20


@pytest.mark.parametrize("sleep_type", [0, 2])
def test_the_pm1_register(tmp_path, sleep_type):
    """QEMU takes 2 for another sleep: it is the table's type that counts."""
    ended = boot_with_tables(tmp_path, "gangway.fail=poweroff", pm1a=PC_PM1,
                             sleep_type=sleep_type)
    assert ended.reason == "guest-shutdown"
    assert ("SUSPEND_DISK" in ended.events) == (sleep_type == 2)


def test_power_off_without_effect_goes_on(tmp_path):
    """Nothing is at the register: auto resets then."""
    ended = boot_with_tables(tmp_path, "", pm1a=0x3000, reset=DEBUG_EXIT,
                             reset_value=7)
    assert ended.outcome.code == 7


# The device tree, which comes first

def tree(folder, text):
    """A device tree blob of the machine's own devices."""
    blob = folder / "tree.dtb"
    source = "/dts-v1/; / { #address-cells = <1>; #size-cells = <1>; %s };"
    subprocess.run(["dtc", "-q", "-I", "dts", "-O", "dtb", "-o", blob, "-"],
                   input=source % text, text=True, check=True)
    return blob


def controller(inside, more="", at=0xfea00200):
    """microvm's generic event device: at 0 it sleeps, by 2 it resets."""
    return """ged: ged@%x { compatible = "syscon", "simple-mfd";
              reg = <%#x 16>; %s %s };""" % (
        at, at, more or "reg-io-width = <1>;", inside)


def syscon(what, properties):
    return 'x { compatible = "syscon-%s"; %s };' % (what, properties)


def boot_with_tree(folder, text, words, board="microvm"):
    return Ended(folder, without_kernel(words, [tree(folder, text)]), board)


@pytest.mark.parametrize("named", [False, True])
@pytest.mark.parametrize("what,properties,reason", [
    ("poweroff", "offset = <2>; value = <0x42>;", "guest-reset"),
    ("poweroff", "reg = <2>; mask = <0x42>;", "guest-reset"),
    ("reboot", "offset = <0>; value = <0xff34>; mask = <0x3f>;",
     "guest-shutdown")])
def test_syscon_comes_before_acpi(tmp_path, what, properties, reason, named):
    """What it is told to write is the other end: ACPI would tell it apart."""
    if named:
        text = syscon(what, "regmap = <&ged>; " + properties) + controller("")
    else:
        text = controller(syscon(what, properties))
    ended = boot_with_tree(tmp_path, text, "gangway.fail=" + what)
    assert ended.reason == reason
    assert not ended.has(TRIPLE_FAULT) and not ended.has(KEYBOARD_RESET)


def test_the_other_end_is_not_taken(tmp_path):
    text = controller(syscon("poweroff", "offset = <2>; value = <0x42>;"))
    ended = boot_with_tree(tmp_path, text, "gangway.fail=reboot")
    assert ended.reason == "guest-reset"
    ended = boot_with_tree(
        tmp_path, text.replace("poweroff", "reboot"), "gangway.fail=poweroff")
    assert ended.reason == "guest-shutdown"


@pytest.mark.parametrize("case", BAD_TREES)
def test_a_tree_that_does_not_say_enough(tmp_path, case):
    """ACPI goes on: what the node would do is a reset."""
    more, properties = BAD_TREES[case]
    text = controller(syscon("poweroff", properties),
                      more or "reg-io-width = <1>;")
    ended = boot_with_tree(tmp_path, text, "gangway.fail=poweroff")
    assert ended.reason == "guest-shutdown"


def test_a_damaged_tree(tmp_path):
    text = controller(syscon("poweroff", "offset = <2>; value = <0x42>;"))
    blob = bytearray(tree(tmp_path, text).read_bytes())
    blob[blob.index(b"ged@") - 1] = 7
    (tmp_path / "damaged").write_bytes(blob)
    args = without_kernel("gangway.fail=poweroff", [tmp_path / "damaged"])
    assert Ended(tmp_path, args, "microvm").reason == "guest-shutdown"


def test_a_controller_in_ram_is_not_written(tmp_path):
    """Memory stays as it was: QEMU shows it when all is over."""
    at, size = 0x8000000, 16
    text = controller(syscon("poweroff", "offset = <0>; value = <0x55>;"),
                      at=at)
    args = without_kernel("gangway.fail=poweroff", [tree(tmp_path, text)])
    with machine.Machine(tmp_path, *args, "-action", "shutdown=pause",
                         machine="microvm") as running:
        running.wait_for("gangway: powering off", PATIENCE)
        while not any(event["event"] == "SHUTDOWN"
                      for event in running.events):
            machine.pause()
            running.qmp("query-status")
        running.qmp("pmemsave", val=at, size=size,
                    filename=str(tmp_path / "memory"))
    assert (tmp_path / "memory").read_bytes() == bytes(size)


# Telling of it: pvpanic

PVPANIC = {
    "isa": ["-device", "pvpanic"], "pci": ["-device", "pvpanic-pci"],
    "pci function": ["-device", "pci-testdev,addr=9.0,multifunction=on",
                     "-device", "pvpanic-pci,addr=9.3"]}


@pytest.mark.parametrize("words,reason", [
    ("", "guest-shutdown"), ("gangway.fail=reboot", "guest-reset")])
@pytest.mark.parametrize("device", PVPANIC)
@pytest.mark.parametrize("board", ["pc", "q35"])
def test_pvpanic(tmp_path, board, device, words, reason):
    """It is told, and then the end comes as it was chosen."""
    ended = Ended(tmp_path, without_kernel(words) + PVPANIC[device]
                  + ["-action", "panic=none"], board)
    assert ended.events.count("GUEST_PANICKED") == 1
    assert ended.events.index("GUEST_PANICKED") < \
        ended.events.index("SHUTDOWN")
    assert ended.reason == reason


def test_pvpanic_decides_what_becomes_of_the_machine(tmp_path):
    ended = Ended(tmp_path, without_kernel("") + ["-device", "pvpanic"])
    assert ended.reason == "guest-panic"


def test_one_pvpanic_is_enough(tmp_path):
    ended = Ended(tmp_path, without_kernel("") + [
        "-device", "pvpanic", "-device", "pvpanic-pci", "-action",
        "panic=none"])
    assert ended.events.count("GUEST_PANICKED") == 1


def test_pvpanic_before_a_halt(tmp_path):
    args = without_kernel("gangway.fail=halt")
    with machine.Machine(tmp_path, *args, "-device", "pvpanic-pci", "-action",
                         "panic=none") as running:
        running.wait_for("gangway: halting", PATIENCE)
        assert is_halted(running)
        assert "GUEST_PANICKED" in [event["event"]
                                    for event in running.events]


def test_debug_exit(tmp_path):
    ended = Ended(tmp_path, without_kernel("gangway.debugexit=%#x"
                                    % machine.DEBUG_EXIT))
    assert ended.outcome.code == 1


# An exception on the way: what raises it is passed over

FAULTS = {
    "poweroff": ["say", "announce", "tell_pvpanic", "power_off_by_tree"],
    "reboot": ["say", "announce", "reset_by_tree", "reset_by_acpi",
               "reset_by_keyboard"],
    "auto": ["say", "announce", "tell_pvpanic", "power_off_by_tree",
             "power_off_by_acpi", "reset_by_tree"],
    "halt": ["say", "announce", "tell_pvpanic"],
}


@contextlib.contextmanager
def fault_at(folder, names, words):
    """A boot without a kernel, where each of these functions goes to address 0,
    which is not mapped. The machine, let go."""
    with gdb.Debugger() as debugger, machine.Machine(
            folder, *without_kernel(words + " gangway.log=quiet"),
            *debugger.arguments, held=True) as running:
        debugger.attach()
        for name in names:
            debugger.run_to(gdb.symbol(name))
            debugger.set(gdb.RIP, 0)
        debugger.leave()
        yield running


@pytest.mark.parametrize("way,reason", [
    ("poweroff", "guest-shutdown"), ("reboot", "guest-reset"),
    ("auto", "guest-reset")])
def test_an_exception_while_another_is_told(tmp_path, way, reason):
    with fault_at(tmp_path, FAULTS[way], "gangway.fail=" + way) as running:
        outcome = running.wait_end(PATIENCE)
    told = outcome.lines("gangway: (exception 14 #PF|then exception 14 #PF)")
    assert len(told) == 2, outcome.serial
    assert len(outcome.lines(SENTENCE)) == 1, outcome.serial
    assert outcome.reason == reason


def test_a_halt_stays_one_after_exceptions(tmp_path):
    with fault_at(tmp_path, FAULTS["halt"], "gangway.fail=halt") as running:
        running.wait_for("then exception 14", PATIENCE)
        assert is_halted(running)
        assert not running.has_ended()


def test_nothing_that_powers_off(tmp_path):
    names = ["power_off_by_tree", "power_off_by_acpi"]
    with fault_at(tmp_path, names, "gangway.fail=poweroff") as running:
        running.wait_for("gangway: cannot power off, halting: trying it "
                         "raised an exception", PATIENCE)
        assert is_halted(running)


# Under UEFI the firmware does it

@pytest.mark.parametrize("way,reason", [("reboot", "guest-reset"),
                                        ("poweroff", "guest-shutdown")])
def test_end_under_uefi(tmp_path, way, reason):
    entry = "linux /file\noptions gangway.fail=%s\n" % way
    args = esp.make(tmp_path, {esp.FALLBACK: esp.GANGWAY_EFI,
                               "file": doors.noise(4096),
                               "loader/entries/a.conf": entry})
    outcome = machine.run(tmp_path, *args, timeout=120)
    assert "gangway: open module: no module is a kernel" in outcome.serial
    assert outcome.reason == reason
