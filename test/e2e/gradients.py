#!/usr/bin/env python3
#===- gradients.py - Gradient against differences -------------*- Python -*-===#
#
# Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
#===------------------------------------------------------------------------===#
"""Derivatives that Gradient gives, in double precision, against central differences
of what ONNX's reference evaluator computes.

    gradients.py --build build [unittest's options]

All cases are one model: each has its own nodes and a Gradient of their last tensor.
The same with all sizes open is another.
"""
import math
import os
import shutil
import subprocess
import tempfile
import unittest

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from onnx.reference import ReferenceEvaluator
from onnx.reference.op_run import OpRun

from unittests import take_build

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
TRAINING = "ai.onnx.preview.training"
OPSETS = [helper.make_opsetid("", 21), helper.make_opsetid(TRAINING, 1)]
build = os.path.join(ROOT, "build")
rng = np.random.default_rng(5)


# The reference evaluator's own compute in single precision.
class Erf(OpRun):
    def _run(self, x):
        return (np.vectorize(math.erf, otypes=[x.dtype])(x),)


class Gelu(OpRun):
    def _run(self, x, approximate=None):
        inner = np.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x ** 3)) if approximate == "tanh" else \
            np.vectorize(math.erf)(x / math.sqrt(2))
        return (0.5 * x * (1 + inner),)


def reals(*shape, low=-1.0, high=1.0):
    """Numbers of which no two are close: where a maximum is has to be clear."""
    size = int(np.prod(shape))
    steps = rng.permutation(size) + 0.5 + rng.uniform(-0.2, 0.2, size)
    return (low + (high - low) * steps / max(size, 1)).reshape(shape)


class Case:
    """A chain or graph of nodes; `xs` are differentiated by, `constants` are weights."""

    def __init__(self, name, nodes, xs, constants=None, open_sizes=True):
        self.name, self.xs, self.constants, self.open_sizes = name, xs, constants or {}, open_sizes
        self.nodes = [helper.make_node(op, inputs.split(), [output], **attributes)
                      for op, inputs, output, attributes in nodes]

    def reference(self):
        inputs = [helper.make_tensor_value_info(k, TensorProto.DOUBLE, v.shape) for k, v in self.xs.items()]
        weights = [numpy_helper.from_array(np.asarray(v), k) for k, v in self.constants.items()]
        graph = helper.make_graph(self.nodes, "forward", inputs,
                                  [helper.make_tensor_value_info("y", TensorProto.DOUBLE, None)], weights)
        run = ReferenceEvaluator(helper.make_model(graph, opset_imports=OPSETS[:1]), new_ops=[Erf, Gelu])
        step = 1e-5

        def total(feeds):
            return np.asarray(run.run(None, feeds)[0], np.float64).sum()

        result = {}
        for key, x in self.xs.items():
            result[key] = np.zeros_like(x)
            for at in np.ndindex(x.shape):
                ends = []
                for sign in (1, -1):
                    moved = x.copy()
                    moved[at] += sign * step
                    ends.append(total({**self.xs, key: moved}))
                result[key][at] = (ends[0] - ends[1]) / (2 * step)
        return result

    def with_gradient(self):
        """Nodes under names of their own."""
        def own(name):
            return self.name + "." + name if name else ""
        nodes = []
        for n in self.nodes:
            copy = onnx.NodeProto()
            copy.CopyFrom(n)
            copy.input[:], copy.output[:] = map(own, n.input), map(own, n.output)
            copy.name = own(n.op_type + str(len(nodes)))
            nodes.append(copy)
        xs = [own(k) for k in self.xs]
        nodes.append(helper.make_node("Gradient", xs, [x + ".d" for x in xs], name=own("gradient"), domain=TRAINING,
                                      xs=xs, y=own("y")))
        return nodes


def one(op, x, *, name=None, **attributes):
    return Case(name or op, [(op, "x", "y", attributes)], {"x": x})


def weighted(case):
    """Times numbers that differ, where the sum of what is computed says little."""
    case.nodes[-1].output[0] = "computed"
    case.nodes.append(helper.make_node("Mul", ["computed", "computed"], ["squares"]))
    case.nodes.append(helper.make_node("Sin", ["squares"], ["y"]))
    return case


def graph(name, *nodes, constants=None, open_sizes=True, **xs):
    return weighted(Case(name, [(*n, {}) if len(n) == 3 else n for n in nodes], xs, constants, open_sizes))


def ints(*values):
    return np.array(values, np.int64)


def unary_cases():
    wide = reals(3, 4, low=-3, high=3)
    for op in ("Abs Neg Exp Sigmoid Tanh Erf Softplus Softsign Sin Cos Sinh Cosh Atan Asinh Relu LeakyRelu Elu Selu "
               "Celu HardSigmoid HardSwish Mish Gelu Identity Floor ThresholdedRelu Sign").split():
        yield one(op, wide)
    yield one("Gelu", wide, name="GeluTanh", approximate="tanh")
    for op in ("Log", "Sqrt", "Reciprocal"):
        yield one(op, reals(3, 4, low=0.2, high=3))
    for op in ("Asin", "Acos", "Atanh", "Tan"):
        yield one(op, reals(3, 4, low=-0.9, high=0.9))
    yield one("Acosh", reals(3, 4, low=1.2, high=3))
    # Smooth at 0 though written with maxima; infinite where not taken.
    for op in ("Softplus", "Mish"):
        yield one(op, np.array([0.0, 800.0, -800.0, 0.0]), name=op + "At0")
    for op in ("Elu", "Selu", "Celu"):
        yield one(op, np.array([0.5, 800.0, -800.0]), name=op + "Far")


def arithmetic_cases():
    row, column, positive = reals(1, 4, low=0.5, high=2), reals(3, 1), reals(3, 4, low=0.5, high=2)
    for op in ("Add", "Sub", "Mul", "Div", "Max", "Min"):
        yield graph(op, (op, "a b", "y"), a=column, b=row)
    for op in ("Mean", "Sum"):
        yield graph(op, (op, "a b a", "y"), a=positive, b=row)
    yield graph("Pow", ("Pow", "a b", "y"), a=positive, b=row)
    yield graph("PowAt0", ("Pow", "a k", "y"), a=np.array([0.0, 1.0, -2.0]), constants={"k": np.array([3.0])})
    yield graph("Mod", ("Mod", "a b", "y", {"fmod": 1}), a=positive * 3, b=row)
    yield graph("Scalars", ("Mul", "a b", "v"), ("Add", "v b", "y"), a=positive, b=np.array(0.7))
    yield graph("Clip", ("Clip", "a l h", "y"), a=reals(3, 4), constants={"l": np.array(-0.5), "h": np.array(0.4)})
    yield graph("Where", ("Where", "c a b", "y"), a=positive, b=row,
                constants={"c": np.arange(12).reshape(3, 4) % 3 == 0})
    yield graph("PRelu", ("PRelu", "a b", "y"), a=reals(3, 4), b=row)
    yield graph("Cast", ("Cast", "a", "v", {"to": TensorProto.DOUBLE}), ("Exp", "v", "y"), a=positive)
    yield graph("Shared", ("Mul", "a a", "v"), ("Add", "v a", "w"), ("Mul", "w v", "y"), a=reals(3, 4))


def movement_cases():
    x, small = reals(2, 3, 4), reals(2, 3)
    k = {"two": ints(2), "s": ints(6, 4), "axis": ints(1), "start": ints(2, 3), "stop": ints(0, 0), "axes": ints(1, 2),
         "step": ints(-1, -2), "shape": ints(2, 2, 3), "at": ints(2, 0, 2), "pads": ints(1, 0, 0, 2),
         "around": ints(2, 1, 1, 3),
         "value": np.array(0.5), "repeats": ints(2, 1, 3)}
    yield graph("Transpose", ("Transpose", "a", "y", {"perm": [2, 0, 1]}), a=x)
    yield graph("Reshape", ("Reshape", "a s", "y"), a=x, constants=k)
    yield graph("Flatten", ("Flatten", "a", "y"), a=x)
    yield graph("Squeeze", ("Unsqueeze", "a axis", "v"), ("Squeeze", "v axis", "y"), a=x, constants=k)
    yield graph("Slice", ("Slice", "a start stop axes step", "y"), a=x, constants=k)
    yield graph("Concat", ("Concat", "a b a", "y", {"axis": 1}), a=x, b=reals(2, 1, 4))
    yield graph("Expand", ("Expand", "a shape", "y"), a=small, constants=k)
    yield graph("Tile", ("Tile", "a repeats", "y"), a=x, constants=k)
    yield graph("Gather", ("Gather", "a at", "y", {"axis": 1}), a=x, constants=k)
    yield graph("GatherElements", ("GatherElements", "a i", "y", {"axis": 1}), a=small,
                constants={"i": ints([0, 2, 2, 1], [1, 1, 0, 2])})
    yield graph("GatherND", ("GatherND", "a i", "y"), a=x, constants={"i": ints([0, 2], [1, 1], [0, 2])})
    yield graph("ScatterND", ("ScatterND", "a i b", "y"), a=x, b=reals(2, 4), constants={"i": ints([0, 2], [1, 1])})
    yield graph("ScatterElements", ("ScatterElements", "a i b", "y", {"axis": 1, "reduction": "add"}), a=small, b=reals(2, 4),
                constants={"i": ints([0, 2, 2, 1], [1, 1, 0, 2])}, open_sizes=False)
    yield graph("Pad", ("Pad", "a pads value", "y"), a=small, constants=k)
    yield graph("PadValue", ("Pad", "a pads b", "y"), a=small, b=np.array(0.3), constants=k)
    for mode in ("edge", "reflect", "wrap"):
        yield graph("Pad" + mode, ("Pad", "a around", "y", {"mode": mode}), a=reals(3, 4), constants=k)
    yield graph("DepthToSpace", ("DepthToSpace", "a", "y", {"blocksize": 2}), a=reals(1, 4, 2, 2))
    yield graph("Trilu", ("Trilu", "a", "y"), a=small)
    yield graph("CumSum", ("CumSum", "a axis", "y", {"reverse": 1, "exclusive": 1}), a=small,
                constants={"axis": np.array(1)})


def reduction_cases():
    x, axes = reals(2, 3, 4, low=0.5, high=1.4), {"axes": ints(0, 2)}
    for op in ("Sum", "Mean", "Max", "Min", "Prod", "L1", "L2", "LogSum", "LogSumExp", "SumSquare"):
        yield graph("Reduce" + op, ("Reduce" + op, "a axes", "y", {"keepdims": 0}), a=x, constants=axes)
    yield graph("ReduceProdOf0", ("ReduceProd", "a", "y"), a=np.array([2.0, 0.0, 3.0]))
    for op in ("Softmax", "LogSoftmax"):
        yield graph(op, (op, "a", "y", {"axis": 1}), a=x)
    yield graph("LayerNormalization", ("LayerNormalization", "a b c", "y"), a=x, b=reals(4), c=reals(4))
    yield graph("InstanceNormalization", ("InstanceNormalization", "a b c", "y"), a=x, b=reals(3), c=reals(3))
    yield graph("LpNormalization", ("LpNormalization", "a", "y", {"axis": 1}), a=x)


def product_cases():
    yield graph("MatMul", ("MatMul", "a b", "y"), a=reals(2, 3), b=reals(3, 4))
    yield graph("MatMulBatch", ("MatMul", "a b", "y"), a=reals(2, 1, 2, 3), b=reals(4, 3, 2))
    yield graph("MatMulVectors", ("MatMul", "a b", "y"), a=reals(3), b=reals(3))
    yield graph("Gemm", ("Gemm", "a b c", "y", {"transA": 1, "alpha": 0.5, "beta": 2.0}), a=reals(3, 2), b=reals(3, 4),
                c=reals(4))
    yield graph("Einsum", ("Einsum", "a b", "y", {"equation": "bij,bjk->ik"}), a=reals(2, 2, 3), b=reals(2, 3, 2))
    for op, name, x, w, attributes in (
            ("Conv", "", (2, 2, 5, 4), (3, 2, 3, 2), {"pads": [1, 0, 2, 1]}),
            ("Conv", "Strided", (1, 2, 7, 6), (2, 2, 3, 3), {"strides": [2, 3], "dilations": [1, 2], "pads": [1, 1, 0, 2]}),
            ("Conv", "Groups", (2, 4, 5), (6, 2, 2), {"group": 2, "strides": [2]}),
            ("Conv", "Depthwise", (1, 3, 4, 4), (3, 1, 3, 3), {"group": 3, "pads": [1, 1, 1, 1]}),
            ("ConvTranspose", "", (1, 2, 3, 4), (2, 2, 3, 2), {"strides": [2, 1]})):
        yield graph(op + name, (op, "a b", "y", attributes), a=reals(*x), b=reals(*w), open_sizes=False)
    x = reals(1, 2, 6, 5)
    pooled = {"kernel_shape": [3, 2], "strides": [2, 1], "pads": [1, 0, 0, 1]}
    yield graph("MaxPool", ("MaxPool", "a", "y", pooled), a=x, open_sizes=False)
    yield graph("AveragePool", ("AveragePool", "a", "y", pooled), a=x, open_sizes=False)
    yield graph("GlobalAveragePool", ("GlobalAveragePool", "a", "y"), a=x)
    yield graph("Resize", ("Resize", "a roi scales", "y", {"mode": "linear"}), a=reals(1, 1, 3, 4), open_sizes=False,
                constants={"roi": np.zeros(0), "scales": np.array([1, 1, 2, 1.5], np.float32)})


def cases():
    for family in (unary_cases, arithmetic_cases, movement_cases, reduction_cases, product_cases):
        yield from family()


class Gradients(unittest.TestCase):
    def setUp(self):
        global rng
        rng = np.random.default_rng(5)
        self.folder = tempfile.mkdtemp(prefix="dlc-gradients-")
        self.addCleanup(shutil.rmtree, self.folder)

    def call(self, *command, code=0):
        done = subprocess.run(command, capture_output=True, text=True, timeout=600, stdin=subprocess.DEVNULL)
        self.assertEqual(done.returncode, code, done.stderr)
        return done.stderr

    def compile(self, nodes, inputs, outputs, constants=(), code=0, kind=TensorProto.DOUBLE):
        values = [helper.make_tensor_value_info(k, kind, shape) for k, shape in inputs.items()]
        results = [helper.make_tensor_value_info(o, kind, None) for o in outputs]
        weights = [numpy_helper.from_array(np.asarray(v), k) for k, v in dict(constants).items()]
        model = helper.make_model(helper.make_graph(nodes, "gradients", values, results, weights), ir_version=10,
                                  opset_imports=OPSETS)
        path = os.path.join(self.folder, "m.onnx")
        onnx.save(model, path)
        return self.call(os.path.join(build, "bin", "dlc"), path, "-o", os.path.join(self.folder, "m"), code=code)

    def run_program(self, feeds):
        program = os.path.join(self.folder, "m")
        np.savez(program + "_in.npz", **feeds)
        self.call(program, "--inputs", program + "_in.npz", "--outputs", program + "_out.npz")
        with np.load(program + "_out.npz") as got:
            return {k: got[k] for k in got.files}

    def check_all(self, chosen, is_open):
        nodes, feeds, constants = [], {}, {}
        for case in chosen:
            nodes += case.with_gradient()
            feeds.update({f"{case.name}.{k}": v for k, v in case.xs.items()})
            constants.update({f"{case.name}.{k}": v for k, v in case.constants.items()})
        self.assertEqual(len(feeds), sum(len(c.xs) for c in chosen))
        shapes = {k: [f"{k}.{i}" for i in range(v.ndim)] if is_open else v.shape for k, v in feeds.items()}
        self.compile(nodes, shapes, [k + ".d" for k in feeds], constants)
        got = self.run_program(feeds)
        for case in chosen:
            for key, want in case.reference().items():
                with self.subTest(case=case.name, by=key):
                    np.testing.assert_allclose(got[f"{case.name}.{key}.d"], want, rtol=1e-6, atol=1e-8)

    def test_known_sizes(self):
        self.check_all(list(cases()), False)

    def test_open_sizes(self):
        self.check_all([c for c in cases() if c.open_sizes], True)

    def test_second_order(self):
        x = reals(3)
        nodes = [helper.make_node("Exp", ["x"], ["e"]), helper.make_node("Mul", ["e", "x"], ["y"]),
                 gradient(["x"], ["dx"], "y"), gradient(["x"], ["ddx"], "dx"), gradient(["x"], ["dddx"], "ddx")]
        self.compile(nodes, {"x": ["n"]}, ["dx", "ddx", "dddx"])
        got = self.run_program({"x": x})
        for order, name in enumerate(("dx", "ddx", "dddx"), 1):
            np.testing.assert_allclose(got[name], np.exp(x) * (x + order), rtol=1e-12)

    def test_second_order_where_a_factor_is_0(self):
        nodes = [helper.make_node("Exp", ["w"], ["e"]), helper.make_node("Mul", ["e", "x"], ["y"]),
                 gradient(["x", "w"], ["dx", "dw"], "y"), gradient(["x", "w"], ["dwdx", "dwdw"], "dw")]
        self.compile(nodes, {"x": [2], "w": [2]}, ["dw", "dwdx", "dwdw"])
        w = np.array([0.3, -0.4])
        got = self.run_program({"x": np.zeros(2), "w": w})
        np.testing.assert_array_equal(got["dw"], [0, 0])
        np.testing.assert_allclose(got["dwdx"], np.exp(w), rtol=1e-12)
        np.testing.assert_array_equal(got["dwdw"], [0, 0])

    def test_second_order_of_a_network(self):
        """Against differences of the first one."""
        nodes = [helper.make_node("Conv", ["x", "w"], ["c"], pads=[1, 0, 0, 1]), helper.make_node("Tanh", ["c"], ["t"]),
                 helper.make_node("MaxPool", ["t"], ["p"], kernel_shape=[2, 2]), helper.make_node("Flatten", ["p"], ["f"]),
                 helper.make_node("Gemm", ["f", "u"], ["o"]), helper.make_node("LogSoftmax", ["o"], ["y"]),
                 gradient(["w", "u"], ["dw", "du"], "y"), gradient(["x", "u"], ["dwdx", "dwdu"], "dw")]
        feeds = {"x": reals(2, 1, 3, 3), "w": reals(2, 1, 2, 2), "u": reals(8, 3)}
        self.compile(nodes, {k: v.shape for k, v in feeds.items()}, ["dw", "dwdx", "dwdu"])
        got = self.run_program(feeds)
        self.assertGreater(np.abs(got["dw"]).max(), 0.01)
        for key in ("x", "u"):
            for at in np.ndindex(feeds[key].shape):
                ends = []
                for step in (1e-5, -1e-5):
                    moved = feeds[key].copy()
                    moved[at] += step
                    ends.append(self.run_program({**feeds, key: moved})["dw"].sum())
                np.testing.assert_allclose(got["dwd" + key][at], (ends[0] - ends[1]) / 2e-5, rtol=1e-6, atol=1e-8)

    def test_at_other_values(self):
        """By a tensor between, at values that are not the named tensors' own."""
        nodes = [helper.make_node("Sin", ["x"], ["h"]), helper.make_node("Mul", ["h", "z"], ["v"]),
                 helper.make_node("Mul", ["v", "h"], ["y"]),
                 gradient(["h1", "z1"], ["dh"], "y", xs=["h"], zs=["z"])]
        self.compile(nodes, {"x": [2], "z": [2], "h1": [2], "z1": [2]}, ["dh", "y"])
        feeds = {k: reals(2) for k in ("x", "z", "h1", "z1")}
        got = self.run_program(feeds)
        np.testing.assert_allclose(got["dh"], 2 * feeds["h1"] * feeds["z1"], rtol=1e-12)
        np.testing.assert_allclose(got["y"], np.sin(feeds["x"]) ** 2 * feeds["z"], rtol=1e-12)

    def test_weights(self):
        """By constants of the model; the second has no influence; the third is y itself."""
        w = reals(3)
        nodes = [helper.make_node("Mul", ["w", "w"], ["y"]), gradient(["w", "u"], ["dw", "du"], "y"),
                 gradient(["w"], ["one"], "w")]
        self.compile(nodes, {"x": [3]}, ["dw", "du", "one"], {"w": w, "u": reals(2)})
        got = self.run_program({"x": w})
        np.testing.assert_allclose(got["dw"], 2 * w, rtol=1e-12)
        np.testing.assert_array_equal(got["du"], np.zeros(2))
        np.testing.assert_array_equal(got["one"], np.ones(3))

    def test_where_there_are_several(self):
        """Frameworks' choices: Relu is flat at 0, a maximum goes to the first of a window, and to both operands."""
        x = np.array([[[0.0, -1.0, 2.0, 2.0]]])
        nodes = [helper.make_node("Relu", ["x"], ["r"]), gradient(["x"], ["dr"], "r"),
                 helper.make_node("MaxPool", ["x"], ["p"], kernel_shape=[2], strides=[2]), gradient(["x"], ["dp"], "p"),
                 helper.make_node("Max", ["x", "z"], ["m"]), gradient(["x"], ["dm"], "m"),
                 helper.make_node("ReduceMax", ["x"], ["t"]), gradient(["x"], ["dt"], "t")]
        self.compile(nodes, {"x": [1, 1, 4], "z": [1, 1, 4]}, ["dr", "dp", "dm", "dt"])
        got = self.run_program({"x": x, "z": np.array([[[0.0, 0.0, 2.0, 1.0]]])})
        np.testing.assert_array_equal(got["dr"].ravel(), [0, 0, 1, 1])
        np.testing.assert_array_equal(got["dp"].ravel(), [1, 0, 1, 0])
        np.testing.assert_array_equal(got["dm"].ravel(), [0.5, 0, 0.5, 1])
        np.testing.assert_array_equal(got["dt"].ravel(), [0, 0, 0.5, 0.5])

    def test_single_precision_and_half(self):
        for kind, dtype, tolerance in ((TensorProto.FLOAT, np.float32, 1e-5), (TensorProto.FLOAT16, np.float16, 5e-3)):
            nodes = [helper.make_node("Softmax", ["x"], ["s"]), helper.make_node("Mul", ["s", "s"], ["y"]),
                     gradient(["x"], ["dx"], "y")]
            self.compile(nodes, {"x": [2, 5]}, ["dx"], kind=kind)
            x = reals(2, 5).astype(dtype)
            e = np.exp(x.astype(float))
            p = e / e.sum(1, keepdims=True)
            got = self.run_program({"x": x})["dx"]
            self.assertEqual(got.dtype, dtype)
            np.testing.assert_allclose(got, 2 * p * (p - (p * p).sum(1, keepdims=True)), rtol=tolerance, atol=tolerance)

    def test_empty(self):
        """An open size of 1 that a broadcast makes 0."""
        nodes = [helper.make_node("Add", ["a", "b"], ["y"]), gradient(["a", "b"], ["da", "db"], "y")]
        self.compile(nodes, {"a": ["n"], "b": ["m"]}, ["da", "db"])
        for n, m, da, db in ((1, 0, [0], []), (1, 3, [3], [1, 1, 1]), (2, 2, [1, 1], [1, 1]), (2, 1, [1, 1], [2])):
            got = self.run_program({"a": np.zeros(n), "b": np.zeros(m)})
            np.testing.assert_array_equal(got["da"], da)
            np.testing.assert_array_equal(got["db"], db)

    def test_in_a_branch_and_before_what_it_names(self):
        branch = [helper.make_graph([gradient(["x"], ["d"], name)], name, [],
                                    [helper.make_tensor_value_info("d", TensorProto.DOUBLE, [2])]) for name in "yz"]
        nodes = [helper.make_node("If", ["c"], ["dx"], then_branch=branch[0], else_branch=branch[1]),
                 helper.make_node("Exp", ["x"], ["y"]), helper.make_node("Mul", ["x", "x"], ["z"]),
                 helper.make_node("Greater", ["s", "zero"], ["c"]), helper.make_node("ReduceSum", ["x"], ["s"], keepdims=0)]
        self.compile(nodes, {"x": [2]}, ["dx"], {"zero": np.array(0.0)})
        for x, want in ((np.array([0.1, 0.2]), np.exp), (np.array([-0.1, -0.2]), lambda v: 2 * v)):
            np.testing.assert_allclose(self.run_program({"x": x})["dx"], want(x), rtol=1e-12)

    def test_drawn_numbers_are_those_of_the_model(self):
        nodes = [helper.make_node("Dropout", ["x", "ratio", "on"], ["y"], name="drop"), gradient(["x"], ["dx"], "y")]
        self.compile(nodes, {"x": [64]}, ["y", "dx"], {"ratio": np.array(0.5), "on": np.array(True)})
        x = reals(64, low=1, high=2)
        got = self.run_program({"x": x})
        np.testing.assert_allclose(got["y"], x * got["dx"], rtol=1e-12)
        self.assertGreater(np.count_nonzero(got["dx"]), 16)
        self.assertLess(np.count_nonzero(got["dx"]), 48)

    def test_descent_in_a_loop(self):
        """A model that fits itself, in as many steps as a run says."""
        step = helper.make_graph(
            [helper.make_node("Identity", ["go"], ["on"]),
             helper.make_node("MatMul", ["x", "w"], ["p"]), helper.make_node("Sub", ["p", "t"], ["e"]),
             helper.make_node("Mul", ["e", "e"], ["loss"]), gradient(["w"], ["dw"], "loss"),
             helper.make_node("Mul", ["dw", "rate"], ["move"]), helper.make_node("Sub", ["w", "move"], ["next"])],
            "step", [helper.make_tensor_value_info(k, t, s) for k, t, s in
                     (("i", TensorProto.INT64, []), ("go", TensorProto.BOOL, []), ("w", TensorProto.DOUBLE, [3, 1]))],
            [helper.make_tensor_value_info("on", TensorProto.BOOL, []),
             helper.make_tensor_value_info("next", TensorProto.DOUBLE, [3, 1])])
        nodes = [helper.make_node("Cast", ["n"], ["count"], to=TensorProto.INT64),
                 helper.make_node("Loop", ["count", "", "w0"], ["y"], body=step)]
        self.compile(nodes, {"n": [], "x": ["rows", 3], "t": ["rows", 1], "w0": [3, 1]}, ["y"], {"rate": np.array(0.05)})
        x, t, w = reals(5, 3), reals(5, 1), reals(3, 1)
        for n in (0, 1, 7):
            want = w
            for _ in range(n):
                want = want - 0.05 * 2 * x.T @ (x @ want - t)
            got = self.run_program({"n": np.array(float(n)), "x": x, "t": t, "w0": w})["y"]
            np.testing.assert_allclose(got, want, rtol=1e-10, atol=1e-12)

    def test_refused(self):
        step = helper.make_graph(
            [helper.make_node("Mul", ["state", "state"], ["next"])], "step",
            [helper.make_tensor_value_info(k, t, s) for k, t, s in
             (("i", TensorProto.INT64, []), ("go", TensorProto.BOOL, []), ("state", TensorProto.DOUBLE, [2]))],
            [helper.make_tensor_value_info("go", TensorProto.BOOL, []),
             helper.make_tensor_value_info("next", TensorProto.DOUBLE, [2])])
        mul = helper.make_node("Mul", ["x", "x"], ["y"])
        for nodes, message in (
                ([helper.make_node("Cast", ["n"], ["count"], to=TensorProto.INT64),
                  helper.make_node("Loop", ["count", "", "x"], ["y"], name="steps", body=step),
                  gradient(["x"], ["dx"], "y")],
                 "node 'steps' (Loop): error: 'dlc.loop' has no derivative; Gradient can't differentiate it"),
                ([helper.make_node("ScatterElements", ["x", "at", "x"], ["y"], name="put", reduction="max"),
                  gradient(["x"], ["dx"], "y")],
                 "node 'put' (ScatterElements): error: a scatter by mul, max or min has no derivative"),
                ([helper.make_node("Cast", ["x"], ["y"], to=TensorProto.INT64), gradient(["x"], ["dx"], "y")],
                 "y is of type tensor<2xi64>, which has no derivative"),
                ([mul, gradient(["axis"], ["dx"], "y")], "one of xs is of type tensor<i64>"),
                ([mul, gradient(["x"], ["dx"], "what")], "'what'"),
                ([mul, gradient(["x", "x"], ["dx", "dz"], "y")], "name a tensor twice"),
                ([mul, gradient(["x", "x"], ["dx"], "y", xs=["x"])], "has 2 inputs for 1 names in 'xs' and 0 in 'zs'"),
                ([mul, gradient(["x"], ["dx", "dz"], "y")], "has 2 outputs for 1 names in 'xs'"),
                ([mul, gradient(["x"], ["dx"], "")], "attribute 'y' holds an empty name")):
            with self.subTest(message=message):
                errors = self.compile(nodes, {"x": [2], "n": []}, ["dx"], {"axis": np.array(0), "at": ints(0, 0)}, code=1)
                self.assertIn(message, errors)
                self.assertEqual(errors.count("error:"), 1, errors)


def gradient(inputs, outputs, y, xs=None, zs=None):
    names = {"xs": inputs if xs is None else xs} | ({"zs": zs} if zs else {})
    return helper.make_node("Gradient", inputs, outputs, name="g_" + outputs[0], domain=TRAINING, y=y, **names)


if __name__ == "__main__":
    build = take_build(__doc__, build)
    unittest.main()
