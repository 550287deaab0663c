# SPDX-License-Identifier: BSD-2-Clause
"""gangway pack makes what other programs read, and gangway unpack gives back
what was packed."""
import gzip
import hashlib
import json
import os
import random
import re
import shutil
import struct
import subprocess
import sys
import time
import uuid

import pytest

import doors
import packed
from program import ENVIRONMENT, GANGWAY, good, inspect, run

KERNEL = "probe64.bzimage"
LINE = "console=ttyS0 some words"
FAST = doors.BUILD / "gangway"  # without what ASan takes
MIB = 1 << 20


@pytest.fixture
def parts(tmp_path, kernels):
    """A folder with a kernel and what goes with it."""
    shutil.copy(kernels / KERNEL, tmp_path / "vmlinuz")
    for name, size in (("one", 5001), ("two", 70000), ("ucode", 100)):
        (tmp_path / name).write_bytes(doors.noise(size))
    (tmp_path / "os").write_text("ID=test\nVERSION_ID=1\n")
    (tmp_path / "sbat").write_text("sbat,1,x,y,1,z\nmine,1,Me,mine,1,here\n")
    return tmp_path


def joined(folder):
    return doors.join((folder / name).read_bytes() for name in ("one", "two"))


def sections(path):
    """Name, size, address and place in the file of each, by objdump."""
    text = subprocess.run(["objdump", "-h", path], check=True, text=True,
                          stdout=subprocess.PIPE).stdout
    return [(name, int(size, 16), int(at, 16), int(raw, 16))
            for name, size, at, raw in re.findall(
                r"^ +\d+ (\S+) +(\w{8}) +(\w+) +\w+ +(\w{8}) ", text, re.M)]


def content(path):
    data = path.read_bytes()
    return {name: data[raw:raw + size]
            for name, size, _, raw in sections(path)}


def pack(folder, *words):
    good("pack", *words, cwd=folder)


def uki(folder, *words):
    pack(folder, "-o", "uki.efi", "--kernel", "vmlinuz", "--initrd", "one",
         "--initrd", "two", "--cmdline", LINE, "--os-release", "os", *words)
    return folder / "uki.efi"


def test_uki(parts):
    found = content(uki(parts, "--microcode", "ucode", "--uname", "6.1.0",
                        "--sbat", "sbat", "--hash", "one", "--hash", "two"))
    assert inspect(parts / "uki.efi")[0]["kind"] == "a UKI"
    assert found[".linux"] == (parts / "vmlinuz").read_bytes()
    assert found[".initrd"] == joined(parts)
    assert found[".ucode"] == (parts / "ucode").read_bytes()
    assert found[".cmdline"] == LINE.encode()
    assert found[".uname"] == b"6.1.0"
    assert found[".osrel"] == (parts / "os").read_bytes()
    assert found[".hashes"].decode() == "".join(
        "%s  %s\n" % (hashlib.sha256((parts / name).read_bytes()).hexdigest(),
                      name) for name in ("one", "two"))
    lines = found[".sbat"].decode().splitlines()
    assert lines[-1] == "mine,1,Me,mine,1,here"
    assert [line[:7] for line in lines].count("sbat,1,") == 1


def test_addresses_of_a_uki(parts):
    """In order, on pages, and in an image of the right size: so a firmware
    that is strict takes it."""
    path = uki(parts)
    end = 0
    for _, size, at, raw in sections(path):
        assert at % 4096 == 0 and at >= end and raw % 512 == 0
        end = at + size
    text = subprocess.run(["objdump", "-p", path], check=True, text=True,
                          stdout=subprocess.PIPE).stdout
    image = int(re.search(r"SizeOfImage\s+(\w+)", text).group(1), 16)
    # What is behind the last section in memory may be .bss, here it is not.
    assert image == -(-end // 4096) * 4096


def test_profiles_of_a_uki(parts):
    path = uki(parts, "--profile", "ID=main", "--profile", "ID=more",
               "--cmdline", "other")
    names = [name for name, *_ in sections(path)]
    assert names[-3:] == [".profile", ".profile", ".cmdline"]
    good("unpack", path, "-d", parts / "out")
    assert (parts / "out/profile1-cmdline").read_text() == "other"
    assert (parts / "out/cmdline").read_text() == LINE


def openssl(folder):
    subprocess.run(["openssl", "req", "-new", "-x509", "-newkey", "rsa:2048",
                    "-nodes", "-subj", "/CN=Somebody/", "-keyout", "key",
                    "-out", "cert"], cwd=folder, check=True,
                   stderr=subprocess.DEVNULL)


def test_signed_uki(parts):
    openssl(parts)
    path = uki(parts, "--sign", "key,cert")
    said = subprocess.run(["sbverify", "--cert", "cert", path], cwd=parts,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    assert b"Signature verification OK" in said.stdout, said.stdout
    found = inspect(path)[0]["pe"]["signatures"]
    assert found[0]["signers"][0]["subject"] == "/CN=Somebody"


def test_a_signature_s_time_is_all_that_differs(parts):
    """As the manual says it; of the program that goes without a preloaded
    library of its own."""
    openssl(parts)
    for name, second in (("a", 1), ("b", 1), ("c", 2)):
        subprocess.run(
            ["faketime", "-f", "2031-12-24 12:34:0%d" % second, FAST,
             "pack", "--type", "uki", "-o", name, "--kernel",
             "vmlinuz", "--sign", "key,cert"], cwd=parts, env=ENVIRONMENT,
            check=True)
    a, b, c = ((parts / name).read_bytes() for name in "abc")
    assert a == b != c


def test_names_that_ukify_has(parts):
    """Options that users know, with text or with files behind them."""
    openssl(parts)
    (parts / "tree.dts").write_text("/dts-v1/; / { compatible = \"a,b\"; };")
    subprocess.run(["dtc", "-q", "-o", "tree", "tree.dts"], cwd=parts,
                   check=True)
    (parts / "line").write_text("from  a file")
    pack(parts, "-o", "uki.efi", "--linux", "vmlinuz", "--initrd=one",
         "--cmdline=@line", "--os-release=ID=x\nVERSION_ID=2\n",
         "--devicetree", "tree", "--devicetree-auto=tree",
         "--devicetree-auto=tree", "--splash=two", "--uname=1.2",
         "--sbat=sbat,1,a,b,1,c\nmine,1,Me,mine,1,here\n",
         "--secureboot-private-key=key", "--secureboot-certificate=cert")
    found = content(parts / "uki.efi")
    assert found[".cmdline"] == b"from  a file"
    assert found[".osrel"] == b"ID=x\nVERSION_ID=2\n"
    assert found[".splash"] == (parts / "two").read_bytes()
    assert found[".sbat"].endswith(b"mine,1,Me,mine,1,here\n")
    assert found[".dtb"] == found[".dtbauto"] == (parts / "tree").read_bytes()
    names = [name for name, *_ in sections(parts / "uki.efi")]
    assert names.count(".dtbauto") == 2
    subprocess.run(["sbverify", "--cert", "cert", "uki.efi"], cwd=parts,
                   check=True, stderr=subprocess.DEVNULL)


MACHINES = {"b/one.json": ("One", "maker,one", [5, 3]),
            "a.json": ("Two", "maker,two", [9]),
            "b/again.json": ("One", "maker,one", [3, 0xfedcba98 << 96])}


def describe_machines(folder):
    for name, (title, compatible, ids) in MACHINES.items():
        path = folder / "hwids" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps({
            "type": "devicetree", "name": title, "compatible": compatible,
            "hwids": [str(uuid.UUID(int=one)).upper() for one in ids]}))


def test_descriptions_of_machines(parts):
    """Each ID with its machine's strings."""
    describe_machines(parts)
    data = content(uki(parts, "--hwids", "hwids"))[".hwids"]
    seen, at = [], 0
    while data[at:at + 4] != bytes(4):
        kind, id_, name, compatible = struct.unpack_from("<I16sII", data, at)
        assert kind == 1 << 28 | 28
        seen.append((uuid.UUID(bytes_le=id_).int,
                     *(data[one:data.index(0, one)].decode()
                       for one in (name, compatible))))
        at += 28
    assert seen == [(9, "Two", "maker,two"), (3, "One", "maker,one"),
                    (5, "One", "maker,one"),
                    (0xfedcba98 << 96, "One", "maker,one")]


def test_descriptions_of_machines_in_two_profiles(parts):
    """Each has its own; a link is a file."""
    for name in ("left", "right"):
        (parts / name).mkdir()
        (parts / (name + ".text")).write_text(json.dumps({
            "name": name, "compatible": name, "hwids": [str(uuid.uuid4())]}))
        (parts / name / "x.json").symlink_to("../%s.text" % name)
    path = uki(parts, "--hwids", "left", "--profile", "ID=x",
               "--hwids", "right")
    data = path.read_bytes()
    found = [data[raw:raw + size] for name, size, _, raw in sections(path)
             if name == ".hwids"]
    assert [(b"left" in one, b"right" in one) for one in found] == [
        (True, False), (False, True)]


def test_profiles_of_another_image(parts):
    pack(parts, "-o", "other.efi", "--kernel", "vmlinuz", "--profile", "ID=b",
         "--cmdline", "of b", "--profile", "ID=c", "--initrd", "two")
    path = uki(parts, "--profile", "ID=a", "--join-profile", "other.efi",
               "--profile", "ID=d")
    text = [(one.get("profile"), one["name"], one.get("text"))
            for one in inspect(path)[0]["pe"]["sections"]
            if "profile" in one]
    assert text == [(0, ".profile", "ID=a"), (1, ".profile", "ID=b"),
                    (1, ".cmdline", "of b"), (2, ".profile", "ID=c"),
                    (2, ".initrd", None), (3, ".profile", "ID=d")]


def test_facts_of_a_uki_by_themselves(parts):
    pack(parts, "-o", "uki.efi", "--kernel", "vmlinuz")
    found = content(parts / "uki.efi")
    assert found[".osrel"].strip() in open("/etc/os-release", "rb").read()
    assert found[".sbat"].startswith(b"sbat,1,")


def test_fit(parts):
    words = ["-o", "x.itb", "--kernel", "vmlinuz", "--initrd", "one",
             "--initrd", "two", "--cmdline", LINE, "--module", "ucode,a b"]
    pack(parts, *words)
    said = subprocess.run(["dumpimage", "-l", "x.itb"], cwd=parts, check=True,
                          text=True, stdout=subprocess.PIPE).stdout
    for data in ((parts / "vmlinuz").read_bytes(), joined(parts)):
        assert hashlib.sha256(data).hexdigest() in said
    found = inspect(parts / "x.itb")[0]
    assert found["gangway"]["container"] == "fit"
    assert found["gangway"]["bundle_line"] == LINE
    for image in found["fit"]["images"]:
        assert int(image["data-offset"], 16) % 4096 == 0
        assert image["hashes"][0]["value"] == image["sha256"]
        assert image["hashes"][0]["is_right"]
    assert found["fit"]["tree_size"] % 4096 == 0
    good("unpack", parts / "x.itb", "-d", parts / "out")
    assert (parts / "out/ramdisk").read_bytes() == joined(parts)
    assert (parts / "out/kernel").read_bytes() == \
        (parts / "vmlinuz").read_bytes()
    assert (parts / "out/cmdline-boot").read_text() == LINE


@pytest.mark.parametrize("type_", ["uki", "hybrid", "bzimage"])
def test_modules_of_a_uki(parts, type_):
    """They are in one FIT image with the kernel of their profile."""
    pack(parts, "-o", "x", "--type", type_, "--kernel", "vmlinuz", "--cmdline",
         LINE, "--initrd", "one", "--module", "two,a b", "--module", "ucode",
         "--profile", "ID=x", "--cmdline", "other")
    assert [name for name, *_ in sections(parts / "x")][-6:] == [
        ".cmdline", ".uname", ".initrd", ".linux", ".profile", ".cmdline"]
    good("unpack", parts / "x", "-d", parts / "out")
    fit, = [one for one in (parts / "out").rglob("*")
            if one.is_file() and one.read_bytes()[:4] == b"\xd0\x0d\xfe\xed"]
    good("unpack", fit, "-d", parts / "inner")
    inner = [one.read_bytes() for one in (parts / "inner").rglob("*")
             if one.is_file()]
    for name in "vmlinuz", "two", "ucode":
        assert (parts / name).read_bytes() in inner
    assert not [one for one in parts.iterdir() if one.name.startswith("x.")]


def test_modules_want_their_kernel_and_gangway(parts):
    """Nobody else's stub starts what is in a FIT image."""
    stub = bytearray((doors.BUILD / "gangway.efi").read_bytes())
    stub[0x202:0x206] = bytes(4)
    (parts / "stub").write_bytes(stub)
    command = ["pack", "-o", "x.efi", "--kernel", "vmlinuz"]
    for words in (["--module", "one"], ["--type", "hybrid"]):
        done = run(*command, "--stub", "stub", *words, cwd=parts)
        assert done.code == 1
        assert "starts by UEFI alone, and takes no modules" in done.err
    done = run(*command, "--profile", "ID=x", "--module", "one", cwd=parts)
    assert done.code == 2
    assert "--module needs a --kernel in its own profile" in done.err
    assert not (parts / "x.efi").exists()


def test_elf(parts):
    pack(parts, "-o", "x.elf", "--kernel", "vmlinuz", "--cmdline", LINE,
         "--initrd", "one", "--module", "two,a b")
    good("unpack", "x.elf", "-d", "out", cwd=parts)
    for name in ("vmlinuz", "one", "two"):
        assert (parts / "out" / name).read_bytes() == \
            (parts / name).read_bytes()
    assert (parts / "out/cmdline").read_text() == LINE
    assert (parts / "x.elf").read_bytes() == packed.make(doors.GANGWAY, [
        ((parts / name).read_bytes(), name, words) for name, words in
        (("vmlinuz", LINE), ("one", ""), ("two", "a b"))])


def test_cpio(parts):
    pack(parts, "-o", "x.cpio", "--module", "one,a/b/c", "--module",
         "two,a/b/d", "--module", "os")
    (parts / "out").mkdir()
    subprocess.run(["cpio", "-idu", "--quiet"], cwd=parts / "out", check=True,
                   stdin=open(parts / "x.cpio"))
    for name, path in (("one", "a/b/c"), ("two", "a/b/d"), ("os", "os")):
        assert (parts / "out" / path).read_bytes() == \
            (parts / name).read_bytes()
    assert (parts / "x.cpio").stat().st_size % 4 == 0


@pytest.mark.parametrize("type_", ["uki", "fit", "elf"])
def test_the_same_bytes_each_time(parts, type_):
    words = ("--kernel", "vmlinuz", "--initrd", "one", "--type", type_)
    for name in ("a", "b"):
        pack(parts, "-o", name, *words)
    assert (parts / "a").read_bytes() == (parts / "b").read_bytes()
    pack(parts, "-o", "a", *words, "--cmdline", "x")  # over what is there
    assert (parts / "a").read_bytes() != (parts / "b").read_bytes()


@pytest.mark.parametrize("type_", ["uki", "fit", "elf", "cpio"])
def test_the_same_bytes_elsewhere(parts, type_):
    """In another folder, of files of another age, at another time of somebody
    else with another environment."""
    words = ["--type", type_, "--module", "one,a/b", "--module", "two"] \
        if type_ == "cpio" else ["--type", type_, "--kernel", "vmlinuz",
                                 "--initrd", "one", "--initrd", "two"]
    pack(parts, "-o", "here", *words)
    there = parts / "there"
    there.mkdir()
    for name in ("vmlinuz", "one", "two"):
        shutil.copy(parts / name, there)
        os.utime(there / name, (1, 1))
        (there / name).chmod(0o644)
    for loader in ("gangway.elf", "gangway.efi"):
        shutil.copy(GANGWAY.parents[1] / loader, there)
    there.chmod(0o777)
    nobody = ["setpriv", "--reuid=65534", "--clear-groups"] \
        if not os.getuid() else []
    environment = dict(ENVIRONMENT, SOURCE_DATE_EPOCH="7", TZ="Asia/Tokyo",
                       LC_ALL="C.UTF-8", HOME="/nowhere", GANGWAY_FILES=".")
    # All of it may lie where nobody else may look
    with open(GANGWAY, "rb") as program:
        subprocess.run(
            [*nobody, "/proc/self/fd/%d" % program.fileno(), "pack", "-o",
             "here", *words], cwd=there, check=True, env=environment,
            pass_fds=[program.fileno()], umask=0o77)
    assert (there / "here").read_bytes() == (parts / "here").read_bytes()


def test_compressed_files_are_unpacked(parts):
    data = (parts / "vmlinuz").read_bytes()
    (parts / "x.gz").write_bytes(gzip.compress(data))
    good("unpack", "x.gz", "-d", "out", cwd=parts)
    assert (parts / "out/unpacked").read_bytes() == data


# Runs a program and prints how many KiB it had in memory at most.
PEAK = """import resource, subprocess, sys
subprocess.run(sys.argv[1:], check=True)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"""


@pytest.mark.parametrize("type_", ["uki", "fit", "elf"])
def test_long_initrds_take_no_memory(parts, type_):
    with open(parts / "long", "wb") as file:
        file.truncate(256 * MIB)
    # A child's peak begins with that of who starts it: not with pytest's.
    done = subprocess.run(
        [sys.executable, "-c", PEAK, str(FAST), "pack", "-o", parts / "out",
         "--type", type_, "--kernel", parts / "vmlinuz", "--initrd",
         parts / "long"], stdout=subprocess.PIPE, check=True)
    assert 0 < int(done.stdout) < 64 * 1024, done.stdout
    assert (parts / "out").stat().st_size > 256 * MIB


@pytest.mark.parametrize("type_", ["uki", "fit", "elf"])
def test_no_half_file_when_killed(parts, type_):
    """At any moment: there is the old file, or the new one."""
    with open(parts / "long", "wb") as file:
        file.truncate(64 * MIB)
    command = [FAST, "pack", "-o", "out", "--type", type_, "--kernel",
               "vmlinuz", "--initrd", "long"]
    began = time.monotonic()
    subprocess.run(command, cwd=parts, check=True)
    seconds = time.monotonic() - began
    new = (parts / "out").read_bytes()
    chance = random.Random(type_)
    for _ in range(12):
        (parts / "out").write_bytes(b"old")
        before = set(parts.iterdir())
        child = subprocess.Popen(command, cwd=parts)
        time.sleep(chance.uniform(0, 1.1 * seconds))
        child.kill()
        child.wait()
        assert (parts / "out").read_bytes() in (b"old", new)
        for left in set(parts.iterdir()) - before:  # to be renamed just now
            assert left.name == "out.%d.part" % child.pid
            assert left.read_bytes() == new
            left.unlink()


def test_a_vmlinux_instead_of_a_bzimage(tmp_path):
    import targets
    kernel = targets.fetched("cloud", "vmlinuz")
    out = good("pack", "-o", "uki.efi", "--extract", "--kernel", kernel,
               cwd=tmp_path)
    assert "without KASLR" in out
    found = content(tmp_path / "uki.efi")
    assert found[".linux"] == targets.vmlinux("cloud").read_bytes()
    assert found[".uname"].decode() in str(
        inspect(kernel)[0]["linux"]["version"])


def test_help_names_every_option():
    text = good("pack", "--help")
    assert run("--words", "pack").out.split() == re.findall(
        r"^  (--[\w-]+=?)", re.sub(r"^(  --\S+) [A-Z]", r"\1= ", text,
                                   flags=re.M), re.M)
    assert GANGWAY.exists()
