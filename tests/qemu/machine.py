# SPDX-License-Identifier: BSD-2-Clause
"""One run of QEMU: always under TCG, always with a time limit, always killed.

QMP goes over the standard streams, and the machine starts stopped, so that no
event is missed: an Outcome knows why the machine ended.
"""
import json
import os
import re
import selectors
import shlex
import subprocess
import time
from typing import NamedTuple, Optional

QEMU = os.environ.get("QEMU", "qemu-system-x86_64")
# cmpxchg16b is broken in QEMU 7.2's TCG: Linux 6.12 and later die of it
CPU = "qemu64,-cx16"
# Not even a killed pytest leaves its machine behind
LEASH = ["setpriv", "--pdeathsig", "KILL"]
CONTROL = ["-S", "-qmp", "stdio"]
DEBUG_EXIT = 0x501
GRACE = 0.2
ASLEEP = 5  # seconds of a machine that sleeps, for one that computes


class Outcome(NamedTuple):
    serial: str  # what came over COM1, without carriage returns
    debug: str  # what came through port 0xE9
    code: Optional[int]  # value written to the debug-exit port
    reason: str  # of the end, as QMP names it: guest-reset, guest-shutdown...
    seconds: float

    def lines(self, pattern):
        """The lines of the serial output that match from their beginning."""
        return [line for line in self.serial.splitlines()
                if re.match(pattern, line)]


class Timeout(AssertionError):
    pass


class NoStart(AssertionError):
    """QEMU itself has refused."""


class Machine:
    """A machine in a folder of its own. Use it in a with statement. held: it
    waits for a debugger, see gdb.py."""

    def __init__(self, folder, *args, memory=512, cpus=1, machine="pc",
                 cpu=CPU, bare=True, accel="tcg", held=False):
        self.serial_file = folder / "serial.log"
        self.debug_file = folder / "debug.log"
        self.command_file = folder / "command"
        self.command = [
            QEMU, "-accel", accel, "-cpu", cpu, "-m", str(memory),
            "-smp", str(cpus), "-machine", machine, "-display", "none",
            "-net", "none", "-no-reboot",
            "-serial", "file:%s" % self.serial_file,
            "-debugcon", "file:%s" % self.debug_file,
            "-device", "isa-debug-exit,iobase=%d" % DEBUG_EXIT]
        self.command += ["-nodefaults"] if bare else []
        self.command += [str(arg) for arg in args]
        self.events = []
        self.process = None
        self.held = held

    def __enter__(self):
        self.began = time.monotonic()
        self.serial_file.write_bytes(b"")
        self.debug_file.write_bytes(b"")
        self.command_file.write_text(shlex.join(self.command) + "\n")
        self.process = subprocess.Popen(
            LEASH + self.command + CONTROL, stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        os.set_blocking(self.process.stdout.fileno(), False)
        self.selector = selectors.DefaultSelector()
        self.selector.register(self.process.stdout, selectors.EVENT_READ)
        self.pending = b""
        self.noise = []
        self.qmp("qmp_capabilities")
        if not self.held:
            self.qmp("cont")
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self.selector.close()
        self.process.stdin.close()
        self.process.stdout.close()

    def _read_messages(self, timeout):
        """New QMP messages; None at the end of QEMU."""
        if not self.selector.select(timeout):
            return []
        chunk = self.process.stdout.read()
        if not chunk:
            return None
        *lines, self.pending = (self.pending + chunk).split(b"\n")
        messages = []
        for line in lines:
            try:
                messages.append(json.loads(line))
            except ValueError:
                self.noise.append(line.decode("latin-1"))
        self.events += [m for m in messages if "event" in m]
        return messages

    def qmp(self, execute, **arguments):
        """Run a QMP command and return what it returns."""
        message = {"execute": execute, "arguments": arguments}
        try:
            self.process.stdin.write(json.dumps(message).encode() + b"\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            pass
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            messages = self._read_messages(0.5)
            if messages is None:
                if execute == "cont" and not self.noise:
                    return None  # the guest was faster than the answer
                raise NoStart("QEMU ended:\n" + "\n".join(self.noise))
            for answer in messages:
                if "error" in answer:
                    raise AssertionError(answer["error"]["desc"])
                if "return" in answer:
                    return answer["return"]
        raise Timeout("QEMU does not answer to " + execute)

    def monitor(self, line):
        """Run a command of the human monitor."""
        return self.qmp("human-monitor-command", **{"command-line": line})

    def serial(self):
        text = self.serial_file.read_bytes().decode("latin-1")
        return text.replace("\r", "")

    def debug(self):
        return self.debug_file.read_text("latin-1")

    def has_ended(self):
        return self.process.poll() is not None

    def wait_for(self, pattern, timeout):
        """Wait until the serial output has a match."""
        deadline = time.monotonic() + timeout
        while not re.search(pattern, self.serial()):
            if self.has_ended() or time.monotonic() > deadline:
                raise Timeout("no %r on the serial line:\n%s"
                              % (pattern, self.serial()[-3000:]))
            self._read_messages(GRACE)
        return self.serial()

    def wait_end(self, timeout):
        """Wait until the machine ends by itself."""
        deadline = time.monotonic() + timeout
        while self._read_messages(GRACE) is not None:
            if time.monotonic() > deadline:
                raise Timeout("still running after %d s:\n%s"
                              % (timeout, self.serial()[-3000:]))
        return self.outcome(self.process.wait(10))

    def spent(self):
        """Seconds that QEMU has computed; for one that sleeps, a share of
        those that went by. A host that has other work does not count."""
        try:
            with open("/proc/%d/stat" % self.process.pid) as file:
                user, system = file.read().rpartition(")")[2].split()[11:13]
        except FileNotFoundError:
            user = system = 0
        computed = (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")
        return max(computed, self.seconds() / ASLEEP)

    def wait_end_or_left(self, pattern, timeout, patience):
        """The same, in seconds of its own; but once the serial output has a
        match, what runs then is left to itself for so many, and killed."""
        deadline, is_left = timeout, False
        while self._read_messages(GRACE) is not None:
            if not is_left and re.search(pattern, self.serial()):
                deadline, is_left = self.spent() + patience, True
            if self.spent() > deadline:
                if not is_left:
                    raise Timeout("still running after %d s:\n%s"
                                  % (timeout, self.serial()[-3000:]))
                return self.outcome(0)
        return self.outcome(self.process.wait(10))

    def outcome(self, status):
        reasons = [event["data"]["reason"] for event in self.events
                   if event["event"] == "SHUTDOWN"]
        if self.noise:
            raise AssertionError("QEMU says: " + "\n".join(self.noise))
        return Outcome(self.serial(),
                       self.debug(),
                       status >> 1 if status & 1 else None,
                       reasons[0] if reasons else "", self.seconds())

    def seconds(self):
        return time.monotonic() - self.began


def pause():
    """Let a running machine go on for a moment."""
    time.sleep(GRACE)


def run(folder, *args, timeout=60, **options):
    """Start a machine and wait for its end."""
    with Machine(folder, *args, **options) as machine:
        return machine.wait_end(timeout)
