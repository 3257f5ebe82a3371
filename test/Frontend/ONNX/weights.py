# Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Large constants stay in the file, as resources, but for packed ones; external files of any size are
# mapped, and a location may be anywhere under the model's folder.
#
# RUN: rm -rf %t && mkdir -p %t/sub && %python %s %t && read-onnx --round-trip %t/mapped.onnx | FileCheck %s
# RUN: not read-onnx %t/huge.onnx 2>&1 | FileCheck %s --check-prefix=HUGE
import os
import sys

from onnxpb import *

# CHECK: %large = graph.weight "large" = dense_resource<large> : tensor<16x32xf32>
# CHECK: %outside = graph.weight "outside" = dense_resource<outside> : tensor<300xf32>
# CHECK: %nibbles = graph.weight "nibbles" = dense_resource<nibbles> : tensor<4096xui4>
# CHECK: graph.weight "1" = dense<1.000000e+00> : tensor<1xf32>
# CHECK: builtin: {
# CHECK-DAG: large: "0x01000000{{(0000803F)+}}"
# CHECK-DAG: outside: "0x01000000{{(00000040)+}}"
# CHECK-DAG: nibbles: "0x10000000{{(0102)+}}"
folder = sys.argv[1]
write(folder + "/sub/w.bin", b"skip" + struct.pack("<300f", *[2.0] * 300))
where = {"location": "sub/../sub/w.bin", "offset": "4", "length": "1200"}
output = [value("large", FLOAT, [16, 32])]
weights = [
    floats("large", [1.0] * 512, [16, 32]),
    tensor("outside", FLOAT, [300], external=where),
    tensor("nibbles", UINT4, [4096], raw=b"\x21" * 2048),
    floats("1", [1.0]),
]
write(folder + "/mapped.onnx", model(graph([], [], output, weights)))

# Five GiB, of which the disk holds nothing.
with open(folder + "/huge.bin", "wb") as f:
    os.truncate(folder + "/huge.bin", 5 << 30)
big = [tensor("large", FLOAT, [1 << 30], external={"location": "huge.bin", "offset": "4096"})]
# Printing would write four GiB of digits: the error comes after the weights.
# HUGE-NOT: external
# HUGE: huge.onnx: node #0 -> 'y' (Missing): error: value 'nothing' is not defined
write(folder + "/huge.onnx", model(graph([node("Missing", ["nothing"], ["y"])], [], output, big)))
