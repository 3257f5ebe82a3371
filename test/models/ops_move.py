#===- ops_move.py - cases that move elements ------------------*- Python -*-===#
#
# Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
#===------------------------------------------------------------------------===#
"""Each output of a case is one variant, named after what it tries."""
import numpy as np

from kit import graph, run_evaluator


def ints(*values):
    return np.array(values, np.int64)


@graph(opset=13)
def transpose(g):
    x = g.input("x", (2, 3, 5, 4))
    for perm in ([3, 2, 1, 0], [0, 2, 3, 1], [0, 3, 1, 2], [1, 0, 2, 3], [0, 1, 3, 2], [2, 3, 0, 1]):
        g.output("p" + "".join(map(str, perm)), g.Transpose(x, perm=perm))
    g.output("default", g.Transpose(x))
    g.output("twice", g.Transpose(g.Transpose(x, perm=[0, 2, 3, 1]), perm=[0, 3, 1, 2]))
    g.output("int", g.Transpose(g.input("i", (3, 4), "int64")))
    g.output("bool", g.Transpose(g.input("b", (3, 4), "bool")))
    g.output("wide", g.Transpose(g.input("w", (65, 130))))


@graph(opset=13)
def transpose_planes(g):
    # Planes to pixels of a few channels: rows of more than one unit of work, their
    # ends, other types, what is computed on the way.
    x, mean = g.input("x", (2, 3, 5, 21)), g.input("mean", (1, 3, 1, 1))
    g.output("long", g.Transpose(g.input("row", (3, 2100)), perm=[1, 0]))
    g.output("centred", g.Transpose(g.Sub(x, mean), perm=[0, 2, 3, 1]))
    g.output("bordered", g.Pad(g.Transpose(x, perm=[0, 2, 3, 1]), g.const(ints(0, 1, 2, 0, 0, 1, 1, 0))))
    g.output("int", g.Transpose(g.input("i", (1, 2, 3, 9), "int64"), perm=[0, 2, 3, 1]))
    g.output("bool", g.Transpose(g.input("b", (5, 33), "bool")))


@graph(opset=13, runs=[{"n": 2, "w": 6}, {"n": 1, "w": 21}])
def transpose_computed(g):
    """What is computed before and behind transposes that are done tile by tile, of one and of several."""
    x, y, z = (g.input(name, ("n", 19, 3, "w")) for name in "xyz")
    pixels = [g.Transpose(t, perm=[0, 2, 3, 1]) for t in (g.Abs(x), y, g.Mul(z, z), g.Neg(y))]
    g.output("before", g.Add(pixels[0], g.weight(19)))
    g.output("sigmoid", g.Sigmoid(pixels[1]))
    g.output("two", g.Mul(pixels[0], pixels[1]))
    g.output("three", g.Sub(g.Mul(pixels[0], pixels[1]), pixels[2]))
    g.output("four", g.Add(g.Sub(g.Mul(pixels[0], pixels[1]), pixels[2]), pixels[3]))
    g.output("softmax", g.Softmax(pixels[1], axis=-1))
    g.output("integers", g.Cast(g.Transpose(g.Cast(x, to=6), perm=[0, 3, 2, 1]), to=7))


@graph(opset=14)
def reshape(g):
    x = g.input("x", (2, 3, 4, 5))
    for name, shape in (("minus", [2, -1]), ("zero", [0, 0, 20]), ("both", [0, -1, 5]), ("flat", [-1]),
                        ("more", [2, 1, 3, 2, 2, 5])):
        g.output(name, g.Reshape(x, g.const(ints(*shape))))
    for axis in (0, 1, 2, 4, -1):
        g.output(f"flatten_{axis}", g.Flatten(x, axis=axis))
    one = g.input("one", (1, 3, 1, 5))
    g.output("squeeze", g.Squeeze(one))
    g.output("squeeze_axes", g.Squeeze(one, g.const(ints(0, -2))))
    g.output("unsqueeze", g.Unsqueeze(x, g.const(ints(0, 3, -1))))
    g.output("scalar", g.Reshape(g.ReduceSum(x, keepdims=0), g.const(ints(1, 1))))
    g.output("allowzero", g.Reshape(x, g.const(ints(2, -1, 2)), allowzero=1))


@graph(opset=11)
def squeeze_opset11(g):
    one = g.input("one", (1, 3, 1, 5))
    g.output("squeeze", g.Squeeze(one, axes=[0, 2]))
    g.output("unsqueeze", g.Unsqueeze(one, axes=[0, 4]))
    a, b = g.Split(g.input("x", (4, 6)), outs=2, axis=1, split=[2, 4])
    g.output("a", a)
    g.output("b", b)


@graph(opset=13)
def concat_split(g):
    x, y, i = g.input("x", (2, 3, 4)), g.input("y", (2, 5, 4)), g.input("i", (2, 2), "int64")
    g.output("middle", g.Concat(x, y, axis=1))
    g.output("last", g.Concat(x, x, x, axis=-1))
    g.output("first", g.Concat(x, g.const(np.ones((1, 3, 4), np.float32)), axis=0))
    g.output("one", g.Concat(x, axis=0))
    g.output("int", g.Concat(i, i, axis=0))
    for name, value in zip("abc", g.Split(y, g.const(ints(1, 3, 1)), outs=3, axis=1)):
        g.output("sizes_" + name, value)
    for name, value in zip("ab", g.Split(y, outs=2, axis=2)):
        g.output("even_" + name, g.Relu(value))
    left, right = g.Split(y, outs=2, axis=-1)
    g.output("gated", g.Mul(left, g.Sigmoid(right)))


@graph(opset=18)
def split_opset18(g):
    x = g.input("x", (2, 7))
    for name, value in zip("abc", g.Split(x, outs=3, axis=1, num_outputs=3)):
        g.output(name, value)


@graph(opset=13)
def slices(g):
    x = g.input("x", (5, 8, 6))

    def cut(starts, ends, axes=None, steps=None):
        arguments = [ints(*v) if v is not None else None for v in (starts, ends, axes, steps)]
        return g.Slice(x, *(g.const(v) if v is not None else None for v in arguments))
    g.output("plain", cut([1, 2], [4, 5]))
    g.output("axes", cut([0, 1], [3, 4], [2, 0]))
    g.output("negative", cut([-3], [-1], [1]))
    g.output("clamped", cut([2], [2 ** 62], [-1]))
    g.output("steps", cut([0, 1], [8, 6], [1, 2], [3, 2]))
    g.output("backwards", cut([-1], [-2 ** 62], [1], [-1]))
    g.output("backwards_steps", cut([6], [0], [1], [-2]))
    g.output("empty", g.Shape(cut([3], [3], [0])))
    g.output("of_sum", g.Slice(g.Add(x, x), g.const(ints(1)), g.const(ints(3))))


@graph(opset=18, runs=[{"i": 0}, {"i": 2}])
def slice_open_bounds(g):
    """How many dimensions there are bounds of, only the run tells."""
    x = g.input("x", (9, 5))
    i = g.input("i", (1,), "int64", make=lambda size: np.array([2]))
    offsets = ints(0, 3, 4, 7, 9)
    start = g.Slice(g.const(offsets), i, g.Add(i, g.const(ints(1))))
    end = g.Slice(g.const(offsets), g.Add(i, g.const(ints(1))), g.Add(i, g.const(ints(2))))
    g.output("rows", g.Slice(x, start, end))
    g.output("columns", g.Slice(x, start, end, g.const(ints(1))))
    both = g.Compress(g.const(ints(2, 1)), g.Greater(g.Concat(i, i, axis=0), g.const(ints(1, 1))))
    g.output("both", g.Slice(x, both, g.Add(both, g.const(ints(2)))))


@graph(opset=9)
def slice_opset9(g):
    x = g.input("x", (5, 8, 6))
    g.output("plain", g.Slice(x, starts=[1, -4], ends=[4, 100], axes=[0, 2]))


@graph(opset=13)
def expand_tile(g):
    x, row = g.input("x", (3, 1, 4)), g.input("row", (4,))
    g.output("expand", g.Expand(x, g.const(ints(2, 3, 5, 4))))
    g.output("expand_ones", g.Expand(x, g.const(ints(1, 5, 1))))
    g.output("expand_row", g.Expand(row, g.const(ints(3, 4))))
    g.output("tile", g.Tile(x, g.const(ints(2, 3, 1))))
    g.output("tile_row", g.Tile(row, g.const(ints(3))))
    g.output("of_shape", g.ConstantOfShape(g.const(ints(2, 3))))


@graph(opset=13)
def pads(g):
    x = g.input("x", (2, 3, 6, 5))
    for mode in ("constant", "reflect", "edge"):
        g.output(mode, g.Pad(x, g.const(ints(0, 0, 1, 2, 0, 0, 3, 1)), mode=mode))
    wide = g.input("wide", (2, 3, 37))
    for mode, border in (("reflect", (1, 0, 20, 0, 2, 9)), ("edge", (0, 1, 40, 1, 0, 1)), ("edge", (0, 0, -3, 1, 1, -2))):
        g.output(f"{mode}{border[2]}", g.Pad(wide, g.const(ints(*border)), mode=mode))
    g.output("value", g.Pad(x, g.const(ints(0, 1, 0, 2, 1, 0, 2, 0)), g.const(-1.5)))
    g.output("cropped", g.Pad(x, g.const(ints(0, 0, -1, 1, 0, 0, -2, -1))))
    g.output("none", g.Pad(x, g.const(ints(0, 0, 0, 0, 0, 0, 0, 0))))
    padded = g.Pad(x, g.const(ints(0, 0, 1, 1, 0, 0, 1, 1)))
    g.output("before_conv", g.Conv(padded, g.weight(4, 3, 3, 3)))


@graph(opset=19)
def pads_opset19(g):
    x = g.input("x", (2, 6, 5))
    g.output("wrap", g.Pad(x, g.const(ints(0, 2, 1, 0, 3, 2)), mode="wrap"))
    g.output("axes", g.Pad(x, g.const(ints(1, 2)), None, g.const(ints(-1)), mode="edge"))


@graph(opset=7)
def pads_opset7(g):
    x = g.input("x", (2, 3))
    g.output("y", g.Pad(x, pads=[1, 0, 0, 2], value=0.5))


@graph(opset=21, by=run_evaluator, flags=["-march=x86-64"])
def bfloat16_tail(g):
    """Stored bfloat16 of a number that no vector divides, without instructions for it."""
    for n in (3, 21, 63):
        narrow = g.Reshape(g.Cast(g.input(f"x{n}", (3, n)), to=16), g.const([-1], "int64"))
        g.output(f"y{n}", g.Cast(narrow, to=1))


@graph(opset=21, by=run_evaluator, flags=["-march=x86-64-v3"], runs=[{"n": 5, "m": 21}, {"n": 2, "m": 3}])
def bfloat16_open(g):
    """Under masks of sizes that a run chooses; sums and the greatest along other axes."""
    x = g.input("x", ("n", "m"), make=lambda size: g.rng.integers(-9, 9, size))
    narrow = g.Cast(x, to=16)
    wide = lambda t: g.Cast(t, to=1)
    g.output("relu", wide(g.Relu(narrow)))
    g.output("most", wide(g.ReduceMax(narrow, g.const([1], "int64"))))
    g.output("sums", wide(g.CumSum(narrow, g.const(0, "int64"))))
    for axis in (0, 1):
        g.output(f"where{axis}", g.ArgMax(narrow, axis=axis))


@graph(opset=13)
def gather_same_indices(g):
    """Indices that two gathers read at different points: only one of them is moved."""
    x, z = g.input("x", (40, 40)), g.input("z", (40, 40))
    i = g.input("i", (40,), "int64", make=lambda size: g.rng.integers(-40, 40, size))
    once, moved = g.Gather(x, i), g.Gather(z, i)
    reverse = [g.const(ints(n)) for n in (-1, -1000, 0, -1)]
    middle = [g.const(ints(n)) for n in (3, 33, 0)]
    g.output("reversed", g.Add(once, g.Slice(moved, *reverse)))
    g.output("transposed", g.Add(once, g.Transpose(moved, perm=[1, 0])))
    g.output("padded", g.Add(once, g.Pad(g.Slice(moved, *middle), g.const(ints(5, 0, 5, 0)))))
    g.output("computed", g.Add(g.Gather(g.Mul(x, z), i), g.Slice(moved, *reverse)))
    g.output("columns", g.Add(once, g.Gather(z, i, axis=1)))
    # A factor of each row, too.
    rows = g.Mul(g.Exp(g.ReduceMax(z, axes=[1])), x)
    g.output("factor", g.Add(rows, g.Slice(rows, *reverse)))


@graph(opset=13)
def depth_space(g):
    x = g.input("x", (2, 12, 4, 6))
    g.output("dcr", g.DepthToSpace(x, blocksize=2))
    g.output("crd", g.DepthToSpace(x, blocksize=2, mode="CRD"))
    g.output("space", g.SpaceToDepth(x, blocksize=2))
    shuffled = g.Transpose(g.Reshape(x, g.const(ints(2, 3, 4, 4, 6))), perm=[0, 2, 1, 3, 4])
    g.output("channel_shuffle", g.Reshape(shuffled, g.const(ints(2, 12, 4, 6))))


@graph(opset=13)
def tied_embedding(g):
    """A table whose rows are picked, and whose transpose is the last product's weights."""
    table = g.weight(277, 61)
    ids = g.input("ids", (1, 3), "int64", make=lambda size: g.rng.integers(-277, 277, size))
    words = g.Gather(table, ids, axis=0)
    last = g.Slice(words, g.const(np.array([2])), g.const(np.array([3])), g.const(np.array([1])))
    g.output("word", words)
    g.output("next", g.MatMul(g.Tanh(last), g.Transpose(table, perm=[1, 0])))


@graph(opset=13)
def tied_embedding_rows(g):
    """The same, with a product of as many rows as Strassen's algorithm would take."""
    table = g.weight(320, 256)
    ids = g.input("ids", (64,), "int64", make=lambda size: g.rng.integers(-320, 320, size))
    words = g.Gather(table, ids, axis=0)
    g.output("words", words)
    g.output("next", g.MatMul(g.Tanh(words), g.Transpose(table, perm=[1, 0])))


@graph(opset=13)
def gather(g):
    x = g.input("x", (5, 4, 6))
    i = g.input("i", (2, 3), "int64", make=lambda size: [[0, 4, -1], [2, -5, 3]])
    for axis, top in ((0, 1), (1, None), (-1, None)):
        index = i if top else g.const([[0, 3], [-1, 2]], "int64")
        g.output(f"axis_{axis}", g.Gather(x, index, axis=axis))
    g.output("scalar", g.Gather(x, g.const(2, "int64"), axis=1))
    g.output("int32", g.Gather(x, g.const([1, 0], "int32")))
    g.output("table", g.Gather(g.weight(9, 7), g.Abs(i)))
    e = g.input("e", (5, 2, 6), "int64", make=lambda size: np.random.default_rng(1).integers(-4, 4, size))
    g.output("elements", g.GatherElements(x, e, axis=1))
    nd = g.const([[[0, 1], [4, -1]], [[-5, 0], [2, 2]]], "int64")
    g.output("nd", g.GatherND(x, nd))
    g.output("nd_batch", g.GatherND(x, g.const(np.arange(5).reshape(5, 1) % 4, "int64"), batch_dims=1))


@graph(opset=16)
def scatter(g):
    x = g.input("x", (4, 5))
    i = g.const([[0, 2, 4, 1, 3], [1, -1, 0, 2, 3]], "int64")
    u = g.input("u", (2, 5))
    g.output("elements", g.ScatterElements(x, i, u, axis=1))
    rows = g.const([[3, 0, 1, 2, 3], [1, 2, -1, 0, 0]], "int64")
    g.output("elements_first", g.ScatterElements(x, rows, u))
    g.output("elements_add", g.ScatterElements(x, rows, u, reduction="add"))
    g.output("elements_mul", g.ScatterElements(x, rows, u, reduction="mul"))
    nd = g.const([[1], [3]], "int64")
    g.output("nd", g.ScatterND(x, nd, u))
    g.output("nd_add", g.ScatterND(x, g.const([[2], [2]], "int64"), u, reduction="add"))
    g.output("nd_points", g.ScatterND(x, g.const([[0, 1], [3, 4], [2, 2]], "int64"), g.input("p", (3,))))


@graph(opset=14)
def triangles_ranges(g):
    x = g.input("x", (2, 5, 6))
    g.output("lower", g.Trilu(x, upper=0))
    g.output("upper", g.Trilu(x))
    g.output("lower_shifted", g.Trilu(x, g.const(1, "int64"), upper=0))
    g.output("upper_shifted", g.Trilu(x, g.const(-2, "int64")))
    i = g.input("i", (2, 3), "int64", make=lambda size: [[0, 3, -1], [2, 9, 1]])
    g.output("onehot", g.OneHot(i, g.const(4, "int64"), g.const([-1.0, 2.0])))
    g.output("onehot_first", g.OneHot(i, g.const(4, "int64"), g.const([0.0, 1.0]), axis=0))
    g.output("range", g.Range(g.const(2, "int64"), g.const(11, "int64"), g.const(3, "int64")))
    g.output("range_float", g.Range(g.const(1.0), g.const(0.0), g.const(-0.25)))
    g.output("eye", g.EyeLike(g.const(np.zeros((3, 4), np.float32)), k=1))
    n = g.Gather(g.Shape(x), g.const(1, "int64"))
    g.output("range_of_shape", g.Add(g.Range(g.const(0, "int64"), n, g.const(1, "int64")), n))


@graph(opset=13)
def topk(g):
    x = g.input("x", (3, 11))
    for name, attributes in (("largest", {}), ("smallest", dict(largest=0)), ("first_axis", dict(axis=0))):
        values, indices = g.TopK(x, g.const([3], "int64"), outs=2, **attributes)
        g.output(name, values)
        g.output(name + "_at", indices)


@graph(opset=15)
def shapes_of(g):
    x = g.input("x", (2, 3, 5))
    g.output("shape", g.Shape(x))
    g.output("part", g.Shape(x, start=1, end=-1))
    g.output("size", g.Size(x))
    g.output("relu", g.Relu(x))


@graph(opset=18, runs=[{"n": 1, "s": 4}, {"n": 3, "s": 9}])
def shapes_dynamic(g):
    """Shape arithmetic as exporters write it around dynamic dims."""
    x = g.input("x", ("n", "s", 12))
    shape = g.Shape(x)
    n = g.Unsqueeze(g.Gather(shape, g.const(0, "int64")), g.const(ints(0)))
    s = g.Unsqueeze(g.Gather(shape, g.const(1, "int64")), g.const(ints(0)))
    four, three = g.const(ints(4)), g.const(ints(3))
    heads = g.Transpose(g.Reshape(x, g.Concat(n, s, four, three, axis=0)), perm=[0, 2, 1, 3])
    g.output("heads", heads)
    g.output("merged", g.Reshape(g.Transpose(heads, perm=[0, 2, 1, 3]), g.Concat(n, s, g.const(ints(-1)), axis=0)))
    g.output("flat", g.Reshape(x, g.Concat(g.Mul(n, s), g.const(ints(12)), axis=0)))
    positions = g.Range(g.const(0, "int64"), g.Squeeze(s), g.const(1, "int64"))
    g.output("embedded", g.Add(x, g.Gather(g.weight(16, 12), positions)))
    g.output("filled", g.ConstantOfShape(g.Concat(n, s, axis=0)))
    g.output("expanded", g.Expand(g.const(np.float32([1, 2, 3])), g.Concat(s, three, axis=0)))
    g.output("last", g.Slice(x, g.const(ints(-1)), g.const(ints(2 ** 62)), g.const(ints(1))))
    g.output("but_last", g.Slice(x, g.const(ints(0)), g.Sub(s, g.const(ints(1))), g.const(ints(1))))
    g.output("causal", g.Trilu(g.Expand(g.const(np.float32(1)), g.Concat(s, s, axis=0)), upper=0))
