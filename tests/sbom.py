#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""What is linked in: an SPDX 2.3 document of the files that were built.

    sbom.py BUILD VERSION       writes BUILD/gangway.spdx.json

Each program's symbols tell which of the libraries are in it, and Debian's
package database which version that is. The document depends on nothing else,
so that the same files have the same one.
"""
import datetime
import hashlib
import json
import os
import re
import subprocess
import sys
import urllib.parse
from pathlib import Path

NAMESPACE = "https://spdx.org/spdxdocs/gangway-%s-%s"
# Library: the package it comes from, its licence, and symbols that show that
# it is linked in; None: headers or data alone, which every such file has.
STATIC = {
    "zlib": ("zlib1g-dev", "Zlib", r"inflateBack$"),
    "libfdt": ("libfdt-dev", "GPL-2.0-or-later OR BSD-2-Clause",
               r"fdt_(offset_ptr|path_offset)$"),
    "BearSSL": ("libbearssl-dev", "MIT", r"br_sha256_"),
    "liblzma": ("liblzma-dev", "0BSD", r"lzma_code$"),
    "libzstd": ("libzstd-dev", "BSD-3-Clause OR GPL-2.0-only",
                r"ZSTD_decompress"),
    "liblz4": ("liblz4-dev", "BSD-2-Clause", r"LZ4_decompress"),
    "libbz2": ("libbz2-dev", "bzip2-1.0.6", r"BZ2_bzDecompress$"),
    "libxxhash": ("libxxhash-dev", "BSD-2-Clause", r"XXH(32|64)"),
    "font": ("console-setup-linux", "LicenseRef-public-domain", r"font$"),
}
HEADERS = {"gnu-efi": ("gnu-efi", "BSD-2-Clause")}  # for gangway.efi
# The host's program finds these where it runs
SHARED = {"libjansson": ("libjansson-dev", "MIT"),
          "libcrypto": ("libssl-dev", "Apache-2.0"),
          "liblzma": ("liblzma-dev", "0BSD"),
          "libzstd": ("libzstd-dev", "BSD-3-Clause OR GPL-2.0-only"),
          "liblz4": ("liblz4-dev", "BSD-2-Clause"),
          "libbz2": ("libbz2-dev", "bzip2-1.0.6"),
          "libz": ("zlib1g-dev", "Zlib"),
          "libfdt": ("libfdt-dev", "GPL-2.0-or-later OR BSD-2-Clause"),
          "libc": ("libc6-dev", "LGPL-2.1-or-later")}


def output(*command):
    return subprocess.run([str(word) for word in command], check=True,
                          capture_output=True, text=True).stdout


def version(package):
    return output("dpkg-query", "-W", "-f", "${Version}", package)


def source(package):
    return output("dpkg-query", "-W", "-f",
                  "${source:Package} ${source:Version}", package).split()


def products(build):
    """(file, what has its symbols, shared libraries it asks for)."""
    for path in sorted([*build.glob("gangway*.elf"),
                        *build.glob("gangway*.efi"), build / "gangway"]):
        debug = path.with_suffix(".debug")
        if path.suffix == ".efi":
            debug = build / (path.stem.replace("gangway", "efi") + ".debug")
        yield path, debug if path.suffix and debug.exists() else path


def symbols(program):
    return [row.split()[-1] for row in output("nm", program).splitlines()
            if row.split()[-2] not in "Uw"]


def needed(program):
    if program.suffix:
        return []
    return re.findall(r"\(NEEDED\).*\[(lib\w+)[-.]",
                      output("readelf", "-d", program))


def linked(path, program):
    """Names of what is in a file; and of what it asks for when it runs."""
    names = symbols(program)
    inside = [library for library, (_, _, pattern) in STATIC.items()
              if any(re.match(pattern, name) for name in names)]
    if path.suffix == ".efi":
        inside += list(HEADERS)
    return inside, [name for name in needed(program) if name in SHARED]


def spdx_id(*words):
    return "SPDXRef-" + re.sub(r"[^A-Za-z0-9.]+", "-", "-".join(words))


def package_of(name, package, licence, how):
    upstream, its_version = source(package)
    return {
        "SPDXID": spdx_id(how, name), "name": name,
        "versionInfo": version(package), "supplier": "Organization: Debian",
        "downloadLocation": "https://snapshot.debian.org/package/%s/%s/"
        % (upstream, its_version),
        "filesAnalyzed": False, "licenseConcluded": licence,
        "licenseDeclared": licence, "copyrightText": "NOASSERTION",
        "externalRefs": [{
            "referenceCategory": "PACKAGE-MANAGER",
            "referenceType": "purl",
            "referenceLocator": "pkg:deb/debian/%s@%s"
            % (package, urllib.parse.quote(version(package)))}]}


def file_of(path):
    data = path.read_bytes()
    return {
        "SPDXID": spdx_id("File", path.name), "fileName": "./" + path.name,
        "checksums": [{"algorithm": name.upper(), "checksumValue":
                       hashlib.new(name, data).hexdigest()}
                      for name in ("sha1", "sha256")],
        "licenseConcluded": "NOASSERTION", "licenseInfoInFiles": [
            "BSD-2-Clause"], "copyrightText": "NOASSERTION"}


def relation(one, how, other):
    return {"spdxElementId": one, "relationshipType": how,
            "relatedSpdxElement": other}


def created():
    """When the sources were, as far as it is known."""
    seconds = os.environ.get("SOURCE_DATE_EPOCH")
    if not seconds:
        done = subprocess.run(["git", "log", "-1", "--format=%ct"],
                              capture_output=True, text=True)
        seconds = done.stdout.strip() or "0"
    moment = datetime.datetime.fromtimestamp(int(seconds),
                                             datetime.timezone.utc)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def document(build, its_version):
    files, packages, relations = [], {}, []
    gangway = {"SPDXID": "SPDXRef-gangway", "name": "gangway",
               "versionInfo": its_version, "downloadLocation": "NOASSERTION",
               "supplier": "NOASSERTION",
               "filesAnalyzed": False, "licenseConcluded": "BSD-2-Clause",
               "licenseDeclared": "BSD-2-Clause",
               "copyrightText": "NOASSERTION"}
    for path, program in products(build):
        entry = file_of(path)
        files.append(entry)
        relations.append(relation("SPDXRef-gangway", "CONTAINS",
                                  entry["SPDXID"]))
        inside, asked = linked(path, program)
        for name in inside:
            row = (STATIC.get(name) or HEADERS[name])[:2]
            one = package_of(name, *row, "Static")
            packages[one["SPDXID"]] = one
            relations.append(relation(entry["SPDXID"], "STATIC_LINK",
                                      one["SPDXID"]))
        for name in asked:
            one = package_of(name, *SHARED[name], "Shared")
            packages[one["SPDXID"]] = one
            relations.append(relation(entry["SPDXID"], "DYNAMIC_LINK",
                                      one["SPDXID"]))
    all_bytes = json.dumps([files, sorted(packages)], sort_keys=True).encode()
    return {
        "spdxVersion": "SPDX-2.3", "dataLicense": "CC0-1.0",
        "SPDXID": "SPDXRef-DOCUMENT", "name": "gangway-" + its_version,
        "documentNamespace": NAMESPACE % (
            its_version, hashlib.sha256(all_bytes).hexdigest()[:32]),
        "creationInfo": {"created": created(),
                         "creators": ["Tool: gangway-sbom"]},
        "hasExtractedLicensingInfos": [{
            "licenseId": "LicenseRef-public-domain",
            "extractedText": "The font is in the public domain."}],
        "packages": [gangway, *packages.values()], "files": files,
        "relationships": [relation("SPDXRef-DOCUMENT", "DESCRIBES",
                                   "SPDXRef-gangway"), *relations]}


def main():
    build = Path(sys.argv[1])
    text = json.dumps(document(build, sys.argv[2]), indent=1) + "\n"
    (build / "gangway.spdx.json").write_text(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
