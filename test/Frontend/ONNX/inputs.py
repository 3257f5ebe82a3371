# Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Up to IR version 3, initializers are listed among the inputs; they are constants,
# in graphs of nodes too.
#
# RUN: %python %s %t.onnx && read-onnx --round-trip %t.onnx | FileCheck %s
import sys

from onnxpb import *

# CHECK: func.func @main(%arg0: tensor<2xf32> {graph.name = "x"}) ->
# CHECK: %w = graph.weight "w"
# CHECK: graph.node "onnx.Scan"(%w, %x) version 7 {num_scan_inputs = 1 : i64} "body"(%{{.*}}, %{{.*}}) {
# CHECK-NEXT: %k = graph.weight "k"
body = graph([node("Mul", ["b", "k"], ["r"])], [value("a"), value("b"), value("k", FLOAT, [2])], [value("a"), value("r")], [floats("k", [3, 4])])
nodes = [node("Scan", ["w", "x"], ["s", "y"], [a_graph("body", body), a_int("num_scan_inputs", 1)])]
inputs = [value("w", FLOAT, [2]), value("x", FLOAT, [2])]
write(sys.argv[1], model(graph(nodes, inputs, [value("y", FLOAT, [2])], [floats("w", [1, 2])]), ir=3, opsets=[opset(7)]))
