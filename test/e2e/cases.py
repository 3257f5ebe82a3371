#===- cases.py - what a case is, and where cases are ----------*- Python -*-===#
#
# Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
#===------------------------------------------------------------------------===#
"""A case is a folder

    model.onnx    inputs.npz  outputs.npz    case.json
                  inputs_1.npz outputs_1.npz ...   more runs of the same program

with arrays under the model's own names. case.json may hold

    rtol, atol, rms                 see compare.py
    tolerances: {output: {...}}     the same for single outputs
    outputs: {name: "bfloat16[2, 3]"}   the types of raw ('|V2', '|V1') arrays
    flags: [...]                    more flags for dlc
    expect: "reject"                dlc must refuse the model, exit code 1, no output
    error_contains                  ... and say this
    skip                            why the case is not run
    model, runs: [[inputs, outputs]]    other names of the files than the above
"""
import glob
import io
import json
import os
import zipfile
from dataclasses import dataclass, field

import numpy as np

from compare import Tolerance, as_type, is_extended


@dataclass
class Run:
    """One call of the compiled program: files, and the types of raw outputs."""
    inputs: str
    outputs: str
    types: dict = field(default_factory=dict)
    rtol: float = 0     # where it must be wider than the case's

    def expected(self):
        return {k: as_type(v, self.types.get(k)) for k, v in load_npz(self.outputs).items()}


@dataclass
class Case:
    name: str
    model: str
    runs: list
    tolerance: Tolerance = Tolerance()
    tolerances: dict = field(default_factory=dict)
    flags: list = field(default_factory=list)
    rejected: bool = False
    error: str = ""
    skip: str = ""
    shapes_only: bool = False


def load_npz(path):
    with np.load(path, allow_pickle=False) as archive:
        return {k: archive[k] for k in archive.files}


def save_npz(path, arrays):
    """As numpy.savez_compressed, with any name as a key and always the same bytes."""
    with zipfile.ZipFile(path, "w") as archive:
        for name, array in arrays.items():
            array = np.asarray(array)
            if array.dtype == object:
                array = np.array([str(v.decode() if isinstance(v, bytes) else v) for v in array.ravel()],
                                 dtype="U").reshape(array.shape)
            if is_extended(array.dtype):
                array = array.view(f"V{array.dtype.itemsize}")
            member = io.BytesIO()
            np.lib.format.write_array(member, array.copy("C"), allow_pickle=False)
            info = zipfile.ZipInfo(name + ".npy", (1980, 1, 1, 0, 0, 0))
            archive.writestr(info, member.getvalue(), zipfile.ZIP_DEFLATED)


def find(root):
    """All the cases under a folder, which may be one itself."""
    root = os.path.abspath(root)
    cases = []
    for folder, inner, files in os.walk(root):
        inner.sort()
        if "case.json" in files:
            name = os.path.basename(root) if folder == root else os.path.relpath(folder, root)
            cases.append(read(folder, name))
    return cases


def read(folder, name):
    with open(os.path.join(folder, "case.json")) as f:
        meta = json.load(f)
    types = {k: v.split("[")[0] for k, v in meta.get("outputs", {}).items()}
    pairs = meta.get("runs")
    if pairs is None:
        names = sorted(glob.glob("inputs*.npz", root_dir=folder))
        pairs = [(name, name.replace("inputs", "outputs")) for name in names]
    runs = [Run(*(os.path.join(folder, name) for name in pair), types) for pair in pairs]
    tolerance = Tolerance.of(meta)
    return Case(
        name, os.path.join(folder, meta.get("model", "model.onnx")), runs, tolerance,
        tolerances={k: Tolerance.of(v, tolerance) for k, v in meta.get("tolerances", {}).items()},
        flags=meta.get("flags", []), rejected=meta.get("expect") == "reject",
        error=meta.get("error_contains", ""), skip=meta.get("skip", ""))
