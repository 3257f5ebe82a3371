#===- ops_types.py - cases of types that are only stored ------*- Python -*-===#
#
# Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
#===------------------------------------------------------------------------===#
"""Each output of a case is one variant, named after what it tries."""
import ml_dtypes
import numpy as np
from onnx import TensorProto

from kit import graph, run_evaluator

NARROW = {
    "e4m3": (ml_dtypes.float8_e4m3fn, TensorProto.FLOAT8E4M3FN),
    "e4m3fnuz": (ml_dtypes.float8_e4m3fnuz, TensorProto.FLOAT8E4M3FNUZ),
    "e5m2": (ml_dtypes.float8_e5m2, TensorProto.FLOAT8E5M2),
    "e5m2fnuz": (ml_dtypes.float8_e5m2fnuz, TensorProto.FLOAT8E5M2FNUZ),
    "fp4": (ml_dtypes.float4_e2m1fn, TensorProto.FLOAT4E2M1),
    "int4": (ml_dtypes.int4, TensorProto.INT4),
    "uint4": (ml_dtypes.uint4, TensorProto.UINT4),
}


@graph(opset=25, by=run_evaluator)
def narrow_moved(g):
    """Elements that are moved and not looked at keep their bits."""
    x = g.input("x", (5, 6))
    at = g.input("at", (4,), "int64", make=lambda size: g.rng.integers(0, 5, size))
    for name, (_, kind) in NARROW.items():
        y = g.Cast(g.Mul(x, g.const(3.0)), to=kind)
        moved = g.Transpose(g.Reshape(y, g.const([5, 3, 2], "int64")), perm=[2, 0, 1])
        g.output(name, g.Concat(moved, moved, axis=2))
        g.output(name + "_gathered", g.Cast(g.Gather(y, at, axis=0), to=TensorProto.FLOAT))
        g.output(name + "_identity", g.Slice(y, g.const([1], "int64"), g.const([4], "int64"), g.const([0], "int64")))


@graph(opset=25, by=run_evaluator)
def narrow_weights(g):
    """Over the size up to which constants are folded and under it."""
    x = g.input("x", ("n", 64))
    g.runs = [{"n": 3}, {"n": 1}]
    for name, (kind, _) in NARROW.items():
        low, high = (-8, 8) if name != "uint4" else (0, 16)
        for n in (6, 50):
            w = g.const(g.rng.integers(low, high, (64, n)).astype(np.float32).astype(kind))
            # uint4 and int4 know zero points.
            zero = [g.const(np.full(n, 3).astype(kind))] if "int" in name else []
            scale = g.const(g.rng.uniform(0.01, 0.1, n).astype(np.float32))
            g.output(f"{name}_{n}", g.MatMul(x, g.DequantizeLinear(w, scale, *zero, axis=1)))
            blocks = g.const(g.rng.uniform(0.01, 0.1, (4, n)).astype(np.float32))
            g.output(f"{name}_{n}_blocked", g.MatMul(x, g.DequantizeLinear(w, blocks, axis=0, block_size=16)))


@graph(opset=25, by=run_evaluator)
def narrow_quantized(g):
    """Out of range, on both sides."""
    x = g.input("x", (7, 40), make=lambda size: g.rng.normal(size=size) * 20)
    for name, (kind, code) in NARROW.items():
        scale = g.const(np.linspace(0.01, 1, 40).astype(np.float32))
        q = g.QuantizeLinear(x, scale, axis=1, output_dtype=code)
        g.output(name, q)
        g.output(name + "_back", g.DequantizeLinear(q, scale, axis=1))
