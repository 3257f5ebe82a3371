#===- kit.py - how a test case is made ------------------------*- Python -*-===#
#
# Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
#===------------------------------------------------------------------------===#
"""The registry of makers, a builder for ONNX graphs and the writer of case folders.

A maker is a function with a decorator. `graph` makers build ONNX node by node,
their expected outputs are ONNX Runtime's; `net` makers return what torch_case
wants, their expected outputs are PyTorch's, checked against ONNX Runtime's.
"""
import hashlib
import json
import os
import sys

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "e2e"))
from cases import save_npz  # noqa: E402
from compare import Tolerance, difference, is_extended  # noqa: E402

MAKERS = {}     # name -> function(folder)


def register(name, make):
    if name in MAKERS:
        raise ValueError(f"two makers of {name}")
    MAKERS[name] = make


def rng_of(name):
    """Every case has numbers of its own that no other case's change moves."""
    return np.random.default_rng(int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "little"))


# Of one to four bytes a letter, and with two code points for one.
WORDS = ["", "a", "the", "The", "THE", "Öl", "öl", "naïve", "日本", "\U0001f600", "e\u0301", " the dog ", "x,y,,z"]


# --- building graphs ---------------------------------------------------------


class Graph:
    """Builds one ONNX graph: g.Relu(x, alpha=1.0) adds a node and gives the name
    of its output; outs=2 gives two names."""

    def __init__(self, name, opset):
        self.name, self.opset, self.rng = name, opset, rng_of(name)
        self.nodes, self.inputs, self.outputs, self.initializers = [], [], [], []
        self.functions, self.domains = [], {"": opset}
        self.aliases = {}       # a value that became an output -> the output's name
        self.feeds = {}         # input -> function(dims) giving an array
        self.runs = [{}]        # symbolic dim -> size, one a run

    def fresh(self, stem):
        return f"{stem}_{len(self.nodes) + len(self.initializers)}"

    def input(self, name, shape, dtype="float32", make=None):
        """A graph input; strings in the shape are symbolic dims. `make` gets the
        shape of a run; the default is normal, or small integers."""
        kind = helper.np_dtype_to_tensor_dtype(np.dtype(dtype))
        self.inputs.append(helper.make_tensor_value_info(name, kind, list(shape)))
        draw = make or (lambda size: self.values(size, dtype))
        held = object if kind == TensorProto.STRING else dtype
        self.feeds[name] = lambda dims: np.asarray(draw(tuple(dims.get(d, d) for d in shape))).astype(held)
        return name

    def map_input(self, name, keys, values):
        """A graph input that is a map; functions of a run's dims give its arrays."""
        kinds = [helper.np_dtype_to_tensor_dtype(np.dtype(make({}).dtype)) for make in (keys, values)]
        info = onnx.ValueInfoProto(name=name)
        info.type.map_type.key_type = kinds[0]
        info.type.map_type.value_type.tensor_type.elem_type = kinds[1]
        info.type.map_type.value_type.tensor_type.shape.SetInParent()
        self.inputs.append(info)
        self.feeds.update({name: values, name + ".keys": keys})
        return name

    def values(self, shape, dtype="float32"):
        kind = np.dtype(dtype).kind
        if kind == "b":
            return self.rng.random(shape) < 0.5
        if kind == "U":
            return self.rng.choice(WORDS, shape)
        if kind in "iu":
            return self.rng.integers(0 if kind == "u" else -9, 10, shape)
        return self.rng.normal(size=shape)

    def const(self, value, dtype=None, name=None):
        """An initializer of these values."""
        array = np.asarray(value, dtype)
        if dtype is None and array.dtype == np.float64:
            array = array.astype(np.float32)
        if array.dtype.kind == "U":
            array = array.astype(object)
        name = name or self.fresh("const")
        self.initializers.append(numpy_helper.from_array(array, name))
        return name

    def weight(self, *shape, scale=0.3):
        return self.const((self.rng.normal(size=shape) * scale).astype(np.float32))

    def output(self, name, value, dtype=None):
        """Makes `value` a graph output called `name`; its type is inferred later."""
        self.outputs.append(helper.make_empty_tensor_value_info(name))
        if dtype:
            self.outputs[-1].type.tensor_type.elem_type = helper.np_dtype_to_tensor_dtype(np.dtype(dtype))
        if any(value in node.output for node in self.nodes):
            for node in self.nodes:
                for names in (node.input, node.output):
                    names[:] = [name if v == value else v for v in names]
            self.aliases[value] = name
            return name
        self.nodes.append(helper.make_node("Identity", [value], [name]))
        return name

    def node(self, op, inputs, outs=1, domain="", **attributes):
        names = [self.fresh(op.lower()) + (f"_{i}" if i else "") for i in range(outs)]
        attributes = {k: v for k, v in attributes.items() if v is not None}
        self.nodes.append(helper.make_node(op, [self.aliases.get(i, i) or "" for i in inputs], names, domain=domain,
                                           name=f"{op}_{len(self.nodes)}", **attributes))
        return names[0] if outs == 1 else names

    def __getattr__(self, op):
        if not op[0].isupper():
            raise AttributeError(op)
        return lambda *inputs, **rest: self.node(op, inputs, **rest)

    def model(self):
        graph = helper.make_graph(self.nodes, self.name, self.inputs, self.outputs, self.initializers)
        opsets = [helper.make_opsetid(d, v) for d, v in self.domains.items()]
        ir = helper.find_min_ir_version_for(opsets, ignore_unknown=True)
        model = helper.make_model(graph, opset_imports=opsets, ir_version=max(ir, 8 if self.functions else 4),
                                  functions=self.functions)
        return with_output_types(model)


def with_output_types(model):
    """Gives every graph output the type that inference finds, and nothing more."""
    found = {v.name: v for v in onnx.shape_inference.infer_shapes(model, data_prop=True).graph.output}
    for out in model.graph.output:
        out.CopyFrom(found[out.name])
        if out.type.WhichOneof("value") != "sequence_type" and not out.type.tensor_type.elem_type:
            out.type.tensor_type.elem_type = TensorProto.FLOAT
    return model


def with_output_shapes(model, results):
    """Where inference finds none: the shape of all runs, unknown where they differ."""
    for out in model.graph.output:
        if out.type.WhichOneof("value") == "tensor_type" and not out.type.tensor_type.HasField("shape"):
            shapes = zip(*(run[out.name].shape for run in results))
            dims = [sizes[0] if len(set(sizes)) == 1 else None for sizes in shapes]
            kind = helper.np_dtype_to_tensor_dtype(results[0][out.name].dtype)
            out.CopyFrom(helper.make_tensor_value_info(out.name, kind, dims))


def graph(opset=18, runs=None, check=True, by=None, **meta):
    """Makes the decorated function(g) the maker of the case of its name. `by` runs
    it where ONNX Runtime can't: run_evaluator."""
    def add(build):
        name = build.__name__

        def make(folder):
            g = Graph(name, opset)
            g.runs = runs or [{}]
            build(g)
            model = g.model()
            feeds = [{k: make_input(dims) for k, make_input in g.feeds.items()} for dims in g.runs]
            with_output_shapes(model, (by or run_onnxruntime)(model, feeds))
            if check:
                onnx.checker.check_model(model)
            write(folder, model, feeds, None, meta, by=by or run_onnxruntime)
        register(name, make)
        return build
    return add


def rejected(error, opset=18, name=None, patch=None):
    """A model that dlc must refuse with an error that contains `error`. `patch`
    changes the finished model, or gives the bytes of the file itself."""
    def add(build):
        def make(folder):
            g = Graph(build.__name__, opset)
            build(g)
            graph_ = helper.make_graph(g.nodes, g.name, g.inputs, g.outputs, g.initializers)
            opsets = [helper.make_opsetid(d, v) for d, v in g.domains.items()]
            model = helper.make_model(graph_, opset_imports=opsets, ir_version=8, functions=g.functions)
            data = patch(model) if patch else None
            write_file(folder, "model.onnx", data if isinstance(data, bytes) else model.SerializeToString())
            write_json(folder, {"expect": "reject", "error_contains": error})
        register(name or build.__name__, make)
        return build
    return add


# --- writing -----------------------------------------------------------------


def strip(model):
    """Drops what exporters note about the machine they ran on, and inner types."""
    def holders(g):
        yield g
        for group in (g.node, g.input, g.output, g.initializer):
            yield from group
        for n in g.node:
            for a in n.attribute:
                for inner in [a.g, *a.graphs]:
                    if inner.node:
                        yield from holders(inner)
    for holder in [model, *holders(model.graph), *(n for f in model.functions for n in f.node)]:
        holder.ClearField("metadata_props")
        holder.ClearField("doc_string")
    for f in model.functions:
        f.ClearField("metadata_props")
    model.graph.ClearField("value_info")


def run_onnxruntime(model, feeds):
    """Outputs by name for each run, without the optimiser: it has bugs of its own."""
    import onnxruntime as ort
    options = ort.SessionOptions()
    options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.log_severity_level, options.intra_op_num_threads = 3, 1
    session = ort.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    names = [o.name for o in session.get_outputs()]
    used = {i.name for i in session.get_inputs()}
    results = [session.run(None, {k: v for k, v in with_maps(f).items() if k in used}) for f in feeds]
    return [{k: v for pair in zip(names, result) for k, v in split_map(*pair)} for result in results]


def with_maps(feeds):
    """The inputs of a run; what has keys is a map."""
    return {k: dict(zip(feeds[k + ".keys"].tolist(), v.tolist())) if k + ".keys" in feeds else v
            for k, v in feeds.items()}


def split_map(name, value):
    """The arrays of an output: of a sequence of maps the values and the keys."""
    if not isinstance(value, list):
        return [(name, value)]
    keys = list(value[0])
    return [(name, np.array([[each[k] for k in keys] for each in value], np.float32)), (name + ".keys", np.array(keys))]


def run_evaluator(model, feeds):
    """The same by the reference evaluator of the onnx package."""
    from onnx.reference import ReferenceEvaluator
    names = [o.name for o in model.graph.output]
    evaluator = ReferenceEvaluator(model)
    return [dict(zip(names, evaluator.run(None, f))) for f in feeds]


def scaled_tolerance(array, rtol, relative):
    """An absolute tolerance in proportion to how much the expected values vary."""
    array = array[np.isfinite(array) & (np.abs(array) < 1e3)]
    spread = float(array.std()) if array.size > 1 else float(np.abs(array).max(initial=0))
    return {"rtol": rtol, "atol": float(f"{max(relative * spread, 1e-7):.1g}")}


def write(folder, model, feeds, expected, meta, rtol=1e-4, relative=2e-5, by=run_onnxruntime):
    """Writes one case. `expected` None: ONNX Runtime's outputs, or those of `by`."""
    strip(model)
    reference = by(model, feeds)
    expected = expected or reference
    tolerances = {}
    for run, other in zip(expected, reference):
        for name, want in run.items():
            if want.dtype.kind == "f" and not is_extended(want.dtype):
                if not np.isfinite(want).all() and not meta.get("infinite"):
                    raise ValueError(f"output {name} is not finite")
                mine = scaled_tolerance(want, rtol, relative)
                if name not in tolerances or mine["atol"] > tolerances[name]["atol"]:
                    tolerances[name] = mine
            wrong = difference(other[name], want, Tolerance.of(tolerances.get(name, {})))
            if wrong:
                raise ValueError(f"ONNX Runtime differs: {name} {wrong}")
    notes = {k: v for k, v in meta.items() if k != "infinite"}
    types = {k: v.dtype.name for k, v in expected[0].items() if is_extended(v.dtype)}
    if types:
        notes["outputs"] = types
    write_file(folder, "model.onnx", model.SerializeToString(deterministic=True))
    for i, (inputs, outputs) in enumerate(zip(feeds, expected)):
        tail = f"_{i}" if i else ""
        save_npz(os.path.join(folder, f"inputs{tail}.npz"), inputs)
        save_npz(os.path.join(folder, f"outputs{tail}.npz"), outputs)
    write_json(folder, dict(notes, **({"tolerances": tolerances} if tolerances else {})))


def write_file(folder, name, data):
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, name), "wb") as f:
        f.write(data)


def write_json(folder, meta):
    with open(os.path.join(folder, "case.json"), "w") as f:
        json.dump(meta, f, indent=1)
        f.write("\n")
