#===- ops_graph.py - cases of what a graph may look like ------*- Python -*-===#
#
# Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
#===------------------------------------------------------------------------===#
import numpy as np
from onnx import TensorProto, external_data_helper, helper, numpy_helper

from kit import Graph, graph, register, run_onnxruntime, write_file, write_json
from cases import save_npz

import os


@graph(opset=18)
def edges_of_a_graph(g):
    """Inputs that go straight out, outputs without inputs, one value twice."""
    x, unused = g.input("x", (2, 3)), g.input("unused", (4,))
    g.output("through", x)
    g.output("constant", g.const([[1.0, 2.0]], name="table"))
    y = g.Relu(x)
    g.output("again", g.Identity(y))
    g.output("y", y)
    g.output("node_constant", g.Constant(value_float=2.5))
    g.output("node_constant_ints", g.Constant(value_ints=[3, 1]))
    g.output("scalar", g.ReduceSum(x, keepdims=0))
    g.output("scalar_in", g.Mul(g.input("s", ()), g.const(2.0)))
    g.Exp(x)        # nobody wants it


@graph(opset=13)
def names_odd(g):
    """Exporters of all sorts name values with anything."""
    x = g.input("input:0", (2, 3))
    y = g.input("model/layer.1/in put", (2, 3))
    g.output("out/put.1:0", g.Add(x, y))
    g.output("größe-π", g.Sub(x, y))
    g.output("main", g.Mul(x, y))
    g.output("int", g.Neg(x))


@graph(opset=13, runs=[{"n": 0}, {"n": 1}, {"n": 5}])
def empty_batch(g):
    x = g.input("x", ("n", 6))
    g.output("y", g.Relu(g.Gemm(x, g.weight(6, 4), g.weight(4))))
    g.output("sum", g.ReduceSum(x, keepdims=0))


@graph(opset=12)
def dropout_identity(g):
    x = g.input("x", (3, 4))
    g.output("dropout", g.Dropout(x))
    g.output("ratio", g.Dropout(x, g.const(0.4)))
    y = g.Identity(g.Identity(x))
    g.output("identity", g.Add(y, y))


@graph(opset=15)
def constants_fold(g):
    """All of the graph that does not depend on the input is known at compile time."""
    x = g.input("x", (4, 6))
    w = g.Transpose(g.Mul(g.weight(6, 5), g.const(0.5)), perm=[1, 0])
    shape = g.Concat(g.Shape(x), g.const(np.int64([1])), axis=0)
    g.output("y", g.MatMul(x, g.Transpose(w, perm=[1, 0])))
    g.output("shaped", g.Reshape(x, shape))
    g.output("filled", g.Add(x, g.Expand(g.CastLike(g.const(np.int64(3)), x), g.Shape(x))))


@graph(opset=17)
def shared_weights(g):
    """One weight used by kernels that want it packed in different ways."""
    x = g.input("x", (8, 8))
    w = g.weight(8, 8)
    g.output("left", g.MatMul(x, w))
    g.output("right", g.MatMul(w, x))
    g.output("trans", g.Gemm(x, w, transB=1))
    g.output("raw", g.Add(x, w))
    g.output("itself", w)


@graph(opset=18, check=False)
def local_function(g):
    """A function of the model's own with an attribute, called by another one."""
    g.domains["local"] = 1
    opsets = [helper.make_opsetid("", 18), helper.make_opsetid("local", 1)]
    leaky = helper.make_node("LeakyRelu", ["z"], ["y"])
    leaky.attribute.append(_reference("alpha", "slope"))
    g.functions.append(helper.make_function(
        "local", "dense", ["x", "w", "b"], ["y"],
        [helper.make_node("MatMul", ["x", "w"], ["m"]), helper.make_node("Add", ["m", "b"], ["z"]), leaky],
        opsets, ["slope"]))
    call = helper.make_node("dense", ["x", "w", "b"], ["h"], domain="local", slope=0.2)
    g.functions.append(helper.make_function(
        "local", "twice", ["x", "w", "b"], ["y"],
        [call, helper.make_node("dense", ["h", "w", "b"], ["y"], domain="local", slope=0.5)], opsets))
    x = g.input("x", (3, 6))
    y = g.node("twice", [x, g.weight(6, 6), g.weight(6)], domain="local")
    g.output("y", y)


def _reference(name, outer):
    attribute = helper.make_attribute(name, 0.0)
    attribute.ClearField("f")
    attribute.ref_attr_name = outer
    return attribute


def external_data(folder):
    """Two files beside the model, one tensor at an offset, one left inside."""
    g = Graph("external_data", 17)
    x = g.input("x", (3, 16))
    h = g.Relu(g.Gemm(x, g.weight(16, 12), g.weight(12)))
    g.output("y", g.MatMul(h, g.weight(12, 4)))
    model = g.model()
    feed = {"x": g.feeds["x"]({})}
    want = run_onnxruntime(model, [feed])[0]
    first, bias, last = model.graph.initializer
    blobs = {"a.bin": b"\0" * 64 + numpy_helper.to_array(first).tobytes(), "b.bin": numpy_helper.to_array(last).tobytes()}
    for tensor, place, offset in ((first, "a.bin", 64), (last, "b.bin", 0)):
        size = len(blobs[place]) - offset
        external_data_helper.set_external_data(tensor, place, offset=offset, length=size)
        tensor.ClearField("raw_data")
        tensor.data_location = TensorProto.EXTERNAL
    write_file(folder, "model.onnx", model.SerializeToString(deterministic=True))
    for name, blob in blobs.items():
        write_file(folder, name, blob)
    save_npz(os.path.join(folder, "inputs.npz"), feed)
    save_npz(os.path.join(folder, "outputs.npz"), want)
    write_json(folder, {"rtol": 1e-4, "atol": 1e-5})


register("external_data", external_data)


@graph(opset=17)
def typed_data(g):
    """Initializers in the fields for each type, not as raw bytes."""
    x = g.input("x", (2, 3))

    def field(name, kind, values, shape):
        g.initializers.append(helper.make_tensor(name, kind, shape, values))
        return name
    g.output("float", g.Add(x, field("f", TensorProto.FLOAT, [1.5, -2, 3], [3])))
    g.output("int64", g.Gather(x, field("i", TensorProto.INT64, [1, 0, 1], [3])))
    g.output("int32", g.Cast(field("j", TensorProto.INT32, [7, -8], [2]), to=1))
    g.output("double", g.Cast(field("d", TensorProto.DOUBLE, [0.5, 0.25], [2]), to=1))
    g.output("bool", g.Where(field("b", TensorProto.BOOL, [True, False, True], [3]), x, g.Neg(x)))
    g.output("uint8", g.Cast(field("u", TensorProto.UINT8, [0, 255], [2]), to=7))
    g.output("empty", g.Shape(field("e", TensorProto.FLOAT, [], [0, 3])))


@graph(opset=17, check=False)
def unsorted_nodes(g):
    """The standard wants nodes in the order of their use; converters of weights to
    16 bits, for one, put casts of the inputs last."""
    x, flag = g.input("x", (2, 3)), g.input("flag", (), "bool")
    a = g.Exp(x)
    b = g.Neg(a)
    branches = [helper.make_graph([helper.make_node(op, [b, a], [op])], op, [], [helper.make_empty_tensor_value_info(op)])
                for op in ("Add", "Mul")]
    g.output("chosen", g.If(flag, then_branch=branches[0], else_branch=branches[1]))
    g.output("sum", g.Add(b, g.Relu(a)))
    g.nodes.reverse()


@graph(opset=17, runs=[{"b": 2, "s": 5}, {"b": 1, "s": 3}])
def open_product_repeated(g):
    """What becomes of heads and is repeated between them, where all is open."""
    x, angles = g.input("x", ("b", "s", 8)), g.input("angles", ("s", 4))
    y = g.Reshape(g.MatMul(x, g.weight(8, 8)), g.const(np.array([0, 0, 2, 4], np.int64)))
    g.output("y", g.Mul(y, g.Unsqueeze(g.Cos(angles), g.const(np.array([0, 2], np.int64)))))


@graph(opset=7, check=False)
def experimental_ops(g):
    """What the first versions had and the standard has dropped."""
    x = g.input("x", (2, 3, 7, 9))
    g.output("affine", g.Affine(x, alpha=2.0, beta=0.5))
    g.output("tanh", g.ScaledTanh(x, alpha=1.5, beta=0.7))
    g.output("softplus", g.ParametricSoftplus(x, alpha=0.8, beta=1.1))
    g.output("relu", g.ThresholdedRelu(x, alpha=0.2))
    g.output("scaled", g.ImageScaler(x, scale=0.1, bias=[0.1, 0.2, 0.3]))
    g.output("cropped", g.Crop(x, border=[1, 2, 3, 4]))
    g.output("cropped_to", g.Crop(x, border=[1, 2, 0, 0], scale=[3, 5]))


@graph(opset=18)
def scatter_then_pointwise(g):
    """What is computed of a scatter's result."""
    x, u = g.input("x", (5, 4)), g.input("u", (2, 4))
    rows = g.const(np.array([[3], [1]], np.int64))
    g.output("exp", g.Exp(g.ScatterND(x, rows, u)))
    g.output("scaled", g.Mul(g.ScatterND(x, rows, u, reduction="add"), g.Sigmoid(g.MatMul(x, g.weight(4, 4)))))
    g.output("cast", g.Cast(g.ScatterND(g.const(np.zeros((5, 4), np.float32)), rows, u), to=6))


@graph(opset=18, check=False, runs=[{"n": 3}, {"n": 5}])
def declared_shape(g):
    """Outputs whose shapes the file does not tell right."""
    x = g.input("x", ("n", 4))
    g.output("wide", g.Softmax(x))
    g.output("flat", g.ReduceMean(x, g.const(np.int64([1]))))
    make = g.model

    def model():
        wrong = make()
        for out, shape in zip(wrong.graph.output, (["n", 2], ["n"])):
            out.CopyFrom(helper.make_tensor_value_info(out.name, TensorProto.FLOAT, shape))
        return wrong
    g.model = model


@graph(opset=17, runs=[{"a": 2, "b": 3, "c": 5}])
def open_chain(g):
    """So many operations in one kernel, all of whose sizes are open."""
    x = g.input("x", ("a", "b", "c"))
    half = g.const(np.float32([[0.5]]))
    for _ in range(8):
        x = g.Tanh(g.Add(g.Mul(g.Sin(x), half), half))
    g.output("y", g.Softmax(x))
