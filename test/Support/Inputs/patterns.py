#===- patterns.py - which texts match random patterns ---------*- Python -*-===#
#
# Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
#===------------------------------------------------------------------------===#
"""Compares match-pattern with Python's `re` where the two syntaxes agree."""
import random
import re
import subprocess
import sys

LETTERS = ["a", "b", "K", "_", "0", "7", "-", " ", "\n", "é", "λ", "€", "\U0001f600"]
ATOMS = ["a", "b", "K", "0", "_", "é", "€", ".", r"\w", r"\W", r"\d", r"\D", r"\s", r"\S", "[ab0]", "[^ab]", "[a-é]",
         r"[\w-]", r"[^\d\n]", "[λ-\U0001f600]", "[]a]", "[^-_]", r"\x61", r"\.", r"\-", "^", "$", r"\b", r"\B", r"\A",
         "[[:alpha:]]", "[^[:^digit:]a]"]
PYTHON = {"$": r"\Z", r"\z": r"\Z", "[[:alpha:]]": "[A-Za-z]", "[^[:^digit:]a]": "[0-9]"}


def pattern(rng, depth=0):
    """The same pattern in RE2's words and in Python's."""
    parts = []
    for _ in range(rng.randint(1, 3)):
        if depth < 3 and rng.random() < 0.3:
            inner = pattern(rng, depth + 1)
            opening = rng.choice(["(", "(?:", "(?i:", "(?s:", "(?m:"])
            if opening == "(?m:" and "$" in inner[0]:   # Python's \Z knows no lines
                opening = "("
            if opening == "(?i:" and re.search("[^\0-\x7f]", inner[0]):
                opening = "(?:"
            part = tuple(opening + text + ")" for text in inner)
        else:
            atom = rng.choice(ATOMS)
            part = (atom, PYTHON.get(atom, atom))
        if rng.random() < 0.35 and part[0] not in ("^", "$", r"\b", r"\B", r"\A"):
            repeat = rng.choice(["*", "+", "?", "{2}", "{1,}", "{0,3}", "*?", "{1,2}?"])
            part = tuple(text + repeat for text in part)
        parts.append(part)
    joined = tuple("".join(texts) for texts in zip(*parts))
    if rng.random() < 0.25:
        other = pattern(rng, depth + 1)
        joined = tuple(a + "|" + b for a, b in zip(joined, other))
    return joined


def check(tool, pairs):
    data = "".join(f"{p}\0{t}\0" for p, t in pairs).encode()
    return subprocess.run([tool], input=data, stdout=subprocess.PIPE, check=True).stdout.decode().splitlines()


def main():
    rng = random.Random(int(sys.argv[2]) if len(sys.argv) > 2 else 1)
    pairs, want = [], []
    for _ in range(400):
        own, other = pattern(rng)
        compiled = re.compile(other, re.ASCII)
        for _ in range(8):
            text = "".join(rng.choices(LETTERS, k=rng.randint(0, 6)))
            if not text and r"\B" in own:      # Python's \B is not in an empty text
                continue
            pairs.append((own, text))
            want.append(compiled.fullmatch(text) is not None)
    got = check(sys.argv[1], pairs)
    wrong = [(p, w, g) for p, w, g in zip(pairs, want, got) if g != str(int(w)) and "too many states" not in g]
    for item in wrong[:10]:
        print(*item)
    refused = sum("too many states" in g for g in got)
    print(f"{len(wrong)} wrong, many compared: {len(pairs) - refused > 2500}, many match: {sum(want) > 150}")


main()
