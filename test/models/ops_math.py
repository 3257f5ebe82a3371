#===- ops_math.py - pointwise, reduction and matmul cases -----*- Python -*-===#
#
# Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
#===------------------------------------------------------------------------===#
"""Each output of a case is one variant, named after what it tries."""
import numpy as np

from kit import graph


def positive(size):
    return np.random.default_rng(3).random(size) * 4 + 0.05


@graph(opset=13)
def product_trig(g):
    """What has a branch inside, for large arguments, behind a product."""
    x = g.input("x", (50, 64), make=lambda size: g.rng.normal(size=size) * 0.1)
    for op in ("Sin", "Cos", "Tan", "Erf"):
        g.output(op.lower(), getattr(g, op)(g.MatMul(x, g.weight(64, 80))))


@graph(opset=13, runs=[{"n": 19}, {"n": 64}, {"n": 1}])
def rows_open(g):
    """Values of a row of open length that the last pass alone reads, twice."""
    x = g.input("x", (7, "n"), make=lambda size: g.rng.random(size) + 0.5)
    v = g.Div(x, g.ReduceMean(x, axes=[-1]))
    g.output("twice", g.Mul(v, g.Sigmoid(v)))
    logs = g.LogSoftmax(x, axis=-1)
    g.output("entropy", g.ReduceSum(g.Mul(g.Exp(logs), logs), g.const([-1], "int64")))
    g.output("softmax", g.Softmax(g.Mul(x, g.const(3.0)), axis=-1))


@graph(opset=13)
def softmax_short(g):
    """One row, of less than a vector and of a few."""
    for n in (1, 5, 16, 17, 40):
        x = g.input(f"x{n}", (1, n))
        g.output(f"softmax{n}", g.Softmax(x, axis=-1))
        g.output(f"log{n}", g.LogSoftmax(x, axis=-1))


@graph(opset=18, runs=[{"n": 0}, {"n": 1}, {"n": 2}, {"n": 3}, {"n": 19}])
def rows_together(g):
    """Several rows in different passes at once: fewer than passes, and an open number."""
    for width in (1, 17, 100):
        x = g.input(f"x{width}", ("n", width))
        y = g.Relu(x)
        axes = g.const([-1], "int64")
        g.output(f"softmax{width}", g.Softmax(g.Mul(x, g.const(3.0)), axis=-1))
        g.output(f"log{width}", g.LogSoftmax(g.Exp(x), axis=-1))
        g.output(f"sum{width}", g.ReduceLogSumExp(g.Add(x, y), axes, keepdims=0))
        g.output(f"share{width}", g.Div(y, g.Add(g.ReduceSum(y, axes), g.const(1.0))))
        g.output(f"norm{width}", g.LayerNormalization(g.Add(g.Sigmoid(x), y), g.weight(width), g.weight(width)))


@graph(opset=16)
def unary(g):
    x = g.input("x", (3, 37))
    p = g.input("p", (3, 37), make=positive)
    u = g.input("u", (3, 37), make=lambda s: np.random.default_rng(4).random(s) * 1.9 - 0.95)
    for op in ("Abs", "Neg", "Exp", "Erf", "Tanh", "Sigmoid", "Sin", "Cos", "Floor", "Ceil", "Round", "Sign",
               "Atan", "Sinh", "Cosh", "Asinh", "Identity"):
        g.output(op.lower(), g.node(op, [x]))
    for op in ("Log", "Sqrt", "Reciprocal"):
        g.output(op.lower(), g.node(op, [p]))
    for op in ("Asin", "Acos", "Atanh", "Tan"):
        g.output(op.lower(), g.node(op, [u]))


@graph(opset=13, infinite=True)
def unary_edges(g):
    """Infinities, NaN, zeros of both signs, large and tiny numbers."""
    edges = np.array([0.0, -0.0, np.inf, -np.inf, np.nan, 1e-38, -1e-38, 88.7, -88.7, 104.0, -104.0, 1e30, -1e30,
                      0.5, -0.5, 1.5, 2.5, -2.5, 1e-6, 17.3], np.float32)
    x = g.input("x", (20,), make=lambda size: edges)
    for op in ("Abs", "Neg", "Exp", "Tanh", "Sigmoid", "Erf", "Floor", "Ceil", "Round", "Relu", "Sqrt", "Log"):
        g.output(op.lower(), g.node(op, [x]))
    g.output("isnan", g.IsNaN(x))
    g.output("isinf", g.IsInf(x))
    g.output("isinf_positive", g.IsInf(x, detect_negative=0))


@graph(opset=18)
def activations(g):
    x = g.input("x", (2, 5, 11), make=lambda s: np.random.default_rng(5).normal(size=s) * 3)
    for name, op, attributes in (
        ("relu", "Relu", {}), ("leaky", "LeakyRelu", {}), ("leaky_alpha", "LeakyRelu", dict(alpha=0.3)),
        ("elu", "Elu", dict(alpha=0.7)), ("selu", "Selu", {}), ("celu", "Celu", dict(alpha=1.5)),
        ("softplus", "Softplus", {}), ("softsign", "Softsign", {}), ("threshold", "ThresholdedRelu", dict(alpha=0.4)),
        ("hard_sigmoid", "HardSigmoid", dict(alpha=0.25, beta=0.4)), ("hard_swish", "HardSwish", {}),
        ("mish", "Mish", {}),
    ):
        g.output(name, g.node(op, [x], **attributes))
    g.output("prelu", g.PRelu(x, g.weight(5, 1)))
    g.output("clip_low", g.Clip(x, g.const(-0.5)))
    g.output("clip_high", g.Clip(x, None, g.const(0.75)))
    g.output("clip_both", g.Clip(x, g.const(-1.0), g.const(1.0)))
    g.output("gelu_by_hand", g.Mul(g.Mul(x, g.const(0.5)), g.Add(g.Erf(g.Div(x, g.const(2 ** 0.5))), g.const(1.0))))


@graph(opset=20)
def gelu_opset20(g):
    x = g.input("x", (4, 33))
    g.output("exact", g.Gelu(x))
    g.output("tanh", g.Gelu(x, approximate="tanh"))


@graph(opset=7)
def clip_opset7(g):
    x = g.input("x", (4, 9))
    g.output("both", g.Clip(x, min=-0.5, max=0.8))
    g.output("low", g.Clip(x, min=0.0))


SHAPES = (("same", (3, 4, 5), (3, 4, 5)), ("row", (3, 4, 5), (5,)), ("column", (3, 4, 5), (4, 1)),
          ("outer", (3, 1, 5), (1, 4, 1)), ("scalar", (3, 4), ()), ("left", (1, 5), (2, 3, 5)))


@graph(opset=14)
def binary_broadcast(g):
    for name, left, right in SHAPES:
        a, b = g.input(f"a_{name}", left), g.input(f"b_{name}", right)
        g.output(f"add_{name}", g.Add(a, b))
        g.output(f"sub_{name}", g.Sub(a, b))
        g.output(f"mul_{name}", g.Mul(a, b))
    d = g.input("d", (4, 1), make=positive)
    g.output("div", g.Div("a_same", d))
    g.output("min", g.Min("a_same", "b_row", d))
    g.output("max", g.Max("a_same", "b_row", d))
    g.output("mean", g.Mean("a_same", "b_row"))
    g.output("sum", g.Sum("a_same", "b_row", d, "b_same"))
    g.output("sum_of_one", g.Sum("a_same"))


@graph(opset=15)
def binary_power(g):
    x, p = g.input("x", (4, 7)), g.input("p", (4, 7), make=positive)
    g.output("square", g.Pow(x, g.const(2.0)))
    g.output("cube", g.Pow(x, g.const(3.0)))
    g.output("root", g.Pow(p, g.const(0.5)))
    g.output("general", g.Pow(p, x))
    g.output("inverse", g.Pow(p, g.const(-1.0)))
    g.output("integer_exponent", g.Pow(x, g.const([2, 3, 1, 0, 4, 2, 5], "int64")))


@graph(opset=13)
def integer_math(g):
    nonzero = np.array([3, -2, 5, -7, 1, 4], np.int64)
    a = g.input("a", (4, 6), "int64")
    b = g.input("b", (6,), "int64", make=lambda size: nonzero)
    for op in ("Add", "Sub", "Mul", "Div", "Mod", "Min", "Max"):
        g.output(op.lower(), g.node(op, [a, b]))
    c, d = g.Cast(a, to=6), g.Cast(b, to=6)
    g.output("add_32", g.Add(c, d))
    g.output("div_32", g.Div(c, d))
    g.output("fmod", g.Mod(c, d, fmod=1))
    f = g.input("f", (4, 6))
    g.output("float_fmod", g.Mod(f, g.const([0.3, 0.4, 0.5, 0.6, 0.7, 0.8]), fmod=1))
    g.output("abs", g.Abs(a))
    g.output("neg", g.Neg(c))
    g.output("sign", g.Sign(a))


@graph(opset=16)
def comparisons(g):
    a, b = g.input("a", (5, 6), "int64"), g.input("b", (6,), "int64")
    x, y = g.input("x", (5, 6)), g.input("y", (5, 1))
    for op in ("Equal", "Less", "Greater", "LessOrEqual", "GreaterOrEqual"):
        g.output(op.lower() + "_int", g.node(op, [a, b]))
        g.output(op.lower(), g.node(op, [x, y]))
    p, q = g.input("p", (5, 6), "bool"), g.input("q", (6,), "bool")
    for op in ("And", "Or", "Xor", "Equal"):
        g.output(op.lower() + "_bool", g.node(op, [p, q]))
    g.output("not", g.Not(p))
    g.output("where", g.Where(p, x, y))
    g.output("where_int", g.Where(q, a, b))
    g.output("where_scalar", g.Where(g.Greater(x, y), x, g.const(np.float32(-1e9))))


@graph(opset=13)
def casts(g):
    x = g.input("x", (3, 8), make=lambda s: np.random.default_rng(6).normal(size=s) * 50)
    i, b = g.input("i", (3, 8), "int64"), g.input("b", (3, 8), "bool")
    for name, to in (("int32", 6), ("int64", 7), ("double", 11), ("bool", 9), ("int8", 3)):
        g.output("float_to_" + name, g.Cast(x, to=to))
        g.output("int_to_" + name, g.Cast(i, to=to))
    g.output("int_to_float", g.Cast(i, to=1))
    g.output("bool_to_float", g.Cast(b, to=1))
    g.output("bool_to_int", g.Cast(b, to=7))
    g.output("twice", g.Cast(g.Cast(x, to=7), to=1))


REDUCTIONS = ("ReduceSum", "ReduceMean", "ReduceMax", "ReduceMin", "ReduceProd", "ReduceL1", "ReduceL2",
              "ReduceSumSquare", "ReduceLogSumExp")


@graph(opset=11)
def reduce_attribute_axes(g):
    x = g.input("x", (3, 5, 7, 4))
    for op in REDUCTIONS:
        g.output(op.lower() + "_inner", g.node(op, [x], axes=[3], keepdims=0))
        g.output(op.lower() + "_outer", g.node(op, [x], axes=[0], keepdims=1))
    for name, axes in (("middle", [1]), ("pair", [2, 3]), ("apart", [0, 2]), ("negative", [-1, -3])):
        g.output("mean_" + name, g.ReduceMean(x, axes=axes))
        g.output("max_" + name, g.ReduceMax(x, axes=axes, keepdims=0))
    g.output("all", g.ReduceSum(x, keepdims=0))


@graph(opset=18)
def reduce_input_axes(g):
    x, i = g.input("x", (4, 6, 33)), g.input("i", (4, 6), "int64")
    for op in REDUCTIONS:
        g.output(op.lower(), g.node(op, [x, g.const([-1], "int64")]))
    g.output("log_sum", g.ReduceLogSum(g.Abs(x), g.const([1], "int64"), keepdims=0))
    g.output("all", g.ReduceMean(x))
    g.output("none", g.ReduceSum(x, noop_with_empty_axes=1))
    g.output("integer", g.ReduceSum(i, g.const([1], "int64")))
    g.output("integer_max", g.ReduceMax(i, g.const([0], "int64"), keepdims=0))
    for op in ("ArgMax", "ArgMin"):
        g.output(op.lower(), g.node(op, [x], axis=-1, keepdims=0))
        g.output(op.lower() + "_middle", g.node(op, [x], axis=1))
        g.output(op.lower() + "_last", g.node(op, [i], axis=1, select_last_index=1))
    for name, attributes in (("", {}), ("_exclusive", dict(exclusive=1)), ("_reverse", dict(reverse=1)),
                             ("_both", dict(exclusive=1, reverse=1))):
        g.output("cumsum" + name, g.CumSum(x, g.const(1, "int64"), **attributes))
    g.output("cumsum_int", g.CumSum(i, g.const(-1, "int64")))


@graph(opset=13, runs=[{"n": 9}, {"n": 1}])
def matmul_thin(g):
    """Products of one column and of one term, with batches that one side alone has."""
    x, column = g.input("x", (2, "n", 40)), g.input("column", (1, 40, 1))
    g.output("summed", g.Relu(g.Add(g.MatMul(x, column), g.const(0.5))))
    g.output("constant", g.MatMul(g.Abs(x), g.weight(40, 1)))
    g.output("vector", g.MatMul(x, g.weight(40)))
    g.output("outer", g.Sigmoid(g.MatMul(g.ReduceMax(x, axes=[2]), g.input("row", (1, 1, 17)))))


@graph(opset=14, runs=[{"n": 3, "m": 150}, {"n": 1, "m": 5}, {"n": 7, "m": 64}])
def lines_beside(g):
    """Along axes that are not the last: lines beside each other, whole blocks and what is left."""
    x = g.input("x", ("n", 4, "m"), make=lambda size: np.round(g.rng.standard_normal(size) * 3))
    for axis in (0, 1):
        for last in (0, 1):
            g.output(f"most{axis}{last}", g.ArgMax(x, axis=axis, select_last_index=last))
        g.output(f"least{axis}", g.Neg(g.ArgMin(g.Abs(x), axis=axis, keepdims=0)))
        for flags in (dict(), dict(exclusive=1, reverse=1)):
            g.output(f"sum{axis}{len(flags)}", g.Relu(g.CumSum(x, g.const(axis, "int64"), **flags)))


@graph(opset=13, runs=[{"n": 1, "m": 7}, {"n": 5, "m": 1}, {"n": 3, "m": 130}])
def reduce_dynamic(g):
    x = g.input("x", ("n", "m"))
    g.output("rows", g.ReduceMean(x, axes=[1]))
    g.output("columns", g.ReduceMax(x, axes=[0], keepdims=0))
    g.output("softmax", g.Softmax(x, axis=-1))
    g.output("centred", g.Sub(x, g.ReduceMean(x, axes=[1])))


@graph(opset=13)
def softmax(g):
    x = g.input("x", (3, 4, 37), make=lambda s: np.random.default_rng(8).normal(size=s) * 6)
    for axis in (-1, 0, 1):
        g.output(f"softmax_{axis}", g.Softmax(x, axis=axis))
        g.output(f"log_softmax_{axis}", g.LogSoftmax(x, axis=axis))
    g.output("large", g.Softmax(g.Mul(x, g.const(1e4))))
    g.output("masked", g.Softmax(g.Where(g.Greater(x, g.const(0.0)), x, g.const(np.float32(-3e38)))))


@graph(opset=11)
def softmax_opset11(g):
    x = g.input("x", (2, 3, 5))
    for axis in (0, 1, 2):
        g.output(f"softmax_{axis}", g.Softmax(x, axis=axis))
        g.output(f"log_softmax_{axis}", g.LogSoftmax(x, axis=axis))


@graph(opset=17)
def normalisations(g):
    x = g.input("x", (2, 6, 5, 8))
    g.output("layer", g.LayerNormalization(x, g.weight(8), g.weight(8)))
    g.output("layer_no_bias", g.LayerNormalization(x, g.weight(8), epsilon=1e-2))
    g.output("layer_wide", g.LayerNormalization(x, g.weight(5, 8), g.weight(5, 8), axis=2))
    g.output("layer_all", g.LayerNormalization(x, g.weight(6, 5, 8), axis=1))
    g.output("instance", g.InstanceNormalization(x, g.weight(6), g.weight(6)))
    g.output("mean_variance", g.MeanVarianceNormalization(x))
    g.output("lrn", g.LRN(x, size=3, alpha=0.01, beta=0.6, bias=1.5))
    g.output("lp", g.LpNormalization(x, axis=1))
    mean = g.ReduceMean(x, axes=[-1])
    centred = g.Sub(x, mean)
    variance = g.ReduceMean(g.Pow(centred, g.const(2.0)), axes=[-1])
    root = g.Sqrt(g.Add(variance, g.const(1e-5)))
    g.output("layer_by_hand", g.Add(g.Mul(g.Div(centred, root), g.weight(8)), g.weight(8)))
    square = g.ReduceMean(g.Mul(x, x), axes=[-1])
    g.output("rms_by_hand", g.Mul(g.Mul(x, g.Reciprocal(g.Sqrt(g.Add(square, g.const(1e-6))))), g.weight(8)))


@graph(opset=21)
def group_normalisation(g):
    x = g.input("x", (2, 6, 4, 5))
    g.output("three", g.GroupNormalization(x, g.weight(6), g.weight(6), num_groups=3))
    g.output("one", g.GroupNormalization(x, g.weight(6), g.weight(6), num_groups=1, epsilon=1e-3))


@graph(opset=13)
def matmul(g):
    for name, left, right in (
        ("square", (16, 16), (16, 16)), ("odd", (7, 13), (13, 5)), ("row", (1, 64), (64, 33)),
        ("column", (9, 31), (31, 1)), ("dot", (17,), (17,)), ("vector_left", (6,), (6, 4)),
        ("vector_right", (3, 5, 6), (6,)), ("batch", (3, 4, 5), (3, 5, 6)), ("shared", (2, 3, 4, 5), (5, 6)),
        ("broadcast", (2, 1, 4, 5), (3, 5, 6)), ("tall", (130, 3), (3, 2)), ("inner", (2, 257), (257, 3)),
    ):
        a, b = g.input(f"a_{name}", left), g.input(f"b_{name}", right)
        g.output(name, g.MatMul(a, b))
    g.output("packed", g.Relu(g.Add(g.MatMul("a_odd", g.weight(13, 21)), g.weight(21))))
    g.output("packed_left", g.MatMul(g.weight(11, 7), "a_odd"))
    g.output("packed_batch", g.MatMul("a_batch", g.weight(3, 5, 9)))
    g.output("transposed", g.MatMul("a_square", g.Transpose("b_square", perm=[1, 0])))
    g.output("heads", g.MatMul("a_batch", g.Transpose("a_batch", perm=[0, 2, 1])))


@graph(opset=13, runs=[{"rows": 5}, {"rows": 401}])
def matmul_long(g):
    """Contractions whose panels of weights are taken block by block."""
    steps = 1501
    w, bias = g.weight(steps, 37), g.weight(37)
    for name, rows in (("few", 15), ("many", 403), ("open", "rows")):
        x = g.input(name, (rows, 1))
        left = g.Sin(g.Mul(x, g.const(np.linspace(-40, 40, steps, dtype=np.float32))))
        g.output("y_" + name, g.Relu(g.Add(g.MatMul(left, w), bias)))


@graph(opset=13)
def product_tall(g):
    """Products that Strassen's algorithm can compute, whether it pays or not: of odd rows and columns too."""
    x = g.input("x", (61, 64))
    hidden = g.Relu(g.Add(g.MatMul(x, g.weight(64, 136)), g.weight(136)))
    g.output("y", g.Add(g.MatMul(hidden, g.weight(136, 75)), g.input("residual", (61, 75))))


@graph(opset=13)
def gemm(g):
    a, at = g.input("a", (6, 10)), g.input("at", (10, 6))
    b, bt = g.weight(10, 9), g.weight(9, 10)
    g.output("plain", g.Gemm(a, b))
    g.output("bias_row", g.Gemm(a, b, g.weight(9)))
    g.output("bias_column", g.Gemm(a, b, g.weight(6, 1)))
    g.output("bias_full", g.Gemm(a, b, g.weight(6, 9), beta=0.5))
    g.output("bias_scalar", g.Gemm(a, b, g.const(0.7)))
    g.output("trans_b", g.Gemm(a, bt, g.weight(9), transB=1))
    g.output("trans_a", g.Gemm(at, b, transA=1, alpha=0.3))
    g.output("trans_both", g.Gemm(at, bt, g.weight(1, 9), transA=1, transB=1, alpha=2.0, beta=0.0))
    g.output("both_inputs", g.Gemm(a, g.input("c", (10, 4))))
    g.output("relu", g.Relu(g.Gemm(a, bt, g.weight(9), transB=1)))


@graph(opset=9)
def gemm_opset9(g):
    g.output("y", g.Gemm(g.input("a", (3, 5)), g.weight(5, 4), g.weight(4)))


@graph(opset=13, runs=[{"m": 1}, {"m": 6}, {"m": 7}, {"m": 65}])
def matmul_dynamic(g):
    x = g.input("x", ("m", 24))
    h = g.Relu(g.Gemm(x, g.weight(40, 24), g.weight(40), transB=1))
    g.output("y", g.Add(g.MatMul(h, g.weight(40, 5)), g.weight(5)))
    g.output("gram", g.MatMul(x, g.Transpose(x, perm=[1, 0])))


@graph(opset=13)
def attention_by_hand(g):
    """Heads, scaling, an additive mask: as exporters write it."""
    x = g.input("x", (2, 7, 24))
    mask = g.input("mask", (2, 1, 1, 7), make=lambda s: np.where(np.arange(7) < 5, 0, -1e4) * np.ones(s))
    split = g.const([2, 7, 3, 8], "int64")

    def heads(perm):
        y = g.Add(g.MatMul(x, g.weight(24, 24)), g.weight(24))
        return g.Transpose(g.Reshape(y, split), perm=perm)
    q, k, v = heads([0, 2, 1, 3]), heads([0, 2, 3, 1]), heads([0, 2, 1, 3])
    scores = g.Add(g.Div(g.MatMul(q, k), g.const(8 ** 0.5)), mask)
    context = g.Transpose(g.MatMul(g.Softmax(scores, axis=-1), v), perm=[0, 2, 1, 3])
    merged = g.Reshape(context, g.const([2, 7, 24], "int64"))
    g.output("y", g.MatMul(merged, g.weight(24, 24)))


@graph(opset=23)
def attention_opset23(g):
    q, k, v = g.input("q", (2, 4, 5, 8)), g.input("k", (2, 4, 9, 8)), g.input("v", (2, 4, 9, 6))
    g.output("plain", g.Attention(q, k, v))
    g.output("causal", g.Attention(q, k, v, is_causal=1))
    g.output("scaled", g.Attention(q, k, v, scale=0.2))
    g.output("masked", g.Attention(q, k, v, g.input("mask", (5, 9))))
    g.output("grouped", g.Attention(q, g.input("k2", (2, 2, 9, 8)), g.input("v2", (2, 2, 9, 8))))


@graph(opset=13)
def double_precision(g):
    x = g.input("x", (3, 9), "float64")
    w = g.const(g.rng.normal(size=(9, 4)), "float64")
    g.output("matmul", g.MatMul(x, w))
    g.output("exp", g.Exp(x))
    g.output("softmax", g.Softmax(x))
    g.output("mean", g.ReduceMean(x, axes=[1]))
