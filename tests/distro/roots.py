# SPDX-License-Identifier: BSD-2-Clause
"""Systems of a Debian release to install things in, and their boots.

A root is a folder. What runs in it has mounts and processes of its own, which
end with it, so nothing of it is left on this machine.
"""
import fcntl
import os
import pathlib
import re
import shutil
import subprocess

import doors
import esp
import machine

TESTS = pathlib.Path(__file__).resolve().parent.parent
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
MOUNT = """
root=$1 debs=$2
shift 2
mount -t proc -o nosuid,nodev,noexec proc "$root/proc"
mount -t sysfs -o ro,nosuid,nodev,noexec sysfs "$root/sys"
mount -t devpts -o newinstance,ptmxmode=666 devpts "$root/dev/pts"
mount -t tmpfs -o nosuid,nodev tmpfs "$root/dev/shm"
mount --bind "$debs" "$root/var/cache/apt/archives"
[ ! -f "$root.esp" ] || mount -o loop "$root.esp" "$root/boot/efi"
exec chroot "$root" /usr/bin/env -i HOME=/root TERM=dumb LC_ALL=C.UTF-8 \
    DEBIAN_FRONTEND=noninteractive "$@"
"""
# The first program of a system that has no other: it says what it was booted
# with, does what is to be done there, and ends the machine.
INIT = """#!/bin/sh
mount -t proc proc /proc
mount -t devtmpfs dev /dev 2>/dev/null
exec >/dev/console 2>&1 </dev/null
export PATH=%s
echo "KERNEL: $(uname -r)"
echo "WORDS: $(cat /proc/cmdline)"
if [ -x /root/todo ]; then
    /root/todo
    echo "DONE: $?"
fi
sync
busybox poweroff -f
""" % PATH
LOOP_CTL_REMOVE = 0x4C81
LABEL = "system"
WORDS = "root=LABEL=%s rw console=ttyS0 panic=-1 no_timer_check" % LABEL


class Failed(AssertionError):
    pass


class Root:
    """A copy of another root. Packages that are fetched are kept by what its
    name begins with, the release."""

    def __init__(self, folder, source):
        self.folder = pathlib.Path(folder)
        self.debs = doors.BUILD / "roots" / (
            self.folder.name.split(".")[0] + ".debs")
        self.debs.mkdir(parents=True, exist_ok=True)
        self.remove()
        subprocess.run(["cp", "-a", str(source), str(self.folder)], check=True)

    def __truediv__(self, path):
        return self.folder / path.lstrip("/")

    def remove(self):
        subprocess.run(["rm", "-rf", "--one-file-system", str(self.folder),
                        "%s.esp" % self.folder], check=True)

    def try_run(self, script, **environment):
        """The exit status and the output of a shell script in the root."""
        words = ["%s=%s" % item for item in
                 {"PATH": PATH, **environment}.items()]
        done = subprocess.run(
            ["unshare", "--mount", "--propagation", "private", "--pid",
             "--fork", "--kill-child", "sh", "-ec", MOUNT, "sh",
             str(self.folder), str(self.debs), *words, "sh", "-ec", script],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, errors="replace")
        return done.returncode, done.stdout

    def run(self, script, **environment):
        code, out = self.try_run(script, **environment)
        if code:
            raise Failed("status %d of: %s\n%s" % (code, script, out[-6000:]))
        return out

    def install(self, *packages, **environment):
        return self.run("apt-get -qq -y install " + " ".join(packages),
                        **environment)

    def make_esp(self, mib):
        """A file system of its own at /boot/efi, as small as an ESP. (This
        machine may have no driver for FAT.)"""
        path = pathlib.Path("%s.esp" % self.folder)
        (self / "boot/efi").mkdir(parents=True, exist_ok=True)
        with open(path, "wb") as file:
            file.truncate(mib << 20)
        subprocess.run(["mke2fs", "-q", "-m", "0", "-t", "ext4", "-O",
                        "^has_journal", "-d", str(self / "boot/efi"),
                        str(path)], check=True)

    def fill_esp(self):
        """Leave half of what is on it: another kernel's files are no less."""
        self.run("cd /boot/efi; used=$(du -sk . | cut -f 1); "
                 "free=$(df -Pk . | awk 'NR == 2 { print $4 }'); "
                 "fallocate -l $((free - used / 2))K filler")

    def files(self):
        """Every path, but what belongs to no package's files."""
        return set(self.run("find / -xdev -path /proc -prune -o "
                            "-path /var/cache/apt -prune -o "
                            "-path /var/lib/dpkg/info -prune -o "
                            "-print").splitlines())


def base(release):
    """A bare root with the machine's way to the archive."""
    subprocess.run([str(TESTS / "bare-root"), release], check=True)
    return doors.BUILD / "roots" / (release + ".bare")


def reach_archive(root, release):
    shutil.copy(doors.BUILD / "roots" / (release + ".apt"),
                root / "etc/apt/apt.conf.d/90machine")
    (root / "etc/resolv.conf").unlink(missing_ok=True)
    shutil.copy("/etc/resolv.conf", root / "etc/resolv.conf")
    (root / "etc/dpkg/dpkg.cfg.d/fast").write_text("force-unsafe-io\n")
    root.run("apt-get -qq update")


def disk_of(root, folder):
    """The root as a file system. What boots is on the ESP."""
    disk = folder / "root.img"
    with open(disk, "wb") as file:
        file.truncate(4 << 30)
    subprocess.run(["mke2fs", "-q", "-t", "ext4", "-L", LABEL, "-E",
                    "no_copy_xattrs", "-d", str(root.folder), str(disk)],
                   check=True, stdout=subprocess.DEVNULL)
    return disk


def esp_of(root, folder):
    """What is at the root's /boot/efi on a FAT disk, with room for more."""
    root.run("rm -rf /root/esp; cp -a /boot/efi /root/esp")
    tree = root / "root/esp"
    arguments = esp.make(folder, {str(path.relative_to(tree)): path
                                  for path in tree.rglob("*")
                                  if path.is_file()}, room=128 << 20)
    shutil.rmtree(tree)
    return arguments


def boot(root, folder, *more, todo=None, timeout=400):
    """Boot the ESP, and what it chooses, by OVMF. All that it printed."""
    (root / "sbin/init").unlink(missing_ok=True)
    (root / "sbin/init").write_text(INIT)
    (root / "sbin/init").chmod(0o755)
    (root / "root/todo").unlink(missing_ok=True)
    if todo:
        (root / "root/todo").write_text("#!/bin/sh -ex\n" + todo)
        (root / "root/todo").chmod(0o755)
    folder.mkdir(parents=True, exist_ok=True)
    outcome = machine.run(
        folder, *esp_of(root, folder), "-drive",
        "if=virtio,format=raw,file=%s" % doors.escape(disk_of(root, folder)),
        *more, memory=1024, timeout=timeout)
    return outcome.serial


def told(serial):
    """The kernel's version, and its words, of a system with INIT."""
    found = [re.search(r"%s: (.*)" % name, serial)
             for name in ("KERNEL", "WORDS")]
    assert all(found), serial[-3000:]
    return tuple(match[1].strip() for match in found)


# GRUB takes /dev/loop0 to 9 for the files behind them, and others for disks.
ON_DISK = """
disk=$1 at=$2 script=$3 number=$4
device=/dev/loop$number
mkdir -p "$at"
losetup "$device" "$disk"
trap 'umount -R "$at"; losetup -d "$device"' EXIT
mount "$device" "$at"
mount -t proc proc "$at/proc"
mount -t sysfs -o ro sysfs "$at/sys"
rm -f "$at"/dev/loop*
mknod "$at$device" b 7 "$number"
chroot "$at" /usr/bin/env -i LC_ALL=C.UTF-8 PATH=%s sh -ec "$script"
""" % PATH


def run_on_disk(disk, script):
    """A shell script's output in the root on such a disk, which knows then
    what device it is on."""
    number = 100 + os.getpid() % 900
    done = subprocess.run(
        ["unshare", "--mount", "--propagation", "private", "sh", "-ec",
         ON_DISK, "sh", str(disk), str(disk.parent / "mounted"), script,
         str(number)], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, text=True, errors="replace")
    with open("/dev/loop-control") as control:
        fcntl.ioctl(control, LOOP_CTL_REMOVE, number)
    if done.returncode:
        raise Failed(done.stdout[-6000:])
    return done.stdout
