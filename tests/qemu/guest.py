# SPDX-License-Identifier: BSD-2-Clause
"""What tests/guest-init printed in a booted Linux."""
import re


class Guest:
    def __init__(self, outcome):
        self.text = outcome.serial
        self.finished = "GUEST-END" in self.text
        assert self.finished, "no user space:\n" + self.text[-4000:]
        self.cmdline = re.search(r"^GUEST-CMDLINE \[(.*)\]$", self.text,
                                 re.M)[1]
        self.blob_ok = bool(re.search(r"^GUEST-BLOB OK$", self.text, re.M))
        self.kernel = re.search(r"^GUEST-KERNEL (.*)$", self.text, re.M)[1]
        self.cpus = int(re.search(r"^GUEST-CPUS (\d+)$", self.text, re.M)[1])
        self.levels = int(re.search(r"^GUEST-LEVELS (\d)$", self.text,
                                    re.M)[1])
        self.mem_kib = int(re.search(r"^GUEST-MEM MemTotal: *(\d+)",
                                     self.text, re.M)[1])
        self.has_efi = "GUEST-EFI yes" in self.text
        self.e820 = re.findall(r"^GUEST-E820 BIOS-e820: (.*)$", self.text,
                               re.M)
        self.setup_data = [int(kind, 0) for kind in re.findall(
            r"^GUEST-SETUP-DATA type=(\S+)", self.text, re.M)]

        self.extra = {name: (digest, mode) for name, digest, mode in re.findall(
            r"^GUEST-EXTRA (\S+) (\w+) (\S+)$", self.text, re.M)}

    def param(self, name):
        """A number out of boot_params."""
        return int(re.search(r"^GUEST-BP .*\b%s=([0-9a-f]+)" % name,
                             self.text, re.M)[1], 16)
