# SPDX-License-Identifier: BSD-2-Clause
"""FIT images by mkimage: kernel, ramdisk and command line in one file."""
import pathlib
import subprocess
import tempfile

HEAD = """/dts-v1/;
/ {
    description = "gangway's test bench";
    #address-cells = <1>;
    images {
%s    };
    configurations {
        default = "boot";
        boot {
            description = "boot";
            kernel = "kernel";
%s        };
    };
};
"""
IMAGE = """        %s {
            description = "%s";
            data = /incbin/("%s");
            type = "%s";
            arch = "x86_64";
            os = "linux";
            compression = "none";
%s%s        };
"""
HASH = """            hash-1 {
                algo = "%s";
            };
"""
LOAD = "            load = <0>;\n            entry = <0>;\n"
EXTERNAL = ("-E", "-B", "0x1000")


def source(kernel, ramdisk, bootargs, algo):
    algo = HASH % algo if algo else ""
    images = IMAGE % ("kernel", "kernel", kernel, "kernel", LOAD, algo)
    more = ""
    if ramdisk:
        images += IMAGE % ("ramdisk", "ramdisk", ramdisk, "ramdisk", "", algo)
        more += '            ramdisk = "ramdisk";\n'
    if bootargs is not None:
        more += '            bootargs = "%s";\n' % bootargs
    return HEAD % (images, more)


def make(output, kernel, ramdisk=None, bootargs=None, external=False,
         algo="crc32"):
    """Write a FIT image; external: data behind the tree, page by page; algo:
    of the hash of each image, or None."""
    output = pathlib.Path(output)
    with tempfile.NamedTemporaryFile("w", suffix=".its",
                                     dir=output.parent) as its:
        its.write(source(kernel, ramdisk, bootargs, algo))
        its.flush()
        done = subprocess.run(
            ["mkimage", "-q", *(EXTERNAL if external else ()), "-f",
             its.name, str(output)],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if done.returncode:
        raise RuntimeError("mkimage failed:\n" + done.stdout.decode())
