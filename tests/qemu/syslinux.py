# SPDX-License-Identifier: BSD-2-Clause
"""CDs that start something by ISOLINUX and its Multiboot loader mboot.c32."""
import shutil
import subprocess

import doors
from targets import fetched

PARTS = ("isolinux.bin", "ldlinux.c32", "libcom32.c32", "mboot.c32")
CONFIG = """serial 0
default only
prompt 0
label only
%s
"""


def make_linux(folder, files, kernel, words, initrd=None):
    """A CD of {name: path}, with a kernel of Linux's protocol. QEMU's
    arguments."""
    label = "linux %s\nappend %s" % (kernel, words)
    return burn(folder, files,
                label + ("\ninitrd " + initrd if initrd else ""))


def make(folder, files, line):
    """The same; line: what mboot.c32 is told, in its words."""
    return burn(folder, files, "kernel mboot.c32\nappend " + line)


def burn(folder, files, label):
    tree, disk = folder / "tree", folder / "cd"
    tree.mkdir()
    for name in PARTS:
        shutil.copy(fetched("syslinux", name), tree)
    (tree / "isolinux.cfg").write_text(CONFIG % label)
    for name, path in files.items():
        shutil.copy(path, tree / name)
    subprocess.run(
        ["xorriso", "-as", "mkisofs", "-quiet", "-R", "-o", disk, "-b",
         "isolinux.bin", "-no-emul-boot", "-boot-load-size", "4",
         "-boot-info-table", tree], check=True, capture_output=True)
    return ["-drive", "if=ide,media=cdrom,format=raw,file=%s"
            % doors.escape(disk)]
