# Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Operations on constants fold to what numpy computes; on arguments, compiled code
# computes it too.
#
# RUN: %python %s %t.mlir
# RUN: %python %s %t.mlir --compiled
# RUN: %python %s %t.mlir --compiled -march=x86-64-v2 -O1
# RUN: %python %s %t.mlir --compiled --open -O1
import re
import subprocess
import sys

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

rng = np.random.default_rng(7)
cases = []


class BF16(np.ndarray):
    """uint16 bit patterns that stand for bfloat16."""


def bf16(bits):
    return np.asarray(bits, np.uint16).view(BF16)


def type_of(a):
    element = {"f": "f", "i": "i", "u": "ui", "b": "i"}[a.dtype.kind]
    width = 1 if a.dtype == bool else a.dtype.itemsize * 8
    element = "bf16" if isinstance(a, BF16) else f"{element}{width}"
    return "tensor<" + "".join(f"{n}x" for n in a.shape) + element + ">"


def literal(a):
    if a.size == 0:
        return "dense<>"
    if a.dtype == bool:
        text = str(np.asarray(a).tolist()).replace("True", "true")
        return f"dense<{text.replace('False', 'false')}>"
    return f'dense<"0x{a.tobytes().hex().upper()}">'


def case(name, op, inputs, expected, tolerance=0.0):
    """`op` with {0}, {1} for operands; {t0}, {t1}, {t} for types."""
    cases.append((name, op, [np.array(a, order="C", subok=True) for a in inputs], expected, tolerance))


def function(index, op, inputs, expected):
    types = {f"t{i}": type_of(a) for i, a in enumerate(inputs)}
    lines = [
        f"  %{i} = dlc.constant {literal(a)} : {type_of(a)}" for i, a in enumerate(inputs)
    ]
    names = [f"%{i}" for i in range(len(inputs))]
    lines.append("  %r = " + op.format(*names, t=type_of(expected), **types))
    lines.append(f"  return %r : {type_of(expected)}")
    return "\n".join([f"func.func @f{index}() -> {type_of(expected)} {{"] + lines + ["}"])


def decode(text, like, blobs):
    """The elements of a printed constant."""
    dtype = like.dtype
    if match := re.match(r"dense_resource<(\w+)>", text):
        return np.frombuffer(blobs[match[1]][4:], dtype).reshape(like.shape)
    body = re.match(r"dense<(.*)> : ", text, re.S)[1]
    if body.startswith('"0x') and dtype != bool:
        return np.frombuffer(bytes.fromhex(body[3:-1]), dtype).reshape(like.shape)
    if body == "":
        return np.zeros(like.shape, dtype)
    if body.startswith('"0x'):
        bits = np.unpackbits(np.frombuffer(bytes.fromhex(body[3:-1]), np.uint8), bitorder="little")
        return bits[: like.size].astype(bool).reshape(like.shape)
    if body.startswith("0x") or isinstance(like, BF16):
        value = int(body, 16) if body.startswith("0x") else int(np.float32(float(body)).view(np.uint32)) >> 16
        unsigned = np.array(value, f"u{dtype.itemsize}")
        return np.full(like.shape, unsigned.view(dtype))
    tokens = re.findall(r"true|false|[-+0-9.eE]+", body)
    values = [t == "true" if t in ("true", "false") else float(t) if dtype.kind == "f" else int(t) for t in tokens]
    return np.broadcast_to(np.array(values, dtype), like.size).reshape(like.shape) if len(values) == 1 else np.array(values, dtype).reshape(like.shape)


def agrees(got, expected, tolerance):
    if expected.dtype.kind != "f":
        return np.array_equal(np.asarray(got), np.asarray(expected))
    if tolerance == 0:
        same = (got == expected) & (np.signbit(got) == np.signbit(expected))
        return bool(np.all(same | (np.isnan(got) & np.isnan(expected))))
    return np.allclose(got, expected, rtol=tolerance, atol=tolerance, equal_nan=True)


def run(path):
    text = "\n".join(function(i, *c[1:4]) for i, c in enumerate(cases))
    with open(path, "w") as file:
        file.write(text + "\n")
    out = subprocess.run(
        ["dlc-opt", "-dlc-fold-constants", "--mlir-print-elementsattrs-with-hex-if-larger=0", path],
        check=True, stdout=subprocess.PIPE, text=True,
    ).stdout
    blobs = {k: bytes.fromhex(v) for k, v in re.findall(r'(\w+): "0x([0-9A-F]+)"', out)}
    bodies = re.findall(r"func\.func @f\d+\(\).*?\{\n(.*?)\n  \}", out, re.S)
    failed = 0
    for (name, op, inputs, expected, tolerance), body in zip(cases, bodies, strict=True):
        folded = re.fullmatch(r"\s*%\S+ = dlc\.constant (.*)\n\s*return .*", body, re.S)
        got = decode(folded[1], expected, blobs) if folded else None
        if got is None or not agrees(got, expected, tolerance):
            failed += 1
            print(f"{name}: {op}\n  inputs {inputs}\n  expected {expected}\n  got {got if folded else body}")
    print(f"{len(cases) - failed} of {len(cases)} cases agree")
    return failed != 0


def plain(a):
    """bfloat16 is two bytes of no type in a file."""
    return np.asarray(a).view("V2") if isinstance(a, BF16) else a


STATIC = ("iota", "reshape", "broadcast", "slice", "pad")  # sizes of their own


def case_types(op, inputs, expected, is_open):
    """The types of a case; open sizes where the operation computes those of its result."""
    name = op.split()[0].removeprefix("dlc.")
    types = [type_of(a) for a in [*inputs, expected]]
    if not is_open or name in STATIC:
        return types
    opened = [re.sub(r"\d+x", "?x", t) for t in types]
    if name == "conv":
        opened[1] = types[1]
        opened[2] = re.sub(r"\?x(\w+>)", rf"{expected.shape[-1]}x\1", opened[2])
    return opened


def program(is_open):
    """All cases as one model: an argument for each operand, an output for each result."""
    arguments, results, lines = [], [], []
    for i, (_, op, inputs, expected, _) in enumerate(cases):
        names = [f"%x{i}_{j}" for j in range(len(inputs))]
        *types, result = case_types(op, inputs, expected, is_open)
        arguments += [f'{n}: {t} {{dlc.name = "{n[1:]}"}}' for n, t in zip(names, types)]
        results.append((f"%y{i}", result))
        lines.append(f"  %y{i} = " + op.format(*names, t=result, **{f"t{j}": t for j, t in enumerate(types)}))
    outputs = ", ".join(f'{t} {{dlc.name = "{n[1:]}"}}' for n, t in results)
    lines.append(f"  return {', '.join(n for n, _ in results)} : {', '.join(t for _, t in results)}")
    return "\n".join([f"func.func @main({', '.join(arguments)}) -> ({outputs}) {{"] + lines + ["}"])


def run_compiled(path, flags):
    is_open = "--open" in flags
    flags = [f for f in flags if f != "--open"]
    with open(path, "w") as file:
        file.write(program(is_open) + "\n")
    np.savez(path + ".in.npz", **{f"x{i}_{j}": plain(a) for i, c in enumerate(cases) for j, a in enumerate(c[2])})
    subprocess.run(["dlc", path, "-o", path + ".exe", *flags], check=True)
    subprocess.run([path + ".exe", "--inputs", path + ".in.npz", "--outputs", path + ".out.npz"], check=True)
    outputs = np.load(path + ".out.npz")
    failed = 0
    for i, (name, op, inputs, expected, tolerance) in enumerate(cases):
        got = outputs[f"y{i}"]
        got = got.view(np.uint16) if isinstance(expected, BF16) else got
        if got.shape != expected.shape or not agrees(got, expected, tolerance):
            failed += 1
            print(f"{name}: {op}\n  inputs {inputs}\n  expected {expected}\n  got {got}")
    print(f"{len(cases) - failed} of {len(cases)} compiled cases agree")
    return failed != 0


def f32(*shape):
    return rng.standard_normal(shape).astype(np.float32)


def ints(dtype, *shape, low=None, high=None):
    info = np.iinfo(dtype)
    low, high = info.min if low is None else low, info.max if high is None else high
    return rng.integers(low, high, shape, dtype, endpoint=True)


# Contractions.


def matmul(a, b, dtype, tolerance=0.0):
    expected = np.matmul(a.astype(np.float64 if dtype == np.float32 else np.int64),
                         b.astype(np.float64 if dtype == np.float32 else np.int64)).astype(dtype)
    case("matmul", "dlc.matmul {0}, {1} : ({t0}, {t1}) -> {t}", [a, b], expected, tolerance)


matmul(f32(5, 7), f32(7, 4), np.float32, 1e-6)
matmul(f32(3, 1, 5, 7), f32(1, 2, 7, 4), np.float32, 1e-6)
matmul(ints(np.int8, 6, 9), ints(np.int8, 9, 5), np.int32)
matmul(ints(np.uint8, 6, 9), ints(np.int8, 9, 5), np.int32)
matmul(ints(np.int64, 2, 3), ints(np.int64, 3, 2), np.int64)
matmul(f32(2, 0), f32(0, 3), np.float32)


def windows(x, kernel, strides, dilations, pads, outside):
    """x [n, spatial..., c] as [n, out..., window..., c]."""
    n = len(kernel)
    for d in range(n):
        low, high = pads[d], pads[n + d]
        axis = d + 1
        x = np.take(x, np.arange(max(-low, 0), x.shape[axis] - max(-high, 0)), axis)
        width = [(0, 0)] * x.ndim
        width[axis] = (max(low, 0), max(high, 0))
        x = np.pad(x, width, constant_values=outside)
    reach = [(k - 1) * d + 1 for k, d in zip(kernel, dilations)]
    view = sliding_window_view(x, reach, tuple(range(1, n + 1)))
    view = np.moveaxis(view, n + 1, -1)
    steps = [slice(None)] + [slice(None, None, s) for s in strides] + [slice(None, None, d) for d in dilations]
    return view[tuple(steps)]


def conv(x, w, strides, dilations, pads, groups, dtype, tolerance=0.0):
    wide = np.float64 if x.dtype.kind == "f" else np.int64
    n = x.ndim - 2
    view = windows(x.astype(wide), w.shape[1:-1], strides, dilations, pads, 0)
    parts, oc = [], w.shape[0] // groups
    for g in range(groups):
        kernel = w[g * oc : (g + 1) * oc].astype(wide)
        channels = view[..., g * w.shape[-1] : (g + 1) * w.shape[-1]]
        axes = list(range(n + 1, 2 * n + 2))
        parts.append(np.tensordot(channels, kernel, (axes, list(range(1, n + 2)))))
    op = (f"dlc.conv {{0}}, {{1}} strides {strides} dilations {dilations} pads {pads} "
          f"groups {groups} : ({{t0}}, {{t1}}) -> {{t}}")
    case("conv", op, [x, w], np.concatenate(parts, -1).astype(dtype), tolerance)


conv(f32(2, 6, 7, 3), f32(4, 3, 3, 3), [1, 1], [1, 1], [1, 1, 1, 1], 1, np.float32, 1e-5)
conv(f32(1, 9, 8, 6), f32(9, 3, 2, 2), [2, 3], [2, 1], [0, 2, 3, 1], 3, np.float32, 1e-5)
conv(f32(1, 10, 4), f32(4, 3, 1), [2], [3], [2, 0], 4, np.float32, 1e-5)
conv(f32(1, 4, 5, 4, 2), f32(3, 2, 3, 2, 2), [1, 2, 1], [1, 1, 2], [1, 0, 1, 0, 1, 1], 1, np.float32, 1e-5)
conv(ints(np.uint8, 1, 5, 5, 2), ints(np.int8, 3, 3, 3, 2), [1, 1], [1, 1], [0, 0, 0, 0], 1, np.int32)


def pool(kind, x, kernel, strides, dilations, pads):
    least = -np.inf if x.dtype.kind == "f" else np.iinfo(x.dtype).min
    wide = x.astype(np.float64 if x.dtype.kind == "f" else x.dtype)
    view = windows(wide, kernel, strides, dilations, pads, least if kind == "max" else 0)
    n = len(kernel)
    axes = tuple(range(n + 1, 2 * n + 1))
    expected = view.max(axes) if kind == "max" else view.sum(axes, dtype=wide.dtype)
    op = (f"dlc.pool {kind} {{0}} kernel {kernel} strides {strides} dilations {dilations} "
          f"pads {pads} : {{t0}} -> {{t}}")
    case("pool", op, [x], expected.astype(x.dtype), 0 if kind == "max" else 1e-6)


pool("max", f32(2, 6, 7, 3), [3, 2], [2, 1], [1, 2], [1, 0, 1, 1])
pool("sum", f32(1, 6, 7, 3), [3, 2], [2, 1], [1, 2], [1, 0, 1, 1])
pool("sum", f32(1, 9, 2), [3], [2], [1], [-1, -2])
pool("max", ints(np.int8, 1, 7, 2), [2], [3], [2], [2, 2])
pool("max", ints(np.uint8, 1, 4, 4, 1), [2, 2], [2, 2], [1, 1], [0, 0, 0, 0])
nan = f32(1, 4, 1)
nan[0, 1] = np.nan
pool("max", nan, [2], [1], [1], [0, 0])

# Movement.
for dtype in (np.float32, np.uint8, np.int64, np.float16, bool):
    x = (rng.integers(0, 200, (3, 4, 5)) % (2 if dtype == bool else 200)).astype(dtype)
    for p in ([0, 1, 2], [2, 1, 0], [1, 2, 0], [0, 2, 1], [2, 0, 1], [1, 0, 2]):
        case("transpose", f"dlc.transpose {{0}} {p} : {{t0}} -> {{t}}", [x], x.transpose(p))
    case("slice", "dlc.slice {0} [2, 3, 0] steps [-2, -1, 2] : {t0} -> {t}", [x], x[::-2, ::-1, ::2])
    case("slice", "dlc.slice {0} [1, 0, 2] steps [1, 1, 1] : {t0} -> {t}", [x], x[1:2, :, 2:4])
    case("concat", "dlc.concat {0}, {1} axis = 1 : ({t0}, {t1}) -> {t}", [x, x[:, :2]],
         np.concatenate([x, x[:, :2]], 1))
    # Of floats a broadcast stays as it is.
    row = ints(np.int32, 2, 1, 4, 5)
    case("broadcast", "dlc.broadcast {0} : {t0} -> {t}", [row], np.broadcast_to(row, (2, 3, 4, 5)))
    index = np.array([[2, 0], [1, 1]])
    for axis in range(3):
        case("gather", f"dlc.gather {{0}}, {{1}} axis = {axis} : ({{t0}}, {{t1}}) -> {{t}}",
             [x, index], np.take(x, index, axis))
case("transpose", "dlc.transpose {0} [1, 0] : {t0} -> {t}", [x := f32(70, 45)], x.T)
case("transpose", "dlc.transpose {0} [0, 3, 1, 2] : {t0} -> {t}", [x := f32(2, 5, 6, 9)], x.transpose(0, 3, 1, 2))
case("gather", "dlc.gather {0}, {1} axis = 0 : ({t0}, {t1}) -> {t}",
     [x := f32(5, 2), i := np.array([4, 0, 4], np.int32)], x[i])

value = np.array(9, np.float32)
x = f32(4, 3)
for mode, theirs in (("constant", "constant"), ("edge", "edge"), ("reflect", "reflect"), ("wrap", "wrap")):
    for low, high in (((1, 2), (2, 1)), ((0, 5), (9, 0)), ((7, 7), (7, 7))):
        extra = {"constant_values": 9} if mode == "constant" else {}
        expected = np.pad(x, list(zip(low, high)), theirs, **extra)
        case("pad", f"dlc.pad {{0}}, {{1}} low {list(low)} {{{{mode = {['constant', 'edge', 'reflect', 'wrap'].index(mode)} : i32}}}} "
             ": {t0}, {t1} -> {t}", [x, value], expected)
case("pad crops", "dlc.pad {0}, {1} low [-1, 1] : {t0}, {t1} -> {t}", [x, value],
     np.pad(x[1:3], ((0, 0), (1, 0)), constant_values=9))
case("pad of one", "dlc.pad {0}, {1} low [2] {{mode = 2 : i32}} : {t0}, {t1} -> {t}", [f32(1) * 0 + 3, value],
     np.full(4, 3, np.float32))

data, rows, updates = f32(5, 3), np.array([4, 1, 4, 0]), f32(4, 3)
for kind, merge in (("none", lambda a, b: b), ("add", np.add), ("mul", np.multiply),
                    ("max", np.maximum), ("min", np.minimum)):
    expected = data.copy()
    for row, update in zip(rows, updates):
        expected[row] = merge(expected[row], update)
    case("scatter", f"dlc.scatter {kind} {{0}}, {{1}}, {{2}} : ({{t0}}, {{t1}}, {{t2}}) -> {{t}}",
         [data, rows, updates], expected)

# Reductions.
for x in (f32(3, 4, 5), ints(np.int8, 3, 4, 5), ints(np.uint64, 3, 4, 5), ints(np.int32, 3, 4, 5)):
    for axes in ([0], [1], [2], [0, 2], [2, 1], [0, 1, 2], []):
        for kind, reduce in (("sum", np.sum), ("prod", np.prod), ("max", np.max), ("min", np.min)):
            wide = x.astype(np.float64) if x.dtype.kind == "f" else x
            kw = {"dtype": wide.dtype} if kind in ("sum", "prod") else {}
            expected = np.asarray(reduce(wide, tuple(axes), **kw)).astype(x.dtype)
            case("reduce", f"dlc.reduce {kind} {{0}} {axes} : {{t0}} -> {{t}}", [x], expected,
                 1e-6 if kw else 0)
    for kind, arg in (("max", np.argmax), ("min", np.argmin)):
        case("arg_reduce", f"dlc.arg_reduce {kind} {{0}} axis = 1 : {{t0}} -> {{t}}", [x], arg(x, 1))
    for kind, scan in (("sum", np.cumsum), ("prod", np.cumprod)):
        wide = x.astype(np.float64) if x.dtype.kind == "f" else x
        whole = scan(wide, 1, dtype=wide.dtype)
        first = np.full_like(whole[:, :1], kind == "prod")
        exclusive = np.concatenate([first, whole[:, :-1]], 1)
        back = scan(wide[:, ::-1], 1, dtype=wide.dtype)[:, ::-1]
        back_exclusive = np.concatenate([back[:, 1:], first], 1)
        for flags, expected in (("", whole), (" exclusive", exclusive), (" reverse", back),
                                (" exclusive reverse", back_exclusive)):
            case("scan", f"dlc.scan {kind} {{0}} axis = 1{flags} : {{t0}} -> {{t}}", [x],
                 expected.astype(x.dtype), 1e-6)
ties = np.array([1, 3, 3, 0, 0], np.float32)
case("ties", "dlc.arg_reduce max {0} axis = 0 : {t0} -> {t}", [ties], np.array(1))
case("ties", "dlc.arg_reduce max {0} axis = 0 last : {t0} -> {t}", [ties], np.array(2))
case("ties", "dlc.arg_reduce min {0} axis = 0 last : {t0} -> {t}", [ties], np.array(4))
empty = np.zeros((2, 0), np.float32)
for kind, expected in (("sum", 0), ("prod", 1), ("max", -np.inf), ("min", np.inf)):
    case("empty", f"dlc.reduce {kind} {{0}} [1] : {{t0}} -> {{t}}", [empty], np.full(2, expected, np.float32))
flags = np.array([[True, False], [True, True]])
case("all", "dlc.reduce all {0} [1] : {t0} -> {t}", [flags], flags.all(1))
case("any", "dlc.reduce any {0} [0] : {t0} -> {t}", [~flags], (~flags).any(0))

# Casts.
odd = np.array([0, -0.0, 0.5, -0.5, 1.5, -1.5, 127.9, 128, -129, 255.5, 256, 3e9, -3e9, 5e9, 1e19, 2e19,
                -1e19, np.nan, np.inf, -np.inf, 65504, 65519.9, 65520, 1e-8, 6e-8, 1e-40], np.float64)


def saturate(x, dtype):
    info = np.iinfo(dtype)
    def one(v):
        if np.isnan(v):
            return 0
        return info.min if v <= info.min else info.max if v >= info.max else int(v)
    return np.array([one(v) for v in x], dtype)


for source in (np.float64, np.float32, np.float16):
    with np.errstate(over="ignore"):
        x = odd.astype(source)
    for dtype in (np.int8, np.uint8, np.int16, np.uint16, np.int32, np.uint32, np.int64, np.uint64):
        case("cast", "dlc.cast {0} : {t0} -> {t}", [x], saturate(x, dtype))
    case("cast", "dlc.cast {0} : {t0} -> {t}", [x], x != 0)
    for dtype in (np.float64, np.float32, np.float16):
        with np.errstate(over="ignore"):
            case("cast", "dlc.cast {0} : {t0} -> {t}", [x], x.astype(dtype))
for source in (np.int8, np.uint8, np.int16, np.int32, np.uint32, np.int64, np.uint64):
    x = np.concatenate([ints(source, 20), np.array([np.iinfo(source).min, np.iinfo(source).max, 0, 1], source)])
    for dtype in (np.int8, np.uint8, np.uint16, np.int32, np.int64, np.uint64, np.float32, np.float64, bool):
        case("cast", "dlc.cast {0} : {t0} -> {t}", [x], x.astype(dtype))
case("cast", "dlc.cast {0} : {t0} -> {t}", [flags], flags.astype(np.int8))
case("cast", "dlc.cast {0} : {t0} -> {t}", [flags], flags.astype(np.float32))
halves = np.arange(65536, dtype=np.uint32).astype(np.uint16).view(np.float16)[::7]
case("every half", "dlc.cast {0} : {t0} -> {t}", [halves], halves.astype(np.float32))
bits = np.concatenate([ints(np.uint32, 500), np.array([0x3F808000, 0x3F818000, 0x7F7FFFFF, 0x7F800000, 0x8000, 0x18000], np.uint32)])
bits = bits[~np.isnan(bits.view(np.float32))]
rounded = ((bits.astype(np.uint64) + 0x7FFF + ((bits >> 16) & 1)) >> 16).astype(np.uint16)
case("bf16", "dlc.cast {0} : {t0} -> {t}", [bits.view(np.float32)], bf16(rounded))
case("bf16", "dlc.cast {0} : {t0} -> {t}", [bf16(rounded)], (rounded.astype(np.uint32) << 16).view(np.float32))

# Pointwise.
x, y = f32(200) * 10, f32(200) * 10
with np.errstate(all="ignore"):
    for name, f in (("abs", np.abs), ("ceil", np.ceil), ("floor", np.floor), ("neg", np.negative), ("round", np.rint),
                    ("sign", np.sign), ("sqrt", np.sqrt), ("exp", np.exp), ("log", np.log), ("sin", np.sin),
                    ("cos", np.cos), ("tan", np.tan), ("tanh", np.tanh), ("asinh", np.arcsinh), ("atan", np.arctan),
                    ("trunc", np.trunc), ("log1p", np.log1p), ("expm1", np.expm1), ("sinh", np.sinh), ("cosh", np.cosh),
                    ("asin", np.arcsin), ("acos", np.arccos), ("acosh", np.arccosh), ("atanh", np.arctanh),
                    ("rsqrt", lambda v: 1 / np.sqrt(v)), ("sigmoid", lambda v: 1 / (1 + np.exp(-v)))):
        case(name, f"dlc.{name} {{0}} : {{t}}", [x], f(x.astype(np.float64)).astype(np.float32), 1e-5)
    for name, f in (("add", np.add), ("sub", np.subtract), ("mul", np.multiply), ("div", np.divide), ("mod", np.mod),
                    ("rem", np.fmod), ("pow", np.power), ("min", np.minimum), ("max", np.maximum)):
        case(name, f"dlc.{name} {{0}}, {{1}} : {{t}}", [x, y], f(x, y), 1e-6)
        case(name, f"dlc.{name} {{0}}, {{1}} : {{t}}", [x.astype(np.float16), y.astype(np.float16)],
             f(x.astype(np.float16), y.astype(np.float16)), 1e-3)
    for dtype in (np.int8, np.uint8, np.int16, np.int32, np.uint32, np.int64, np.uint64):
        a, b = ints(dtype, 100), ints(dtype, 100)
        a[:8] = np.iinfo(dtype).min
        b[:2], b[2:10] = 0, ~np.array(0, dtype)
        for name, f in (("add", np.add), ("sub", np.subtract), ("mul", np.multiply), ("mod", np.mod), ("rem", np.fmod),
                        ("min", np.minimum), ("max", np.maximum), ("and", np.bitwise_and), ("or", np.bitwise_or),
                        ("xor", np.bitwise_xor)):
            case(name, f"dlc.{name} {{0}}, {{1}} : {{t}}", [a, b], f(a, b))
        quotient = [0 if d == 0 else abs(n) // abs(d) * (-1 if (n < 0) != (d < 0) else 1) for n, d in zip(a.tolist(), b.tolist())]
        case("div", "dlc.div {0}, {1} : {t}", [a, b], np.array([q % 2 ** (8 * a.itemsize) for q in quotient], f"u{a.itemsize}").view(dtype))
        for name, f in (("abs", np.abs), ("neg", np.negative), ("sign", np.sign), ("not", np.invert)):
            case(name, f"dlc.{name} {{0}} : {{t}}", [a], f(a))
        width = a.itemsize * 8
        count = np.arange(width * 2, dtype=dtype)
        base = np.full_like(count, a[50])
        case("shl", "dlc.shl {0}, {1} : {t}", [base, count], np.left_shift(base, count))
        case("shr", "dlc.shr {0}, {1} : {t}", [base, count], np.right_shift(base, count))
        small = ints(dtype, 50, low=0, high=9)
        case("pow", "dlc.pow {0}, {1} : {t}", [a[:50], small], np.power(a[:50], small))
        for name, f in (("lt", np.less), ("le", np.less_equal), ("gt", np.greater), ("ge", np.greater_equal),
                        ("eq", np.equal), ("ne", np.not_equal)):
            case(name, f"dlc.{name} {{0}}, {{1}} : {{t0}} -> {{t}}", [a, b], f(a, b))
special = np.array([np.nan, np.inf, -np.inf, 0.0, -0.0, 1], np.float32)
a, b = (m.ravel() for m in np.meshgrid(special, special))
for name, f in (("min", np.minimum), ("max", np.maximum)):
    expected = f(a, b)
    keep = ~((a == 0) & (b == 0))
    case(name, f"dlc.{name} {{0}}, {{1}} : {{t}}", [a[keep], b[keep]], expected[keep])
for name, f in (("lt", np.less), ("le", np.less_equal), ("eq", np.equal), ("ne", np.not_equal)):
    case(name, f"dlc.{name} {{0}}, {{1}} : {{t0}} -> {{t}}", [a, b], f(a, b))
case("is_nan", "dlc.is_nan {0} : {t0} -> {t}", [special], np.isnan(special))
case("is_inf", "dlc.is_inf {0} : {t0} -> {t}", [special], np.isinf(special))
case("pow", "dlc.pow {0}, {1} : {t}", [np.array([2, 1, -1, -1, 0, -3], np.int32), np.array([-1, -2, -3, -4, -1, 3], np.int32)],
     np.array([0, 1, -1, 1, 0, -27], np.int32))
case("select", "dlc.select {0}, {1}, {2} : {t0}, {t1}", [x > 0, x, y], np.where(x > 0, x, y))

sys.exit(run_compiled(sys.argv[1], sys.argv[3:]) if "--compiled" in sys.argv else run(sys.argv[1]))
