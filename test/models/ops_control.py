#===- ops_control.py - branches, loops and sequences ----------*- Python -*-===#
#
# Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
#===------------------------------------------------------------------------===#
import numpy as np
from onnx.parser import parse_graph

from kit import graph


def scalar(g, name, dtype, of):
    """A scalar input whose value is that of a symbol of the run."""
    g.input(name, (), dtype)
    g.feeds[name] = lambda dims: np.array(dims[of], dtype)
    return name


@graph(opset=18, runs=[{"n": 3, "yes": 1}, {"n": 3, "yes": 0}, {"n": 1, "yes": 0}])
def if_shapes(g):
    """The branches differ in shape; what follows takes either."""
    x, yes = g.input("x", ("n", 4)), scalar(g, "yes", "bool", "yes")
    w = g.const(g.rng.normal(size=(4, 3)).astype(np.float32), name="w")
    y, passed = g.If(yes, outs=2, then_branch=parse_graph("""
        t () => (float[m, 4] a, float[m, 4] b) { a = Neg(x)  b = Identity(x) }"""), else_branch=parse_graph("""
        e () => (float[m, 4] c, float[m, 4] d) { c = Concat<axis = 0>(x, x)  d = Relu(c) }"""))
    product = g.MatMul(y, w)
    g.output("y", y)
    g.output("passed", passed)
    g.output("softmax", g.Softmax(g.Add(product, g.ReduceMean(product, keepdims=1))))
    g.output("outside", g.MatMul(x, w))


@graph(opset=18, runs=[{"n": 6}, {"n": 4}, {"n": 5}])
def if_untaken(g):
    """What would be wrong in the branch that is not taken is no error."""
    x = g.input("x", ("n", 2))
    even = g.Equal(g.Mod(g.Shape(x, start=0, end=1), g.const([2], "int64")), g.const([0], "int64"))
    g.const([-1, 4], "int64", name="fours")
    g.const([-1, 1], "int64", name="ones")
    g.output("y", g.If(even, then_branch=parse_graph("""
        t () => (float[m, k] a) { a = Reshape(x, fours) }"""), else_branch=parse_graph("""
        e () => (float[m, k] b) { b = Reshape(x, ones) }""")))


@graph(opset=18, runs=[{"n": 3, "yes": 1}, {"n": 3, "yes": 0}])
def if_ranks(g):
    """The branches differ in rank: what follows is compiled for either, also in a branch of its own."""
    x, yes = g.input("x", ("n", 4)), scalar(g, "yes", "bool", "yes")
    g.const([0], "int64", name="zero")
    g.const([1], "int64", name="one")
    y = g.If(yes, then_branch=parse_graph("""
        t () => (float[] a) { b = ReduceMax<keepdims = 0>(x, one)  a = Mul(b, b) }"""), else_branch=parse_graph("""
        e () => (float[] d) { c = Add(x, x)  d = Unsqueeze(c, one) }"""))
    g.output("before", g.Neg(x))
    g.output("sum", g.ReduceSum(g.Softmax(y), keepdims=0))
    inner = g.If(g.Not(yes), then_branch=parse_graph("""
        t () => (float[k] r) {
          s = If(yes) <
            then_branch = u () => (float[] p) { p = Identity(x) },
            else_branch = v () => (float[] q) { q = Unsqueeze(x, zero) }>
          f = Flatten<axis = 1>(s)
          r = ReduceSum<keepdims = 0>(f, one)
        }"""), else_branch=parse_graph("""
        e () => (float[k] w) { w = ReduceMin<keepdims = 0>(x, one) }"""))
    g.output("inner", inner)


@graph(opset=18, runs=[{"n": 3, "m": 1}])
def if_squeezed(g):
    """PyTorch's squeeze of a dimension that may be longer: the rest of the model fits one rank alone."""
    x = g.input("x", ("n", "m", 4))
    g.const([1], "int64", name="one")
    is_one = g.Equal(g.Shape(x, start=1, end=2), "one")
    y = g.If(is_one, then_branch=parse_graph("t () => (float[] a) { a = Squeeze(x, one) }"),
             else_branch=parse_graph("e () => (float[] b) { b = Identity(x) }"))
    g.output("y", g.Gemm(y, g.weight(4, 3)))
    # A dimension that is known, behind others that are not.
    z = g.Reshape(x, g.Concat(g.Shape(x, start=0, end=1), "one", g.const([-1], "int64"), axis=0))
    known = g.Equal(g.Gather(g.Shape(z), "one"), "one")
    g.output("z", g.If(known, then_branch=squeezed(z), else_branch=parse_graph("e () => (float[] d) { d = Exp(x) }")))


def squeezed(name):
    return parse_graph(f"t () => (float[] c) {{ c = Squeeze({name}, one) }}")


@graph(opset=18, runs=[{"n": 2, "k": k} for k in (0, 1, 7)])
def loop_grow(g):
    """What a loop carries gets longer, along the first dimension and another."""
    x, k = g.input("x", ("n", 4)), scalar(g, "k", "int64", "k")
    rows, columns, sums = g.Loop(k, "", x, x, outs=3, body=parse_graph("""
        body (int64 i, bool go, float[a, 4] rows, float[n, b] columns)
            => (bool again, float[c, 4] rows_, float[n, d] columns_, float sum) {
          again = Identity(go)
          rows_ = Concat<axis = 0>(rows, x)
          columns_ = Concat<axis = 1>(columns, x)
          sum = ReduceSum<keepdims = 0>(rows_)
        }"""))
    g.output("rows", rows)
    g.output("columns", columns)
    g.output("sums", sums)


@graph(opset=18, runs=[{"n": 3, "limit": v} for v in (0, 3, 1000)])
def loop_while(g):
    """It ends by a condition: stacks have as many rows as there were steps."""
    x, limit = g.input("x", ("n",), make=lambda s: np.ones(s)), scalar(g, "limit", "float32", "limit")
    g.const(2.0, name="two")
    state, stack, steps = g.Loop("", g.const(True, "bool"), x, outs=3, body=parse_graph("""
        body (int64 i, bool go, float[n] s) => (bool again, float[n] s_, float[n] row, int64 step) {
          s_ = Mul(s, two)
          sum = ReduceSum<keepdims = 0>(s_)
          again = Less(sum, limit)
          row = Neg(s_)
          step = Identity(i)
        }"""))
    g.output("state", state)
    g.output("stack", stack)
    g.output("steps", steps)


@graph(opset=18, runs=[{"n": 9, "k": k} for k in (0, 1, 5)])
def loop_open_rows(g):
    """Sizes that each step computes; those of a stack's rows must agree."""
    x, k = g.input("x", ("n",)), scalar(g, "k", "int64", "k")
    g.const([0], "int64", name="zero")
    g.const(0.25, name="step")
    kept, rows = g.Loop(k, "", x, outs=2, body=parse_graph("""
        body (int64 i, bool go, float[a] s) => (bool again, float[b] s_, float[c] row) {
          again = Identity(go)
          at = NonZero(s)
          places = Squeeze(at, zero)
          some = Gather<axis = 0>(s, places)
          less = Sub(some, step)
          s_ = Relu(less)
          all = NonZero(x)
          flat = Squeeze(all, zero)
          row = Gather<axis = 0>(x, flat)
        }"""))
    g.output("kept", kept)
    g.output("count", g.Shape(rows, start=0, end=1))


@graph(opset=18, runs=[{"n": 2, "t": 3, "k": 2}, {"n": 1, "t": 18, "k": 4}])
def loop_nested(g):
    """A loop, an LSTM and a branch within a loop; weights are used in and out."""
    x, k = g.input("x", ("t", "n", 4)), scalar(g, "k", "int64", "k")
    w = g.const(g.rng.normal(size=(1, 16, 4)).astype(np.float32) * 0.3, name="w")
    g.const([1], "int64", name="one")
    g.const(2, "int64", name="two")
    g.const(0, "int64", name="none")
    state, sums = g.Loop(k, "", x, outs=2, body=parse_graph("""
        body (int64 i, bool go, float[t, n, 4] s) => (bool again, float[t, n, 4] s_, float total) {
          again = Identity(go)
          y4 = LSTM<hidden_size = 4>(s, w, w)
          y = Squeeze(y4, one)
          z, sums = Loop(i, , y) <body = inner (int64 j, bool go2, float[t, n, 4] u)
              => (bool again2, float[t, n, 4] u_, float sum) {
            again2 = Identity(go2)
            u_ = Add(u, x)
            sum = ReduceSum<keepdims = 0>(u_)
          }>
          total = ReduceSum<keepdims = 0>(sums)
          rest = Mod(i, two)
          odd = Equal(rest, none)
          s_ = If(odd) <then_branch = yes () => (float[t, n, 4] p) { p = Tanh(z) },
                        else_branch = no () => (float[t, n, 4] q) { q = Identity(z) }>
        }"""))
    g.output("state", state)
    g.output("sums", sums)
    g.output("outside", g.MatMul(x, g.Transpose(g.Squeeze(w, g.const([0], "int64")), perm=[1, 0])))


@graph(opset=18, runs=[{"n": 2, "p": 3, "k": k} for k in (1, 12)])
def loop_decode(g):
    """The next word is the likeliest one; a cache grows; it ends at a word."""
    k = scalar(g, "k", "int64", "k")
    first = g.input("first", ("n", 1), "int64", make=lambda s: np.ones(s))
    cache = g.input("cache", ("n", "p", 8))
    g.const(g.rng.normal(size=(20, 8)).astype(np.float32), name="words")
    g.const(g.rng.normal(size=(8, 20)).astype(np.float32), name="w")
    g.const([1], "int64", name="one")
    g.const(3, "int64", name="end")
    g.const(2.0, name="some")
    last, memory, words = g.Loop(k, "", first, cache, outs=3, body=parse_graph("""
        body (int64 i, bool go, int64[n, 1] word, float[n, l, 8] old)
            => (bool again, int64[n, 1] word_, float[n, m, 8] all, int64[n] out) {
          e = Gather<axis = 0>(words, word)
          all = Concat<axis = 1>(old, e)
          h = ReduceMean(all, one)
          scores = MatMul(h, w)
          word_ = ArgMax<axis = -1, keepdims = 0>(scores)
          out = Squeeze(word_, one)
          ends = Equal(out, end)
          count = Cast<to = 1>(ends)
          ended = ReduceSum<keepdims = 0>(count)
          again = Less(ended, some)
        }"""))
    g.output("last", last)
    g.output("memory", memory)
    g.output("words_", words)


@graph(opset=18, runs=[{"n": 2, "k": k} for k in (1, 5)])
def tied_embedding_loop(g):
    """The table, whose transpose is the product's weights, is read in a loop, before and behind it."""
    k = scalar(g, "k", "int64", "k")
    first = g.input("first", ("n",), "int64", make=lambda s: g.rng.integers(0, 277, s))
    values = g.rng.normal(size=(277, 61)).astype(np.float32)
    table = g.const(values, name="words")
    g.const(np.ascontiguousarray(values.T), name="w")
    last, words = g.Loop(k, "", first, outs=2, body=parse_graph("""
        body (int64 i, bool go, int64[n] word) => (bool go_, int64[n] word_, float[n, 277] scores) {
          go_ = Identity(go)
          e = Gather<axis = 0>(words, word)
          h = Tanh(e)
          scores = MatMul(h, w)
          word_ = ArgMax<axis = -1, keepdims = 0>(scores)
        }"""))
    g.output("before", g.Gather(table, first, axis=0))
    g.output("behind", g.Gather(table, last, axis=0))
    g.output("scores", words)


@graph(opset=18, runs=[{"t": t} for t in (1, 20)])
def scan_axes(g):
    """Other axes, from the end, two inputs."""
    x, y = g.input("x", (4, "t")), g.input("y", ("t", 4))
    state, stack = g.Scan(g.input("s", (4,)), x, y, outs=2, num_scan_inputs=2, scan_input_directions=[1, 0],
                          scan_input_axes=[1, 0], scan_output_axes=[-1], scan_output_directions=[1], body=parse_graph("""
        body (float[4] s0, float[4] a, float[4] b) => (float[4] s_, float[4] row) {
          product = Mul(a, b)
          s_ = Add(s0, product)
          row = Tanh(s_)
        }"""))
    g.output("state", state)
    g.output("stack", stack)


@graph(opset=8, runs=[{"n": n, "t": t} for n, t in ((1, 3), (3, 20))])
def scan_opset8(g):
    """With a batch dimension."""
    state, stack = g.Scan("", g.input("s", ("n", 4)), g.input("x", ("n", "t", 4)), outs=2, num_scan_inputs=1,
                          directions=[1], body=parse_graph("""
        body (float[4] s0, float[4] a) => (float[4] s_, float[4] row) { s_ = Add(s0, a)  row = Identity(s_) }"""))
    g.output("state", state)
    g.output("stack", stack)


@graph(opset=18, runs=[{"n": 1}, {"n": 3}])
def sequences(g):
    """Lists of tensors that are known when the model is compiled."""
    x, y, parts = g.input("x", ("n", 6)), g.input("y", (2, 6)), g.const([1, 3, 2], "int64")
    two = g.SequenceConstruct(x, y)
    three = g.SequenceInsert(two, g.Neg(y), g.const(0, "int64"))
    g.output("inserted", g.ConcatFromSequence(three, axis=0))
    g.output("length", g.SequenceLength(three))
    g.output("erased", g.ConcatFromSequence(g.SequenceErase(three, g.const(-1, "int64")), axis=0))
    g.output("second", g.SequenceAt(g.SequenceInsert(g.SequenceInsert(g.SequenceEmpty(), y), x), g.const(1, "int64")))
    split = g.SplitToSequence(x, parts, axis=1)
    g.output("part", g.SequenceAt(split, g.const(-2, "int64")))
    g.output("split", g.ConcatFromSequence(g.SplitToSequence(y, keepdims=0), axis=0, new_axis=1))
    g.output("chunk", g.SequenceAt(g.SplitToSequence(y, g.const(4, "int64"), axis=1), g.const(1, "int64")))
    g.output("mapped", g.ConcatFromSequence(g.SequenceMap(split, y, body=parse_graph("""
        body (float[n, k] e, float[2, 6] w) => (float[n, 1] r) {
          s = ReduceSum<keepdims = 0>(w)
          p = Mul(e, s)
          one = Constant<value_ints = [1]>()
          r = ReduceMax(p, one)
        }""")), axis=1))


@graph(opset=18)
def optionals(g):
    x = g.input("x", (2, 3))
    some = g.Optional(x)
    g.output("has", g.OptionalHasElement(some))
    g.output("get", g.Relu(g.OptionalGetElement(some)))
    g.output("has_tensor", g.OptionalHasElement(x))
    g.output("list", g.ConcatFromSequence(g.OptionalGetElement(g.Optional(g.SequenceConstruct(x, x))), axis=0))
