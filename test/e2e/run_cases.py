#!/usr/bin/env python3
#===- run_cases.py - compile, run and compare cases -----------*- Python -*-===#
#
# Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
#===------------------------------------------------------------------------===#
"""Compiles each case with dlc, runs the program and compares every output.

    run_cases.py --dlc build/bin/dlc FOLDER... [--filter REGEX]
    run_cases.py --dlc build/bin/dlc --onnx-backend [--known FILE...] [--twin]

Of ONNX's backend suite all cases run but those that FILEs (lines 'NAME  why') say
fail; one of them that passes is a failure, too: the file is wrong. With --twin it is
their dynamic twins that run (see twin.py).

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
from dataclasses import dataclass, replace

import cases
import onnx_suite
import twin
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
            tolerance = case.tolerances.get(name, case.tolerance)
            wrong = difference(got[name], want, replace(tolerance, rtol=max(tolerance.rtol, run.rtol)))
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
        if options.twin:
            case = twin.twin(case, twins := tempfile.mkdtemp(dir=work))
            if options.resized:
                case = twin.resize(case, twins)
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


def expect(result, known, all_run):
    """The result of a case that may be known to fail; with `all_run` none may be skipped but those."""
    if result.name not in known:
        if all_run and result.status == "skipped":
            return Result(result.name, "failed", f"it can't be run ({result.reason}), and is not listed as failing")
        return result
    if result.status == "passed":
        return Result(result.name, "failed", f"it passes, and is listed as failing: {known[result.name]}")
    return Result(result.name, "skipped", known[result.name])


def parse():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="*", metavar="FOLDER")
    parser.add_argument("--dlc", required=True)
    parser.add_argument("--onnx-backend", action="store_true", help="the cases of the installed onnx package")
    parser.add_argument("--known", metavar="FILE", action="append", default=[], help="cases that fail, and why")
    parser.add_argument("--twin", action="store_true", help="open all sizes of the models' inputs")
    parser.add_argument("--resized", action="store_true", help="run twins at other sizes, too")
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
        found += onnx_suite.collect(os.path.join(work, "onnx"), options.filter)
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
        known = {name: why for path in options.known for name, why in onnx_suite.read_known(path)}
        results = []
        with concurrent.futures.ThreadPoolExecutor(options.j) as pool:
            for result in pool.map(lambda c: run_case(c, work, options), todo):
                results.append(expect(result, known, options.onnx_backend))
                show(results[-1], options.quiet)
    if options.json:
        with open(options.json, "w") as f:
            json.dump([vars(r) for r in results], f, indent=1)
    passed, failed, skipped = (sum(r.status == s for r in results) for s in ("passed", "failed", "skipped"))
    print(f"{passed} passed, {failed} failed" + (f", {skipped} skipped" if skipped else ""))
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
