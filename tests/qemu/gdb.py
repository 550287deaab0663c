# SPDX-License-Identifier: BSD-2-Clause
"""A debugger at the CPU of a machine, as QEMU's stub serves one: it stops at
addresses and changes registers and memory, to play what a CPU or a table would
do that nobody here has."""
import functools
import re
import socket
import struct
import subprocess
import tempfile
import time

import doors

PATIENCE = 30
# Numbers of registers; RIP as EIP in 32-bit mode
RAX, RCX, RDI, RSP, RIP = 0, 2, 5, 7, 16


@functools.lru_cache(maxsize=None)
def symbols(file):
    """Addresses by name, without what the compiler puts behind it; of the
    file that an image was made of."""
    debug = re.sub(r"\.elf$", ".debug", str(file))
    listing = subprocess.run(["nm", debug], capture_output=True, text=True,
                             check=True).stdout
    return {line.split()[-1].split(".")[0]: int(line.split()[0], 16)
            for line in listing.splitlines()}


def symbol(name, file=None):
    return symbols(file or doors.GANGWAY)[name]


class Debugger:
    """To be entered before the machine that has its arguments, held."""

    def __init__(self):
        self.folder = tempfile.TemporaryDirectory()  # a socket's path is short
        self.path = self.folder.name + "/gdb"
        self.arguments = ["-gdb", "unix:%s,server=on,wait=off" % self.path]
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(PATIENCE)
        self.pending = b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()
        self.folder.cleanup()

    def attach(self):
        """QEMU changes registers only for who has asked what there are."""
        self.socket.connect(self.path)
        self.ask("qSupported")
        self.ask("qXfer:features:read:target.xml:0,1000")

    def ask(self, words):
        """Send a packet; the next packet that comes."""
        data = words.encode()
        self.socket.sendall(b"$%s#%02x" % (data, sum(data) & 0xff))
        deadline = time.monotonic() + PATIENCE
        while True:
            found = re.search(rb"\$([^#]*)#..", self.pending)
            if found:
                self.pending = self.pending[found.end():]
                self.socket.sendall(b"+")
                return found[1].decode()
            assert time.monotonic() < deadline, "the debugger is not answered"
            chunk = self.socket.recv(4096)
            assert chunk, "the machine has ended"
            self.pending += chunk

    def run_to(self, address):
        """Go on until the CPU is about to execute what is there."""
        assert self.ask("Z1,%x,1" % address) == "OK"
        answer = self.ask("c")
        assert answer.startswith("T05"), answer
        assert self.ask("z1,%x,1" % address) == "OK"

    def step(self):
        """One instruction, to leave an address where run_to() has stopped."""
        assert self.ask("s").startswith("T05")

    def set(self, register, value):
        assert self.ask("P%x=%s" % (register, struct.pack("<Q", value).hex())
                        ) == "OK"

    def get(self, register):
        return struct.unpack("<Q", bytes.fromhex(
            self.ask("p%x" % register)))[0]

    def read(self, address, size):
        return bytes.fromhex(self.ask("m%x,%x" % (address, size)))

    def write(self, address, data):
        assert self.ask("M%x,%x:%s" % (address, len(data), data.hex())) == "OK"

    def leave(self):
        """Let the machine go on by itself."""
        assert self.ask("D") == "OK"
