#!/usr/bin/env python3
#===- memory.py - what ONNX Runtime keeps between operators ----*- Python -*-===#
#
# Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
#===------------------------------------------------------------------------===#
"""Measures the memory that ONNX Runtime's plan takes between inputs and outputs, to
compare with dlc's arena, and adds it to a file that compare.py wrote.

    memory.py FOLDER... --json FILE

It is the peak of the heap in one run (heap.c), with inputs and outputs that are
there already, and each tensor allocated by itself: what an arena adds by its
rounding is not counted.
"""
import argparse
import ctypes
import json
import os
import subprocess
import sys
import tempfile

from compare import find

HERE = os.path.dirname(os.path.abspath(__file__))


def heap_of_a_run(library, model, inputs):
    """In a process that started with the library."""
    import numpy as np
    import onnxruntime
    heap = ctypes.CDLL(library)
    heap.heap_peak.restype = ctypes.c_long
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.enable_cpu_mem_arena = 1, False
    session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    feed = dict(np.load(inputs))
    binding = session.io_binding()
    held = {name: onnxruntime.OrtValue.ortvalue_from_numpy(value) for name, value in feed.items()}
    for name, value in held.items():
        binding.bind_ortvalue_input(name, value)
    for output, value in zip(session.get_outputs(), session.run(None, feed)):
        binding.bind_ortvalue_output(output.name, onnxruntime.OrtValue.ortvalue_from_numpy(value))
    session.run_with_iobinding(binding)
    heap.heap_reset()
    session.run_with_iobinding(binding)
    print(heap.heap_peak())


def main():
    if sys.argv[1] == "--child":
        return heap_of_a_run(*sys.argv[2:])
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+", metavar="FOLDER")
    parser.add_argument("--json", required=True, metavar="FILE")
    args = parser.parse_args()
    with open(args.json) as f:
        run = json.load(f)
    with tempfile.TemporaryDirectory() as folder:
        library = os.path.join(folder, "heap.so")
        subprocess.run(["cc", "-O2", "-shared", "-fPIC", os.path.join(HERE, "heap.c"), "-o", library], check=True)
        for network in find(args.folders, ""):
            if network.name in run["networks"]:
                done = subprocess.run([sys.executable, __file__, "--child", library, network.model, network.inputs],
                                      env={**os.environ, "LD_PRELOAD": library}, check=True, stdout=subprocess.PIPE)
                run["networks"][network.name].setdefault("onnxruntime", {})["arena_bytes"] = int(done.stdout)
    with open(args.json, "w") as f:
        json.dump(run, f, indent=1)
    return 0


if __name__ == "__main__":
    sys.exit(main())
