#===- ops_search.py - cases that look for elements ------------*- Python -*-===#
#
# Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
#===------------------------------------------------------------------------===#
"""Each output of a case is one variant, named after what it tries. The sizes of
most results are known only when the model has run."""
import numpy as np

from kit import graph


def ints(*values):
    return np.array(values, np.int64)


def topk(g, name, x, k, **attributes):
    values, indices = g.TopK(x, k, outs=2, **attributes)
    g.output(name + "_values", values)
    g.output(name + "_indices", indices)


@graph(opset=11)
def topk_axes(g):
    x = g.input("x", (3, 50, 5))
    topk(g, "last", x, g.const(ints(2)))
    topk(g, "middle", x, g.const(ints(4)), axis=1)
    topk(g, "first", x, g.const(ints(1)), axis=0)
    topk(g, "least", x, g.const(ints(7)), axis=-2, largest=0)
    topk(g, "none", x, g.const(ints(0)), axis=1)
    long = g.input("long", (2, 3001))
    topk(g, "few", long, g.const(ints(10)))
    topk(g, "many", long, g.const(ints(1500)))
    topk(g, "sort", long, g.const(ints(3001)), largest=0)
    # Of equal elements the first comes first.
    topk(g, "ties", g.input("i", (4, 200), "int64"), g.const(ints(30)))
    topk(g, "ties_least", g.input("i32", (4, 200), "int32"), g.const(ints(30)), largest=0)
    # What is looked through is computed, and so is what is made of it.
    values, indices = g.TopK(g.Relu(g.Transpose(x, perm=[0, 2, 1])), g.const(ints(3)), outs=2)
    g.output("epilogue", g.Mul(values, values))


@graph(opset=9)
def topk_opset9(g):
    values, indices = g.TopK(g.input("x", (4, 20)), outs=2, axis=0, k=2)
    g.output("values", values)
    g.output("indices", indices)


@graph(opset=13)
def topk_open(g):
    topk(g, "open", g.input("x", ("n", 40)), g.input("k", (1,), "int64", make=lambda _: [3]), axis=1)
    topk(g, "rows", g.input("y", ("n", 4)), g.const(ints(2)), axis=0)
    g.runs = [{"n": 2}, {"n": 9}]


@graph(opset=13)
def nonzero(g):
    sparse = lambda size: g.rng.integers(0, 3, size) == 0
    g.output("matrix", g.NonZero(g.input("x", (30, 40), "float32", make=sparse)))
    mask = g.input("b", (3, 4, 50), "bool")
    g.output("cube", g.NonZero(mask))
    g.output("computed", g.NonZero(g.Greater(g.input("y", (100,)), g.const(0.5))))
    g.output("none", g.NonZero(g.input("z", (6, 7), "int64", make=np.zeros)))
    g.output("all", g.NonZero(g.input("w", (5,), "int32", make=np.ones)))
    # The same elements picked: sizes that the data tell go on.
    at = g.Transpose(g.NonZero(mask), perm=[1, 0])
    picked = g.GatherND(g.input("data", (3, 4, 50)), at)
    g.output("picked", g.Mul(picked, picked))
    g.output("total", g.ReduceSum(picked, keepdims=1))
    g.output("number", g.Shape(at))


@graph(opset=13)
def nonzero_open(g):
    x = g.input("x", ("n", "m"))
    g.output("at", g.NonZero(g.Relu(x)))
    g.runs = [{"n": 3, "m": 4}, {"n": 17, "m": 33}, {"n": 1, "m": 1}]


@graph(opset=11)
def compress(g):
    x, condition = g.input("x", (6, 5)), g.input("c", (6,), "bool")
    g.output("flat", g.Compress(x, g.input("f", (30,), "bool")))
    g.output("rows", g.Compress(x, condition, axis=0))
    g.output("short", g.Compress(x, g.input("s", (3,), "bool"), axis=1))


def boxes(g, count):
    def draw(size):
        low = g.rng.random(size[:-1] + (2,)) * 50
        return np.concatenate([low, low + 5 + g.rng.random(low.shape) * 15], -1)
    return draw


@graph(opset=11)
def nms(g):
    b, s = g.input("boxes", (2, 300, 4), make=boxes(g, 300)), g.input("scores", (2, 3, 300), make=g.rng.random)
    limit, overlap, least = g.const(ints(20)), g.const(np.float32([0.4])), g.const(np.float32([0.3]))
    g.output("picked", g.NonMaxSuppression(b, s, limit, overlap, least))
    g.output("all", g.NonMaxSuppression(b, s, g.const(ints(1 << 62)), overlap))
    g.output("disjoint", g.NonMaxSuppression(b, s, g.const(ints(300))))
    g.output("none", g.NonMaxSuppression(b, s))
    g.output("centre", g.NonMaxSuppression(b, s, limit, overlap, least, center_point_box=1))
    # Equal scores, and corners in the other order.
    equal = g.Round(g.Mul(s, g.const(4.0)))
    low, high = g.Split(b, outs=2, axis=2)
    at = g.NonMaxSuppression(g.Concat(high, low, axis=2), equal, limit, overlap)
    g.output("ties", at)
    classes = g.Gather(at, g.const(1, np.int64), axis=1)
    g.output("classes", g.Cast(classes, to=1))


@graph(opset=11)
def nms_open(g):
    b, s = g.input("boxes", (1, "n", 4), make=boxes(g, 0)), g.input("scores", (1, 2, "n"), make=g.rng.random)
    limit = g.input("limit", (1,), "int64", make=lambda _: [5])
    overlap = g.input("overlap", (1,), make=lambda _: [0.3])
    g.output("picked", g.NonMaxSuppression(b, s, limit, overlap, g.const(np.float32([0.5]))))
    g.runs = [{"n": 10}, {"n": 333}, {"n": 1}]


@graph(opset=11)
def unique(g):
    for name, x, attributes in (("ints", g.input("x", (200,), "int64"), {}),
                                ("unsorted", g.input("u", (200,), "int64"), {"sorted": 0}),
                                ("matrix", g.input("m", (8, 9), "float32", make=lambda s: g.rng.integers(0, 9, s)), {}),
                                ("axis", g.input("a", (50,), "int64"), {"axis": 0})):
        for what, value in zip(("values", "first", "inverse", "counts"), g.Unique(x, outs=4, **attributes)):
            g.output(f"{name}_{what}", value)


@graph(opset=11)
def unique_rows(g):
    def few(shape):
        return g.rng.integers(0, 2, shape)

    for name, shape, axis in (("open", ("n", "k"), 0), ("columns", ("n", "k"), 1), ("middle", (3, "n", "k"), 1),
                              ("wide", (9, 70), 0)):
        x = g.input(f"x_{name}", shape, make=few)
        for what, value in zip(("values", "first", "inverse", "counts"), g.Unique(x, outs=4, axis=axis)):
            g.output(f"{name}_{what}", value)
    g.runs = [{"n": 12, "k": 3}, {"n": 1, "k": 1}, {"n": 40, "k": 2}, {"n": 2, "k": 20}]
