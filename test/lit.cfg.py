# Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# How lit runs the tests. A .py test makes its input: its CHECK lines are comments.
import os

import lit.formats

config.name = "dlc"
config.test_format = lit.formats.ShTest(execute_external=False)
config.suffixes = [".mlir", ".test", ".py"]
# What is no test, or is run by a suite of its own.
config.excludes = [
    "lit.cfg.py", "Inputs", "models", "bench", "e2e", "suite", "scripts", "onnxpb.py", "counting.py", "suites.py", "run.py", "images.py", "events.py", "fit.py",
    "compile.py",
]

config.substitutions.append(("%python", config.python))
config.environment["PATH"] = os.pathsep.join(
    [config.dlc_tools_dir, config.llvm_tools_dir, config.environment["PATH"]]
)
config.environment["PYTHONPATH"] = os.path.join(config.test_source_root, "Frontend", "ONNX")
config.environment["PYTHONDONTWRITEBYTECODE"] = "1"
for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS"):
    if name in os.environ:
        config.environment[name] = os.environ[name]
