#===- onnx_suite.py - the cases of ONNX's backend suite -------*- Python -*-===#
#
# Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
#===------------------------------------------------------------------------===#
"""Writes the cases of the installed onnx package's backend suite to files.

Names are KIND/test_name, as in `node/test_abs`.
"""
import glob
import os
import re
import warnings

import numpy as np

from cases import Case, Run, save_npz
from compare import Tolerance

KINDS = ("node", "simple", "pytorch-converted", "pytorch-operator")
# What these give is drawn at random: only type and shape can agree.
RANDOM = re.compile(r"test_bernoulli|test_training_dropout(?!_zero)")


class NotTensors(Exception):
    """A map is passed: no file form for it."""


def read_known(path):
    """Pairs of a case that fails and the reason, from a file of lines 'NAME  why'."""
    with open(path) as f:
        for line in f:
            if line.strip() and not line.startswith("#"):
                name, why = line.split(maxsplit=1)
                yield name, why.strip()


def collect(work, pattern=""):
    """The cases whose names match `pattern`."""
    from onnx.backend.test import loader
    cases = []
    for kind in KINDS:
        with warnings.catch_warnings(action="ignore"):      # the suite casts and divides its way to infinity
            tests = loader.load_model_tests(kind=kind)
        for test in sorted(tests, key=lambda t: t.name):
            name = f"{kind}/{test.name}"
            if re.search(pattern, name):
                cases.append(_case(test, name, os.path.join(work, name)))
    return cases + _light(work, pattern)


def _light(work, pattern):
    """Well-known networks whose weights the graph itself makes; the suite's only
    data for them is the first output for evenly spaced inputs."""
    import onnx
    from onnx.backend.test.loader import DATA_DIR
    cases = []
    for model in sorted(glob.glob(os.path.join(DATA_DIR, "light", "*.onnx"))):
        name = "light/" + os.path.basename(model).removesuffix(".onnx")
        if not re.search(pattern, name):
            continue
        graph = onnx.load(model).graph
        with open(model.removesuffix(".onnx") + "_output_0.pb", "rb") as f:
            want = onnx.TensorProto.FromString(f.read())
        folder = os.path.join(work, name)
        os.makedirs(folder, exist_ok=True)
        initialised = {t.name for t in graph.initializer}
        inputs = [_ramp(v) for v in graph.input if v.name not in initialised]
        cases.append(Case(name, model, [_write_run(graph, folder, 0, inputs, [want])], Tolerance(1e-3, 1e-5)))
    return cases


def _ramp(info):
    shape = [d.dim_value or 1 for d in info.type.tensor_type.shape.dim]
    size = int(np.prod(shape))
    return (np.arange(size) / size).reshape(shape).astype(np.float32)


def _case(test, name, folder):
    os.makedirs(folder, exist_ok=True)
    case = Case(name, "", [], Tolerance(test.rtol, test.atol), shapes_only=bool(RANDOM.search(name)))
    try:
        if test.model is None:
            _from_folder(case, test.model_dir, folder)
        else:
            _from_memory(case, test, folder)
    except NotTensors as e:
        case.skip = str(e)
    return case


def _from_memory(case, test, folder):
    case.model = os.path.join(folder, "model.onnx")
    with open(case.model, "wb") as f:
        f.write(test.model.SerializeToString())
    for i, (inputs, outputs) in enumerate(test.data_sets):
        case.runs.append(_write_run(test.model.graph, folder, i, inputs, outputs))


def _from_folder(case, source, folder):
    import onnx
    case.model = os.path.join(source, "model.onnx")
    graph = onnx.load(case.model, load_external_data=False).graph
    for i, data in enumerate(sorted(glob.glob(os.path.join(source, "test_data_set_*")))):
        inputs, outputs = (_protos(data, kind) for kind in ("input", "output"))
        case.runs.append(_write_run(graph, folder, i, inputs, outputs))


def _protos(folder, kind):
    import onnx
    tensors = []
    while os.path.exists(path := os.path.join(folder, f"{kind}_{len(tensors)}.pb")):
        with open(path, "rb") as f:
            tensors.append(onnx.TensorProto.FromString(f.read()))
    return tensors


def _write_run(graph, folder, index, inputs, outputs):
    initialised = {t.name for t in graph.initializer}
    declared = [v for v in graph.input if v.name not in initialised]
    if len(inputs) > len(declared):     # IR version 3: initialisers are inputs too
        declared = list(graph.input)
    paths = []
    for kind, infos, values in (("inputs", declared, inputs), ("outputs", graph.output, outputs)):
        paths.append(os.path.join(folder, f"{kind}_{index}.npz"))
        arrays = _arrays(infos, values)
        save_npz(paths[-1], arrays)
    return Run(*paths, types={k: v.dtype.name for k, v in arrays.items()})


def _arrays(infos, values):
    """By name, as docs/executable.md says what a sequence or an optional is in a file."""
    arrays = {}
    for info, value in zip(infos, values):
        arrays |= _as_files(info.name, info.type, _value(info, value))
    return arrays


def _value(info, value):
    """An array, a list of them, or None."""
    import onnx
    from onnx import numpy_helper
    to_value = {onnx.TensorProto: numpy_helper.to_array, onnx.SequenceProto: numpy_helper.to_list,
                onnx.OptionalProto: numpy_helper.to_optional}
    value = to_value.get(type(value), lambda v: v)(value)
    if isinstance(value, dict):
        raise NotTensors(f"{info.name} is a map")
    return value


def _as_files(name, type_proto, value):
    import onnx
    kind = type_proto.WhichOneof("value")
    if value is None:
        return {}
    if kind == "optional_type":
        # The suite has an optional in a list.
        inner = type_proto.optional_type.elem_type
        if inner.WhichOneof("value") == "tensor_type" and isinstance(value, list):
            value, = value
        return {} if value is None else _as_files(name, inner, value)
    if kind == "sequence_type":
        inner = type_proto.sequence_type.elem_type
        if inner.WhichOneof("value") != "tensor_type":
            raise NotTensors(f"{name} is a sequence of maps")
        dtype = onnx.helper.tensor_dtype_to_np_dtype(inner.tensor_type.elem_type)
        return {f"{name}.{i}": np.asarray(v) for i, v in enumerate(value)} or {name: np.zeros(0, dtype)}
    if kind != "tensor_type":
        raise NotTensors(f"{name} is a {kind.removesuffix('_type')}")
    return {name: np.asarray(value)}
