# SPDX-License-Identifier: BSD-2-Clause
"""gangway.efi loaded by OVMF over a network: QEMU's own DHCP and TFTP, or a
server for HTTP on this machine."""
import contextlib
import functools
import http.server
import threading

import doors
import esp
import kernels
import machine
import told
import variables

CODE = "/usr/share/OVMF/OVMF_CODE_4M.fd"
MODULE = doors.noise(3 << 20)
# OVMF 2025.02 has no network without random numbers.
CARD = ["-device", "virtio-net-pci,netdev=net,romfile=",
        "-device", "virtio-rng-pci"]
KERNEL = kernels.multiboot2
FILES = {"loader/loader.conf": "default a.conf\n",
         "loader/entries/a.conf":
         "linux /k\nmodule /files/m x y\noptions a b\n", "files/m": MODULE}


def serve(folder):
    """What servers have: FILES, a kernel and gangway, in boot/."""
    root = folder / "served"
    for name, content in dict(FILES, **{
            "gangway.efi": esp.GANGWAY_EFI.read_bytes(),
            "k": KERNEL().data}).items():
        path = root / "boot" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes)
                         else content.encode())
    return root


def check(outcome):
    report = told.Told(outcome)
    assert report.finished and not report.failures, outcome.serial
    given = told.Given(told.File(b"", "a b", "/k"),
                       (told.File(MODULE, "x y", "/files/m"),))
    told.check_image(report, KERNEL())
    told.check_modules(report, given)
    told.check_strings(report, given)


def test_entry_of_a_tftp_server(tmp_path):
    net = ("user,id=net,tftp=%s,bootfile=boot/gangway.efi"
           % doors.escape(serve(tmp_path)))
    check(machine.run(tmp_path, "-bios", doors.OVMF, "-netdev", net, *CARD,
                      "-boot", "n", timeout=120))


class Handler(http.server.SimpleHTTPRequestHandler):
    """Remembers what was asked for."""
    asked = []

    def log_message(self, *_):
        self.asked.append((self.command, self.path))


@contextlib.contextmanager
def http_server(root):
    """Its port, which is on 10.0.2.2 for a guest."""
    Handler.asked.clear()
    server = http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), functools.partial(Handler, directory=root))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_port
    server.shutdown()
    server.server_close()


def test_entry_of_an_http_server(tmp_path):
    with http_server(serve(tmp_path)) as port:
        option = variables.option_of_url(
            "http://10.0.2.2:%d/boot/gangway.efi" % port)
        flash = variables.booting(tmp_path / "vars.fd", option)
        outcome = machine.run(
            tmp_path, "-drive",
            "if=pflash,format=raw,unit=0,readonly=on,file=" + CODE,
            "-drive", "if=pflash,format=raw,unit=1,file=%s"
            % doors.escape(flash), "-netdev", "user,id=net", *CARD,
            timeout=120)
    check(outcome)
    assert ("GET", "/boot/files/m") in Handler.asked
