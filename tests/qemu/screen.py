# SPDX-License-Identifier: BSD-2-Clause
"""What a person reads on the screen of a machine."""
import gzip
import re

import machine

FONT = "/usr/share/consolefonts/Lat15-Fixed16.psf.gz"
WIDTH, HEIGHT = 8, 16
COLUMNS = 80
PRINTABLE = range(ord(" "), ord("~") + 1)


def glyphs():
    """Characters by their 16 bytes of pixels."""
    font = gzip.open(FONT).read()
    assert font[:2] == b"\x36\x04" and font[3] == HEIGHT, "no PSF 1 of 8x16"
    return {font[4 + code * HEIGHT:][:HEIGHT]: chr(code)
            for code in PRINTABLE}


def picture(running, folder):
    """Lines of pixels: 1 where it is not black."""
    shot = folder / "screen.ppm"
    running.qmp("screendump", filename=str(shot))
    magic, width, height, rest = shot.read_bytes().split(maxsplit=3)
    assert magic == b"P6" and rest[:4] == b"255\n"
    width, height, pixels = int(width), int(height), rest[4:]
    return [[any(pixels[at:at + 3]) * 1
             for at in range(3 * width * y, 3 * width * (y + 1), 3)]
            for y in range(height)]


def frame_rows(running, folder):
    """The rows of text in a framebuffer; "?" is no character of gangway's."""
    lines = picture(running, folder)
    known = glyphs()
    columns = min(len(lines[0]) // WIDTH, COLUMNS)
    text = []
    for top in range(0, len(lines) // HEIGHT * HEIGHT, HEIGHT):
        cells = [bytes(sum(bit << 7 - x for x, bit in
                           enumerate(lines[top + y][left:left + WIDTH]))
                       for y in range(HEIGHT))
                 for left in range(0, columns * WIDTH, WIDTH)]
        text.append("".join(known.get(cell, "?") for cell in cells).rstrip())
    return text


def vga_rows(running, folder):
    """The same of VGA's text mode."""
    shot = folder / "screen"
    running.qmp("pmemsave", val=0xb8000, size=COLUMNS * 25 * 2,
                filename=str(shot))
    text = shot.read_bytes()[::2].decode("latin-1")
    return [text[at:at + COLUMNS].rstrip()
            for at in range(0, len(text), COLUMNS)]


def wait_for(read, running, folder, pattern, tries=200):
    """Wait until a row of the screen matches; returns all rows."""
    shown = []
    for _ in range(tries):
        shown = read(running, folder)
        if any(re.match(pattern, row) for row in shown):
            return shown
        machine.pause()
    raise AssertionError("\n".join(shown))
