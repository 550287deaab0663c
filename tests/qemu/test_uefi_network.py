# SPDX-License-Identifier: BSD-2-Clause
"""gangway.efi loaded by OVMF over a network: QEMU's own DHCP and TFTP."""
import doors
import esp
import kernels
import machine
import told

MODULE = doors.noise(3 << 20)
# OVMF 2025.02 has no network without random numbers.
CARD = ["-device", "virtio-net-pci,netdev=net,romfile=", "-boot", "n",
        "-device", "virtio-rng-pci"]


def served(folder, files):
    """QEMU's arguments for a server of {path: content}, gangway in boot/."""
    root = folder / "served"
    for name, content in dict(files, **{
            "gangway.efi": esp.GANGWAY_EFI.read_bytes()}).items():
        path = root / "boot" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes)
                         else content.encode())
    return ["-bios", doors.OVMF, "-netdev",
            "user,id=net,tftp=%s,bootfile=boot/gangway.efi"
            % doors.escape(root)] + CARD


def test_entry_of_a_server(tmp_path):
    kernel = kernels.multiboot2()
    files = {"loader/loader.conf": "default a.conf\n",
             "loader/entries/a.conf":
             "linux /k\nmodule /files/m x y\noptions a b\n",
             "k": kernel.data, "files/m": MODULE}
    outcome = machine.run(tmp_path, *served(tmp_path, files), timeout=120)
    report = told.Told(outcome)
    assert report.finished and not report.failures, outcome.serial
    given = told.Given(told.File(b"", "a b", "/k"),
                       (told.File(MODULE, "x y", "/files/m"),))
    told.check_image(report, kernel)
    told.check_modules(report, given)
    told.check_strings(report, given)
