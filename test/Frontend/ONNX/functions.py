# Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Local functions are inlined: attributes, defaults, names, versions, overloads,
# absent operands, graphs given as attributes, functions that call functions.
#
# RUN: %python %s %t.onnx && read-onnx --round-trip --locations %t.onnx | FileCheck %s
import sys

from onnxpb import *

# Another version, a default and an absent operand.
# CHECK: %none = graph.none
# CHECK: %Elu = graph.node "onnx.Elu"(%x) version 18 {alpha = 2.500000e-01 : f32} loc(#[[ELU:.*]])
# CHECK: %Clip = graph.node "onnx.Clip"(%Elu, %none) version 18 loc
# The call's attribute wins; names do not clash with the first call's.
# CHECK: %Elu_0 = graph.node "onnx.Elu"(%Clip) version 18 {alpha = 2.000000e+00 : f32}
# CHECK: graph.node "onnx.Clip"(%Elu_0, %x) version 18
# The overload, and a graph that uses the caller's names.
# CHECK: graph.node "onnx.If"(%{{.*}}) version 17 "else_branch" {
# CHECK:   graph.node "onnx.Neg"(%x) version 17
# CHECK: } "then_branch" {
# CHECK:   graph.yield %Clip{{.*}}
# CHECK-DAG: #[[ELU]] = loc(callsite(#[[INNER:.*]] at #[[CALL:.*]]))
# CHECK-DAG: #[[INNER]] = loc("node 'elu' (Elu)"
# CHECK-DAG: #[[CALL]] = loc(callsite(#[[F:.*]] at #[[G:.*]]))
# CHECK-DAG: #[[F]] = loc("node 'f' (F)"
# CHECK-DAG: #[[G]] = loc("node 'g' (G)"
body = [
    node("Elu", ["x"], ["t"], [a_ref("alpha", 1, "a")], name="elu"),
    node("Clip", ["t", "low"], ["y"], [a_ref("absent", 2, "b")]),
]
f = function("F", ["x", "low"], ["y"], body, attributes=["b"], defaults=[a_float("a", 0.25)], opsets=[opset(18)])
g = function("G", ["x"], ["y"], [node("F", ["x"], ["y"], name="f", domain="local")])
branch = lambda op, *inputs: graph([node(op, inputs, ["r"])], [], [text(1, "r")])
pick = [node("If", ["c"], ["y"], [a_ref("else_branch", 5, "no"), a_graph("then_branch", graph([], [], [text(1, "x")]))])]
h = function("H", ["c", "x"], ["y"], pick, attributes=["no"], overload="second")
h1 = function("H", ["c", "x"], ["y"], [node("Identity", ["x"], ["y"])])
nodes = [
    node("G", ["x"], ["t"], name="g", domain="local"),
    node("F", ["t", "x"], ["u"], [a_float("a", 2)], domain="local"),
    node("H", ["c", "u"], ["y"], [a_graph("no", branch("Neg", "x"))], domain="local", overload="second"),
]
inputs = [value("x", FLOAT, [4]), value("c", BOOL, [])]
write(sys.argv[1], model(graph(nodes, inputs, [value("y", FLOAT, [4])]), functions=[f, g, h, h1], ir=10))
