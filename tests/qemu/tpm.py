# SPDX-License-Identifier: BSD-2-Clause
"""A software TPM beside a machine, and what was measured into it.

swtpm logs each command it gets, so that a boot needs no program of ours in it
to tell what went into the PCRs.
"""
import contextlib
import hashlib
import pathlib
import re
import struct
import subprocess
import tempfile
import time

PCR_EXTEND = 0x182
# algorithm: name, length of a digest
BANKS = {0x4: "sha1", 0xb: "sha256", 0xc: "sha384", 0xd: "sha512"}
PCRS = 24
STARTED_BY_D_RTM = range(17, 23)  # all ones at first


class Tpm:
    def __init__(self, folder):
        self.log = folder / "swtpm.log"
        # Its path may have 107 bytes
        self.place = tempfile.TemporaryDirectory()
        self.socket = pathlib.Path(self.place.name) / "socket"
        self.state = folder / "tpm"
        self.args = ["-chardev", "socket,id=tpm,path=%s" % self.socket,
                     "-tpmdev", "emulator,id=tpm0,chardev=tpm",
                     "-device", "tpm-tis,tpmdev=tpm0"]

    def commands(self):
        """The commands that came, as bytes."""
        text = self.log.read_text()
        for kind, body in re.findall(
                r"SWTPM_IO_(Read|Write): length \d+\n((?: (?:[0-9A-F]{2} )+\n)*)",
                text):
            if kind == "Read":
                yield bytes.fromhex(body)

    def extends(self, bank="sha256"):
        """(PCR, digest) of each measurement, in their order."""
        for command in self.commands():
            if struct.unpack_from(">I", command, 6)[0] != PCR_EXTEND:
                continue
            pcr, auth, = struct.unpack_from(">II", command, 10)
            at = 18 + auth
            count, = struct.unpack_from(">I", command, at)
            at += 4
            for _ in range(count):
                name = BANKS[struct.unpack_from(">H", command, at)[0]]
                size = hashlib.new(name).digest_size
                if name == bank:
                    yield pcr, command[at + 2:at + 2 + size]
                at += 2 + size

    def measured(self, pcr):
        """The SHA-256 of all that went into a PCR."""
        return [digest for index, digest in self.extends() if index == pcr]

    def values(self, bank="sha256"):
        return replay(self.extends(bank), bank)


def replay(extends, bank="sha256"):
    """What the PCRs hold after that."""
    size = hashlib.new(bank).digest_size
    values = [bytes([255 if pcr in STARTED_BY_D_RTM else 0]) * size
              for pcr in range(PCRS)]
    for pcr, digest in extends:
        values[pcr] = hashlib.new(bank, values[pcr] + digest).digest()
    return values


@contextlib.contextmanager
def running(folder):
    """A TPM that has never been used."""
    tpm = Tpm(folder)
    tpm.state.mkdir()
    process = subprocess.Popen(
        ["setpriv", "--pdeathsig", "KILL", "swtpm", "socket", "--tpm2",
         "--tpmstate", "dir=%s" % tpm.state,
         "--ctrl", "type=unixio,path=%s" % tpm.socket,
         "--log", "level=20,file=%s" % tpm.log],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    try:
        for _ in range(600):
            if tpm.socket.exists() or process.poll() is not None:
                break
            time.sleep(0.1)
        assert tpm.socket.exists(), process.stdout.read().decode()
        yield tpm
    finally:
        process.kill()
        process.wait()
        process.stdout.close()
        tpm.place.cleanup()


# ---- the event log, as Linux has it ------------------------------------------

EV_NO_ACTION = 3
EV_EFI_APPLICATION = 0x80000003


class Log:
    """A crypto-agile log (TCG PC Client Platform Firmware Profile, 10.2)."""

    def __init__(self, data):
        size, = struct.unpack_from("<I", data, 28)
        first = data[32:32 + size]
        assert first.startswith(b"Spec ID Event03\0")
        count, = struct.unpack_from("<I", first, 24)
        self.sizes = dict(struct.unpack_from("<HH", first, 28 + 4 * i)
                          for i in range(count))
        self.events = list(self.read(data, 32 + size))

    def read(self, data, at):
        """(PCR, type, {bank: digest}, data of the event)."""
        while at < len(data):
            pcr, kind, count = struct.unpack_from("<III", data, at)
            at += 12
            digests = {}
            for _ in range(count):
                name, = struct.unpack_from("<H", data, at)
                digests[BANKS[name]] = data[at + 2:at + 2 + self.sizes[name]]
                at += 2 + self.sizes[name]
            size, = struct.unpack_from("<I", data, at)
            yield pcr, kind, digests, data[at + 4:at + 4 + size]
            at += 4 + size

    def values(self, bank="sha256"):
        return replay(((pcr, digests[bank])
                       for pcr, kind, digests, _ in self.events
                       if kind != EV_NO_ACTION), bank)

    def texts(self, pcr):
        """What the log says that went into a PCR."""
        return [data.decode("utf-16-le").rstrip("\0")
                for index, _, _, data in self.events if index == pcr]
