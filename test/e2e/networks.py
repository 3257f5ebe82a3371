#===- networks.py - networks of full size, made on the spot ---*- Python -*-===#
#
# Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
#===------------------------------------------------------------------------===#
"""Models too large to be committed, with random weights, for limits.py.

    networks.py NAME FILE.onnx
"""
import sys

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper


class Network:
    """A chain of nodes under construction; each layer's method returns its output's name."""

    def __init__(self):
        self.nodes, self.weights, self.random = [], [], np.random.default_rng(0)

    def weight(self, *shape, scale=1.0):
        array = self.random.standard_normal(shape, dtype=np.float32) * np.float32(scale)
        return self.constant(array)

    def constant(self, array):
        name = f"w{len(self.weights)}"
        self.weights.append(numpy_helper.from_array(array, name))
        return name

    def node(self, op, *inputs, **attributes):
        name = f"v{len(self.nodes)}"
        self.nodes.append(helper.make_node(op, list(inputs), [name], f"{op}_{len(self.nodes)}", **attributes))
        return name

    def conv(self, x, inputs, outputs, kernel, stride=1):
        """A convolution and its batch normalisation."""
        weight = self.weight(outputs, inputs, kernel, kernel, scale=(2 / (inputs * kernel * kernel)) ** 0.5)
        x = self.node("Conv", x, weight, kernel_shape=[kernel] * 2, strides=[stride] * 2, pads=[kernel // 2] * 4)
        ones, zeros = np.ones(outputs, np.float32), np.zeros(outputs, np.float32)
        return self.node("BatchNormalization", x, *(self.constant(c) for c in (ones, zeros, zeros, ones)))

    def gemm(self, x, inputs, outputs):
        return self.node("Gemm", x, self.weight(outputs, inputs, scale=inputs ** -0.5), self.weight(outputs), transB=1)

    def save(self, path, given, result):
        """`given` and `result` are names, types and shapes of the input and the output."""
        name, kind, shape = given
        self.nodes[-1].output[0] = result[0]
        graph = helper.make_graph(self.nodes, "network", [helper.make_tensor_value_info(name, kind, shape)],
                                  [helper.make_tensor_value_info(*result)], self.weights)
        onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), path)


def bottleneck(net, x, inputs, width, stride):
    y = net.node("Relu", net.conv(x, inputs, width, 1))
    y = net.node("Relu", net.conv(y, width, width, 3, stride))
    y = net.conv(y, width, 4 * width, 1)
    if stride != 1 or inputs != 4 * width:
        x = net.conv(x, inputs, 4 * width, 1, stride)
    return net.node("Relu", net.node("Add", x, y))


def resnet50(path):
    net = Network()
    x = net.node("Relu", net.conv("x", 3, 64, 7, 2))
    x = net.node("MaxPool", x, kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1])
    inputs = 64
    for width, depth in ((64, 3), (128, 4), (256, 6), (512, 3)):
        for i in range(depth):
            x = bottleneck(net, x, inputs, width, 2 if i == 0 and width > 64 else 1)
            inputs = 4 * width
    x = net.node("Flatten", net.node("GlobalAveragePool", x))
    net.gemm(x, inputs, 1000)
    net.save(path, ("x", TensorProto.FLOAT, [1, 3, 224, 224]), ("y", TensorProto.FLOAT, [1, 1000]))


def wide(path):
    """An embedding and layers of half a gigabyte, weights as exporters write them: [out, in]."""
    net = Network()
    x = net.node("Gather", net.weight(24000, 2048), "tokens")
    for inputs, outputs in ((2048, 8192), (8192, 2048), (2048, 8192), (8192, 2048)):
        x = net.node("Relu", net.gemm(x, inputs, outputs))
    net.gemm(x, 2048, 4096)
    net.save(path, ("tokens", TensorProto.INT64, [16]), ("y", TensorProto.FLOAT, [16, 4096]))


def mlp(path):
    net = Network()
    net.node("Relu", net.gemm("x", 16, 16))
    net.save(path, ("x", TensorProto.FLOAT, [1, 16]), ("y", TensorProto.FLOAT, [1, 16]))


if __name__ == "__main__":
    {"resnet50": resnet50, "wide": wide, "mlp": mlp}[sys.argv[1]](sys.argv[2])
