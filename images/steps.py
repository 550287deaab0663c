# SPDX-License-Identifier: BSD-2-Clause
"""What all images are made with: programs that know one time only, and FAT
file systems."""
import os
import subprocess

# FAT knows no time before 1980.
EPOCH = int(os.environ.get("SOURCE_DATE_EPOCH", "1767225600"))
MIB = 1 << 20
SECTOR = 512


def run(*command, stdin=None, **environment):
    """Run a program; what it prints."""
    done = subprocess.run(
        [str(word) for word in command], input=stdin, text=True, check=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        env=dict(os.environ, PATH=os.environ["PATH"] + ":/usr/sbin", TZ="UTC",
                 LC_ALL="C", SOURCE_DATE_EPOCH=str(EPOCH),
                 MTOOLS_SKIP_CHECK="1", **environment))
    return done.stdout


def copy(source, target):
    """A copy of a file, and the folders that it lies in."""
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(source.read_bytes())


def fat(image, tree, size, *options):
    """A FAT file system of a folder's files, of a size in bytes."""
    with open(image, "wb") as file:
        file.truncate(size)
    for path in tree.rglob("*"):
        os.utime(path, (EPOCH, EPOCH))
    run("mformat", "-i", image, "-N", "%08x" % (EPOCH & 0xffffffff),
        *options, "::")
    for path in sorted(tree.iterdir()):
        run("mcopy", "-i", image, "-s", "-m", path, "::")


def size_of(tree):
    return sum(path.stat().st_size for path in tree.rglob("*")
               if path.is_file())
