#!/usr/bin/env python3
#===- run_cases.py - compile, run and compare cases -----------*- Python -*-===#
#
# Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
#===------------------------------------------------------------------------===#
"""Compiles each case with dlc, runs the program and compares every output.

    run_cases.py --dlc build/bin/dlc FOLDER... [--filter REGEX]
    run_cases.py --dlc build/bin/dlc --onnx-backend LIST      a file of names, or 'all'

The last line is 'N passed, M failed'. See cases.py for what a case is.
"""
import argparse
import concurrent.futures
import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass

import cases
import onnx_suite
from compare import difference


class Failure(Exception):
    """Why a case failed."""


@dataclass
class Result:
    name: str
    status: str                 # passed, failed or skipped
    reason: str = ""
    compile_s: float = 0.0
    run_s: float = 0.0
    bytes: int = 0


def call(command, timeout):
    """Exit code and standard error of a program; it and its children end with us."""
    with tempfile.TemporaryFile() as errors:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=errors,
                                   start_new_session=True)
        try:
            process.wait(timeout)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            raise Failure(f"{os.path.basename(command[0])} did not end within {timeout:g} s") from None
        errors.seek(0)
        return process.returncode, errors.read(1 << 18).decode(errors="replace")


def explain(code, text):
    """One line on a program that failed: the signal, the first error it printed."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    first = next((line for line in lines if "error" in line.lower()), lines[0] if lines else "nothing printed")
    how = f"killed by {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
    return f"{how}: {first}"


def compile_case(case, program, options):
    command = [options.dlc, case.model, "-o", program, *case.flags, *options.dlc_flag]
    code, errors = call(command, options.compile_timeout)
    if case.rejected:
        if code != 1:
            raise Failure("dlc accepted it" if code == 0 else "dlc: " + explain(code, errors))
        if case.model not in errors:
            raise Failure(f"dlc's error does not name the file: {explain(code, errors)}")
        if case.error not in errors.replace(case.model, ""):    # a folder's name often says it, too
            raise Failure(f"dlc's error does not say {case.error!r}: {explain(code, errors)}")
        if left := os.listdir(os.path.dirname(program)):
            raise Failure(f"dlc refused it and left {', '.join(left)}")
    elif code:
        raise Failure("dlc: " + explain(code, errors))


def run_program(case, run, program, folder, options):
    got_path = os.path.join(folder, "got.npz")
    command = options.runner + [program, "--inputs", run.inputs, "--outputs", got_path, *options.run_flag]
    code, errors = call(command, options.run_timeout)
    if code:
        raise Failure("program: " + explain(code, errors))
    got, expected = cases.load_npz(got_path), run.expected()
    for name in got:
        if name not in expected and name.rpartition(".")[0] + ".0" in expected:
            raise Failure(f"{name!r} is one tensor too many of a sequence")
    for name, want in expected.items():
        if name not in got:
            raise Failure(f"no output {name!r}, there are {sorted(got)}")
        if case.shapes_only:
            wrong = None if got[name].shape == want.shape else f"has shape {list(got[name].shape)}"
        else:
            wrong = difference(got[name], want, case.tolerances.get(name, case.tolerance))
        if wrong:
            raise Failure(f"{os.path.basename(run.inputs)}: output {name!r} {wrong}")


def run_case(case, work, options):
    if case.skip:
        return Result(case.name, "skipped", case.skip)
    result = Result(case.name, "passed")
    folder = tempfile.mkdtemp(dir=work)
    program = os.path.join(folder, "model")
    start = time.monotonic()
    try:
        if not case.runs and not case.rejected:
            raise Failure("the case has no inputs*.npz")
        compile_case(case, program, options)
        result.compile_s, start = time.monotonic() - start, time.monotonic()
        if not case.rejected:
            result.bytes = os.path.getsize(program)
            for run in case.runs:
                run_program(case, run, program, folder, options)
        result.run_s = time.monotonic() - start
    except Failure as e:
        result.status, result.reason = "failed", str(e)
    except Exception as e:          # an unreadable file of either side is this case's failure alone
        result.status, result.reason = "failed", repr(e)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return result


def parse():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="*", metavar="FOLDER")
    parser.add_argument("--dlc", required=True)
    parser.add_argument("--onnx-backend", metavar="LIST")
    parser.add_argument("--write-passing", metavar="FILE", help="write the names of the cases that passed")
    parser.add_argument("--filter", default="", help="regular expression of case names")
    parser.add_argument("--dlc-flag", action="append", default=[], help="one more flag for dlc")
    parser.add_argument("--run-flag", action="append", default=[], help="one more flag for the programs")
    parser.add_argument("--runner", type=shlex.split, default=[], help="what runs the programs, e.g. 'valgrind -q'")
    parser.add_argument("--compile-timeout", type=float, default=300)
    parser.add_argument("--run-timeout", type=float, default=120)
    parser.add_argument("--json", help="write every result there")
    parser.add_argument("--quiet", action="store_true", help="print failures only")
    parser.add_argument("-j", type=int, default=1)
    options = parser.parse_args()
    options.dlc = shutil.which(options.dlc) or os.path.abspath(options.dlc)
    return options


def collect(options, work):
    found = [c for folder in options.folders for c in cases.find(folder)]
    if options.onnx_backend:
        wanted = None
        if options.onnx_backend != "all":
            with open(options.onnx_backend) as f:
                wanted = set(f.read().split())
        suite = onnx_suite.collect(os.path.join(work, "onnx"), wanted, options.filter)
        missing = sorted((wanted or set()) - {c.name for c in suite}) if not options.filter else []
        found += suite + [cases.Case(n, "", []) for n in missing]
    return [c for c in found if re.search(options.filter, c.name)]


def show(result, quiet):
    if quiet and result.status != "failed":
        return
    times = f"{result.compile_s:6.2f} {result.run_s:6.2f}" if result.status == "passed" else " " * 13
    word = {"passed": "ok", "failed": "FAIL", "skipped": "skip"}[result.status]
    print(f"{word:4s} {result.name:50s} {times}  {result.reason[:400]}", flush=True)


def main():
    options = parse()
    with tempfile.TemporaryDirectory(prefix="dlc-cases-") as work:
        todo = collect(options, work)
        results = []
        with concurrent.futures.ThreadPoolExecutor(options.j) as pool:
            for result in pool.map(lambda c: run_case(c, work, options), todo):
                results.append(result)
                show(result, options.quiet)
    if options.json:
        with open(options.json, "w") as f:
            json.dump([vars(r) for r in results], f, indent=1)
    passed = [r.name for r in results if r.status == "passed"]
    if options.write_passing:
        with open(options.write_passing, "w") as f:
            f.write("".join(name + "\n" for name in sorted(passed)))
    failed = sum(r.status == "failed" for r in results)
    skipped = len(results) - len(passed) - failed
    print(f"{len(passed)} passed, {failed} failed" + (f", {skipped} skipped" if skipped else ""))
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
