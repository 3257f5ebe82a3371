#===- ops_microsoft.py - cases of domain com.microsoft --------*- Python -*-===#
#
# Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
#===------------------------------------------------------------------------===#
"""Each output of a case is one variant, named after what it tries."""
import copy

import numpy as np
from onnx import numpy_helper

from kit import graph, run_onnxruntime

DOMAIN = "com.microsoft"


def ms(g, op, *inputs, **rest):
    g.domains[DOMAIN] = 1
    return g.node(op, inputs, domain=DOMAIN, **rest)


def several(g, names, values):
    for name, value in zip(names, values):
        g.output(name, value)


@graph(opset=17)
def ms_activations(g):
    x = g.input("x", (3, 4, 50))
    b = g.weight(50)
    g.output("gelu", ms(g, "Gelu", x))
    g.output("bias_gelu", ms(g, "BiasGelu", x, b))
    g.output("fast_gelu", ms(g, "FastGelu", x))
    g.output("fast_gelu_bias", ms(g, "FastGelu", x, b))
    g.output("quick_gelu", ms(g, "QuickGelu", x))
    g.output("quick_gelu_alpha", ms(g, "QuickGelu", x, alpha=0.5))
    g.output("trilu", ms(g, "Trilu", x))
    g.output("trilu_lower", ms(g, "Trilu", x, g.const(np.int64(2)), upper=0))
    g.output("range", ms(g, "Range", g.const(2.5), g.const(4.0)))
    g.output("range_by", ms(g, "Range", g.const(np.int64(7)), g.const(np.int64(-3)), g.const(np.int64(-2))), "int64")


@graph(opset=17)
def ms_matmul(g):
    x, y = g.input("x", (3, 4, 5)), g.input("y", (3, 5, 6))
    g.output("plain", ms(g, "FusedMatMul", x, y, alpha=0.5))
    g.output("trans_a", ms(g, "FusedMatMul", g.input("xt", (3, 5, 4)), y, transA=1))
    g.output("trans_b", ms(g, "FusedMatMul", x, g.input("yt", (3, 6, 5)), transB=1, alpha=2.0))
    g.output("batch_a", ms(g, "FusedMatMul", g.input("xb", (4, 3, 5)), y, transBatchA=1))
    g.output("batch_both", ms(g, "FusedMatMul", g.input("xbt", (5, 3, 4)), g.input("ybt", (6, 3, 5)),
                              transA=1, transBatchA=1, transB=1, transBatchB=1))
    square = g.input("square", (2, 3, 7, 7), make=lambda size: g.rng.normal(size=size))
    g.output("inverse", ms(g, "Inverse", square))
    pivots = g.const(np.array([[0, 2, 1], [1, 0, 0], [0, 0, 4]], np.float32))
    g.output("inverse_pivots", ms(g, "Inverse", g.Add(pivots, g.input("zero", (3, 3), make=np.zeros))))


@graph(opset=17)
def ms_conv(g):
    x, w, b = g.input("x", (1, 4, 9, 8)), g.weight(6, 4, 3, 3), g.weight(6)
    g.output("relu", ms(g, "FusedConv", x, w, b, activation="Relu", pads=[1, 1, 1, 1]))
    z = g.input("z", (1, 6, 9, 8))
    g.output("added", ms(g, "FusedConv", x, w, b, z, activation="Relu", pads=[1, 1, 1, 1]))
    g.output("tanh", ms(g, "FusedConv", x, w, b, activation="Tanh", strides=[2, 2]))
    g.output("sigmoid", ms(g, "FusedConv", x, w, activation="Sigmoid", auto_pad="SAME_UPPER"))
    g.output("leaky", ms(g, "FusedConv", x, w, b, activation="LeakyRelu", activation_params=[0.3]))
    g.output("clip", ms(g, "FusedConv", x, w, b, activation="Clip", activation_params=[-0.5, 0.75]))
    g.output("hard", ms(g, "FusedConv", x, w, b, activation="HardSigmoid", activation_params=[0.3, 0.4]))


@graph(opset=17, runs=[{"b": 2, "s": 5}, {"b": 1, "s": 3}], check=False)
def ms_normalisations(g):
    x, skip = g.input("x", ("b", "s", 32)), g.input("skip", ("b", "s", 32))
    gamma, beta, bias = g.weight(32), g.weight(32), g.weight(32)
    several(g, ["skip_layer", "skip_layer_sum"],
            [ms(g, "SkipLayerNormalization", x, skip, gamma, beta, bias, outs=4, epsilon=1e-5)[i] for i in (0, 3)])
    g.output("skip_plain", ms(g, "SkipLayerNormalization", x, skip, gamma))
    g.output("skip_row", ms(g, "SkipLayerNormalization", x, g.input("row", (1, "s", 32)), gamma, beta))
    several(g, ["skip_rms", "skip_rms_sum"],
            [ms(g, "SkipSimplifiedLayerNormalization", x, skip, gamma, outs=4, epsilon=1e-6)[i] for i in (0, 3)])
    g.output("skip_rms_bias", ms(g, "SkipSimplifiedLayerNormalization", x, skip, gamma, bias, epsilon=1e-6))
    g.output("rms", g.SimplifiedLayerNormalization(x, gamma, epsilon=1e-6, axis=-1))


@graph(opset=13, runs=[{"b": 2, "s": 5}, {"b": 1, "s": 1}], check=False)
def ms_layer_of_any_opset(g):
    """As ONNX Runtime's fusions write it."""
    x, gamma, beta = g.input("x", ("b", "s", 32)), g.weight(32), g.weight(32)
    g.output("layer", g.LayerNormalization(x, gamma, beta, axis=-1, epsilon=1e-5))
    g.output("no_bias", g.LayerNormalization(x, gamma))


@graph(opset=17, runs=[{"b": 2, "s": 5}, {"b": 1, "s": 7}])
def ms_embedding(g):
    draw = lambda high: lambda size: g.rng.integers(0, high, size)
    ids = g.input("ids", ("b", "s"), "int32", make=draw(20))
    segments = g.input("segments", ("b", "s"), "int32", make=draw(2))
    mask = g.input("mask", ("b", "s"), "int32", make=draw(2))
    places = g.input("places", ("b", "s"), "int32", make=draw(9))
    word, place, segment = g.weight(20, 16), g.weight(9, 16), g.weight(2, 16)
    gamma, beta = g.weight(16), g.weight(16)
    y = ms(g, "EmbedLayerNormalization", ids, segments, word, place, segment, gamma, beta, mask, outs=3)
    g.output("y", y[0])
    g.output("counts", g.Cast(y[1], to=1))
    g.output("sum", y[2])
    g.output("no_segments", ms(g, "EmbedLayerNormalization", ids, None, word, place, None, gamma, beta,
                               outs=2)[0])
    g.output("places_given", ms(g, "EmbedLayerNormalization", ids, segments, word, place, segment, gamma, beta, None,
                                places, outs=2)[0])


@graph(opset=17, runs=[{"b": 2, "s": 5, "p": 3}, {"b": 1, "s": 1, "p": 6}])
def ms_attention(g):
    """Attention: one input that is projected to queries, keys and values."""
    x, w, bias = g.input("x", ("b", "s", 24)), g.weight(24, 96), g.weight(96)
    g.output("plain", ms(g, "Attention", x, w, bias, num_heads=4))
    g.output("causal", ms(g, "Attention", x, w, bias, num_heads=4, unidirectional=1, scale=0.3))
    lengths = g.input("lengths", ("b",), "int32", make=lambda size: g.rng.integers(1, 2, size))
    g.output("lengths_given", ms(g, "Attention", x, w, bias, lengths, num_heads=2))
    flags = g.input("flags", ("b", "s"), "int32", make=lambda size: np.maximum(g.rng.integers(0, 2, size), np.arange(size[1]) == 0))
    g.output("flags_given", ms(g, "Attention", x, w, bias, flags, num_heads=2))
    g.output("hidden_sizes", ms(g, "Attention", x, g.weight(24, 80), g.weight(80), num_heads=4,
                                qkv_hidden_sizes=[32, 32, 16]))
    past = g.input("past", (2, "b", 4, "p", 8))
    y = ms(g, "Attention", x, w, bias, None, past, num_heads=4, unidirectional=1, outs=2)
    several(g, ["with_past", "present"], y)


@graph(opset=17, runs=[{"b": 2, "s": 5, "p": 3, "l": 4}, {"b": 1, "s": 1, "p": 6, "l": 2}])
def ms_multi_head_attention(g):
    q, k, v = (g.input(n, ("b", "s", 32)) for n in "qkv")
    bias = g.weight(96)
    g.output("plain", ms(g, "MultiHeadAttention", q, k, v, num_heads=4))
    g.output("biased", ms(g, "MultiHeadAttention", q, k, v, bias, num_heads=4, scale=0.2))
    g.output("causal", ms(g, "MultiHeadAttention", q, k, v, num_heads=4, unidirectional=1))
    cross, values = g.input("cross", ("b", "l", 32)), g.input("values", ("b", "l", 16))
    g.output("crossed", ms(g, "MultiHeadAttention", q, cross, values, num_heads=4))
    padding = g.input("padding", ("b", "l"), "int32", make=lambda size: np.maximum(g.rng.integers(0, 2, size), np.arange(size[1]) == 0))
    g.output("padded", ms(g, "MultiHeadAttention", q, cross, values, None, padding, num_heads=4))
    past_key, past_value = g.input("past_key", ("b", 4, "p", 8)), g.input("past_value", ("b", 4, "p", 8))
    y = ms(g, "MultiHeadAttention", q, k, v, None, None, None, past_key, past_value, num_heads=4, outs=3)
    several(g, ["with_past", "present_key", "present_value"], y)


def group_query(g, name, q, k, v, heads, caches=(None, None), **attributes):
    y = ms(g, "GroupQueryAttention", q, k, v, *caches, "seqlens", "total", *attributes.pop("tables", ()),
           num_heads=heads, kv_num_heads=2, outs=3, **attributes)
    several(g, [name, name + "_key", name + "_value"], y)


@graph(opset=17)
def ms_group_query_attention(g):
    """A prompt."""
    q, k, v = g.input("q", (2, 5, 128)), g.input("k", (2, 5, 32)), g.input("v", (2, 5, 32))
    g.input("seqlens", (2,), "int32", make=lambda size: np.full(size, 4))
    g.input("total", (1,), "int32", make=lambda size: np.full(size, 5))
    caches = [g.input(n, (2, 2, 0, 16)) for n in ("past_key", "past_value")]
    group_query(g, "plain", q, k, v, 8, caches)
    group_query(g, "window", q, k, v, 8, caches, local_window_size=2, softcap=5.0)
    angle = np.outer(np.arange(16), 1 / 100 ** (np.arange(8) / 8)).astype(np.float32)
    tables = g.const(np.cos(angle)), g.const(np.sin(angle))
    group_query(g, "rotated", q, k, v, 8, caches, do_rotary=1, tables=tables)
    group_query(g, "interleaved", q, k, v, 8, caches, do_rotary=1, rotary_interleaved=1, tables=tables)
    group_query(g, "packed", g.input("packed_q", (2, 5, 192)), None, None, 8, caches, scale=0.2)


@graph(opset=17, runs=[{"b": 2, "p": 6}, {"b": 1, "p": 6}])
def ms_group_query_decode(g):
    """A token more, behind a cache that holds as many as there are."""
    q, k, v = g.input("q", ("b", 1, 128)), g.input("k", ("b", 1, 32)), g.input("v", ("b", 1, 32))
    g.input("seqlens", ("b",), "int32", make=lambda size: np.full(size, 6))
    g.input("total", (1,), "int32", make=lambda size: np.full(size, 7))
    caches = [g.input(n, ("b", 2, "p", 16)) for n in ("past_key", "past_value")]
    angle = np.outer(np.arange(16), 1 / 100 ** (np.arange(8) / 8)).astype(np.float32)
    tables = g.const(np.cos(angle)), g.const(np.sin(angle))
    group_query(g, "plain", q, k, v, 8, caches)
    group_query(g, "rotated", q, k, v, 8, caches, do_rotary=1, tables=tables)


@graph(opset=17, runs=[{"b": 2, "p": 9}, {"b": 3, "p": 20}])
def ms_group_query_ragged(g):
    """Behind caches with room to spare, of which each batch has filled another part."""
    q, k, v = g.input("q", ("b", 1, 64)), g.input("k", ("b", 1, 32)), g.input("v", ("b", 1, 32))
    g.input("seqlens", ("b",), "int32", make=lambda size: [6, 3, 1][:size[0]])
    g.input("total", (1,), "int32", make=lambda size: [7])
    caches = [g.input(n, ("b", 2, "p", 16)) for n in ("past_key", "past_value")]
    y = ms(g, "GroupQueryAttention", q, k, v, *caches, "seqlens", "total", num_heads=4, kv_num_heads=2, outs=3)
    g.output("y", y[0])


@graph(opset=17, runs=[{"b": 2, "s": 5}, {"b": 1, "s": 2}])
def ms_rotary(g):
    angle = np.outer(np.arange(16), 1 / 100 ** (np.arange(4) / 4)).astype(np.float32)
    cos, sin = g.const(np.cos(angle)), g.const(np.sin(angle))
    ids = g.input("ids", ("b", "s"), "int64", make=lambda size: g.rng.integers(0, 16, size))
    first = g.const(np.array([3], np.int64))
    x = g.input("x", ("b", "s", 32))
    g.output("placed", ms(g, "RotaryEmbedding", x, ids, cos, sin))
    g.output("from_first", ms(g, "RotaryEmbedding", x, first, cos, sin))
    g.output("interleaved", ms(g, "RotaryEmbedding", x, ids, cos, sin, interleaved=1))
    g.output("part", ms(g, "RotaryEmbedding", g.input("wide", ("b", "s", 64)), ids, cos, sin, num_heads=4,
                        rotary_embedding_dim=8))
    g.output("heads_first", ms(g, "RotaryEmbedding", g.input("x4", ("b", 4, "s", 8)), ids, cos, sin))


@graph(opset=17, runs=[{"b": 3}, {"b": 1}])
def ms_matmul_bits(g):
    x = g.input("x", ("b", 5, 40))
    for bits in (4, 8):
        for zeros in (False, True):
            blocks, n = 3, 11
            codes = g.const(g.rng.integers(0, 256, (n, blocks, 16 * bits // 8)).astype(np.uint8))
            scales = g.const(g.rng.uniform(0.01, 0.1, (n, blocks)).astype(np.float32))
            zero = [g.const(g.rng.integers(0, 256, (n, -(-blocks * bits // 8))).astype(np.uint8))] if zeros else []
            g.output(f"bits_{bits}{'_zeros' if zeros else ''}",
                     ms(g, "MatMulNBits", x, codes, scales, *zero, N=n, K=40, bits=bits, block_size=16))


@graph(opset=17)
def ms_matmul_integers(g):
    x = g.input("x", (4, 20))
    for kind in (np.uint8, np.int8):
        w = g.const(g.rng.integers(-100 if kind == np.int8 else 0, 100, (20, 9)).astype(kind))
        one, each = g.const(np.float32(0.02)), g.const(g.rng.uniform(0.01, 0.1, 9).astype(np.float32))
        zero = g.const(np.array(7, kind))
        name = np.dtype(kind).name
        g.output("dynamic_" + name, ms(g, "DynamicQuantizeMatMul", x, w, one))
        g.output("dynamic_bias_" + name, ms(g, "DynamicQuantizeMatMul", x, w, each, g.const(np.full(9, 3, kind)), g.weight(9)))
        a = g.input("a_" + name, (4, 20), "uint8", make=lambda size: g.rng.integers(0, 256, size))
        g.output("integers_" + name, ms(g, "MatMulIntegerToFloat", a, w, one, one))
        g.output("integers_zero_" + name, ms(g, "MatMulIntegerToFloat", a, w, one, each, g.const(np.uint8(120)), zero, g.weight(9)))


@graph(opset=17)
def ms_qlinear(g):
    """No scale makes ties of what is to be rounded."""
    def back(name, value, scale, zero):
        g.output(name, g.DequantizeLinear(value, scale, zero))

    for kind in (np.uint8, np.int8):
        name = np.dtype(kind).name
        low = np.iinfo(kind).min
        draw = lambda size: g.rng.integers(low, low + 256, size)
        a, b = g.input("a_" + name, (2, 3, 8, 7), name, make=draw), g.input("b_" + name, (2, 3, 8, 7), name, make=draw)
        s, t, u = (g.const(np.float32(v)) for v in (0.02, 0.0373, 0.031))
        z, y = g.const(np.array(low + 120, kind)), g.const(np.array(low + 90, kind))
        back("add_" + name, ms(g, "QLinearAdd", a, s, z, b, t, y, u, z), u, z)
        back("mul_" + name, ms(g, "QLinearMul", a, s, z, b, t, y, u, z), u, z)
        back("sigmoid_" + name, ms(g, "QLinearSigmoid", a, s, z, g.const(np.float32(1 / 256)), y), g.const(np.float32(1 / 256)), y)
        back("leaky_" + name, ms(g, "QLinearLeakyRelu", a, s, z, u, y, alpha=0.2), u, y)
        back("average_" + name, ms(g, "QLinearAveragePool", a, s, z, t, y, kernel_shape=[3, 3], pads=[1, 1, 1, 1]), t, y)
        back("average_counted_" + name, ms(g, "QLinearAveragePool", a, s, z, t, y, kernel_shape=[2, 2], strides=[2, 2],
                                           count_include_pad=1), t, y)
        back("global_" + name, ms(g, "QLinearGlobalAveragePool", a, s, z, t, y), t, y)
        back("concat_" + name, ms(g, "QLinearConcat", u, y, a, s, z, b, t, y, axis=1), u, y)
        back("softmax_" + name, ms(g, "QLinearSoftmax", a, s, z, g.const(np.float32(1 / 256)), g.const(np.array(low, kind)), axis=-1, opset=13), g.const(np.float32(1 / 256)), g.const(np.array(low, kind)))


@graph(opset=17)
def ms_fused_gemm(g):
    x, w, c = g.input("x", (5, 12)), g.weight(12, 7), g.weight(7)
    for name, rest in {"Relu": {}, "Tanh": {}, "Sigmoid": {}, "Softsign": {}, "Softplus": {},
                       "LeakyRelu": {"activation_alpha": 0.3}, "Elu": {"activation_alpha": 0.7},
                       "HardSigmoid": {"activation_alpha": 0.3, "activation_beta": 0.4}}.items():
        g.output(name.lower(), ms(g, "FusedGemm", x, w, c, activation=name, **rest))
    g.output("transposed", ms(g, "FusedGemm", g.input("xt", (12, 5)), g.weight(7, 12), c, activation="Relu",
                              transA=1, transB=1, alpha=0.5, beta=2.0))
    y = g.input("y", (3, 12))
    g.output("distances", ms(g, "CDist", x, y, metric="euclidean"))
    g.output("squares", ms(g, "CDist", x, y, metric="sqeuclidean"))


def codes(g, name, shape, kind):
    info = np.iinfo(kind)
    draw = lambda size: g.rng.integers(info.min, info.max + 1, size)
    return g.input(name, shape, np.dtype(kind).name, make=draw)


@graph(opset=17)
def ms_qgemm(g):
    a, b = codes(g, "a", (4, 20), np.uint8), g.const(g.rng.integers(-100, 100, (20, 9)).astype(np.int8))
    s, t, each = (g.const(np.float32(v)) for v in (0.02, 0.0073, g.rng.uniform(0.01, 0.02, 9)))
    za, zb = g.const(np.uint8(120)), g.const(np.int8(0))
    bias = g.const(g.rng.integers(-500, 500, 9).astype(np.int32))
    zeros = g.const(np.zeros(9, np.int8))
    g.output("real", ms(g, "QGemm", a, s, za, b, t, zb, bias))
    g.output("real_each", ms(g, "QGemm", a, s, za, b, each, zeros, bias, alpha=0.5))
    u, zu = g.const(np.float32(0.31)), g.const(np.uint8(99))
    y = ms(g, "QGemm", a, s, za, b, t, zb, bias, u, zu)
    g.output("quantised", g.DequantizeLinear(y, u, zu))
    turned = g.const(g.rng.integers(-100, 100, (9, 20)).astype(np.int8))
    g.output("transposed", ms(g, "QGemm", a, s, za, turned, t, zb, transB=1))


@graph(opset=17)
def ms_channels_last(g):
    x = codes(g, "x", (2, 9, 8, 16), np.uint8)
    w = g.const(g.rng.integers(-100, 100, (6, 16, 3, 3)).astype(np.int8))
    s, t, u = (g.const(np.float32(v)) for v in (0.02, 0.0073, 0.31))
    zx, zw, zu = g.const(np.uint8(120)), g.const(np.int8(0)), g.const(np.uint8(99))
    bias = g.const(g.rng.integers(-500, 500, 6).astype(np.int32))
    y = ms(g, "QLinearConv", x, s, zx, w, t, zw, u, zu, bias, channels_last=1, pads=[1, 1, 1, 1])
    g.output("conv", g.DequantizeLinear(y, u, zu))
    g.output("pool", g.Cast(ms(g, "NhwcMaxPool", x, kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1]), to=1))
    p, q = (codes(g, n, (4, 5), np.uint8) for n in "pq")
    condition = g.input("condition", (4, 1), "bool")
    y = ms(g, "QLinearWhere", condition, p, s, zx, q, t, zu, u, zu)
    g.output("where", g.DequantizeLinear(y, u, zu))


@graph(opset=17)
def ms_quantize(g):
    """16 and 4 bits before the standard had them."""
    x = g.input("x", (4, 6))
    for kind in (np.int16, np.uint16, np.int8):
        scale, zero = g.const(np.float32(0.013)), g.const(np.array(3, kind))
        y = ms(g, "QuantizeLinear", x, scale, zero)
        g.output("quantised_" + np.dtype(kind).name, g.Cast(y, to=1))
        g.output("real_" + np.dtype(kind).name, ms(g, "DequantizeLinear", y, scale, zero))
    scales, zeros = g.const(np.float32([0.1, 0.2, 0.05, 0.3])), g.const(np.zeros(4, np.int16))
    g.output("each", g.Cast(ms(g, "QuantizeLinear", x, scales, zeros, axis=0), to=1))


@graph(opset=17)
def ms_quantized_attention(g):
    x = codes(g, "x", (2, 5, 24), np.uint8)
    w, bias = g.const(g.rng.integers(-100, 100, (24, 96)).astype(np.int8)), g.weight(96)
    s, t = g.const(np.float32(0.02)), g.const(np.float32(0.005))
    zx, zw = g.const(np.uint8(120)), g.const(np.int8(0))
    g.output("plain", ms(g, "QAttention", x, w, bias, s, t, None, zx, zw, num_heads=4))
    flags = g.input("flags", (2, 5), "int32", make=lambda size: np.maximum(g.rng.integers(0, 2, size), np.arange(size[1]) == 0))
    g.output("masked", ms(g, "QAttention", x, w, bias, s, t, flags, zx, zw, num_heads=4, unidirectional=1))


@graph(opset=21)
def ms_gather_blocks(g):
    ids = g.input("ids", (2, 3), "int64", make=lambda size: g.rng.integers(-11, 11, size))
    scales = g.const(g.rng.uniform(0.01, 0.1, (11, 3)).astype(np.float32))
    for bits in (4, 8):
        data = g.const(g.rng.integers(0, 256, (11, 40 * bits // 8)).astype(np.uint8))
        rest = {"block_size": 16, "quantize_axis": 1, "bits": bits}
        g.output(f"bits_{bits}", ms(g, "GatherBlockQuantized", data, ids, scales, **rest))
        zeros = g.const(g.rng.integers(0, 256, (11, -(-3 * bits // 8))).astype(np.uint8))
        g.output(f"bits_{bits}_zeros", ms(g, "GatherBlockQuantized", data, ids, scales, zeros, **rest))


def real_lstm(model, feeds):
    """By the standard's LSTM with the weights that the quantised ones stand for."""
    model = copy.deepcopy(model)
    weights = {t.name: numpy_helper.to_array(t) for t in model.graph.initializer}
    for node in model.graph.node:
        for i, scale in ((1, 8), (2, 10)):
            if node.op_type != "DynamicQuantizeLSTM":
                continue
            factor, zero = (weights[node.input[j]].astype(np.float32) for j in (scale, scale + 1))
            factor, zero = (p[:, None, None] if p.ndim == 1 else p[:, None] for p in (factor, zero))
            real = ((weights[node.input[i]] - zero) * factor).transpose(0, 2, 1)
            node.input[i] = f"{node.name}_{i}"
            model.graph.initializer.append(numpy_helper.from_array(np.ascontiguousarray(real), node.input[i]))
        if node.op_type == "DynamicQuantizeLSTM":
            node.op_type, node.domain = "LSTM", ""
            node.input[:] = list(node.input)[:8]
    return run_onnxruntime(model, feeds)


@graph(opset=17, runs=[{"t": 5, "b": 2}, {"t": 3, "b": 1}], by=real_lstm)
def ms_quantized_lstm(g):
    x = g.input("x", ("t", "b", 6))
    for name, directions, each in (("forward", 1, False), ("bidirectional", 2, True)):
        w, r = (g.const(g.rng.integers(-100, 100, (directions, k, 32)).astype(np.int8)) for k in (6, 8))
        size = (directions, 32) if each else (directions,)
        scales = [g.const(g.rng.uniform(0.002, 0.006, size).astype(np.float32)) for _ in range(2)]
        zeros = [g.const(np.full(size, z, np.int8)) for z in (0, 3)]
        y = ms(g, "DynamicQuantizeLSTM", x, w, r, g.weight(directions, 64), None, None, None, None, scales[0], zeros[0],
               scales[1], zeros[1], hidden_size=8, direction=name, outs=3)
        several(g, [name, name + "_h", name + "_c"], y)
