#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Prove by CBMC what tests/prove/*.c state, for all inputs up to a bound.

usage: prove.py [--short] [--root ROOT] [--jobs N] [--no-write] [NAME...]

Each harness must hold, and must fail once a fault is planted in the code it is
about. Writes what was proved into docs/trust.md. Where this machine has no
cbmc, a root that has one is used.
"""
import argparse
import concurrent.futures
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

from proofs import PROOFS

TREE = pathlib.Path(__file__).resolve().parents[2]
FOLDERS = ["core", *sorted(str(p.relative_to(TREE)) for p in
                           (TREE / "formats").iterdir()), "tests/prove"]
CHECKS = ["--bounds-check", "--pointer-check", "--pointer-overflow-check",
          "--signed-overflow-check", "--div-by-zero-check",
          "--undefined-shift-check", "--unwinding-assertions",
          "--no-standard-checks", "--drop-unused-functions"]
TIMEOUT = int(os.environ.get("PROVE_SECONDS", 900))
# What else a proof is made of: bytes that are followed, or not
BYTES = ["tests/prove/bytes.c"]
CUT = ["tests/prove/cut.c", "tests/prove/window.c", "core/view.c"]
BEGIN, END = "<!-- proofs: begin -->\n", "<!-- proofs: end -->\n"


def cbmc_of(root):
    """The command that runs cbmc: this machine's, or a root's, by its own
    loader, so that it reads files of this machine by this machine's gcc."""
    if not root and shutil.which("cbmc"):
        return ["cbmc"]
    if not root:
        subprocess.run([TREE / "tests/prove/root"], check=True)
        root = TREE / os.environ.get("GANGWAY_BUILD", "build") / "roots/prove"
    libraries = f"{root}/usr/lib:{root}/usr/lib/x86_64-linux-gnu"
    return [f"{root}/usr/lib64/ld-linux-x86-64.so.2", "--library-path",
            libraries, f"{root}/usr/bin/cbmc"]


def replace(path, right, wrong):
    """Change what stands in a file, which must be there."""
    text, nr = re.subn(right, lambda _: wrong, path.read_text(), count=1)
    if not nr:
        sys.exit(f"prove: {path.name} no longer has {right}")
    path.write_text(text)


def copy_tree(proof, folder):
    """A copy of what is proved, with limits that are lower, and without the
    functions that the harness has in its own way."""
    for name in FOLDERS:
        shutil.copytree(TREE / name, folder / name)
    for path, name, number in proof.narrow:
        replace(folder / path, rf"#define {name}\b[^\n/]*",
                f"#define {name} {number} ")
    for path, name in proof.apart:
        replace(folder / path, re.escape(f"static {name}("),
                f"static {name}_itself(")


def measured(command, folder):
    """What a command says, and its seconds of CPU time: a machine that is busy
    is no reason to give up."""
    with subprocess.Popen(
            ["prlimit", f"--cpu={TIMEOUT}", *command], cwd=folder, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process:
        output = process.stdout.read()
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    return output, used.ru_utime + used.ru_stime


def run(cbmc, proof, folder, *more):
    """Does it hold? How many properties there are, or what failed; and the
    seconds that took."""
    command = [
        *cbmc, f"tests/prove/{proof.name}.c", "tests/prove/stubs.c",
        *(f for f in (CUT if proof.cut else BYTES) if f not in proof.without),
        *proof.sources.split(),
        *(f"-I{f}" for f in FOLDERS),
        '-DGANGWAY_VERSION="x"', "-DZ_SOLO",
        "-D__builtin_memcpy=memcpy", "--function", "harness",
        "--unwind", str(proof.unwind), "--object-bits", str(proof.objects),
        *CHECKS, *more]
    if proof.loops:
        command += ["--unwindset", proof.loops]
    output, seconds = measured(command, folder)
    if "VERIFICATION SUCCESSFUL" in output:
        found = re.search(r"of (\d+) failed", output)
        return True, int(found.group(1)) if found else 0, seconds
    if "VERIFICATION FAILED" in output:
        failed = re.findall(r".*: FAILURE$", output, re.M)
        return False, "\n".join(failed), seconds
    if seconds >= TIMEOUT:
        output = f"not done in {TIMEOUT} s"
    return None, output[-2000:], seconds


def run_all(cbmc, proof, folder, *more):
    """The same for all lengths, until it does not hold."""
    if not proof.lengths:
        return run(cbmc, proof, folder, f"-DBOUND={proof.bound}", *more)
    text, sum_of = "", 0
    for length in sorted(proof.lengths, reverse=True):
        holds, text, seconds = run(cbmc, proof, folder, f"-DBOUND={length}",
                                   "-DEXACT", *more)
        sum_of += seconds
        if not holds:
            return holds, f"{length} bytes: {text}", sum_of
    return True, text, sum_of


def prove(cbmc, proof):
    """Run a harness as it is and with its fault; what is wrong, or None."""
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        copy_tree(proof, folder)
        holds, properties, seconds = run_all(cbmc, proof, folder)
        if not holds:
            return proof, seconds, 0, f"does not hold:\n{properties}"
        path, right, wrong = proof.plant
        replace(folder / path, re.escape(right), wrong)
        holds, text, _ = run_all(cbmc, proof, folder, "--stop-on-fail")
    if holds is not False:
        return proof, seconds, properties, f"the fault is not found: {text}"
    return proof, seconds, properties, None


def row_of(proof, seconds, properties):
    """What was proved, as docs/trust.md has it."""
    given = f"up to {proof.bound} bytes" if proof.bound > 1 else ""
    if proof.lengths:
        given = f"{', '.join(map(str, proof.lengths))} bytes"
    given = ", ".join(filter(None, [given, proof.given]))
    return (f"| {proof.about} | {given} | {proof.unwind} | {properties} | "
            f"{seconds:.0f} |\n")


def write_table(results):
    """Put their rows between the marks, where those of all others stay."""
    path = TREE / "docs/trust.md"
    head, rest = path.read_text().split(BEGIN, 1)
    old, rest = rest.split(END, 1)
    rows = {line.split(" | ")[0]: line for line in old.splitlines(True)}
    for proof, seconds, properties, _ in results:
        rows[f"| {proof.about}"] = row_of(proof, seconds, properties)
    lines = ["| what | for all inputs, or worlds, of | rounds of a loop | "
             "properties | seconds of CPU time |\n", "|---|---|---|---|---|\n",
             *(rows.get(f"| {proof.about}", "") for proof in PROOFS)]
    path.write_text("".join([head, BEGIN, *lines, END, rest]))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--short", action="store_true")
    parser.add_argument("--root", default=os.environ.get("PROVE_ROOT"))
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--no-write", action="store_true")
    parser.add_argument("names", nargs="*")
    args = parser.parse_args()
    cbmc = cbmc_of(args.root)
    chosen = [p for p in PROOFS if p.name in args.names or
              not args.names and (p.short or not args.short)]
    results, failed = [], 0
    with concurrent.futures.ThreadPoolExecutor(args.jobs) as pool:
        for result in pool.map(lambda p: prove(cbmc, p), chosen):
            proof, seconds, properties, wrong = result
            results.append(result)
            failed += bool(wrong)
            print(f"  PROVE   {proof.name}: {seconds:.1f} s, " +
                  (wrong or f"{properties} properties hold, "
                   "the planted fault is found"), flush=True)
    if not args.no_write and not args.short:
        write_table([r for r in results if not r[3]])
    print(f"prove: {len(results) - failed} hold, {failed} do not")
    return failed != 0


if __name__ == "__main__":
    sys.exit(main())
