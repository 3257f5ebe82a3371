#!/usr/bin/env python3
#===- compare.py - compiled models beside other engines -------*- Python -*-===#
#
# Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
#===------------------------------------------------------------------------===#
"""Times networks compiled by dlc, ONNX Runtime and OpenVINO in one run.

    compare.py --dlc build/bin/dlc FOLDER... [--only REGEX] [--threads 1] [--json FILE]

Each folder under FOLDER with a model.onnx and an inputs.npz is a network. Every
engine has a process of its own on the same cores; they take turns, so that a
change of the machine's speed meets all of them, and the best round of each
counts. Outputs must agree with ONNX Runtime's.
"""
import argparse
import json
import os
import platform
import re
import sys
import tempfile
from dataclasses import dataclass

import numpy as np

from engines import Dlc, EngineError, Peer, Place

PEERS = ("onnxruntime", "openvino")


@dataclass
class Network:
    name: str
    folder: str

    @property
    def model(self):
        return os.path.join(self.folder, "model.onnx")

    @property
    def inputs(self):
        return os.path.join(self.folder, "inputs.npz")

    def size(self):
        """Of the model and the files that its weights lie in."""
        return sum(os.path.getsize(os.path.join(self.folder, f)) for f in os.listdir(self.folder)
                   if f.startswith("model.onnx"))


def find(folders, pattern):
    found = []
    for root in folders:
        for folder, inner, files in os.walk(os.path.abspath(root)):
            inner.sort()
            name = os.path.relpath(folder, root) if folder != os.path.abspath(root) else os.path.basename(folder)
            if {"model.onnx", "inputs.npz"} <= set(files) and re.search(pattern, name):
                found.append(Network(name, folder))
    return found


def disagreement(path, reference):
    """The greatest difference from the reference's outputs, by the greatest of the values."""
    got, want = np.load(path), np.load(reference)
    worst = 0.0
    for name in want.files:
        a, b = got[name].astype(np.float64), want[name].astype(np.float64)
        if a.shape != b.shape:
            return float("inf")
        worst = max(worst, float(np.abs(a - b).max(initial=0) / (np.abs(b).max(initial=0) or 1)))
    return worst


def open_engines(network, folder, options, place, result):
    engines = []
    makers = {name: (lambda name=name: Peer(name, network, folder, place)) for name in PEERS}
    makers["dlc"] = lambda: Dlc(options.dlc, options.dlc_flag, network, folder, place)
    for name in options.engines:
        try:
            engines.append(makers[name]())
        except EngineError as e:
            result[name] = {"error": str(e)}
    return engines


def compare(network, options, place):
    result = {}
    with tempfile.TemporaryDirectory(prefix="dlc-bench-", dir=options.work) as folder:
        engines = open_engines(network, folder, options, place, result)
        for _ in range(options.rounds):
            for engine in engines:
                engine.round(options.seconds)
        reference = next((e.outputs for e in engines if e.name != "dlc"), None)
        for engine in engines:
            result[engine.name] = {"ns": engine.best, **engine.facts}
            if reference:
                result[engine.name]["difference"] = disagreement(engine.outputs, reference)
            engine.close()
    return result


def show(name, result):
    base = result.get("onnxruntime", {}).get("ns")
    print(name)
    for engine, row in result.items():
        if "error" in row:
            print(f"  {engine:12s} failed: {row['error']}")
            continue
        ratio = f"x{row['ns'] / base:5.2f}" if base else ""
        print(f"  {engine:12s} {row['ns'] / 1e6:10.3f} ms  {ratio}  difference {row.get('difference', 0):.1e}")
    sys.stdout.flush()


def processor():
    with open("/proc/cpuinfo") as f:
        return next((line.split(":")[1].strip() for line in f if line.startswith("model name")), platform.machine())


def versions(engines):
    return {name: __import__(name).__version__.split("-")[0] for name in engines if name in PEERS}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+", metavar="FOLDER")
    parser.add_argument("--dlc", required=True)
    parser.add_argument("--dlc-flag", action="append", default=[])
    parser.add_argument("--only", default="", metavar="REGEX")
    parser.add_argument("--engines", default="onnxruntime,openvino,dlc", type=lambda s: s.split(","))
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=float, default=1.0, help="of a round")
    parser.add_argument("--realtime", action="store_true",
                        help="run the engines ahead of all other processes, on a busy machine; for root")
    parser.add_argument("--work", help="where compiled programs go; not a file system in memory")
    parser.add_argument("--json", metavar="FILE")
    options = parser.parse_args()
    place = Place(options.threads, options.realtime)
    run = {"processor": processor(), "threads": options.threads, "rounds": options.rounds,
           "seconds": options.seconds, "realtime": options.realtime, "versions": versions(options.engines), "networks": {}}
    for network in find(options.folders, options.only):
        result = run["networks"][network.name] = compare(network, options, place)
        show(network.name, result)
        if options.json:
            with open(options.json, "w") as f:
                json.dump(run, f, indent=1)
    bad = [name for name, result in run["networks"].items()
           if not result.get("dlc", {}).get("difference", 1) < 1e-3]
    if bad or not run["networks"]:
        print("dlc failed or differs on: " + ", ".join(bad) if bad else "no networks found")
    return 1 if bad or not run["networks"] else 0


if __name__ == "__main__":
    sys.exit(main())
