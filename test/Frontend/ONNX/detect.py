# Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ONNX is told from the other formats by its first bytes.
#
# RUN: rm -rf %t && mkdir -p %t && cd %t && %python %s && read-onnx --detect * | FileCheck %s
from onnxpb import *

# CHECK: cut: onnx
write("cut", model(graph([node("Relu", ["x"], ["y"])], [], [value("y")]))[:20])
# CHECK: empty: not onnx
write("empty", b"")
# CHECK: graphdef: not onnx
write("graphdef", text(1, text(1, "x") + text(2, "Placeholder")))
# CHECK: large: onnx
write("large", model(graph([], [], [], [floats("w", [1.0] * 10000)])))
# CHECK: saved_model: not onnx
write("saved_model", num(1, 1) + text(2, text(1, text(4, "serve")) + text(2, text(1, b"\0\1"))))
# CHECK: text: not onnx
write("text", b"module {\n}\n")
# CHECK: tflite: not onnx
write("tflite", b"\x1c\0\0\0TFL3" + b"\0" * 64)
# CHECK: zip: not onnx
write("zip", b"PK\3\4" + b"\0" * 64)
