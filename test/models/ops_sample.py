#===- ops_sample.py - cases of samples and windows ------------*- Python -*-===#
#
# Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
#===------------------------------------------------------------------------===#
"""Each output of a case is one variant, named after what it tries."""
import numpy as np

from kit import graph


def ints(*values):
    return np.array(values, np.int64)


@graph(opset=16, runs=[{"n": 3, "r": 2}, {"n": 1, "r": 5}])
def regions(g):
    def boxes(size):
        start = g.rng.uniform(-4, 20, (size[0], 2))
        return np.concatenate([start, start + g.rng.uniform(0, 24, (size[0], 2))], 1)

    x = g.input("x", ("n", 3, 14, 17))
    rois = g.input("rois", ("r", 4), make=boxes)
    batch = g.input("batch", ("r",), "int64", make=lambda size: np.zeros(size))
    for ratio in (0, 2):
        for place in ("half_pixel", "output_half_pixel"):
            g.output(f"{place}_{ratio}", g.RoiAlign(x, rois, batch, output_height=3, output_width=4, spatial_scale=0.6,
                                                    sampling_ratio=ratio, coordinate_transformation_mode=place))
    g.output("greatest", g.RoiAlign(x, rois, batch, output_height=3, output_width=4, mode="max", spatial_scale=0.6))
    numbered = g.Concat(g.Cast(g.Unsqueeze(batch, g.const(ints(1))), to=1), rois, axis=1)
    g.output("pooled", g.MaxRoiPool(x, numbered, pooled_shape=[3, 4], spatial_scale=0.6))


@graph(opset=16, runs=[{"n": 2, "h": 5, "k": 9}, {"n": 3, "h": 1, "k": 4}])
def grid_samples(g):
    x = g.input("x", ("n", 3, "h", 7))
    grid = g.input("grid", ("n", "k", 6, 2), make=lambda size: g.rng.uniform(-2.5, 2.5, size))
    for mode, padding, align in (("bilinear", "zeros", 0), ("bilinear", "zeros", 1), ("bilinear", "reflection", 0),
                                 ("nearest", "border", 1), ("bicubic", "zeros", 0), ("bicubic", "border", 1)):
        g.output(f"{mode}_{padding}_{align}",
                 g.GridSample(x, grid, mode=mode, padding_mode=padding, align_corners=align))


@graph(opset=12)
def pool_indices(g):
    # Whole numbers: there are equal ones in a window.
    x = g.input("x", (2, 3, 12, 13), make=lambda size: g.rng.integers(-3, 4, size))
    variants = {
        "plain": dict(kernel_shape=[2, 2], strides=[2, 2]),
        "padded": dict(kernel_shape=[3, 3], strides=[2, 1], pads=[1, 1, 1, 1]),
        "dilated": dict(kernel_shape=[2, 3], dilations=[3, 2], strides=[1, 2]),
        "columns": dict(kernel_shape=[2, 2], storage_order=1),
        "same": dict(kernel_shape=[3, 2], strides=[2, 2], auto_pad="SAME_LOWER"),
        "ceil": dict(kernel_shape=[3, 3], strides=[2, 2], ceil_mode=1),
    }
    for name, attributes in variants.items():
        values, indices = g.MaxPool(x, outs=2, **attributes)
        g.output(name, values)
        g.output(name + "_at", indices)
    even = g.input("even", (2, 3, 6, 8))
    values, indices = g.MaxPool(even, outs=2, kernel_shape=[2, 2], strides=[2, 2])
    g.output("back", g.MaxUnpool(values, indices, kernel_shape=[2, 2], strides=[2, 2]))
    line = g.input("line", (1, 2, 30))
    values, indices = g.MaxPool(line, outs=2, kernel_shape=[4], strides=[3])
    g.output("line_at", indices)


@graph(opset=11)
def determinants(g):
    g.output("many", g.Det(g.input("many_x", (2, 3, 5, 5))))
    g.output("large", g.Det(g.input("large_x", (17, 17))))
    g.output("single", g.Det(g.input("single_x", (4, 1, 1))))
    g.output("none", g.Det(g.const(np.outer(np.arange(4), np.arange(4)).astype(np.float32))))


@graph(opset=10, runs=[{"n": 1}, {"n": 3}])
def quantised_products(g):
    def byte(shape, low=0):
        return lambda size: g.rng.integers(low, low + 256, size)

    x = g.input("x", ("n", 4, 9, 8), "uint8", make=byte(0))
    w = g.const(g.rng.integers(-128, 128, (6, 2, 3, 3)).astype(np.int8))
    scale = lambda *s: g.const(g.rng.uniform(0.01, 0.03, s).astype(np.float32))
    zero = g.const(np.uint8(117))
    # A sum in halves would round either way.
    g.output("conv", g.QLinearConv(x, scale(), zero, w, scale(6), g.const(np.zeros(6, np.int8)), g.const(np.float32(3.1)),
                                   zero, g.const(g.rng.integers(-999, 999, 6).astype(np.int32)), group=2, pads=[1, 1, 1, 1]))
    g.output("conv_sum", g.ConvInteger(x, g.const(g.rng.integers(0, 256, (5, 4, 2, 2)).astype(np.uint8)), zero,
                                       g.const(np.uint8(9)), strides=[2, 1]))
    a = g.input("a", ("n", 7, 16), "uint8", make=byte(0))
    b = g.const(g.rng.integers(-128, 128, (16, 12)).astype(np.int8))
    g.output("matmul", g.QLinearMatMul(a, scale(), zero, b, scale(), g.const(np.int8(3)), g.const(np.float32(1.7)), zero))


@graph(opset=13)
def losses(g):
    scores = g.input("scores", (4, 5, 3))
    labels = g.input("labels", (4, 3), "int64", make=lambda size: g.rng.integers(0, 5, size))
    weight = g.input("weight", (5,), make=lambda size: g.rng.uniform(0.1, 2, size))
    for reduction in ("none", "mean", "sum"):
        loss, logs = g.SoftmaxCrossEntropyLoss(scores, labels, outs=2, reduction=reduction, ignore_index=2)
        g.output("entropy_" + reduction, loss)
        g.output("likelihood_" + reduction,
                 g.NegativeLogLikelihoodLoss(logs, labels, weight, reduction=reduction, ignore_index=1))
