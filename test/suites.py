#!/usr/bin/env python3
#===- suites.py - every test program, and the sum of them -----*- Python -*-===#
#
# Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
#===------------------------------------------------------------------------===#
"""Runs the test suites of a build and ends in one line 'N passed, M failed'.

    suites.py [--build build] [-j N] [SUITE...]

A suite that crashes, hangs or counts nothing is one failure more. What a suite
prints goes to BUILD/test-logs/SUITE.log; of a failed one the end is shown.
"""
import argparse
import glob
import os
import re
import subprocess
import sys
import time

from counting import Count, count, ctest_programs

HERE = os.path.dirname(os.path.abspath(__file__))
TIMEOUT = 3600
LINES_SHOWN = 80


# What runs under valgrind, too: every kind of kernel once. It knows no AVX-512.
CHECKED = ("activations|conv_(2d|groups|dynamic_size|depthwise_edges)|gather|gru_classifier|matmul_dynamic"
           "|mini_(bert|llama_decode|resnet)|mlp_dynamic_batch|normalisations|pool_max|reduce_dynamic|transpose")
VALGRIND = ["--filter", f"cases/({CHECKED})$", "--dlc-flag=-march=x86-64-v3",
            "--runner", "valgrind -q --error-exitcode=99", "--run-flag=--threads=2"]


def table(build, jobs):
    """Name -> command of every suite, in the order of running."""
    e2e, models = os.path.join(HERE, "e2e"), os.path.join(HERE, "models")
    python, dlc = sys.executable, os.path.join(build, "bin", "dlc")
    suite = os.path.join(HERE, "suite")
    failing = ["--known", os.path.join(suite, "onnx-failing.txt")]
    open_failing = ["--known", os.path.join(suite, "onnx-dynamic-failing.txt")]
    fuzz = [python, os.path.join(HERE, "fuzz", "compile.py"), "--dlc", dlc]
    cases = [python, os.path.join(e2e, "run_cases.py"), "--dlc", dlc, "-j", str(jobs), "--quiet"]
    fuzzed = [m for m in glob.glob(os.path.join(models, "cases", "*", "model.onnx"))
              if "reject" not in m and os.path.getsize(m) < 20000]
    return {
        "scripts": [python, "-m", "unittest", "discover", "-s", os.path.join(HERE, "scripts"), "-p", "*_test.py"],
        "includes": [python, os.path.join(HERE, "scripts", "check_includes.py")],
        "ctest": ["ctest", "--test-dir", build, "-j", str(jobs), "--timeout", "300",
                  "--output-junit", os.path.join(build, "test-logs", "ctest.xml"),
                  "--test-output-size-passed", "1000000", "--test-output-size-failed", "1000000"],
        "lit": [lit(), "-v", "-j", str(jobs), os.path.join(build, "test")],
        "programs": [python, os.path.join(e2e, "programs.py"), "--build", build],
        "operators": [python, os.path.join(e2e, "operators.py"), "--build", build],
        "gradients": [python, os.path.join(e2e, "gradients.py"), "--build", build],
        "types": [python, os.path.join(e2e, "element_types.py"), "--dlc", dlc, "-j", str(jobs),
                  "--known", os.path.join(suite, "onnx-types-failing.txt")],
        "sequences": [python, os.path.join(e2e, "sequences.py"), "--build", build],
        # Not what a user builds: sanitizers take memory and time of their own.
        **({} if sanitized(build) else {"limits": [python, os.path.join(e2e, "limits.py"), "--build", build]}),
        "fuzz": fuzz + ["--count", "150", *sorted(fuzzed)],
        "mutants": fuzz + ["--count", "150", "--onnx-backend"],
        "cases": cases + [models],
        "valgrind": cases + [models, *VALGRIND],
        "onnx": cases + ["--onnx-backend", *failing],
        "onnx-O0": cases + ["--onnx-backend", *failing, "--dlc-flag=-O0"],
        "twin": cases + ["--onnx-backend", "--twin", "--resized", *failing, *open_failing],
        "coverage": [python, os.path.join(suite, "operators.py"), "--check"],
    }


def sanitized(build):
    try:
        with open(os.path.join(build, "CMakeCache.txt")) as f:
            return any(re.match(r"DLC_SANITIZE:\w+=.", line) for line in f)
    except OSError:
        return False


def lit():
    """LLVM's own, by its versioned folder; the one in PATH where that is missing."""
    ours = "/usr/lib/llvm-22/bin/lit"
    return ours if os.path.exists(ours) else "lit"


def run(name, command, logs):
    """Runs one suite; its count."""
    path = os.path.join(logs, name + ".log")
    report = os.path.join(logs, name + ".xml")
    if os.path.exists(report):
        os.remove(report)
    with open(path, "w") as log:
        try:
            code = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT,
                                  timeout=TIMEOUT).returncode
        except subprocess.TimeoutExpired:
            return Count(0, 1, f"not done after {TIMEOUT} s"), path
        except OSError as e:
            return Count(0, 1, str(e)), path
    if os.path.exists(report):
        return ctest_programs(report, code), path
    with open(path, errors="replace") as log:
        return count(log.read(), code), path


def show_end(path):
    """The end of a log, its lines indented: none of them can be taken for ours."""
    with open(path, errors="replace") as log:
        for line in log.read().splitlines()[-LINES_SHOWN:]:
            print("    | " + line)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("suites", nargs="*", metavar="SUITE")
    parser.add_argument("--build", default="build")
    parser.add_argument("-j", type=int, default=os.cpu_count() or 1)
    options = parser.parse_args()
    build = os.path.abspath(options.build)
    suites = table(build, options.j)
    unknown = [s for s in options.suites if s not in suites]
    if unknown:
        parser.error(f"no suite {unknown[0]!r}; there are {', '.join(suites)}")

    logs = os.path.join(build, "test-logs")
    os.makedirs(logs, exist_ok=True)
    total = Count(0, 0)
    for name in options.suites or suites:
        start = time.monotonic()
        got, path = run(name, suites[name], logs)
        total += got
        note = f"  ({got.note})" if got.note else ""
        print(f"{name:10s} {got.passed:5d} ok {got.failed:4d} bad {time.monotonic() - start:7.1f} s{note}", flush=True)
        if got.failed:
            show_end(path)
    print(f"{total.passed} passed, {total.failed} failed")
    return 1 if total.failed or not total.passed else 0


if __name__ == "__main__":
    sys.exit(main())
