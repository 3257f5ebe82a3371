#!/usr/bin/env python3
#===- compile.py - models that are wrong in what they say -----*- Python -*-===#
#
# Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
#===------------------------------------------------------------------------===#
"""Compiles well-formed ONNX files whose contents were changed at random.

    compile.py --dlc build/bin/dlc [--count N] [--seed S] [--keep FOLDER] MODEL...
    compile.py --dlc build/bin/dlc --onnx-backend ...        the cases of ONNX's backend suite

Attributes, edges, types, sizes and operators of the models change places. dlc
must accept each or refuse it with an error that names the file: never crash,
never hang. What it accepts of the suite's cases runs on their data, too, and must
end by itself. The last line is 'N passed, M failed'.
"""
import argparse
import os
import random
import re
import subprocess
import sys
import tempfile

import onnx
from onnx import TensorProto

SIZES = [-(1 << 63), -(1 << 31), -3, -2, -1, 0, 1, 2, 3, 5, 7, 64, 1000, (1 << 31) - 1, 1 << 31, 1 << 40, (1 << 63) - 1]
FLOATS = [0.0, -1.0, 1e30, float("inf"), float("nan")]
TYPES = [TensorProto.FLOAT, TensorProto.INT64, TensorProto.INT32, TensorProto.BOOL, TensorProto.UINT8,
         TensorProto.DOUBLE, TensorProto.FLOAT16, TensorProto.STRING]


def attribute(graph, rng):
    having = [n for n in graph.node if n.attribute]
    if not having:
        return
    node = rng.choice(having)
    which = rng.choice(node.attribute)
    what = rng.randrange(6)
    if what == 0:
        node.attribute.remove(which)
    elif which.type == onnx.AttributeProto.INT:
        which.i = rng.choice(SIZES)
    elif which.type == onnx.AttributeProto.INTS and what < 4 and which.ints:
        which.ints[rng.randrange(len(which.ints))] = rng.choice(SIZES)
    elif which.type == onnx.AttributeProto.INTS:
        which.ints[:] = which.ints[1:] if what == 4 else [*which.ints, rng.choice(SIZES)]
    elif which.type == onnx.AttributeProto.FLOAT:
        which.f = rng.choice(FLOATS)
    else:
        which.name = rng.choice(having).attribute[0].name


def edge(graph, rng):
    node = rng.choice(graph.node)
    values = [v.name for v in (*graph.input, *graph.initializer)] + [o for n in graph.node for o in n.output]
    if not node.input:
        return
    at = rng.randrange(len(node.input))
    what = rng.randrange(4)
    if what == 0:
        del node.input[at]
    elif what == 1:
        node.input.append(rng.choice(values))
    else:
        node.input[at] = rng.choice(values + [""])


def operator(graph, rng):
    rng.choice(graph.node).op_type = rng.choice(graph.node).op_type


def known_operator(graph, rng):
    """Any operator of the standard: its inputs and attributes are those of another."""
    schema = rng.choice(SCHEMAS)
    node = rng.choice(graph.node)
    node.op_type = schema.name
    if rng.random() < 0.5:
        del node.attribute[:]


def declared(graph, rng):
    value = rng.choice([*graph.input, *graph.output])
    tensor = value.type.tensor_type
    if rng.random() < 0.3 or not tensor.shape.dim:
        tensor.elem_type = rng.choice(TYPES)
        return
    dim = rng.choice(tensor.shape.dim)
    if rng.random() < 0.4:
        dim.dim_param = rng.choice(["n", "m"])
    else:
        dim.dim_value = rng.choice(SIZES)


def initializer(graph, rng):
    if not graph.initializer:
        return
    tensor = rng.choice(graph.initializer)
    what = rng.randrange(4)
    if what == 0 and tensor.dims:
        tensor.dims[rng.randrange(len(tensor.dims))] = rng.choice(SIZES)
    elif what == 1:
        tensor.data_type = rng.choice(TYPES)
    elif tensor.data_type == TensorProto.INT64 and tensor.raw_data:
        at = rng.randrange(len(tensor.raw_data) // 8) * 8
        raw = bytearray(tensor.raw_data)
        raw[at:at + 8] = rng.choice(SIZES).to_bytes(8, "little", signed=True)
        tensor.raw_data = bytes(raw)
    else:       # a constant is not one any more
        shape, kind = list(tensor.dims), tensor.data_type
        graph.input.append(onnx.helper.make_tensor_value_info(tensor.name, kind, shape))
        graph.initializer.remove(tensor)


def elements(graph, rng):
    """An input's type becomes another's, or another one; its sizes may go."""
    if graph.input:
        tensor = rng.choice(graph.input).type.tensor_type
        tensor.elem_type = rng.choice([*TYPES, rng.choice(graph.input).type.tensor_type.elem_type])
        if rng.random() < 0.3:
            for dim in tensor.shape.dim:
                dim.Clear()


SCHEMAS = [s for s in onnx.defs.get_all_schemas() if s.domain == ""]
CHANGES = [attribute, attribute, edge, operator, known_operator, declared, initializer, initializer]
NODE_CHANGES = [attribute, attribute, attribute, edge, edge, known_operator, declared, declared, elements]


def changed(path, rng, changes):
    model = onnx.load(path, load_external_data=False)
    if model.graph.node:
        for _ in range(rng.choice([1, 1, 1, 2, 3])):
            rng.choice(changes)(model.graph, rng)
    return model.SerializeToString()


def run(command):
    return subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=60, check=False)


def verdict(dlc, path, folder, inputs=None):
    """Whether dlc took a model, and what is wrong with that; with inputs the program runs."""
    program = os.path.join(folder, "model")
    try:
        done = run([dlc, path, "-O0", "-o", program, *([] if inputs else ["-c"])])
    except subprocess.TimeoutExpired:
        return False, "it hangs"
    text = done.stderr.decode(errors="replace")
    if done.returncode not in (0, 1):
        frames = re.findall(r"#\d+ \S+ (?!llvm::sys|\()(.*)", text)
        return False, f"exit code {done.returncode}: {frames[0][:200] if frames else text[:300]}"
    if done.returncode == 1 and (path not in text or "internal error" in text):
        return False, f"a poor error: {text[:300]}"
    if done.returncode == 0 and inputs:
        try:
            code = run([program, "--inputs", inputs, "--outputs", program + ".npz"]).returncode
        except subprocess.TimeoutExpired:
            return True, "the program hangs"
        if code not in (0, 1):
            return True, f"the program's exit code is {code}"
    return done.returncode == 0, None


def suite(folder):
    """Models of the backend suite that are small, and data for each."""
    sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "e2e"))
    import onnx_suite
    return [(c.model, c.runs[0].inputs) for c in onnx_suite.collect(folder, "^node/|^simple/|^pytorch") if c.runs]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("models", nargs="*", metavar="MODEL")
    parser.add_argument("--onnx-backend", action="store_true")
    parser.add_argument("--dlc", required=True)
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", help="where models go that dlc fails on")
    options = parser.parse_args()
    rng = random.Random(options.seed)
    failed = accepted = 0
    with tempfile.TemporaryDirectory() as folder:
        sources = [(model, None) for model in options.models]
        changes = CHANGES
        if options.onnx_backend:
            sources += suite(os.path.join(folder, "suite"))
            changes = NODE_CHANGES
        for i in range(options.count):
            source, inputs = rng.choice(sources)
            path = os.path.join(folder, "model.onnx")
            data = changed(source, rng, changes)
            with open(path, "wb") as f:
                f.write(data)
            good, wrong = verdict(options.dlc, path, folder, inputs)
            accepted += good
            if wrong:
                failed += 1
                print(f"FAIL {i} of {source.removeprefix(folder)}: {wrong}", flush=True)
                if options.keep:
                    with open(os.path.join(options.keep, f"{options.seed}-{i}.onnx"), "wb") as f:
                        f.write(data)
    print(f"dlc accepted {accepted} of {options.count}")
    print(f"{options.count - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
