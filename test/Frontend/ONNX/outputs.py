# Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# An output that is listed twice, as PyTorch's exporter does, is one.
#
# RUN: %python %s %t.onnx && read-onnx --round-trip %t.onnx | FileCheck %s
import sys

from onnxpb import *

# CHECK: func.func @main(%{{.*}}: tensor<2xf32> {graph.name = "x"}) -> (tensor<2xf32> {graph.name = "y"}, tensor<2xf32> {graph.name = "z"}) {
nodes = [node("Relu", ["x"], ["y"]), node("Neg", ["x"], ["z"])]
outputs = [value(name, FLOAT, [2]) for name in ("y", "z", "y")]
write(sys.argv[1], model(graph(nodes, [value("x", FLOAT, [2])], outputs)))
