#===- type_edges.py - the ends of types, operator by operator -*- Python -*-===#
#
# Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
#===------------------------------------------------------------------------===#
"""Cases on numbers at the ends of each type: greatest, least, smallest, infinite, none
at all; sums that wrap, quotients of negative integers, tensors without an element.

What the standard leaves open is left out: integers divided by 0, shifts by the whole
width, fractions made integers that have no such, text that floats are written as.
"""
import itertools

import ml_dtypes
import numpy as np
from onnx import defs, helper

from type_cases import NARROW_INTS, Case, allowed, code_of, dtype_of, int_range, is_real

VERSION = 28
VECTORS = 67        # some vectors and a rest
rng = np.random.default_rng(0)

UNARY = """Abs Acos Acosh Asin Asinh Atan Atanh Ceil Celu Cos Cosh Elu Erf Exp Floor Gelu HardSigmoid HardSwish Identity
    IsInf IsNaN LeakyRelu Log Mish Neg Reciprocal Relu Round Selu Sigmoid Sign Sin Sinh Softplus Softsign Sqrt Swish Tan
    Tanh ThresholdedRelu Not BitwiseNot NonZero""".split()
BINARY = """Add Sub Mul Div Max Min Equal Greater GreaterOrEqual Less LessOrEqual And Or Xor BitwiseAnd BitwiseOr
    BitwiseXor PRelu""".split()
REDUCTIONS = """ReduceL1 ReduceL2 ReduceLogSum ReduceLogSumExp ReduceMax ReduceMean ReduceMin ReduceProd ReduceSum
    ReduceSumSquare""".split()
# Of these the references leave what the sum of integers or floats of that size is. (Of ReduceSum and ReduceProd of floats
# it depends on the order.)
MODEST = ("ReduceL1", "ReduceL2", "ReduceLogSum", "ReduceLogSumExp", "ReduceMean", "ReduceSumSquare", "Mean", "CumProd")
QUANTISED = """uint8 int8 uint16 int16 uint4 int4 uint2 int2 float8e4m3fn float8e4m3fnuz float8e5m2 float8e5m2fnuz
    float4e2m1 float6e2m3 float6e3m2""".split()


def numbers(name):
    return dtype_of(code_of(name))


def ends(dtype):
    """Some of a type's numbers, those at its ends among them."""
    if dtype.kind == "b":
        return np.array([False, True])
    if dtype == object:
        return np.array(["", "a", "b", "10", "9"], object)
    if is_real(dtype):
        info = ml_dtypes.finfo(dtype)
        most, least = float(info.max), float(info.smallest_normal)
        # The processor's own conversion to bfloat16 has nothing below the least normal number.
        tiny = least if dtype.name == "bfloat16" else float(info.smallest_subnormal)
        return np.array([0.0, -0.0, 1, -1, .5, -.5, 1.5, -1.5, 2.5, -2.5, 3, 7, -7, 0.1, 100, -100, 1000.5, least, -least,
                         tiny, -tiny, most, -most, np.inf, -np.inf, np.nan]).astype(dtype)
    low, high = int_range(dtype)
    some = [low, low + 1, -100, -7, -3, -2, -1, 0, 1, 2, 3, 7, 100, high // 2, high // 2 + 1, high // 2 + 2, high - 1, high]
    return np.array([v for v in dict.fromkeys(some) if low <= v <= high], dtype=dtype)


def modest(dtype, most=50):
    """Those of `ends` that many may be added and multiplied of."""
    values = ends(dtype)
    return values[np.abs(values.astype(np.float64)) <= most] if dtype.kind != "b" else values


def pairs(left, right):
    a, b = np.meshgrid(left, right, indexing="ij")
    return a.ravel(), b.ravel()


def case(op, label, inputs, outputs=1, **attributes):
    node = helper.make_node(op, [f"x{i}" if a is not None else "" for i, a in enumerate(inputs)],
                            [f"y{i}" for i in range(outputs)], **attributes)
    return Case(f"{op}/ends {label}", node, list(inputs), VERSION)


def types(op, i=0):
    """Names and numpy types of an operator's input."""
    schema = defs.get_schema(op, VERSION, "")
    return [(t, numbers(t)) for t in allowed(schema, schema.inputs[i].type_str) if "complex" not in t]


#===----------------------------------------------------------------------===#
# Pointwise
#===----------------------------------------------------------------------===#

def unary():
    for op in UNARY:
        for name, dtype in types(op):
            yield case(op, name, [np.resize(ends(dtype), VECTORS)])
    for name, dtype in types("Shrink"):
        values = modest(dtype, 200)
        for bias, bound in ((0.0, 0.5), (0.0, 1.0), (2.0, 2.0), (0.5, 1.0), (1.5, 1.5)):
            yield case("Shrink", f"{name} {bias} {bound}", [values], bias=bias, lambd=bound)


def binary():
    for op in BINARY:
        for name, dtype in types(op):
            a, b = pairs(ends(dtype), ends(dtype))
            if op == "Div" and dtype.kind in "iu":
                a, b = a[b != 0], b[b != 0]
            if op == "PRelu" and is_real(dtype):    # 0 x infinity, which is not asked for
                a, b = pairs(ends(dtype), modest(dtype))
            yield case(op, name, [a, b])
    for name, dtype in types("Mod"):
        a, b = pairs(ends(dtype), ends(dtype))
        if is_real(dtype):
            good = np.isfinite(a.astype(float)) & np.isfinite(b.astype(float)) & (b != 0)
            yield case("Mod", name, [a[good], b[good]], fmod=1)
            continue
        for fmod in (0, 1):
            yield case("Mod", f"{name} {fmod}", [a[b != 0], b[b != 0]], fmod=fmod)
    for name, dtype in types("BitShift"):
        a, b = pairs(ends(dtype), np.arange(dtype.itemsize * 8).astype(dtype))
        for direction in ("LEFT", "RIGHT"):
            yield case("BitShift", f"{name} {direction}", [a, b], direction=direction)
    for op in ("Sum", "Mean", "Max", "Min"):
        for name, dtype in types(op):
            values = modest(dtype) if op in MODEST else ends(dtype)
            yield case(op, f"{name} of 3", [values, values[::-1].copy(), np.roll(values, 3)])


def powers():
    for (base, x), (exponent, y) in itertools.product(types("Pow"), types("Pow", 1)):
        if exponent == "uint64" and not is_real(x):     # numpy's is a double
            continue
        by = [0, 1, 2, 3, 5] + ([0.5, -1, -2] if is_real(x) and is_real(y) else [])
        of = np.array([0, 1, 2, 3, 7, 10], x) if is_real(y) and not is_real(x) else ends(x)
        yield case("Pow", f"{base}^{exponent}", pairs(of, np.array(by, np.float64).astype(y)))
        if is_real(x) and y.kind == "i" and y.itemsize > 1:
            yield case("Pow", f"{base}^{exponent} parity", [np.array([-1, -1, 1]).astype(x), np.array([257, 2050, 4097], y)])


def clips():
    for name, dtype in types("Clip"):
        values = ends(dtype)
        low, high = (np.array(v).astype(dtype) for v in (1, 3))
        least, most = (v.reshape(()) for v in (values[:1], values[-2:-1]))
        for label, bounds in (("none", []), ("low", [low]), ("high", [None, high]), ("both", [low, high]),
                              ("swapped", [high, low]), ("ends", [least, most])):
            yield case("Clip", f"{name} {label}", [values, *bounds])


#===----------------------------------------------------------------------===#
# Reductions, search, products
#===----------------------------------------------------------------------===#

def reductions():
    for op in REDUCTIONS:
        for name, dtype in types(op):
            careful = op in MODEST or (op in ("ReduceProd", "ReduceSum") and is_real(dtype))
            x = rng.choice(modest(dtype, 12) if careful else ends(dtype), (19, VECTORS))
            for axis in (0, 1):
                yield case(op, f"{name} {axis}", [x, np.array([axis])])
            for label, axes in (("none", [0]), ("rows", [1])):
                if label == "none" and op in ("ReduceMean", "ReduceLogSumExp", "ReduceLogSum") and not is_real(dtype):
                    continue
                yield case(op, f"{name} {label}", [np.zeros((0, 3), dtype), np.array(axes)])


def finite_choice(dtype, shape):
    values = ends(dtype)
    return rng.choice(values[~np.isnan(values.astype(float))] if is_real(dtype) else values, shape)


def searches():
    for op, axis, last in itertools.product(("ArgMax", "ArgMin"), (0, 1), (0, 1)):
        for name, dtype in types(op):
            yield case(op, f"{name} {axis} {last}", [finite_choice(dtype, (19, VECTORS))], axis=axis, select_last_index=last)
    for name, dtype in types("TopK"):
        x = rng.permuted(np.tile(np.unique(finite_choice(dtype, 60)), (3, 1)), axis=1)
        for largest in (0, 1):
            yield case("TopK", f"{name} {largest}", [x, np.array([7])], 2, largest=largest)
    for name, dtype in types("Unique"):
        x = finite_choice(dtype, 40)
        yield case("Unique", name, [x + np.array(0, dtype) if is_real(dtype) else x], 4)
    for op, options in itertools.product(("CumSum", "CumProd"), ({}, {"exclusive": 1}, {"reverse": 1})):
        for name, dtype in types(op):
            x = rng.choice(modest(dtype) if is_real(dtype) else ends(dtype), (3, 40))
            yield case(op, f"{name} {''.join(options)}", [x, np.array(1)], **options)
    for name, dtype in types("MaxPool"):
        yield case("MaxPool", name, [finite_choice(dtype, (1, 19, 9))], kernel_shape=[3], pads=[1, 1], strides=[2])


def products():
    def matrices(dtype, other=None):
        return rng.choice(ends(dtype), (5, 9)), rng.choice(ends(other or dtype), (9, 6))
    for name, dtype in types("MatMul"):
        if dtype.kind in "iu":
            yield case("MatMul", name, matrices(dtype))
    for name, dtype in types("Gemm"):
        if dtype.kind in "iu":
            x, y = (np.clip(m, 0, 9).astype(dtype) for m in matrices(dtype))
            for alpha, beta in ((1.0, 1.0), (2.0, 3.0), (0.25, 0.5)):
                yield case("Gemm", f"{name} {alpha}", [x, y, np.arange(6).astype(dtype)], alpha=alpha, beta=beta)
    for name, dtype in types("Einsum"):
        if dtype.kind in "iu":
            x, y = matrices(dtype)
            yield case("Einsum", name, [x, y], equation="ij,jk->ik")
            yield case("Einsum", f"{name} of 3", [x, y, y], equation="ij,jk,jk->ik")
            yield case("Einsum", f"{name} sum", [x], equation="ij->j")
    for (a, x), (b, y) in itertools.product(types("MatMulInteger"), types("MatMulInteger", 1)):
        p, q = matrices(x, y)
        zeros = [np.array(3).astype(x), np.array(250 if b == "uint8" else -5).astype(y)]
        yield case("MatMulInteger", f"{a} {b}", [p, q, *zeros])
        yield case("ConvInteger", f"{a} {b}", [p.reshape(1, 1, 5, 9), q[:3, :3].reshape(1, 1, 3, 3), *zeros])


def indexed():
    for op, how in itertools.product(("ScatterElements", "ScatterND"), ("add", "mul", "max", "min")):
        for name, dtype in types(op):
            if dtype == object or dtype.kind == "b":
                continue
            x, updates = (rng.choice(modest(dtype, 12) if is_real(dtype) else ends(dtype), n) for n in (4, 8))
            at = rng.integers(0, 4, 8)
            inputs = [x, at[:4], updates[:4]] if op == "ScatterElements" else [x, at.reshape(8, 1), updates]
            yield case(op, f"{name} {how}", inputs, reduction=how)
    for name, dtype in types("Range"):
        rows = [(0.5, 3, .25), (3, -1, -.5)] if is_real(dtype) else [(2, 100, 7), (int_range(dtype)[1] - 9, int_range(dtype)[1], 4)]
        if dtype.kind == "i":
            rows += [(90, -100, -7), (3, 9, -2)]
        for row in rows:
            yield case("Range", f"{name} {row[0]}", [np.array(v).astype(dtype) for v in row])
    for (name, dtype), mode in itertools.product(types("Resize"), ("linear", "cubic")):
        if dtype.kind == "b" or dtype == object:
            continue
        x = np.array([0, 1, 2, 5, 7, 3]).astype(dtype).reshape(1, 1, 2, 3)
        yield case("Resize", f"{name} {mode}", [x, None, np.array([1, 1, 2, 2], np.float32)], mode=mode)


#===----------------------------------------------------------------------===#
# Conversions
#===----------------------------------------------------------------------===#

def quantisations():
    for name in QUANTISED:
        q = numbers(name)
        for kind in ("float", "float16", "bfloat16", "int32"):
            dtype = numbers(kind)
            real = [0, -0.0, .25, .5, .75, 1, 1.5, 2.5, 3.5, -.5, -1, -1.5, -2.5, 6.9, 7, 100, 300, -300, 20000, -20000]
            whole = [0, 1, 2, 3, 5, 7, -1, -5, 100, 300, -300, 40000, -40000, 1 << 20]
            x = np.array(real).astype(dtype) if is_real(dtype) else np.array(whole, dtype)
            scale = np.array(0.5).astype(dtype if is_real(dtype) else np.float32)
            for zero in (0,) if is_real(q) else (0, 1):
                yield case("QuantizeLinear", f"{kind}->{name} {zero}", [x, scale, np.array(zero).astype(q)])
            if name.startswith("float8"):
                yield case("QuantizeLinear", f"{kind}->{name} open", [x, scale, np.array(0).astype(q)], saturate=0)
            if is_real(dtype):
                scale, zeros = np.array(0.25).astype(dtype), [] if is_real(q) else [np.array(1).astype(q)]
                yield case("DequantizeLinear", f"{name}->{kind}", [every(name, q), scale, *zeros])


def every(name, dtype):
    """All numbers of a narrow type; the ends of a wider one."""
    if name in NARROW_INTS:
        low, high = NARROW_INTS[name]
        return np.arange(low, high + 1).astype(dtype)
    bits = next((b for b in (4, 6, 8) if name.startswith(f"float{b}")), None)
    return np.arange(1 << bits, dtype=np.uint8).view(dtype) if bits else ends(dtype)


def converted(source, target):
    """Numbers of a type that the standard says what they are in another."""
    low, high = (-np.inf, np.inf) if target == object or target.kind == "b" or is_real(target) else int_range(target)
    if source == object:
        if target == object:
            return ends(source)
        if target.kind == "b":
            return np.array(["0", "1"], object)
        if is_real(target):
            return np.array(["0", "1", "-1.5", "2", "1e2", "inf", "-INF", "NaN", "+3.5", "0.25"], object)
        return np.array([str(v) for v in (low, low + 1, 0, 1, high - 1, high)], object)
    if is_real(source) and np.isfinite(low):
        more = [.5, .99, -.5, -.99, 1.99, 2.5, 1e3, 3e4, 6e4, 1e5, 2.0**31 - 128, 2.0**31, 2.0**32 - 512, 2.0**40, 2.0**62,
                2.0**63, 1.5 * 2.0**63, -2.0**63]
        v = np.concatenate([ends(source).astype(np.float64), np.array(more).astype(source).astype(np.float64)])
        v = v[np.isfinite(v)]
        return v[(np.trunc(v) >= low) & (np.trunc(v) < high + (high < 2**53))].astype(source)
    if not is_real(source) and source.kind != "b" and target != object and is_real(target):
        ties = [0, 1, 257, 259, -257, 2049, 2051, 12345, 65519, 65520, 2**24 + 1, 2**24 + 3, 2**53 + 1, 2**53 + 3, 2**63 + 1025]
        low, high = int_range(source)
        return np.array([v for v in (low, high, *ties) if low <= v <= high], dtype=source)
    return ends(source)


def casts():
    names = [name for name, _ in types("Cast")]
    for source, target in itertools.product(names, names):
        x = converted(numbers(source), numbers(target))
        if "float8e8m0" in (source, target):
            # What is no power of two has a rounding mode; the references have none for the least.
            if target == "float8e8m0" and not source.startswith(("float", "double", "bfloat")):
                continue
            x = np.array([1, 2, 0.5, 4, 0.25]).astype(numbers(source))
        x = np.resize(x, VECTORS)
        yield case("Cast", f"{source}->{target}", [x], to=code_of(target))
        if target.startswith("float8") and target != "float8e8m0" and is_real(numbers(source)) and source != "float8e8m0":
            yield case("Cast", f"{source}->{target} open", [x], to=code_of(target), saturate=0)


def edge_cases():
    families = (unary, binary, powers, clips, reductions, searches, products, indexed, quantisations, casts)
    return [c for family in families for c in family()]
