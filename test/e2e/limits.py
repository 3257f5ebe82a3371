#!/usr/bin/env python3
#===- limits.py - what a compile and its result may cost ------*- Python -*-===#
#
# Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
#===------------------------------------------------------------------------===#
"""Sizes, memory and times that were promised, on networks of full size.

    limits.py --build build [unittest's options]

Times are of the processor, not of the clock: other programs on the machine don't
count. Speed beside other engines is measured by test/bench.
"""
import json
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

from unittests import take_build

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
MOST_CODE = 1_000_000           # bytes of ResNet-50's executable besides its weights
MOST_STATIC = 150_000           # bytes of a one-layer network's executable without dependencies
MOST_EXTRA_MEMORY = 500e6       # of a compile, above twice the model's size
MOST_COMPILE = 40               # seconds of the processor for ResNet-50: 20 on each of two cores
MOST_START = 0.020              # seconds from exec to the first result, besides the inference
TRIES = 8
build = os.path.join(ROOT, "build")


class Usage:
    """Runs a program; what it took."""

    def __init__(self, *command):
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.text = process.stdout.read().decode(errors="replace")
        process.stdout.close()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise AssertionError(f"{' '.join(command)}\n{self.text}")
        self.seconds, self.memory = usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024


class Limits(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="dlc-limits-")
        cls.addClassCleanup(shutil.rmtree, cls.folder)

    def compiled(self, network, *flags):
        """Compiles a network; the program and what the compile took."""
        program = os.path.join(self.folder, network)
        model = program + ".onnx"
        if not os.path.exists(model):
            # In a process of its own: a child is said to have had its parent's memory.
            subprocess.run([sys.executable, os.path.join(HERE, "networks.py"), network, model], check=True)
        return program, Usage(os.path.join(build, "bin", "dlc"), model, "-o", program, *flags)

    def check_memory(self, network, *flags):
        program, usage = self.compiled(network, *flags)
        self.addCleanup(os.remove, program)
        limit = 2 * os.path.getsize(program + ".onnx") + MOST_EXTRA_MEMORY
        self.assertLess(usage.memory, limit)

    def test_resnet50(self):
        program, usage = self.compiled("resnet50")
        self.assertLess(usage.seconds, MOST_COMPILE)
        info = json.loads(Usage(program, "--info").text)
        self.assertLess(os.path.getsize(program) - info["memory"]["weights"], MOST_CODE)
        self.check_start(program)

    def check_start(self, program):
        result = os.path.join(self.folder, "y.npy")
        once = [program, "--threads", "1", "--input", "x=random", "--output", "y=" + result]
        benchmark = [program, "--threads", "1", "--benchmark", str(TRIES)]
        inference = json.loads(Usage(*benchmark).text)["latency_ns"]["min"] * 1e-9
        first = min(Usage(*once).seconds for _ in range(TRIES))
        self.assertLess(first - inference, MOST_START)

    def test_memory_of_resnet50(self):
        self.check_memory("resnet50")

    def test_memory_of_large_layers(self):
        self.check_memory("wide")

    def test_memory_of_weights_beside(self):
        self.check_memory("wide", "--weights=" + os.path.join(self.folder, "weights"))

    def test_static_network_of_one_layer(self):
        program, _ = self.compiled("mlp", "-static")
        self.assertLess(os.path.getsize(program), MOST_STATIC)


if __name__ == "__main__":
    build = take_build(__doc__, build)
    unittest.main()
