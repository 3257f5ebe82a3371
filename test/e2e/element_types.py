#!/usr/bin/env python3
#===- element_types.py - operators on all of their types ------*- Python -*-===#
#
# Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
#===------------------------------------------------------------------------===#
"""Every operator on every element type that its schema allows, at run time and folded
at compile time, against ONNX's reference evaluator or, where that fails, another. At
run time half of the cases, by their names, have open sizes.

    element_types.py --dlc build/bin/dlc [--known FILE] [--filter REGEX]

Many nodes are one model: what takes time is starting programs. FILE has lines
'PATTERN  why' of the cases that dlc refuses; it must refuse them, by the node's or
the tensor's name, and a pattern that stands for none is a failure.

The last line is 'N passed, M failed'.
"""
import argparse
import collections
import concurrent.futures
import fnmatch
import os
import re
import shutil
import sys
import tempfile
import warnings
import zlib

import numpy as np
import onnx
from onnx import helper, numpy_helper

import twin
import type_references
from cases import load_npz, save_npz
from onnx_suite import read_known
from run_cases import Failure, call, explain
from type_cases import dtype_code, prepare, type_cases
from type_edges import edge_cases

BATCH = 250
FOLDED, STATIC, OPEN = "folded", "static sizes", "open sizes"


def model_of(batch, mode):
    """One model of all nodes, and what it is to be fed."""
    nodes, inputs, outputs, weights, feeds = [], [], [], [], {}
    for k, case in enumerate(batch):
        node = onnx.NodeProto()
        node.CopyFrom(case.node)
        node.name = f"case{k}_"
        del node.input[:], node.output[:]
        for i, array in enumerate(case.inputs):
            name = f"case{k}_x{i}" if array is not None else ""
            node.input.append(name)
            if array is None:
                continue
            if mode == FOLDED:
                weights.append(numpy_helper.from_array(array, name))
            else:
                inputs.append(helper.make_tensor_value_info(name, dtype_code(array.dtype), array.shape))
                feeds[name] = array
        given = iter(case.types)
        for i, output in enumerate(case.node.output):
            node.output.append(f"case{k}_y{i}" if output else "")
            if output:
                outputs.append(helper.make_tensor_value_info(f"case{k}_y{i}", next(given), None))
        nodes.append(node)
    graph = helper.make_graph(nodes, "types", inputs, outputs, weights)
    model = helper.make_model(graph, ir_version=13, opset_imports=[helper.make_opsetid("", batch[0].version)])
    return twin.open_sizes(model) if mode == OPEN else model, feeds


def run_batch(batch, mode, options):
    """The error of each case that fails, by name."""
    with tempfile.TemporaryDirectory(prefix="dlc-types-") as work:
        model, feeds = model_of(batch, mode)
        path, program = os.path.join(work, "model.onnx"), os.path.join(work, "model")
        with open(path, "wb") as f:
            f.write(model.SerializeToString())
        code, errors = call([options.dlc, path, "-o", program, *options.dlc_flag], 300)
        refused = collections.OrderedDict()
        if code == 1:
            for line in errors.splitlines():
                for k in re.findall(r"case(\d+)_", line.replace(path, "")):
                    refused.setdefault(int(k), line.replace(path + ": ", "refused: "))
        if refused:
            failed = {batch[k].name: line for k, line in refused.items()}
            rest = [case for case in batch if case.name not in failed]
            return failed | (run_batch(rest, mode, options) if rest else {})
        if code == 0:
            save_npz(program + "_in.npz", feeds)
            code, errors = call([program, "--inputs", program + "_in.npz", "--outputs", program + "_out.npz"], 120)
            if code == 0:
                got = load_npz(program + "_out.npz")
                return {c.name: why for k, c in enumerate(batch) if (why := judge(c, k, got))}
    if len(batch) == 1:
        return {batch[0].name: explain(code, errors)}
    half = len(batch) // 2
    return run_batch(batch[:half], mode, options) | run_batch(batch[half:], mode, options)


def judge(case, k, got):
    outputs = [got[f"case{k}_y{i}"] for i, name in enumerate(case.node.output) if name]
    return type_references.difference(case, outputs)


def report(name, why, counts):
    counts["failed" if why else "passed"] += 1
    if why:
        print(f"FAIL {name}  {why[:400]}", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--dlc", required=True)
    parser.add_argument("--known", help="cases that are refused, and why")
    parser.add_argument("--filter", default="", help="regular expression of case names")
    parser.add_argument("--dlc-flag", action="append", default=[], help="one more flag for dlc")
    parser.add_argument("-j", type=int, default=1)
    options = parser.parse_args()
    options.dlc = shutil.which(options.dlc) or os.path.abspath(options.dlc)
    warnings.simplefilter("ignore")
    np.seterr(all="ignore")

    cases = [c for c in {c.name: c for c in reversed(type_cases() + edge_cases())}.values()
             if re.search(options.filter, c.name) and prepare(c)]
    known = list(read_known(options.known)) if options.known else []
    refused, batches = [], collections.defaultdict(list)
    for case in cases:
        if any(fnmatch.fnmatchcase(case.name, pattern) for pattern, _ in known):
            refused.append(case)
            continue
        batches[case.version, FOLDED].append(case)
        if not case.constant_only:
            batches[case.version, OPEN if zlib.crc32(case.name.encode()) & 1 else STATIC].append(case)
    work = [(group[i:i + BATCH], mode) for (_, mode), group in batches.items() for i in range(0, len(group), BATCH)]
    work.sort(key=lambda item: (item[1] == FOLDED, -len(item[0])))     # what takes longest first

    counts = {"passed": 0, "failed": 0}
    with concurrent.futures.ThreadPoolExecutor(options.j) as pool:
        for (batch, mode), failed in zip(work, pool.map(lambda w: run_batch(*w, options), work)):
            for case in batch:
                report(f"{case.name} ({mode})", failed.get(case.name), counts)
        for case, failed in zip(refused, pool.map(lambda c: run_batch([c], STATIC, options), refused)):
            why = failed.get(case.name, "it passes, and is listed as refused")
            report(case.name, None if why.startswith("refused: ") else why, counts)
    for pattern, _ in known if not options.filter else []:
        if not any(fnmatch.fnmatchcase(c.name, pattern) for c in refused):
            report(pattern, "is listed as refused, and there is no such case", counts)
    print(f"{counts['passed']} passed, {counts['failed']} failed")
    return 1 if counts["failed"] or not counts["passed"] else 0


if __name__ == "__main__":
    sys.exit(main())
