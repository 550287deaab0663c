# SPDX-License-Identifier: BSD-2-Clause
"""The Debian packages: built in a bare root, installed in one, and gone."""
import hashlib
import re
import shutil

import pytest

import doors
import roots
from conftest import HOME, RELEASE, put_packages

# What shows up in a root because something ran there.
LEFT_BY_OTHERS = r"/(var/(log|lib/(apt|dpkg|systemd)|cache)|root|tmp|etc/ld)\b"


def test_lintian_finds_nothing(builder, packages):
    """Neither errors nor warnings nor hints; what is pedantic is printed."""
    told = builder.run("cd /build && lintian -I --pedantic *.changes 2>&1")
    print(told)
    assert not re.findall(r"^[EWI]: .*", told, re.M)


def sums(packages):
    return {package.name: hashlib.sha256(package.read_bytes()).hexdigest()
            for package in packages}


def test_two_builds_are_equal(builder, packages):
    """Built elsewhere, later, by somebody else, in another language, with
    another umask and on one CPU."""
    first = sums(packages)
    again = roots.Root(HOME / (RELEASE + ".again"), builder.folder)
    try:
        again.run(
            "useradd -m -d /home/somebody somebody; mkdir -p /home/somebody/a;"
            "rm -rf /build/gangway/build /build/*.*;"
            "mv /build/gangway /home/somebody/a/src;"
            "chown -R somebody /home/somebody;"
            "find /home/somebody/a -exec touch -h -d 2001-02-03 {} +;"
            "cd /home/somebody/a/src; umask 027; setpriv --reuid somebody "
            "--regid somebody --clear-groups env HOME=/home/somebody "
            "LC_ALL=C TZ=Asia/Tokyo DEB_BUILD_OPTIONS='nocheck parallel=1' "
            "dpkg-buildpackage -us -uc -b")
        assert sums((again / "home/somebody/a").glob("*.deb")) == first
    finally:
        again.remove()


def test_a_newcomer(new, packages):
    """Three commands to user space."""
    put_packages(new, packages)
    new.run("cd /root && apt-get -qq -y install ./gangway_*.deb")
    kernel = kernel_and_initrd(new)
    new.run("cd /root && gangway pack -o uki.efi --kernel %s --initrd initrd "
            "--cmdline 'console=ttyS0 panic=-1 no_timer_check'" % kernel)
    told = new.run("cd /root && timeout 600 gangway run uki.efi </dev/null")
    assert "REACHED USER SPACE" in told


def kernel_and_initrd(root):
    """What a newcomer has: some kernel, and some initrd."""
    root.install("busybox-static cpio linux-image-cloud-amd64 qemu-system-x86 "
                 "ovmf --no-install-recommends")
    tree = root / "root/tree"
    (tree / "bin").mkdir(parents=True)
    shutil.copy(root / "bin/busybox", tree / "bin/busybox")
    (tree / "init").write_text("#!/bin/busybox sh\necho REACHED USER SPACE\n"
                               "/bin/busybox poweroff -f\n")
    (tree / "init").chmod(0o755)
    root.run("cd /root/tree && find . | cpio -o -H newc >../initrd")
    return root.run("ls /boot/vmlinuz-*").splitlines()[-1]


def test_autopkgtest(new, packages):
    """debian/tests, as autopkgtest runs it: with what it depends on."""
    put_packages(new, packages)
    new.run("apt-get -qq -y install /root/gangway*.deb autopkgtest")
    new.run("mkdir /root/tree")
    shutil.copytree(doors.ROOT / "debian", new / "root/tree/debian")
    new.run("cd /root && autopkgtest -B /root/tree -- null")


def installed_files(root):
    return {path for path in root.files() if not re.match(LEFT_BY_OTHERS, path)}


def test_it_is_purged_without_a_trace(new, packages):
    put_packages(new, packages)
    new.run("mkdir -p /boot/efi/EFI/Linux && "
            "touch /boot/efi/EFI/Linux/gangway-6.1.efi")
    new.run("apt-get -qq -y install /root/gangway*.deb && "
            "apt-get -qq -y purge gangway gangway-boot && "
            "apt-get -qq -y autoremove --purge")  # libraries may come first
    before = installed_files(new)
    new.run("apt-get -qq -y install /root/gangway*.deb; "
            "mkdir -p /var/cache/gangway/work; touch /var/cache/gangway/work/x")
    assert installed_files(new) > before
    new.run("apt-get -qq -y purge gangway gangway-boot && "
            "apt-get -qq -y autoremove --purge")
    assert installed_files(new) == before
    assert not (new / "var/cache/gangway").exists()
    assert (new / "boot/efi/EFI/Linux/gangway-6.1.efi").exists()


def older(root, packages):
    """The same packages as release 0.1.0, with other defaults."""
    for package in packages:
        root.run("cd /root && rm -rf x && dpkg-deb -R %s x && "
                 "sed -i 's/^Version: .*/Version: 0.1.0/; "
                 "s/(\\(>\\?=\\) [0-9.]*)/(\\1 0.1.0)/' x/DEBIAN/control && "
                 "{ [ ! -f x/etc/gangway.conf ] || "
                 "echo '# of 0.1.0' >>x/etc/gangway.conf; } && "
                 "dpkg-deb -b x old_%s" % (package.name, package.name))


@pytest.mark.parametrize("changed", [False, True])
def test_it_is_upgraded(new, packages, changed):
    """A configuration that nobody has changed is the new one, another stays
    as it is."""
    put_packages(new, packages)
    older(new, packages)
    new.run("apt-get -qq -y install /root/old_*.deb")
    conf = new / "etc/gangway.conf"
    if changed:
        conf.write_text("[gangway]\nkeep = 5\n")
    new.run("apt-get -qq -y -o Dpkg::Options::=--force-confdef -o "
            "Dpkg::Options::=--force-confold install /root/gangway*.deb")
    text = conf.read_text()
    assert text == "[gangway]\nkeep = 5\n" if changed else "0.1.0" not in text
    assert "0.1.0" not in new.run("dpkg-query -W gangway gangway-boot")
    new.run("apt-get -qq -y remove gangway-boot")
    assert conf.exists()
    new.run("apt-get -qq -y purge gangway gangway-boot")
    assert not conf.exists()
