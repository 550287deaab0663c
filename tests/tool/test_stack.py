# SPDX-License-Identifier: BSD-2-Clause
"""tests/stack.py finds what it looks for: in programs that are made for it."""
import pathlib
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests"))

import stack  # noqa: E402 (needs the path above)

FLAGS = ["-O1", "-g", "-ffreestanding", "-nostdlib", "-static", "-fno-pic",
         "-no-pie", "-fno-stack-protector", "-fcf-protection=none",
         "-fno-asynchronous-unwind-tables", "-fno-optimize-sibling-calls",
         "-Wl,--build-id=none", "-Wl,-e,root"]
CODE = """
#define APART __attribute__((noinline, noipa))
APART void use(volatile char *at) { *at = 1; }
APART int leaf(int n) { volatile char a[%d]; use(a); return a[0] + n; }
APART int fail(int n) { return leaf(n); }
APART int again(int n) { return n ? %s(n - 1) + 1 : 0; }
APART int root(int n) { volatile char a[100]; use(a); return again(n) + a[0]; }
"""


def check(folder, room=1000, size=500, whom="leaf", code=CODE):
    source = folder / "one.c"
    source.write_text(code % (size, whom) if "%d" in code else code)
    subprocess.run(["gcc", *FLAGS, "-o", folder / "one.debug", source],
                   check=True)
    return list(stack.check(folder, {"one.debug": {"root": room}}))


def test_what_fits_is_no_breach(tmp_path):
    assert check(tmp_path, 600 + 500 + 200 + stack.MARGIN) == []


def test_what_does_not_fit_is_one(tmp_path):
    found, = check(tmp_path, 600 + 500 + stack.MARGIN)
    assert "too little is left" in found


def test_a_call_of_itself_is_one(tmp_path):
    found, = check(tmp_path, 1 << 20, whom="again")
    assert "recursion: again -> again" in found


def test_a_call_through_an_unknown_pointer_is_one(tmp_path):
    found = check(tmp_path, 1 << 20, code="""
int (*whom)(int);
__attribute__((noipa)) int fail(int n) { return n; }
int root(int n) { return whom(n) + 1; }
""")
    assert found and "whom does it call" in found[0]


def test_stack_by_the_yard_is_one(tmp_path):
    found = check(tmp_path, 1 << 20, code="""
__attribute__((noipa)) void use(volatile char *at) { *at = 1; }
__attribute__((noipa)) int fail(int n) { return n; }
int root(int n) { volatile char a[n]; use(a); return a[0]; }
""")
    assert found == ["one.debug: root: stack of unknown size"]


@pytest.mark.parametrize("text,grows", [
    ("push %rbx", 8), ("pop %rbx", -8), ("sub $0x58,%rsp", 0x58),
    ("add $0x10,%rsp", -16), ("lea -0x20(%rsp),%rsp", 32),
    ("and $0xfffffffffffffff0,%rsp", 15), ("mov %rax,%rbx", 0),
    ("sub %rax,%rsp", None)])
def test_effects_of_instructions(text, grows):
    mnemonic, _, operands = text.partition(" ")
    assert stack.effect(mnemonic, operands) == grows
