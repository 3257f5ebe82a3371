#===- ops_rnn.py - recurrent cases ----------------------------*- Python -*-===#
#
# Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
#===------------------------------------------------------------------------===#
"""Steps x batch x width; every output of every cell."""
import numpy as np

from kit import graph

STEPS, BATCH, WIDTH, HIDDEN = 6, 3, 5, 4


def cell(g, op, gates, directions, x, *rest, bias=True, outs=2, **attributes):
    w = g.weight(directions, gates * HIDDEN, WIDTH)
    r = g.weight(directions, gates * HIDDEN, HIDDEN)
    b = g.weight(directions, 2 * gates * HIDDEN) if bias else None
    return g.node(op, [x, w, r, b, *rest], outs=outs, hidden_size=HIDDEN, **attributes)


def outputs(g, name, values):
    for part, value in zip(("", "_h", "_c"), values):
        g.output(name + part, value)


@graph(opset=14)
def lstm(g):
    x = g.input("x", (STEPS, BATCH, WIDTH))
    h, c = g.input("h", (1, BATCH, HIDDEN)), g.input("c", (1, BATCH, HIDDEN))
    outputs(g, "forward", cell(g, "LSTM", 4, 1, x, outs=3))
    outputs(g, "reverse", cell(g, "LSTM", 4, 1, x, outs=3, direction="reverse"))
    outputs(g, "both", cell(g, "LSTM", 4, 2, x, outs=3, direction="bidirectional"))
    outputs(g, "state", cell(g, "LSTM", 4, 1, x, None, h, c, outs=3))
    outputs(g, "no_bias", cell(g, "LSTM", 4, 1, x, bias=False, outs=3))
    outputs(g, "peephole", cell(g, "LSTM", 4, 1, x, None, h, c, g.weight(1, 3 * HIDDEN), outs=3))
    lengths = g.const([6, 2, 4], "int32")
    outputs(g, "lengths", cell(g, "LSTM", 4, 2, x, lengths, outs=3, direction="bidirectional"))


@graph(opset=14)
def gru(g):
    x = g.input("x", (STEPS, BATCH, WIDTH))
    h = g.input("h", (2, BATCH, HIDDEN))
    outputs(g, "forward", cell(g, "GRU", 3, 1, x))
    outputs(g, "before_reset", cell(g, "GRU", 3, 1, x, linear_before_reset=1))
    outputs(g, "both", cell(g, "GRU", 3, 2, x, None, h, direction="bidirectional", linear_before_reset=1))
    outputs(g, "reverse", cell(g, "GRU", 3, 1, x, bias=False, direction="reverse"))


@graph(opset=14)
def rnn(g):
    x = g.input("x", (STEPS, BATCH, WIDTH))
    outputs(g, "forward", cell(g, "RNN", 1, 1, x))
    outputs(g, "relu", cell(g, "RNN", 1, 2, x, direction="bidirectional", activations=["Relu", "Tanh"]))


@graph(opset=14, runs=[{"steps": 1, "batch": 4}, {"steps": 7, "batch": 1}])
def lstm_dynamic(g):
    x = g.input("x", ("steps", "batch", WIDTH))
    y, _, _ = cell(g, "LSTM", 4, 2, x, outs=3, direction="bidirectional")
    joined = g.Reshape(g.Transpose(y, perm=[0, 2, 1, 3]), g.const(np.int64([0, 0, -1])))
    g.output("y", g.MatMul(joined, g.weight(2 * HIDDEN, 3)))


# Loops: more steps than are unrolled, or any number of them.

ANY = [{"steps": 2, "batch": 3}, {"steps": 19, "batch": 1}, {"steps": 1, "batch": 4}]


@graph(opset=14)
def lstm_long(g):
    x = g.input("x", (21, BATCH, WIDTH))
    outputs(g, "both", cell(g, "LSTM", 4, 2, x, outs=3, direction="bidirectional"))


@graph(opset=14, runs=ANY)
def lstm_steps(g):
    x = g.input("x", ("steps", "batch", WIDTH))
    h, c = g.input("h", (2, "batch", HIDDEN)), g.input("c", (2, "batch", HIDDEN))
    lengths = g.input("sizes", ("batch",), "int32", lambda shape: np.arange(shape[0]) % 2)
    outputs(g, "forward", cell(g, "LSTM", 4, 1, x, outs=3))
    outputs(g, "both", cell(g, "LSTM", 4, 2, x, None, h, c, g.weight(2, 3 * HIDDEN), outs=3, direction="bidirectional"))
    outputs(g, "lengths", cell(g, "LSTM", 4, 2, x, lengths, outs=3, direction="bidirectional"))


@graph(opset=14, runs=ANY)
def gru_steps(g):
    x = g.input("x", ("steps", "batch", WIDTH))
    h = g.input("h", (2, "batch", HIDDEN))
    lengths = g.input("sizes", ("batch",), "int32", lambda shape: np.arange(shape[0]) % 2)
    outputs(g, "both", cell(g, "GRU", 3, 2, x, None, h, direction="bidirectional"))
    outputs(g, "before_reset", cell(g, "GRU", 3, 2, x, lengths, direction="bidirectional", linear_before_reset=1))


@graph(opset=14, runs=ANY)
def rnn_steps(g):
    """The weights are known at run time only, too."""
    x = g.input("x", ("steps", "batch", WIDTH))
    lengths = g.input("sizes", ("batch",), "int32", lambda shape: np.arange(shape[0]) % 2)
    weights = [g.input("w", (2, HIDDEN, WIDTH)), g.input("r", (2, HIDDEN, HIDDEN)), g.input("b", (2, 2 * HIDDEN))]
    outputs(g, "both", cell(g, "RNN", 1, 2, x, direction="bidirectional"))
    outputs(g, "lengths", g.node("RNN", [x, *weights, lengths], outs=2, hidden_size=HIDDEN, direction="bidirectional"))
    y, _ = cell(g, "RNN", 1, 1, x)
    w, r = g.weight(1, HIDDEN, HIDDEN), g.weight(1, HIDDEN, HIDDEN)
    outputs(g, "stacked", g.node("RNN", [g.Squeeze(y, g.const(np.int64([1]))), w, r], outs=2, hidden_size=HIDDEN))
