# Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Gradient names tensors: what is between them is a graph of the node's own. A node that
# depends on none of them stays where it is; Gradient comes behind all that it names.
#
# RUN: %python %s %t.onnx && read-onnx --round-trip %t.onnx | FileCheck %s
import sys

from onnxpb import *

# CHECK-DAG: %[[NEG:.*]] = graph.node "onnx.Neg"(%x) version 17
# CHECK-DAG: %[[EXP:.*]] = graph.node "onnx.Exp"(%z) version 17
# CHECK:     graph.node "ai.onnx.preview.training.Gradient"(%x, %x) version 1 {xs = ["a"], y = "y", zs = ["z"]}
# CHECK-SAME: "y"(%[[A:.*]], %[[Z:.*]]) {
# CHECK-NEXT:  %[[INNER:.*]] = graph.node "onnx.Exp"(%[[Z]]) version 17
# CHECK-NEXT:  %[[MUL:.*]] = graph.node "onnx.Mul"(%[[A]], %[[INNER]]) version 17
# CHECK-NEXT:  %[[ADD:.*]] = graph.node "onnx.Add"(%[[MUL]], %{{.*}}) version 17
# CHECK-NEXT:  graph.yield %[[ADD]]
training = "ai.onnx.preview.training"
nodes = [
    node("Gradient", ["x", "x"], ["d"], [a_strings("xs", ["a"]), a_string("y", "y"), a_strings("zs", ["z"])],
         domain=training),
    node("Neg", ["x"], ["n"]),
    node("Sin", ["x"], ["a"]),
    node("Exp", ["z"], ["e"]),
    node("Mul", ["a", "e"], ["m"]),
    node("Add", ["m", "n"], ["y"]),
]
inputs = [value("x", FLOAT, [4]), value("z", FLOAT, [4])]
write(sys.argv[1], model(graph(nodes, inputs, [value("d", FLOAT, [4])]), [opset(17), opset(1, training)]))
