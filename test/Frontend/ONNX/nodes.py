# Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Nodes: names, domains, versions, all kinds of attributes, absent operands.
#
# RUN: %python %s %t.onnx && read-onnx --round-trip --locations %t.onnx | FileCheck %s
import sys

from onnxpb import *

# CHECK: #[[FILE:loc[0-9]*]] = loc("{{.*}}.onnx":0:0)
# CHECK: module attributes {graph.format = "onnx", graph.ir_version = 8 : i64, graph.opsets = {ai.onnx = 17 : i64, ai.onnx.ml = 3 : i64, com.x = 2 : i64}, graph.producer = "onnxpb"}
# CHECK: func.func @main(%{{.*}}: tensor<?x3xf32> {graph.dims = ["batch", ""], graph.name = "x"} {{.*}}, %{{.*}}: tensor<*xi64> {graph.name = "any"}
# CHECK-SAME: %{{.*}}: !graph.sequence<tensor<2xf32>> {graph.name = "seq"}
# CHECK-SAME: %{{.*}}: !graph.optional<tensor<?xui8>> {graph.name = "opt"}
# CHECK-SAME: %{{.*}}: !graph.map<i64, tensor<f32>> {graph.name = "map"}
# CHECK-SAME: -> (!graph.value {graph.name = "y"}, tensor<2x?xf32> {graph.name = "z"})
# CHECK: %none = graph.none
# CHECK: %x = graph.import %{{.*}} : tensor<?x3xf32>
# CHECK: %Op:3 = graph.node "com.x.Op"(%x, %none, %x, %none) version 2
# CHECK-SAME: {f = 5.000000e-01 : f32, fs = array<f32: 1.000000e+00, 2.000000e+00>, i = -3 : i64, is = array<i64: 1, -2>, nothing = 0 : i64, s = "text", ss = ["a", "b"], t = dense<[1.000000e+00, 2.000000e+00]> : tensor<2xf32>, type = tensor<?xi32>, untyped = 7 : i64} loc(#[[OP:.*]])
# CHECK: %Relu = graph.node "onnx.Relu"(%Op#2) version 17 loc(#[[RELU:.*]])
# CHECK: %Scaler = graph.node "ai.onnx.ml.Scaler"(%Relu) version 3
# CHECK: %c_float = graph.weight "c_float" = dense<5.000000e-01> : tensor<f32>
# CHECK: %c_floats = graph.weight "c_floats" = dense<[1.000000e+00, 2.000000e+00]> : tensor<2xf32>
# CHECK: %c_int = graph.weight "c_int" = dense<4> : tensor<i64>
# CHECK: %c_ints = graph.weight "c_ints" = dense<> : tensor<0xi64>
# CHECK: %c_string = graph.weight "c_string" = dense<"s"> : tensor<!graph.string>
# CHECK: %c_strings = graph.weight "c_strings" = dense<["a", "b"]> : tensor<2x!graph.string>
# CHECK: %[[Z:.*]] = graph.export %Scaler : tensor<2x?xf32>
# CHECK: return %Relu, %[[Z]] : !graph.value, tensor<2x?xf32>
# CHECK-DAG: #[[OP]] = loc("node 'op' (Op)"(#[[FILE]]))
# CHECK-DAG: #[[RELU]] = loc("node #1 -> 'y' (Relu)"(#[[FILE]]))
nested = lambda number, type: text(number, text(1, type))
inputs = [
    value("x", FLOAT, ["batch", 3]),
    value("any", INT64, None),
    value("seq", type=nested(4, tensor_type(FLOAT, [2]))),
    value("opt", type=nested(9, tensor_type(UINT8, [None]))),
    value("map", type=text(5, num(1, INT64) + text(2, tensor_type(FLOAT, [])))),
]
attributes = [
    a_float("f", 0.5),
    a_floats("fs", [1, 2]),
    a_int("i", -3),
    a_ints("is", [1, -2]),
    attribute("nothing", 2),
    a_string("s", "text"),
    a_strings("ss", ["a", "b"]),
    a_tensor("t", floats("", [1, 2])),
    attribute("type", 13, text(14, tensor_type(INT32, ["n"]))),
    text(1, "untyped") + num(3, 7),
]
nodes = [
    node("Op", ["x", "", "x", ""], ["a", "", "b"], attributes, name="op", domain="com.x"),
    node("Relu", ["b"], ["y"]),
    node("Scaler", ["y"], ["z"], domain="ai.onnx.ml"),
    node("Constant", [], ["c_float"], [a_float("value_float", 0.5)]),
    node("Constant", [], ["c_floats"], [a_floats("value_floats", [1, 2])]),
    node("Constant", [], ["c_int"], [a_int("value_int", 4)]),
    node("Constant", [], ["c_ints"], [a_ints("value_ints", [])]),
    node("Constant", [], ["c_string"], [a_string("value_string", "s")]),
    node("Constant", [], ["c_strings"], [a_strings("value_strings", ["a", "b"])]),
]
outputs = [text(1, "y"), value("z", FLOAT, [2, -1])]
write(sys.argv[1], model(graph(nodes, inputs, outputs), opsets=[opset(17), opset(3, "ai.onnx.ml"), opset(2, "com.x")]))
