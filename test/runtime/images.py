#!/usr/bin/env python3
# Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

"""Damaged image files: images.py FOLDER CASES, of the built test programs and of
test/models/cases.

Each file of the cases is decoded as it is, which must give what the case expects,
then cut short and with some bytes changed: it is decoded or refused, with a message
that names the node and the format. Prints "N passed, M failed"; exit code 1 when any
failed. Needs Python 3 and numpy.
"""
import glob
import os
import random
import re
import struct
import subprocess
import sys
import tempfile
import zlib

import numpy as np

BIN, CASES = (os.path.abspath(path) for path in sys.argv[1:])
FORMATS = "BMP|JPEG|JPEG 2000|PNG|PNM|TIFF|WebP"
UNKNOWN = r"decode: the \d+ bytes are no BMP, JPEG, JPEG 2000, PNG, PNM, TIFF or WebP image"
REFUSED = rf"decode: the ({FORMATS}) image cannot be decoded: .+|{UNKNOWN}"
WITHOUT = "dlc was built without"
MUTANTS = 40
passed = failed = 0


def check(good, what):
    global passed, failed
    passed, failed = passed + bool(good), failed + (not good)
    if not good:
        print("images.py: failed:", what)


def decode(images):
    """The line that each image gives; None: the program failed."""
    with tempfile.NamedTemporaryFile() as f:
        f.write(b"".join(struct.pack("<I", len(image)) + image for image in images))
        f.flush()
        # A sanitizer's allocator shall refuse what is too large, as the real one does.
        r = subprocess.run([os.path.join(BIN, "pictures"), f.name], capture_output=True, timeout=600,
                           env=dict(os.environ, ASAN_OPTIONS="allocator_may_return_null=1"))
    said = re.sub(rb"(?m)^==.*WARNING: AddressSanitizer.*\n", b"", r.stderr)
    lines = r.stdout.decode().splitlines()
    good = r.returncode == 0 and not said and len(lines) == len(images)
    check(good, f"{r.returncode} after {len(lines)} of {len(images)} images: {said.decode(errors='replace')[-3000:]}")
    return lines if good else None


def fnv(data):
    value = 0xcbf29ce484222325
    for byte in data:
        value = (value ^ byte) * 0x100000001b3 & (1 << 64) - 1
    return value


def seeds():
    """Every file of the cases, and what it is decoded to."""
    for folder in sorted(glob.glob(os.path.join(CASES, "images_*"))):
        with np.load(os.path.join(folder, "inputs.npz")) as files, \
                np.load(os.path.join(folder, "outputs.npz")) as pixels:
            for name in files.files:
                if files[name].dtype == np.uint8:
                    yield f"{os.path.basename(folder)}/{name}", files[name].tobytes(), pixels[name + "_rgb"]


def with_checksums(png):
    """The checksums of a PNG set right, so that what lies behind them is reached."""
    at, result = 8, png[:8]
    while at + 12 <= len(png):
        size, = struct.unpack_from(">I", png, at)
        if size > len(png) - at - 12:
            break
        body = png[at + 4:at + 8 + size]
        result += png[at:at + 4] + body + struct.pack(">I", zlib.crc32(body))
        at += size + 12
    return result + png[at:]


def mutants(name, data):
    rng = random.Random(name)
    for _ in range(MUTANTS):
        changed = bytearray(data)
        reach = len(data) if rng.random() < 0.5 else min(len(data), 100)
        for _ in range(rng.choice((1, 1, 2, 5))):
            changed[rng.randrange(reach)] = rng.choice((0, 1, 2, 127, 128, 255, rng.randrange(256)))
        yield with_checksums(bytes(changed)) if data[:4] == b"\x89PNG" else bytes(changed)
    for at in range(4, min(len(data) - 4, 60), 3):
        for value in (b"\xff\xff\xff\xff", b"\x7f\xff\xff\xff", b"\0\0\0\0"):
            changed = data[:at] + value + data[at + 4:]
            yield with_checksums(changed) if data[:4] == b"\x89PNG" else changed


def test_files(files):
    lines = decode([data for _, data, _ in files])
    for (name, _, pixels), line in zip(files, lines or []):
        want = f"{pixels.shape[0]} {pixels.shape[1]} {fnv(pixels.tobytes()):016x}"
        check(line == want, f"{name}: {line!r}, expected {want!r}")


def test_cut(files):
    cut = [(f"{name} cut to {size}", data[:size]) for name, data, _ in files
           for size in sorted({len(data) * i // 8 for i in range(7)} | {1, 9, 15, 27}) if size < len(data) * 7 / 8]
    lines = decode([data for _, data in cut])
    for (name, _), line in zip(cut, lines or []):
        check(re.fullmatch(REFUSED, line), f"{name}: {line!r}")


def test_mutants(files):
    for name, data, _ in files:
        lines = decode(list(mutants(name, data)))
        for line in lines or []:
            good = re.fullmatch(rf"{REFUSED}|\d+ \d+ [0-9a-f]{{16}}|no memory for \d+ bytes of rgb", line)
            if not good:
                check(False, f"a mutant of {name}: {line!r}")


def tiff(tags):
    """The head of a file."""
    return struct.pack("<2sHIH", b"II", 42, 8, len(tags)) + b"".join(
        struct.pack("<HHII", tag, 4, 1, value) for tag, value in tags.items()) + b"\0" * 4


def test_words():
    """What a library says stands in one line."""
    quoting = tiff({256: 1, 257: 1, 262: 5, 273: 8, 277: 4, 334: 142})
    for line in decode([quoting]) or []:
        check("NumberOfInks:?" in line or WITHOUT in line, f"a line in a line: {line!r}")


def test_comments():
    """A comment behind the last number is no pixels, as netpbm defines it."""
    for line in decode([b"P6#a\n1 #b\n#c\n1 255#d\nxyz", b"P3 1 1 255#d\n120#e\n121 122"]) or []:
        check(line == f"1 1 {fnv(b'xyz'):016x}", f"a comment: {line!r}")
    for line in decode([b"P6 1 1 255#d", b"P6 1 1 255xyz"]) or []:
        check("its header is malformed" in line, f"no space: {line!r}")


def test_bombs():
    """Sizes beyond reason, each in a file of some bytes."""
    chunk = lambda kind, data: struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    large = 0x7fffffff
    bombs = {
        "PNM": b"P6 2147483647 2147483647 255 x",
        "PNG": b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", large, large, 8, 2, 0, 0, 0)) +
               chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b""),
        "BMP": struct.pack("<2sIHHIIiiHHIIiiII", b"BM", 60, 0, 0, 54, 40, large, large, 1, 24, 0, 0, 0, 0, 0, 0),
        "WebP": b"RIFF" + struct.pack("<I", 18) + b"WEBPVP8L" + struct.pack("<I", 5) + b"\x2f\xff\xff\xff\x0f\0",
        "TIFF": tiff({256: large, 257: large, 262: 1, 273: 8}),
        "JPEG": b"\xff\xd8\xff\xc0\0\x11\x08\xff\xdc\xff\xdc\x03\x01\x22\0\x02\x11\x01\x03\x11\x01\xff\xda\0\x0c\x03\x01\0"
                b"\x02\x11\x03\x11\0\x3f\0",
    }
    for (kind, _), line in zip(bombs.items(), decode(list(bombs.values())) or []):
        large = rf"decode: the {kind} image cannot be decoded: \d+ x \d+ pixels are more than the \d+ that are decoded"
        check(re.fullmatch(large, line) or WITHOUT in line, f"a bomb: {kind}: {line!r}")
    others = [b"", b"GIF89a\1\0\1\0\0\0\0;", b"P7\n", b"not an image"]
    for other, line in zip(others, decode(others) or []):
        check(re.fullmatch(UNKNOWN, line), f"{other}: {line!r}")


every = list(seeds())
# The formats that dlc was built without.
probes = dict(zip((name for name, _, _ in every), decode([data for _, data, _ in every]) or []))
files = [seed for seed in every if WITHOUT not in probes.get(seed[0], "")]
test_files(files)
test_cut(files)
test_mutants(files)
test_words()
test_comments()
test_bombs()
print(f"{passed} passed, {failed} failed")
sys.exit(failed != 0)
