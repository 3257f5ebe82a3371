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


@graph(opset=14, runs=[{"steps": 1, "batch": 2}, {"steps": 7, "batch": 1}])
def lstm_dynamic(g):
    x = g.input("x", ("steps", "batch", WIDTH))
    y, _, _ = cell(g, "LSTM", 4, 2, x, outs=3, direction="bidirectional")
    joined = g.Reshape(g.Transpose(y, perm=[0, 2, 1, 3]), g.const(np.int64([0, 0, -1])))
    g.output("y", g.MatMul(joined, g.weight(2 * HIDDEN, 3)))
