# SPDX-License-Identifier: BSD-2-Clause
"""What "make images" makes boots by each way that it is made for."""
import filecmp
import json
import re
import shlex
import shutil
import subprocess
from types import SimpleNamespace

import pytest

import doors
import esp
import machine
import stage
import targets
import vmm
from guest import Guest
from test_secure_boot import CODE, VARS

RECIPES = doors.ROOT / "images"
WORDS = ("console=tty0 console=ttyS0 panic=-1 no_timer_check "
         "gangway-demo.shell")
ESP_AT = 2 << 20
UEFI = ["-bios", doors.OVMF]
# OVMF 2025.02 has no network without random numbers.
PXE = ["-device", "virtio-net-pci,netdev=net,romfile=", "-boot", "n",
       "-device", "virtio-rng-pci"]
# What gangway says by each entry of the menu
MENU = [("bios", "2", "entered by multiboot2 from GRUB"),
        ("bios", "1", "entered by multiboot1 from GRUB"),
        ("bios", "a", "entered by multiboot2 from GRUB"),
        ("bios", "p", "entered by pvh$"), ("bios", "l", "entered by linux$"),
        ("uefi", "u", "under UEFI, kernel from its own sections$"),
        ("uefi", "s", "under UEFI, kernel from the loader's modules$"),
        ("uefi", "2", "entered by multiboot2 from GRUB")]
ON_A_STICK = [("bios", "2"), ("uefi", "u")]


@pytest.fixture(scope="session")
def images(cloud):
    sources = [file for file in RECIPES.iterdir() if file.is_file()]
    sources += [doors.BUILD / name for name in ("gangway", "gangway.elf",
                                                "gangway.efi")]
    return targets.make(targets.FIXTURES / "images", sources,
                        RECIPES / "build.py")


def check(running, timeout=120):
    """Linux came to user space with its words and its initrd."""
    guest = Guest(SimpleNamespace(serial=running.wait_for("GUEST-END",
                                                          timeout)))
    assert guest.cmdline == WORDS
    assert guest.blob_ok, "the initrd is damaged"
    return guest


def boot(folder, *args, timeout=120, **options):
    with machine.Machine(folder, *args, **options) as running:
        return check(running, timeout)


def disk(path, form="raw"):
    return ["-snapshot", "-drive", "if=virtio,format=%s,file=%s"
            % (form, doors.escape(path))]


def test_disk_on_a_bios(tmp_path, images):
    guest = boot(tmp_path, *disk(images / "disk.raw"))
    assert not guest.has_efi
    assert "entered by multiboot2 from GRUB 2" in guest.text


@pytest.mark.real
def test_disk_under_uefi(tmp_path, images):
    guest = boot(tmp_path, *UEFI, *disk(images / "disk.qcow2", "qcow2"))
    assert guest.has_efi


@pytest.mark.real
def test_disk_with_secure_boot(tmp_path, images):
    shutil.copy(VARS, tmp_path / "vars.fd")
    guest = boot(
        tmp_path, "-global", "driver=cfi.pflash01,property=secure,value=on",
        "-drive", "if=pflash,format=raw,unit=0,readonly=on,file=" + CODE,
        "-drive", "if=pflash,format=raw,unit=1,file=%s"
        % doors.escape(tmp_path / "vars.fd"), *disk(images / "disk.raw"),
        machine="q35,smm=on", timeout=180)
    assert "secureboot: Secure boot enabled" in guest.text


@pytest.fixture
def uki(tmp_path, images):
    """Taken out of the disk, with nothing changed."""
    taken = tmp_path / "taken.efi"
    subprocess.run(["mcopy", "-i", "%s@@%d" % (images / "disk.raw", ESP_AT),
                    "::EFI/BOOT/BOOTX64.EFI", taken], check=True)
    assert filecmp.cmp(taken, images / "linux.efi", False)
    return taken


@pytest.mark.real
@pytest.mark.parametrize("door", ["mb1", "pvh"])
def test_uki_of_the_disk_in_qemu(tmp_path, uki, door):
    args = doors.pvh(uki) if door == "pvh" else doors.mb1([doors.File(uki)])
    boot(tmp_path, *args)


@pytest.mark.real
@pytest.mark.parametrize("contract,way", [
    (vmm.CLOUD_HYPERVISOR, vmm.by_pvh), (vmm.FIRECRACKER_PVH, vmm.by_pvh),
    (vmm.FIRECRACKER, vmm.by_linux), (vmm.CROSVM, vmm.by_linux)])
def test_uki_of_the_disk_in_a_played_vmm(tmp_path, uki, contract, way):
    top = 512 << 20
    script = way(contract, doors.GANGWAY_PVH, vmm.place(uki.read_bytes(), top),
                 "", top)
    boot(tmp_path, *stage.arguments(tmp_path, script))


def test_configurations_of_vmms(images):
    """Each names what is there, by paths that a moved folder keeps."""
    home = images / "vmm"
    source = json.loads((home / "firecracker.json").read_text())["boot-source"]
    line = shlex.split((home / "cloud-hypervisor.sh").read_text())
    text = (home / "xl.cfg").read_text()
    assert line[0] == "cloud-hypervisor"
    assert (source["kernel_image_path"], source["initrd_path"]) \
        == (line[2], line[4]) == tuple(re.findall(
            r'^(?:kernel|ramdisk) *= "(.*)"', text, re.M)) \
        == ("gangway-pvh.elf", "linux.efi")
    assert filecmp.cmp(home / "gangway-pvh.elf", doors.GANGWAY_PVH, False)
    assert filecmp.cmp(home / "linux.efi", images / "linux.efi", False)


def choose(folder, firmware, key, *args):
    """Boot by an entry of the rescue system's menu."""
    args += tuple(UEFI) if firmware == "uefi" else ()
    with machine.Machine(folder, *args) as running:
        running.wait_for("by Linux's protocol", 60)
        running.monitor("sendkey " + key)
        guest = check(running)
    assert guest.has_efi == (firmware == "uefi")
    return guest.text


@pytest.mark.real
@pytest.mark.parametrize("firmware,key,said", MENU)
def test_rescue_cd(tmp_path, images, firmware, key, said):
    text = choose(tmp_path, firmware, key, "-cdrom", images / "rescue.iso")
    assert re.search(r"gangway \S+: " + said, text, re.M)


@pytest.mark.real
@pytest.mark.parametrize("firmware,key", ON_A_STICK)
def test_rescue_stick(tmp_path, images, firmware, key):
    choose(tmp_path, firmware, key, *disk(images / "rescue.iso"))


def served(images, file="boot.ipxe"):
    return ["-netdev", "user,id=net,tftp=%s,bootfile=%s"
            % (doors.escape(images / "netboot"), file)]


@pytest.mark.real
def test_netboot_by_ipxe_on_a_bios(tmp_path, images):
    boot(tmp_path, *served(images), "-device", "virtio-net-pci,netdev=net",
         "-boot", "n")


@pytest.mark.real
def test_netboot_by_ipxe_under_uefi(tmp_path, images):
    loader = esp.make(tmp_path, {
        esp.FALLBACK: targets.fetched("ipxe-efi", "ipxe.efi")})
    guest = boot(tmp_path, *served(images), "-device",
                 "virtio-net-pci,netdev=net", *loader)
    assert guest.has_efi


@pytest.mark.real
def test_netboot_by_uefi_itself(tmp_path, images):
    guest = boot(tmp_path, *UEFI, *served(images, "linux.efi"), *PXE)
    assert guest.has_efi


def files(folder):
    return {path.relative_to(folder): path for path in folder.rglob("*")
            if path.is_file()}


@pytest.mark.real
def test_the_same_files_give_the_same_bytes(tmp_path, images, monkeypatch):
    """At another time, in another folder."""
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    again = tmp_path / "again"
    targets.run_tool(RECIPES / "build.py", again)
    one, other = files(images), files(again)
    assert one.keys() == other.keys() and len(one) == 12
    for name in one:
        assert filecmp.cmp(one[name], other[name], False), name


@pytest.mark.real
def test_a_file_system_on_the_disk(tmp_path, images):
    """It is the third partition, byte for byte."""
    data = doors.noise((3 << 20) + 5)
    (tmp_path / "root").write_bytes(data)
    targets.run_tool(RECIPES / "build.py", "--root", tmp_path / "root",
                     tmp_path / "out")
    told = subprocess.run(["/usr/sbin/sfdisk", "--json",
                           tmp_path / "out/disk.raw"], check=True,
                          stdout=subprocess.PIPE)
    part = json.loads(told.stdout)["partitiontable"]["partitions"][2]
    with open(tmp_path / "out/disk.raw", "rb") as image:
        image.seek(part["start"] * 512)
        assert image.read(len(data)) == data
