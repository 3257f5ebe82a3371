#!/usr/bin/env python3
#===- check_includes.py - who may include whom ----------------*- Python -*-===#
#
# Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
#===------------------------------------------------------------------------===#
"""Checks every #include "..." of the tree against the table below: dependencies
point down only. One test a folder; ends in 'N passed, M failed'.

    check_includes.py [ROOT]
"""
import os
import re
import sys

# A folder -> the folders whose headers it may see beside its own. The longest
# matching prefix decides, for the including and for the included file alike.
MAY_SEE = {
    "tools": ["lib", "dialects", "include"],
    "lib/Driver": ["lib", "dialects", "include"],
    "lib/Frontend/Common": ["lib/Support", "lib/Evaluate", "dialects"],
    "lib/Frontend/ONNX": ["lib/Frontend/Common", "lib/Support", "lib/Evaluate", "dialects"],
    "lib/Graph": ["lib/Evaluate", "lib/Support", "dialects"],
    "lib/Codegen": ["lib/Evaluate", "lib/Support", "dialects", "include"],
    "lib/Target": ["lib/Support", "include"],
    "lib/Evaluate": ["lib/Support", "dialects"],
    "lib/Support": [],
    "dialects": ["include"],
    "include": [],
    "runtime": ["include"],
    "test": ["lib", "dialects", "include", "runtime", "tools"],
    "cmake": [],
}
SEARCH = ["", "lib", "include"]
SOURCES = (".c", ".cpp", ".h", ".td")
INCLUDE = re.compile(r'^\s*#?\s*include\s+"([^"]+)"', re.M)


def home(path):
    """The row of the table that `path` belongs to."""
    rows = [r for r in MAY_SEE if path == r or path.startswith(r + "/")]
    return max(rows, key=len, default=None)


def resolve(root, source, name):
    """The file of this tree that an include means, by its path in the tree; None
    for LLVM's headers. A generated one is looked up by its folder."""
    folder = os.path.dirname(source)
    for base in [folder, *SEARCH]:
        path = os.path.normpath(os.path.join(base, name))
        if os.path.isfile(os.path.join(root, path)):
            return path
        if name.endswith(".inc") and os.path.dirname(name) and os.path.isdir(os.path.join(root, os.path.dirname(path))):
            return path
    return None


def allowed(source, target):
    mine, theirs = home(source), home(target)
    if mine is None or mine == theirs:
        return True
    return any(target.startswith(row + "/") for row in MAY_SEE[mine])


def sources(root):
    for top in sorted({r.split("/")[0] for r in MAY_SEE}):
        for folder, _, files in os.walk(os.path.join(root, top)):
            for name in sorted(files):
                if name.endswith(SOURCES):
                    yield os.path.relpath(os.path.join(folder, name), root)


def main():
    here = os.path.dirname(os.path.abspath(__file__))
    root = sys.argv[1] if len(sys.argv) > 1 else os.path.join(here, "..", "..")
    seen, bad = set(), {}
    for source in sources(root):
        seen.add(home(source))
        with open(os.path.join(root, source), errors="replace") as f:
            text = f.read()
        for match in INCLUDE.finditer(text):
            target = resolve(root, source, match[1])
            if target and not allowed(source, target):
                line = text.count("\n", 0, match.start(1)) + 1
                bad.setdefault(home(source), []).append(f"{source}:{line}: {home(source)} may not include {target}")
    for row in sorted(bad):
        print("\n".join(bad[row]))
    print(f"{len(seen) - len(bad)} passed, {len(bad)} failed")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
