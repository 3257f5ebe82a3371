#===- kernel_models.py - models of one operator each ----------*- Python -*-===#
#
# Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
#===------------------------------------------------------------------------===#
"""The rows of docs/kernels.md: shapes as networks have them. A case builds its
model in the onnx package's functions. Convolutions and pools take and give
channels last, by a Transpose at either edge: each engine has its own layout, and
what it does at the edges is no part of the operator."""
import dataclasses
import math

import numpy as np
from onnx import TensorProto, helper, numpy_helper

EDGES = ("to", "from")     # the names of the nodes that don't count


# What a function of one element takes of the units that multiply and add, at least, in
# multiply-adds: rounding to n and two parts of the remainder, a polynomial of degree 6,
# the power of 2, which is two; a division is as long as four.
EXP, DIVISION = 11, 4
SIGMOID = EXP + DIVISION
ONE_PLUS_ERF = 8 + 7 + 2  # a polynomial in x, and the power of 2 of it

@dataclasses.dataclass
class Case:
    group: str
    name: str
    model: object
    flops: int = 0          # 0: bound by memory
    read: int = 0           # bytes, weights included
    written: int = 0
    flags: tuple = ()       # of dlc
    steps: int = 0          # multiply-adds, where it is bound by memory
    moves: str = ""         # what peak.c is asked for: a loop that moves as it has to, and computes nothing


def build(nodes, inputs, output, weights=()):
    value = helper.make_tensor_value_info
    graph = helper.make_graph(
        nodes, "kernel", [value(name, TensorProto.FLOAT, shape) for name, shape in inputs.items()],
        [value("y", TensorProto.FLOAT, output)],
        [numpy_helper.from_array(array, name) for name, array in dict(weights).items()])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=10)
    return model


def random(*shape):
    return (np.random.default_rng(sum(shape)).standard_normal(shape) / math.sqrt(shape[-1])).astype(np.float32)


def count(*shapes):
    return 4 * sum(math.prod(shape) for shape in shapes)


def node(op, inputs, output="y", **attributes):
    return helper.make_node(op, inputs, [output], name=attributes.pop("name", op), **attributes)


def gemm(group, m, k, n, lead=()):
    x, w, y = [*lead, m, k], [k, n], [*lead, m, n]
    model = build([node("MatMul", ["x", "w"])], {"x": x}, y, {"w": random(*w)})
    return Case(group, f"{m}x{k} * {k}x{n}", model, 2 * m * k * n if m > 1 else 0, count(x, w), count(y))


def edges(ops, x, y, weights=(), first="x", last="y"):
    """`ops` from "a" to "b", between transposes; a model of NHWC tensors."""
    nodes = [node("Transpose", ["x"], "a", perm=[0, 3, 1, 2], name=EDGES[0]), *ops,
             node("Transpose", ["b"], "y", perm=[0, 2, 3, 1], name=EDGES[1])]
    return build(nodes, {"x": x}, y, weights)


def conv(group, size, channels, outputs, window=1, stride=1, groups=1, flags=()):
    padding = window // 2
    after = (size + 2 * padding - window) // stride + 1
    x, y = [1, size, size, channels], [1, after, after, outputs]
    w = [outputs, channels // groups, window, window]
    op = node("Conv", ["a", "w", "c"], "b", kernel_shape=[window] * 2, strides=[stride] * 2, pads=[padding] * 4,
              group=groups)
    weights = {"w": random(*w), "c": random(outputs)}
    model = edges([op], x, y, weights)
    if channels == 3:       # images come in planes
        op.input[0] = "x"
        x = [1, 3, size, size]
        model = build([op, node("Transpose", ["b"], "y", perm=[0, 2, 3, 1], name=EDGES[1])], {"x": x}, y, weights)
    name = f"{size}x{size}x{channels} -> {after}x{after}x{outputs}, {window}x{window}" + (f" /{stride}" if stride > 1 else "")
    flops = 2 * after * after * outputs * channels // groups * window * window
    if groups > 1:
        return Case(group, name, model, 0, count(x, w), count(y), flags, flops // 2)
    return Case(group, name, model, flops, count(x, w), count(y), flags)


def pool(op, size, channels, window, stride):
    padding = 1 if window == 3 else 0
    after = (size + 2 * padding - window) // stride + 1
    x, y = [1, size, size, channels], [1, after, after, channels]
    attributes = {} if op.startswith("Global") else {"kernel_shape": [window] * 2, "strides": [stride] * 2,
                                                     "pads": [padding] * 4}
    model = edges([node(op, ["a"], "b", **attributes)], x, y)
    return Case("pooling", f"{op} {size}x{size}x{channels}, {window}x{window} /{stride}", model, 0, count(x), count(y))


def resize(size, channels, mode, **attributes):
    x, y = [1, size, size, channels], [1, 2 * size, 2 * size, channels]
    op = node("Resize", ["a", "", "s"], "b", mode=mode, **attributes)
    model = edges([op], x, y, {"s": np.array([1, 1, 2, 2], np.float32)})
    return Case("resize", f"{mode} {size}x{size}x{channels} by 2", model, 0, count(x), count(y))


def simple(group, name, ops, inputs, output, weights=(), steps=0):
    """`steps` are those of an element of the output."""
    read = count(*inputs.values()) + sum(array.nbytes for array in dict(weights).values())
    return Case(group, name, build(ops, inputs, output, weights), 0, read, count(output),
                steps=steps * math.prod(output))


def attention(heads, queries, keys, width):
    shapes = {"q": [1, heads, queries, width], "k": [1, heads, width, keys], "v": [1, heads, keys, width]}
    ops = [node("MatMul", ["q", "k"], "s"), node("Mul", ["s", "c"], "t"), node("Softmax", ["t"], "p", axis=-1),
           node("MatMul", ["p", "v"], "y", name="values")]
    model = build(ops, shapes, shapes["q"], {"c": np.array(width ** -0.5, np.float32)})
    return Case("attention", f"{heads} heads, {queries} x {keys}, {width}", model,
                4 * heads * queries * keys * width if queries > 1 else 0, count(*shapes.values()), count(shapes["q"]))


def layer_norm(rows, width):
    case = simple("layer norm", f"{rows}x{width}", [node("LayerNormalization", ["x", "g", "h"], axis=-1)],
                  {"x": [rows, width]}, [rows, width], {"g": random(width), "h": random(width)})
    case.moves = f"normal:{rows}x{width}"
    return case


def transpose(shape, perm):
    text = "x".join(map(str, shape))
    case = simple("transpose", f"{text} by {perm}".replace(" ", "").replace("by", " by "),
                  [node("Transpose", ["x"], perm=perm)], {"x": shape}, [shape[p] for p in perm])
    if perm == [1, 0]:
        case.moves = f"turned:{text}"
    return case


def elementwise():
    x = [128, 3072]
    yield simple("elementwise", "add, relu 1000000", [node("Add", ["x", "z"], "s"), node("Relu", ["s"])],
                 {"x": [1000000], "z": [1000000]}, [1000000])
    yield simple("elementwise", "gelu (erf) 128x3072", [node("Gelu", ["x"])], {"x": x}, x,
                 steps=ONE_PLUS_ERF + 3)
    yield simple("elementwise", "gelu (tanh) 128x3072", [node("Gelu", ["x"], approximate="tanh")], {"x": x}, x,
                 steps=SIGMOID + 5)
    yield simple("elementwise", "x * sigmoid(x) 128x3072",
                 [node("Sigmoid", ["x"], "s"), node("Mul", ["x", "s"])], {"x": x}, x, steps=SIGMOID + 1)
    yield simple("elementwise", "(x + bias) * scale, clip 128x3072",
                 [node("Add", ["x", "b"], "s"), node("Mul", ["s", "c"], "t"), node("Clip", ["t", "lo", "hi"])],
                 {"x": x}, x, {"b": random(3072), "c": random(3072), "lo": np.array(0, np.float32),
                               "hi": np.array(6, np.float32)})


def cases():
    yield gemm("GEMM", 128, 768, 768)
    yield gemm("GEMM", 128, 768, 3072)
    yield gemm("GEMM", 128, 3072, 768)
    yield gemm("GEMM", 384, 384, 384)
    yield gemm("GEMM", 1024, 1024, 1024)
    yield conv("conv 1x1", 56, 64, 256)
    yield conv("conv 1x1", 28, 512, 128)
    yield conv("conv 1x1", 14, 1024, 256)
    yield conv("conv 1x1", 7, 512, 2048)
    for size, channels in (56, 64), (28, 128), (14, 256), (7, 512):
        yield conv("conv 3x3", size, channels, channels, 3)
    for size, channels in (56, 64), (28, 128), (14, 256), (7, 512):
        yield conv("conv 3x3, direct", size, channels, channels, 3, flags=("-fno-winograd",))
    yield conv("conv 3x3 /2", 56, 128, 128, 3, 2)
    yield conv("conv 3x3 /2", 28, 256, 256, 3, 2)
    yield conv("stem", 224, 3, 64, 7, 2)
    yield conv("stem", 224, 3, 32, 3, 2)
    yield conv("depthwise", 112, 32, 32, 3, 1, 32)
    yield conv("depthwise", 56, 144, 144, 3, 2, 144)
    yield conv("depthwise", 14, 576, 576, 3, 1, 576)
    yield conv("depthwise", 14, 672, 672, 5, 1, 672)
    yield gemm("GEMV", 1, 768, 768)
    yield gemm("GEMV", 1, 768, 3072)
    yield gemm("GEMV", 1, 2048, 5632)
    yield attention(12, 128, 128, 64)
    yield attention(12, 197, 197, 64)
    yield attention(12, 1, 512, 64)
    for rows, width in (1536, 128), (2364, 197), (128, 1000), (1024, 4096):
        yield simple("softmax", f"{rows}x{width}", [node("Softmax", ["x"], axis=-1)], {"x": [rows, width]},
                     [rows, width], steps=EXP + 1)
    for rows, width in (128, 768), (1024, 768), (512, 4096):
        yield layer_norm(rows, width)
    yield pool("MaxPool", 112, 64, 3, 2)
    yield pool("MaxPool", 64, 128, 2, 2)
    yield pool("AveragePool", 56, 128, 2, 2)
    yield pool("GlobalAveragePool", 7, 2048, 7, 1)
    yield pool("GlobalAveragePool", 56, 144, 56, 1)
    yield resize(40, 256, "nearest", nearest_mode="floor", coordinate_transformation_mode="asymmetric")
    yield resize(64, 64, "linear", coordinate_transformation_mode="half_pixel")
    yield transpose([1024, 1024], [1, 0])
    yield transpose([1, 3, 224, 224], [0, 2, 3, 1])
    yield transpose([1, 56, 56, 64], [0, 3, 1, 2])
    yield transpose([1, 128, 12, 64], [0, 2, 1, 3])
    yield from elementwise()
