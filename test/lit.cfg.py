# How lit runs the tests. A .py test makes its input: its CHECK lines are comments.
import os
import subprocess

import lit.formats

config.name = "dlc"
config.test_format = lit.formats.ShTest(execute_external=False)
config.suffixes = [".mlir", ".test", ".py"]
config.excludes = ["lit.cfg.py", "models", "bench", "e2e", "suite", "onnxpb.py", "fit.py"]


def python_with_numpy():
    """The first interpreter on a machine is not always the one that has packages."""
    for python in (config.python, "/usr/bin/python3"):
        if subprocess.run([python, "-c", "import numpy"], stderr=subprocess.DEVNULL).returncode == 0:
            return python
    lit_config.fatal("no python3 with numpy: install python3-numpy")


config.substitutions.append(("%python", python_with_numpy()))
if os.path.exists(os.path.join(config.dlc_tools_dir, "codegen-cpu-test")):
    config.available_features.add("gtest")
config.environment["PATH"] = os.pathsep.join(
    [config.dlc_tools_dir, config.llvm_tools_dir, config.environment["PATH"]]
)
config.environment["PYTHONPATH"] = os.path.join(config.test_source_root, "Frontend", "ONNX")
config.environment["PYTHONDONTWRITEBYTECODE"] = "1"
for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS"):
    if name in os.environ:
        config.environment[name] = os.environ[name]
