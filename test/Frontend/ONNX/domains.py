# Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ONNX Runtime's own operators need no import: tf2onnx writes none.
#
# RUN: %python %s %t.onnx && read-onnx --round-trip %t.onnx | FileCheck %s
import sys

from onnxpb import *

# CHECK: graph.node "com.microsoft.Gelu"(%x) version 1
nodes = [node("Gelu", ["x"], ["y"], domain="com.microsoft")]
write(sys.argv[1], model(graph(nodes, [value("x", FLOAT, [2])], [value("y", FLOAT, [2])])))
