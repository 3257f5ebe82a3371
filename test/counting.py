#===- counting.py - how many tests a program says it ran ------*- Python -*-===#
#
# Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
#===------------------------------------------------------------------------===#
"""Reads counts from the output of our own programs, GoogleTest, lit, unittest and
ctest. The exit code has the last word: one that is not 0 is a failure, and so is
an output that counts nothing."""
import re
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass


@dataclass
class Count:
    passed: int
    failed: int
    note: str = ""

    def __add__(self, other):
        return Count(self.passed + other.passed, self.failed + other.failed)


def _own(text):
    found = re.findall(r"^(?:\w+: )?(\d+) passed, (\d+) failed(?:, \d+ skipped)?$", text, re.M)
    return Count(int(found[-1][0]), int(found[-1][1])) if found else None


def _gtest(text):
    passed = re.findall(r"^\[  PASSED  \] (\d+) tests?\.$", text, re.M)
    failed = re.findall(r"^\[  FAILED  \] (\d+) tests?, listed below:$", text, re.M)
    return Count(int(passed[-1]), int(failed[-1]) if failed else 0) if passed else None


LIT_GOOD = ("Passed", "Passed With Retry", "Expectedly Failed")
LIT_BAD = ("Failed", "Unexpectedly Passed", "Unresolved", "Timed Out")


def _lit(text):
    if not re.search(r"^Testing Time: ", text, re.M):
        return None
    rows = {name: int(n) for name, n in re.findall(r"^  ([A-Z][A-Za-z ]*?) *: +(\d+) \(", text, re.M)}
    return Count(sum(rows.get(r, 0) for r in LIT_GOOD), sum(rows.get(r, 0) for r in LIT_BAD))


def _unittest(text):
    ran = re.search(r"^Ran (\d+) tests? in ", text, re.M)
    if not ran:
        return None
    bad = sum(int(n) for n in re.findall(r"(?:failures|errors|unexpected successes)=(\d+)", text))
    skipped = sum(int(n) for n in re.findall(r"skipped=(\d+)", text))
    return Count(int(ran[1]) - bad - skipped, bad)


def count(text, code):
    """The count that `text`, the output of a program that ended with `code`, gives."""
    for read in (_own, _gtest, _lit, _unittest):
        got = read(text)
        if got:
            break
    else:
        return Count(0, 1, f"no count printed, exit code {code}")
    if code and not got.failed:
        return Count(got.passed, 1, f"exit code {code}")
    if not got.passed and not got.failed:
        return Count(0, 1, "ran no test")
    return got


def ctest_programs(report, code):
    """The sum over the programs of ctest's JUnit report, each read by its own output."""
    total, bad = Count(0, 0), []
    for case in ElementTree.parse(report).getroot().iter("testcase"):
        ok = case.get("status") == "run"
        got = count(case.findtext("system-out") or "", 0 if ok else 1)
        total += got
        if got.failed:
            bad.append(case.get("name") + (f": {got.note}" if got.note else ""))
    if code and not total.failed:
        return Count(total.passed, 1, f"ctest's exit code {code}")
    if not total.passed and not total.failed:
        return Count(0, 1, "ran no test")
    return Count(total.passed, total.failed, "; ".join(bad))
