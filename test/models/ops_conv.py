#===- ops_conv.py - convolution and pooling cases -------------*- Python -*-===#
#
# Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
#===------------------------------------------------------------------------===#
"""Each output of a case is one variant, named after what it tries."""
from kit import graph


def conv(g, x, cin, cout, kernel, bias=True, group=1, **attributes):
    w = g.weight(cout, cin // group, *kernel)
    return g.Conv(x, w, g.weight(cout) if bias else None, group=group, kernel_shape=kernel, **attributes)


@graph(opset=13)
def conv_2d(g):
    x = g.input("x", (2, 5, 13, 11))
    for name, kernel, attributes in (
        ("same", (3, 3), dict(pads=[1, 1, 1, 1])),
        ("valid", (3, 3), {}),
        ("point", (1, 1), {}),
        ("point_stride", (1, 1), dict(strides=[2, 2])),
        ("stride", (3, 3), dict(strides=[2, 2], pads=[1, 1, 1, 1])),
        ("stride_uneven", (3, 2), dict(strides=[3, 1])),
        ("pads_uneven", (4, 3), dict(pads=[0, 2, 3, 1])),
        ("dilated", (3, 3), dict(dilations=[2, 3], pads=[2, 3, 2, 3])),
        ("tall", (7, 1), dict(pads=[3, 0, 3, 0])),
        ("whole", (13, 11), {}),
        ("same_upper", (4, 4), dict(auto_pad="SAME_UPPER", strides=[2, 2])),
        ("same_lower", (4, 4), dict(auto_pad="SAME_LOWER", strides=[2, 2])),
        ("auto_valid", (2, 3), dict(auto_pad="VALID")),
    ):
        g.output(name, conv(g, x, 5, 6, kernel, **attributes))
    g.output("no_bias", conv(g, x, 5, 6, (3, 3), bias=False))


@graph(opset=13)
def conv_idle_taps(g):
    """Taps that meet nothing but padding, as those of an atrous convolution on a small image."""
    x, tiny = g.input("x", (1, 3, 4, 5)), g.input("tiny", (2, 3, 1, 1))
    for name, kernel, attributes in (
        ("centre", (3, 3), dict(dilations=[6, 5], pads=[6, 5, 6, 5])),
        ("beyond", (3, 3), dict(dilations=[9, 12], pads=[10, 14, 11, 12])),
        ("corner", (3, 3), dict(dilations=[4, 5], pads=[8, 10, 0, 0])),
        ("other_corner", (3, 3), dict(dilations=[4, 5], pads=[0, 0, 8, 10])),
        ("two_of_five", (5, 4), dict(dilations=[3, 4], pads=[10, 3, 4, 9])),
        ("stride", (3, 3), dict(dilations=[6, 3], pads=[6, 3, 6, 3], strides=[3, 2])),
        ("stride_over", (3, 2), dict(dilations=[4, 6], pads=[7, 6, 7, 9], strides=[9, 7])),
        ("one_row", (3, 3), dict(dilations=[5, 1], pads=[5, 1, 5, 1])),
        ("groups", (3, 3), dict(dilations=[6, 6], pads=[6, 6, 6, 6], group=3)),
    ):
        g.output(name, conv(g, x, 3, 6, kernel, **attributes))
    g.output("tiny_3x3", conv(g, tiny, 3, 8, (3, 3), pads=[1, 1, 1, 1]))
    g.output("tiny_stride", conv(g, tiny, 3, 8, (3, 3), pads=[1, 1, 1, 1], strides=[2, 2]))
    g.output("tiny_7x7", conv(g, tiny, 3, 8, (7, 7), pads=[3, 4, 3, 5]))
    g.output("computed", g.Conv(x, g.Exp(g.input("w", (2, 3, 3, 3))), dilations=[7, 7], pads=[7, 7, 7, 7]))


@graph(opset=13)
def conv_channels(g):
    """Counts of channels around every multiple that a tile may have."""
    for cin, cout in ((1, 1), (3, 7), (8, 8), (16, 17), (17, 16), (31, 33), (64, 64), (65, 4), (12, 130)):
        x = g.input(f"x{cin}_{cout}", (1, cin, 7, 9))
        g.output(f"y{cin}_{cout}", conv(g, x, cin, cout, (3, 3), pads=[1, 1, 1, 1]))
        g.output(f"p{cin}_{cout}", conv(g, x, cin, cout, (1, 1)))


@graph(opset=13)
def conv_groups(g):
    x = g.input("x", (2, 12, 10, 9))
    pad = dict(pads=[1, 1, 1, 1])
    g.output("two", conv(g, x, 12, 8, (3, 3), group=2, **pad))
    g.output("four_point", conv(g, x, 12, 12, (1, 1), group=4))
    g.output("depthwise", conv(g, x, 12, 12, (3, 3), group=12, **pad))
    g.output("depthwise_stride", conv(g, x, 12, 12, (5, 5), group=12, pads=[2, 2, 2, 2], strides=[2, 2]))
    g.output("depthwise_dilated", conv(g, x, 12, 12, (3, 3), group=12, dilations=[2, 2], pads=[2, 2, 2, 2]))
    g.output("multiplier", conv(g, x, 12, 24, (3, 3), group=12, **pad))
    g.output("depthwise_7", conv(g, x, 12, 12, (7, 7), group=12, pads=[3, 3, 3, 3]))
    y = g.input("wide", (1, 37, 6, 6))
    g.output("depthwise_37", conv(g, y, 37, 37, (3, 3), group=37, **pad))


@graph(opset=13)
def conv_depthwise(g):
    # An odd number of rows, whole vectors of channels and a rest, three dimensions.
    x, v = g.input("x", (2, 40, 7, 13)), g.input("v", (1, 32, 3, 5, 6))
    g.output("odd", conv(g, x, 40, 40, (3, 3), group=40, pads=[1, 1, 1, 1]))
    g.output("five", conv(g, x, 40, 40, (5, 5), group=40, pads=[2, 2, 2, 2]))
    g.output("tall", conv(g, x, 40, 40, (3, 2), group=40, strides=[1, 2], dilations=[1, 3]))
    g.output("wide", conv(g, x, 40, 40, (2, 3), group=40, strides=[2, 1], dilations=[2, 1]))
    g.output("volume", conv(g, v, 32, 32, (3, 3, 3), group=32, pads=[1, 1, 1, 1, 1, 1]))


def depthwise_edges(g, x, line):
    """Windows that lie outside of the input in part, or altogether."""
    g.output("wide", conv(g, x, 20, 20, (3, 5), group=20, pads=[1, 2, 1, 2]))
    g.output("before", conv(g, x, 20, 20, (3, 3), group=20, pads=[4, 5, 0, 0]))
    g.output("behind", conv(g, x, 20, 20, (3, 3), group=20, pads=[0, 0, 5, 4], strides=[1, 2]))
    g.output("gaps", conv(g, x, 20, 20, (3, 3), group=20, pads=[2, 3, 3, 2], dilations=[2, 3], strides=[2, 1]))
    g.output("large", conv(g, x, 20, 20, (9, 7), group=20, pads=[4, 3, 4, 3]))
    g.output("causal", conv(g, line, 20, 20, (9,), group=20, pads=[8, 0]))


@graph(opset=13)
def conv_depthwise_edges(g):
    # The window may be larger than the input, and many tiles of a row at the edges.
    depthwise_edges(g, g.input("x", (2, 20, 5, 18)), g.input("line", (1, 20, 21)))
    y = g.input("few", (1, 20, 2, 1))
    g.output("small", conv(g, y, 20, 20, (5, 5), group=20, pads=[2, 2, 2, 2]))
    g.output("far", conv(g, y, 20, 20, (1, 31), group=20, pads=[0, 40, 0, 30]))


@graph(opset=13, runs=[{"n": 1, "h": 9, "w": 23}, {"n": 2, "h": 3, "w": 2}, {"n": 1, "h": 130, "w": 9}])
def conv_depthwise_edges_open(g):
    depthwise_edges(g, g.input("x", ("n", 20, "h", "w")), g.input("line", ("n", 20, "w")))


@graph(opset=13)
def conv_image_edges(g):
    """Of an image in planes too, windows lie outside in part, or altogether."""
    x, grey = g.input("x", (2, 3, 9, 31)), g.input("grey", (1, 1, 6, 7))
    g.output("stem", conv(g, x, 3, 40, (3, 3), pads=[1, 1, 1, 1], strides=[2, 2]))
    g.output("seven", conv(g, x, 3, 70, (7, 7), pads=[3, 3, 3, 3], strides=[2, 2]))
    g.output("same", g.Relu(conv(g, x, 3, 5, (5, 3), pads=[2, 1, 2, 1])))
    g.output("before", conv(g, x, 3, 20, (3, 3), pads=[4, 5, 0, 0]))
    g.output("behind", conv(g, x, 3, 20, (2, 3), pads=[0, 0, 5, 4], dilations=[1, 2]))
    g.output("one", conv(g, grey, 1, 16, (9, 9), pads=[4, 4, 4, 4]))


@graph(opset=13)
def conv_1d_3d(g):
    x, v = g.input("x", (2, 4, 21)), g.input("v", (1, 3, 5, 6, 7))
    g.output("line", conv(g, x, 4, 6, (3,), pads=[1, 1]))
    g.output("line_stride", conv(g, x, 4, 6, (5,), strides=[3], dilations=[2], pads=[1, 4]))
    g.output("line_depthwise", conv(g, x, 4, 4, (4,), group=4, pads=[3, 0]))
    g.output("volume", conv(g, v, 3, 4, (3, 3, 3), pads=[1, 1, 1, 1, 1, 1]))
    g.output("volume_stride", conv(g, v, 3, 4, (2, 3, 1), strides=[1, 2, 3]))


@graph(opset=14)
def conv_epilogues(g):
    """What networks put behind a convolution."""
    x = g.input("x", (1, 8, 9, 10))
    other = g.input("other", (1, 16, 9, 10))

    def y():
        return conv(g, x, 8, 16, (3, 3), pads=[1, 1, 1, 1])
    g.output("relu", g.Relu(y()))
    g.output("residual", g.Relu(g.Add(y(), other)))
    g.output("relu6", g.Clip(y(), g.const(0.0), g.const(6.0)))
    a = y()
    g.output("silu", g.Mul(a, g.Sigmoid(a)))
    g.output("hardswish", g.HardSwish(y()))
    g.output("leaky", g.LeakyRelu(y(), alpha=0.1))
    g.output("prelu", g.PRelu(y(), g.weight(16, 1, 1)))
    g.output("affine", g.Add(g.Mul(y(), g.weight(1, 16, 1, 1)), g.weight(16, 1, 1)))
    g.output("tanh", g.Tanh(g.Mul(y(), g.const(0.25))))
    b = y()
    g.output("twice_a", g.Relu(b))
    g.output("twice_b", g.Neg(b))
    g.output("pooled", g.MaxPool(g.Relu(y()), kernel_shape=[2, 2], strides=[2, 2]))
    g.output("chain", g.Relu(conv(g, g.Relu(y()), 16, 8, (1, 1))))
    g.output("spatial_gate", g.Mul(y(), g.Sigmoid(g.ReduceMean(other, axes=[1]))))


def batchnorm(g, x, channels, **attributes):
    spread = g.const((g.rng.random(channels) + 0.5).astype("float32"))
    return g.BatchNormalization(x, g.weight(channels), g.weight(channels), g.weight(channels), spread, **attributes)


@graph(opset=15)
def batchnorm_fold(g):
    x = g.input("x", (2, 6, 8, 8))
    pad = dict(pads=[1, 1, 1, 1])
    g.output("after", g.Relu(batchnorm(g, conv(g, x, 6, 10, (3, 3), **pad), 10)))
    g.output("after_no_bias", batchnorm(g, conv(g, x, 6, 10, (3, 3), bias=False), 10, epsilon=1e-2))
    g.output("before_padded", conv(g, g.Relu(batchnorm(g, x, 6)), 6, 5, (3, 3), **pad))
    g.output("before", conv(g, batchnorm(g, x, 6), 6, 5, (3, 3)))
    g.output("grouped", batchnorm(g, conv(g, x, 6, 12, (3, 3), group=3), 12))
    g.output("alone", batchnorm(g, x, 6))
    shared = conv(g, x, 6, 4, (1, 1))
    g.output("shared_raw", shared)
    g.output("shared_norm", batchnorm(g, shared, 4))
    w = g.weight(6, 3, 2, 2)
    g.output("transposed", batchnorm(g, g.ConvTranspose(x, w, strides=[2, 2]), 3))


@graph(opset=9)
def batchnorm_opset9(g):
    x, flat = g.input("x", (3, 4, 5)), g.input("flat", (3, 4))
    g.output("line", batchnorm(g, x, 4))
    g.output("vector", batchnorm(g, flat, 4, epsilon=1e-3))


@graph(opset=14)
def conv_winograd(g):
    """What Winograd's algorithm computes, in tiles that do not cover the image."""
    x, other = g.input("x", (2, 24, 15, 14)), g.input("other", (2, 24, 15, 14))
    for name, cout, pads in (
        ("same", 24, [1, 1, 1, 1]),
        ("valid", 40, [0, 0, 0, 0]),
        ("low", 17, [2, 1, 0, 0]),
        ("high", 64, [0, 0, 1, 3]),
        ("wide", 70, [2, 3, 3, 2]),
    ):
        g.output(name, conv(g, x, 24, cout, (3, 3), pads=pads))

    def y(bias=True):
        return conv(g, x, 24, 24, (3, 3), bias=bias, pads=[1, 1, 1, 1])
    g.output("no_bias", y(bias=False))
    g.output("relu", g.Relu(y()))
    g.output("residual", g.Relu(g.Add(y(), other)))
    a = y()
    g.output("silu", g.Mul(a, g.Sigmoid(a)))
    g.output("chain", conv(g, g.Relu(y()), 24, 24, (3, 3), pads=[1, 1, 1, 1]))
    g.output("padded", conv(g, g.Relu(y()), 24, 4, (5, 5), pads=[2, 2, 2, 2]))
    uneven = g.input("uneven", (1, 37, 10, 12))
    g.output("channels", conv(g, uneven, 37, 37, (3, 3), pads=[1, 1, 1, 1]))
    small = g.input("small", (1, 96, 7, 8))
    g.output("small_tiles", conv(g, small, 96, 48, (3, 3), pads=[1, 1, 2, 1]))


@graph(opset=13, runs=[{"n": 1}, {"n": 3}])
def conv_winograd_batch(g):
    x = g.input("x", ("n", 32, 14, 15))
    g.output("y", g.Relu(conv(g, x, 32, 32, (3, 3), pads=[1, 1, 1, 1])))


@graph(opset=13, runs=[{"n": 1}, {"n": 3}, {"n": 4}])
def conv_dynamic_batch(g):
    x = g.input("x", ("n", 3, 12, 12))
    y = g.Relu(conv(g, x, 3, 8, (3, 3), pads=[1, 1, 1, 1], strides=[2, 2]))
    y = g.Relu(conv(g, y, 8, 8, (3, 3), group=8, pads=[1, 1, 1, 1]))
    g.output("y", g.Flatten(g.GlobalAveragePool(y)))


@graph(opset=17, runs=[{"n": 1}, {"n": 3}, {"n": 0}])
def images_open_batch(g):
    """What is fused, padded, joined and written over where only the number of images is open."""
    x = g.input("x", ("n", 3, 18, 14))
    y = g.Relu(conv(g, x, 3, 24, (3, 3), pads=[1, 1, 1, 1], strides=[2, 2]))
    wide = g.Relu(conv(g, y, 24, 40, (1, 1)))
    deep = g.Relu(conv(g, wide, 40, 40, (5, 5), group=40, pads=[2, 2, 2, 2]))
    factor = g.Relu(conv(g, g.ReduceMean(deep, axes=[2, 3]), 40, 8, (1, 1)))
    factor = g.Sigmoid(conv(g, factor, 8, 40, (1, 1)))
    z = g.Add(conv(g, g.Mul(deep, factor), 40, 24, (1, 1)), y)
    g.output("excited", z)
    small = g.Relu(conv(g, z, 24, 24, (3, 3), pads=[1, 1, 1, 1], strides=[2, 2]))
    w, b = g.weight(24, 24, 2, 2), g.weight(24)
    up = g.ConvTranspose(small, w, b, strides=[2, 2], output_padding=[1, 1])
    part = g.Slice(up, g.const([0, 0], "int64"), g.const([9, 7], "int64"), g.const([2, 3], "int64"))
    joined = g.Concat(z, part, axis=1)
    g.output("joined", g.Relu(conv(g, joined, 48, 20, (3, 3), pads=[1, 1, 1, 1])))
    tokens = g.Transpose(g.Reshape(joined, g.const([0, 48, 63], "int64")), perm=[0, 2, 1])
    normal = g.LayerNormalization(tokens, g.weight(48), g.weight(48), axis=-1)
    scores = g.MatMul(normal, g.Transpose(normal, perm=[0, 2, 1]))
    g.output("attended", g.Add(g.MatMul(g.Softmax(scores, axis=-1), normal), tokens))


@graph(opset=13, runs=[{"h": 8, "w": 8}, {"h": 17, "w": 5}, {"h": 32, "w": 20}])
def conv_dynamic_size(g):
    x = g.input("x", (1, 3, "h", "w"))
    y = g.Relu(conv(g, x, 3, 8, (3, 3), auto_pad="SAME_UPPER", strides=[2, 2]))
    z = g.MaxPool(y, kernel_shape=[2, 2], strides=[1, 1])
    g.output("features", conv(g, z, 8, 4, (1, 1)))
    g.output("pooled", g.GlobalMaxPool(y))


@graph(opset=11)
def conv_weights_computed(g):
    """A kernel that is an input, and one that is computed from one."""
    x, w = g.input("x", (1, 4, 6, 6)), g.input("w", (5, 4, 3, 3))
    g.output("given", g.Conv(x, w, pads=[1, 1, 1, 1]))
    g.output("scaled", g.Conv(x, g.Mul(w, g.const(0.5)), g.weight(5)))


@graph(opset=11)
def conv_transpose(g):
    x = g.input("x", (2, 6, 5, 7))
    for name, kernel, group, attributes in (
        ("plain", (3, 3), 1, {}),
        ("double", (2, 2), 1, dict(strides=[2, 2])),
        ("overlap", (4, 4), 1, dict(strides=[2, 2], pads=[1, 1, 1, 1])),
        ("output_padding", (3, 3), 1, dict(strides=[2, 2], pads=[1, 1, 1, 1], output_padding=[1, 1])),
        ("gaps", (2, 2), 1, dict(strides=[3, 3])),
        ("dilated", (3, 3), 1, dict(dilations=[2, 2])),
        ("pads_uneven", (3, 4), 1, dict(strides=[2, 1], pads=[0, 1, 2, 0])),
        ("groups", (3, 3), 3, dict(strides=[2, 2])),
        ("depthwise", (3, 3), 6, dict(strides=[2, 2], pads=[1, 1, 1, 1])),
        ("same_upper", (3, 3), 1, dict(strides=[2, 2], auto_pad="SAME_UPPER")),
        ("output_shape", (3, 3), 1, dict(strides=[2, 2], output_shape=[10, 14])),
    ):
        w = g.weight(6, 12 // group if group < 6 else 1, *kernel)
        bias = g.weight(12 if group < 6 else 6)
        g.output(name, g.ConvTranspose(x, w, bias, group=group, kernel_shape=kernel, **attributes))
    line = g.input("x1", (1, 3, 9))
    g.output("one_dim", g.ConvTranspose(line, g.weight(3, 2, 4), strides=[2], pads=[1, 1]))


@graph(opset=19, runs=[{"n": 2, "h": 13, "w": 40}, {"n": 1, "h": 5, "w": 6}, {"n": 3, "h": 64, "w": 5}])
def pool_one_channel(g):
    x = g.input("x", ("n", 1, "h", "w"))
    for name, kernel, attributes in (
        ("same", [5, 5], dict(pads=[2, 2, 2, 2])),
        ("half", [2, 3], dict(strides=[2, 2])),
        ("ceil", [3, 3], dict(strides=[2, 2], ceil_mode=1)),
        ("dilated", [3, 2], dict(dilations=[2, 3])),
        ("row", [1, 5], dict(pads=[0, 1, 0, 2])),
        ("same_upper", [2, 4], dict(strides=[2, 2], auto_pad="SAME_UPPER")),
    ):
        g.output("max_" + name, g.MaxPool(x, kernel_shape=kernel, **attributes))
        g.output("mean_" + name, g.AveragePool(x, kernel_shape=kernel, **attributes))


@graph(opset=12)
def pool_max(g):
    x = g.input("x", (2, 3, 13, 10))
    for name, kernel, attributes in (
        ("plain", [2, 2], dict(strides=[2, 2])),
        ("stem", [3, 3], dict(strides=[2, 2], pads=[1, 1, 1, 1])),
        ("stride_one", [5, 5], dict(pads=[2, 2, 2, 2])),
        ("ceil", [3, 3], dict(strides=[2, 2], ceil_mode=1)),
        ("ceil_pads", [2, 2], dict(strides=[3, 3], pads=[0, 0, 1, 1], ceil_mode=1)),
        ("dilated", [2, 3], dict(dilations=[3, 2])),
        ("same_upper", [3, 3], dict(strides=[2, 2], auto_pad="SAME_UPPER")),
        ("same_lower", [2, 2], dict(strides=[2, 2], auto_pad="SAME_LOWER")),
        ("row", [1, 10], {}),
    ):
        g.output(name, g.MaxPool(x, kernel_shape=kernel, **attributes))
    g.output("all", g.GlobalMaxPool(x))
    g.output("line", g.MaxPool(g.input("x1", (1, 4, 11)), kernel_shape=[3], strides=[2]))
    g.output("volume", g.MaxPool(g.input("x3", (1, 2, 5, 4, 6)), kernel_shape=[2, 2, 2]))


@graph(opset=12)
def pool_strips(g):
    """Rows that the nearest cache does not hold are done strip by strip, image by image."""
    x = g.input("x", (2, 32, 8, 50), make=lambda size: g.rng.integers(-40, 40, size))
    pixels = g.Relu(g.Conv(x, g.weight(32, 32, 1, 1)))
    for name, kernel, attributes in (
        ("tall", [7, 3], dict(strides=[1, 2], pads=[3, 1, 3, 1])),
        ("plain", [7, 2], {}),
    ):
        top = g.MaxPool(pixels, kernel_shape=kernel, **attributes)
        mean = g.AveragePool(pixels, kernel_shape=kernel, **attributes)
        g.output(name, g.Conv(g.Add(top, mean), g.weight(5, 32, 1, 1)))


@graph(opset=19)
def pool_average(g):
    x = g.input("x", (2, 3, 13, 10))
    for name, kernel, attributes in (
        ("plain", [2, 2], dict(strides=[2, 2])),
        ("pads_excluded", [3, 3], dict(pads=[1, 1, 1, 1])),
        ("pads_included", [3, 3], dict(pads=[1, 1, 1, 1], count_include_pad=1)),
        ("ceil", [3, 3], dict(strides=[2, 2], ceil_mode=1)),
        ("pads_uneven", [3, 2], dict(strides=[2, 1], pads=[0, 1, 2, 0])),
        ("same_upper", [3, 3], dict(strides=[2, 2], auto_pad="SAME_UPPER")),
    ):
        g.output(name, g.AveragePool(x, kernel_shape=kernel, **attributes))
    g.output("all", g.GlobalAveragePool(x))
    g.output("line", g.AveragePool(g.input("x1", (1, 4, 11)), kernel_shape=[3], strides=[2]))
    g.output("volume", g.GlobalAveragePool(g.input("x3", (1, 2, 5, 4, 6))))


RESIZES = (
    ("nearest", dict(mode="nearest")),
    ("nearest_asymmetric_floor", dict(mode="nearest", coordinate_transformation_mode="asymmetric", nearest_mode="floor")),
    ("nearest_ceil", dict(mode="nearest", nearest_mode="ceil")),
    ("nearest_round_up", dict(mode="nearest", nearest_mode="round_prefer_ceil", coordinate_transformation_mode="align_corners")),
    ("linear", dict(mode="linear")),
    ("linear_corners", dict(mode="linear", coordinate_transformation_mode="align_corners")),
    ("linear_asymmetric", dict(mode="linear", coordinate_transformation_mode="asymmetric")),
    ("linear_torch", dict(mode="linear", coordinate_transformation_mode="pytorch_half_pixel")),
    ("cubic", dict(mode="cubic")),
    ("cubic_torch", dict(mode="cubic", cubic_coeff_a=-0.75, coordinate_transformation_mode="pytorch_half_pixel")),
)


@graph(opset=13)
def resize_scales(g):
    x = g.input("x", (1, 3, 6, 7))
    for name, attributes in RESIZES:
        g.output(name, g.Resize(x, None, g.const([1.0, 1.0, 2.0, 3.0]), **attributes))
    g.output("shrunk", g.Resize(x, None, g.const([1.0, 1.0, 0.5, 0.6]), mode="linear"))


@graph(opset=13)
def resize_pixels(g):
    """Channels last, as between convolutions: of rows of pixels, then of the pixels in them."""
    x, skip = g.input("x", (1, 9, 3, 17)), g.input("skip", (1, 18, 6, 17))
    planes = g.Transpose(x, perm=[0, 3, 1, 2])
    for name, attributes in RESIZES[1::3] + RESIZES[8:9]:
        up = g.Resize(planes, None, g.const([1.0, 1.0, 2.0, 2.0]), **attributes)
        g.output(name, g.Transpose(up, perm=[0, 2, 3, 1]))
        g.output(name + "_sum", g.Relu(g.Add(g.Transpose(up, perm=[0, 2, 3, 1]), skip)))
    g.output("nearest_planes", g.Resize(g.input("p", (1, 2, 5, 21)), None, g.const([1.0, 1.0, 3.0, 2.0]), **RESIZES[1][1]))


@graph(opset=13)
def resize_strips(g):
    """Rows that the nearest cache does not hold: strips of columns, unless what these are of is scattered."""
    x = g.input("x", (1, 17, 33, 64), make=lambda size: g.rng.integers(-40, 40, size))
    planes, mix = g.Transpose(x, perm=[0, 3, 1, 2]), g.weight(64, 2)
    for name, attributes in RESIZES[4:6] + RESIZES[8:9]:
        up = g.Resize(planes, None, g.const([1.0, 1.0, 2.0, 2.0]), **attributes)
        g.output(name, g.MatMul(g.Transpose(up, perm=[0, 2, 3, 1]), mix))
    down = g.Resize(planes, None, None, g.const([1, 64, 20, 70], "int64"), mode="linear")
    g.output("other", g.MatMul(g.Transpose(down, perm=[0, 2, 3, 1]), mix))
    squares = g.Mul(x, g.Sqrt(g.Abs(x)))
    picked = [g.Gather(squares, g.const(g.rng.integers(-33, 33, 90), "int64"), axis=2) for _ in range(2)]
    g.output("scattered", g.MatMul(g.Sub(*picked), mix))


@graph(opset=18)
def resize_sizes(g):
    x = g.input("x", (2, 2, 6, 7))
    for name, attributes in RESIZES:
        g.output(name, g.Resize(x, None, None, g.const([2, 2, 9, 4], "int64"), **attributes))
    g.output("axes", g.Resize(x, None, None, g.const([12, 5], "int64"), axes=[2, 3], mode="linear"))


@graph(opset=13, runs=[{"h": 4, "w": 6}, {"h": 9, "w": 3}])
def resize_to_other(g):
    """The size of another tensor decides, as a feature pyramid does."""
    small, big = g.input("small", (1, 2, "h", "w")), g.input("big", (1, 2, 16, 12))
    shape = g.Shape(big)
    size = g.Concat(g.Slice(g.Shape(small), g.const([0], "int64"), g.const([2], "int64")),
                    g.Slice(shape, g.const([2], "int64"), g.const([4], "int64")), axis=0)
    up = g.Resize(small, None, None, size, mode="nearest", coordinate_transformation_mode="asymmetric",
                  nearest_mode="floor")
    g.output("sum", g.Add(up, big))


@graph(opset=9)
def upsample_opset9(g):
    x = g.input("x", (1, 2, 4, 5))
    g.output("nearest", g.Upsample(x, g.const([1.0, 1.0, 2.0, 2.0]), mode="nearest"))
    g.output("linear", g.Upsample(x, g.const([1.0, 1.0, 2.0, 2.0]), mode="linear"))
