#===- twin.py - a model with all of its sizes open ------------*- Python -*-===#
#
# Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
#===------------------------------------------------------------------------===#
"""Rewrites a case to its dynamic twin: the same model and data, every dimension
of every input a symbol of its own, nothing said about the values in between.

What stays is what gives a tensor its rank: how many numbers there are in the
shape of a Reshape, the axes of a Squeeze and their like.

A twin runs a second time, at other sizes, against onnx's reference evaluator: the
first of these that the evaluator takes: all sizes twice as large; those alone that
are the first input's first one. Data repeat, so that indices stay what they may be.
"""
import os
import warnings
from dataclasses import replace

import numpy as np

from cases import Run, load_npz, save_npz
from compare import as_type

# Operators and those inputs whose last dimension says how many dimensions, axes
# or outputs there are.
RANKS = {
    "AffineGrid": (1,), "CenterCropPad": (1,), "Col2Im": (1, 2), "ConstantOfShape": (0,), "Expand": (1,),
    "GatherND": (1,), "ScatterND": (1,), "MaxUnpool": (2,), "Pad": (1, 3), "Reshape": (1,), "Resize": (1, 2, 3), "Slice": (1, 2, 3, 4), "Split": (1,),
    "Squeeze": (1,), "Tile": (1,), "Unsqueeze": (1,), "Upsample": (1,),
    **{name: (1,) for name in ("ReduceL1", "ReduceL2", "ReduceLogSum", "ReduceLogSumExp", "ReduceMax", "ReduceMean",
                               "ReduceMin", "ReduceProd", "ReduceSum", "ReduceSumSquare")},
}

# Cases that the reference evaluator gets wrong at other sizes, where ONNX Runtime agrees
# with dlc: it numbers padded maxima within their row, and misplaces wide windows.
MISTAKEN = ("node/test_maxpool_with_argmax_2d_precomputed_pads",
            *(f"node/test_averagepool_3d_dilations_large_count_include_pad_is_{i}_ceil_mode_is_True" for i in (0, 1)))

# What these give is part of what they take.
PARTS = ("Identity", "Cast", "Split", "Concat")


def twin(case, folder):
    """The case with its model rewritten into a folder."""
    import onnx
    model = onnx.load(case.model)
    open_sizes(model)
    path = os.path.join(folder, "twin.onnx")
    onnx.save(model, path)
    return replace(case, model=path)


def resize(case, folder):
    """The twin with one run more, at other sizes; as it is where there are none."""
    import onnx
    model = onnx.load(case.model)
    # Tensors of a sequence have sizes of their own as it is.
    if case.name in MISTAKEN or not all(v.type.HasField("tensor_type") for v in model.graph.input):
        return case
    kept = rank_inputs(model)
    types = {v.name: v.type.tensor_type.elem_type for v in model.graph.input}
    given = load_npz(case.runs[0].inputs)
    inputs = {k: as_type(v, onnx.helper.tensor_dtype_to_np_dtype(types[k]).name) for k, v in given.items()}
    # The evaluator believes the weights of a recurrent layer, not the attribute.
    fixed = any(a.name == "hidden_size" for node in model.graph.node for a in node.attribute)
    for larger in [_doubled(inputs, kept)] * (not fixed) + [_doubled_first(inputs, kept)]:
        outputs = _evaluate(model, larger)
        if outputs is None or all(larger[k].shape == v.shape for k, v in inputs.items()):
            continue
        # The suite's own bounds are below half a digit of an f16, which chance keeps at its sizes.
        narrow = any(v.dtype == np.float16 for v in outputs.values())
        run = Run(os.path.join(folder, "resized_inputs.npz"), os.path.join(folder, "resized_outputs.npz"),
                  {k: v.dtype.name for k, v in outputs.items()}, rtol=2.0 ** -9 if narrow else 0)
        save_npz(run.inputs, larger)
        save_npz(run.outputs, outputs)
        return replace(case, runs=[*case.runs, run])
    return case


def _doubled(inputs, kept):
    """All sizes but 1 twice as large; those that give ranks stay."""
    def times(name, value):
        counts = [1 if size == 1 else 2 for size in value.shape]
        return counts[:-1] + [1] if name in kept else counts
    return {k: np.tile(v, times(k, v)) for k, v in inputs.items()}


def _doubled_first(inputs, kept):
    """The first size of the first input, and of those that have the same there."""
    sizes = [v.shape[0] for k, v in inputs.items() if v.ndim and k not in kept]
    first = sizes[0] if sizes and sizes[0] != 1 else None
    return {k: np.tile(v, [2] + [1] * (v.ndim - 1)) if v.ndim and v.shape[0] == first and k not in kept else v
            for k, v in inputs.items()}


def _evaluate(model, inputs):
    """What the reference gives; None where it fails."""
    from onnx.reference import ReferenceEvaluator
    names = [v.name for v in model.graph.output]
    try:
        with warnings.catch_warnings(action="ignore"):
            values = ReferenceEvaluator(model).run(None, inputs)
    except Exception:       # whatever it says of sizes that don't fit
        return None
    return dict(zip(names, values)) if all(isinstance(v, np.ndarray) for v in values) else None


def open_sizes(model):
    """Makes all sizes of a model's inputs symbols; returns the model."""
    kept = rank_inputs(model)
    for i, info in enumerate(model.graph.input):
        _open(info.type, f"input{i}_", info.name in kept)
    _forget(model.graph)
    for function in model.functions:
        del function.value_info[:]
    return model


def rank_inputs(model):
    """The graph inputs whose lengths say what ranks others have."""
    kept = set()
    functions = {(f.domain, f.name, f.overload): f for f in model.functions}
    _visit(model.graph.node, {v.name: v.name for v in model.graph.input}, functions, kept)
    return kept


def _visit(nodes, names, functions, kept):
    """`names`: what a name stands for among the graph's inputs."""
    for node in nodes:
        for i in RANKS.get(node.op_type, ()) if node.domain in ("", "ai.onnx") else ():
            if i < len(node.input) and node.input[i] in names:
                kept.add(names[node.input[i]])
        if node.op_type in PARTS and (source := next((i for i in node.input if i in names), None)):
            names.update({o: names[source] for o in node.output})
        if body := functions.get((node.domain, node.op_type, node.overload)):
            inner = {p: names[a] for p, a in zip(body.input, node.input) if a in names}
            _visit(body.node, inner, functions, kept)
        for attribute in node.attribute:
            if attribute.HasField("g"):
                inner = dict(names)
                _visit(attribute.g.node, inner, functions, kept)
                names.update({o: inner[v.name] for o, v in zip(node.output, attribute.g.output) if v.name in inner})


def _forget(graph):
    """Drops what a graph and those in it say about sizes of other values."""
    del graph.value_info[:]
    for info in graph.output:
        _open(info.type)
    for node in graph.node:
        for attribute in node.attribute:
            if attribute.HasField("g"):
                for info in attribute.g.input:
                    _open(info.type)
                _forget(attribute.g)


def _open(kind, prefix=None, keep_last=False):
    """Opens the dimensions of a type; with a prefix each gets a name."""
    which = kind.WhichOneof("value")
    if which == "sequence_type" or which == "optional_type":
        _open(getattr(kind, which).elem_type, prefix, keep_last)
    if which != "tensor_type" or not kind.tensor_type.HasField("shape"):
        return
    dims = kind.tensor_type.shape.dim
    for i, dim in enumerate(dims[:-1] if keep_last else dims):
        dim.Clear()
        if prefix:
            dim.dim_param = f"{prefix}{i}"
