#===- rejects.py - models that dlc must refuse ----------------*- Python -*-===#
#
# Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
#===------------------------------------------------------------------------===#
"""Each names the one word that the diagnostic has to contain: the node's, the
value's or the op's name."""
import numpy as np
from onnx import TensorProto, helper

from kit import rejected


def add_node(g, op, inputs, outputs, **attributes):
    g.nodes.append(helper.make_node(op, inputs, outputs, **attributes))


def output(g, name, shape=(2, 3)):
    g.outputs.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, shape))


def relu(g, name="y"):
    g.input("x", (2, 3))
    add_node(g, "Relu", ["x"], [name], name="the_node")
    output(g, name)


def add_weights(g):
    g.input("x", (2, 3))
    g.const(np.zeros((2, 3), np.float32), name="weights")
    add_node(g, "Add", ["x", "weights"], ["y"])
    output(g, "y")


@rejected("Frobnicate")
def reject_unknown_op(g):
    g.input("x", (2, 3))
    add_node(g, "Frobnicate", ["x"], ["y"], name="the_node")
    output(g, "y")


@rejected("com.nowhere")
def reject_unknown_domain(g):
    g.input("x", (2, 3))
    add_node(g, "Relu", ["x"], ["y"], domain="com.nowhere", name="the_node")
    output(g, "y")
    g.domains["com.nowhere"] = 1


@rejected("999", opset=999)
def reject_opset(g):
    relu(g)


@rejected("nonsense")
def reject_unknown_attribute(g):
    g.input("x", (2, 3))
    add_node(g, "Relu", ["x"], ["y"], name="the_node", nonsense=3)
    output(g, "y")


@rejected("axis")
def reject_attribute_kind(g):
    g.input("x", (2, 3))
    add_node(g, "Softmax", ["x"], ["y"], name="the_node", axis="last")
    output(g, "y")


@rejected("nothing_makes_it")
def reject_missing_value(g):
    g.input("x", (2, 3))
    add_node(g, "Add", ["x", "nothing_makes_it"], ["y"], name="the_node")
    output(g, "y")


@rejected("no_such_output")
def reject_missing_output(g):
    relu(g)
    output(g, "no_such_output")


@rejected("twice")
def reject_duplicate_value(g):
    g.input("x", (2, 3))
    add_node(g, "Relu", ["x"], ["twice"])
    add_node(g, "Neg", ["x"], ["twice"])
    output(g, "twice")


@rejected("a_loop")
def reject_cycle(g):
    g.input("x", (2, 3))
    add_node(g, "Add", ["x", "b"], ["a"], name="a_loop")
    add_node(g, "Relu", ["a"], ["b"], name="b_loop")
    output(g, "a")


@rejected("the_node")
def reject_shapes(g):
    g.input("x", (2, 3))
    g.input("z", (2, 4))
    add_node(g, "Add", ["x", "z"], ["y"], name="the_node")
    output(g, "y")


@rejected("the_node")
def reject_matmul_shapes(g):
    g.input("x", (2, 3))
    g.input("z", (4, 5))
    add_node(g, "MatMul", ["x", "z"], ["y"], name="the_node")
    output(g, "y", (2, 5))


@rejected("the_node")
def reject_types(g):
    g.input("x", (2, 3))
    g.input("z", (2, 3), "int64")
    add_node(g, "Add", ["x", "z"], ["y"], name="the_node")
    output(g, "y")


@rejected("the_node")
def reject_input_count(g):
    g.input("x", (2, 3))
    add_node(g, "Add", ["x"], ["y"], name="the_node")
    output(g, "y")


@rejected("output 'y'")
def reject_declared_output(g):
    g.input("x", (2, 3))
    add_node(g, "Cast", ["x"], ["y"], name="the_node", to=TensorProto.INT32)
    output(g, "y")


@rejected("the_node")
def reject_reshape(g):
    g.input("x", (2, 3))
    g.const(np.int64([4, 2]), name="shape")
    add_node(g, "Reshape", ["x", "shape"], ["y"], name="the_node")
    output(g, "y", (4, 2))


def _short(model):
    model.graph.initializer[0].raw_data = model.graph.initializer[0].raw_data[:-4]


@rejected("weights", patch=_short)
def reject_short_initializer(g):
    add_weights(g)


def _twice(model):
    model.graph.initializer[0].float_data[:] = [0] * 6


@rejected("more than one field", patch=_twice)
def reject_data_in_two_fields(g):
    add_weights(g)


def _renamed(name):
    def patch(model):
        data = model.SerializeToString()
        return data.replace(b"\x0a\x07an_name", b"\x0a\x07" + name)
    return patch


for _name, _bytes in (("utf8", b"an_\xff\xfe__"), ("zero", b"an_\0ame")):
    @rejected("no text in UTF-8", name=f"reject_name_{_name}", patch=_renamed(_bytes))
    def _(g):
        g.input("an_name", (2, 3))
        add_node(g, "Relu", ["an_name"], ["y"])
        output(g, "y")


@rejected("17 dimensions")
def reject_rank(g):
    g.input("x", (1,) * 17)
    add_node(g, "Relu", ["x"], ["y"])
    output(g, "y", (1,) * 17)


@rejected("must be of an integer type")
def reject_bits_of_floats(g):
    g.input("x", (2, 3))
    add_node(g, "BitwiseNot", ["x"], ["y"], name="the_node")
    output(g, "y")


@rejected("floating-point")
def reject_root_of_integers(g):
    g.input("x", (2, 3), "int64")
    add_node(g, "Sqrt", ["x"], ["y"], name="the_node")
    output(g, "y")


@rejected("index -7")
def reject_gather_index(g):
    g.input("x", (2, 3))
    g.const(np.int64([0, -7]), name="indices")
    add_node(g, "Gather", ["x", "indices"], ["y"], name="the_node", axis=1)
    output(g, "y", (2, 2))


def _huge(model):
    model.graph.initializer[0].dims[:] = [1 << 40, 1 << 40]


@rejected("weights", patch=_huge)
def reject_overflowing_size(g):
    add_weights(g)


def _negative(model):
    model.graph.initializer[0].dims[:] = [-2, -3]


@rejected("weights", patch=_negative)
def reject_negative_size(g):
    add_weights(g)


def _external(location, length=24):
    def patch(model):
        tensor = model.graph.initializer[0]
        tensor.ClearField("raw_data")
        tensor.data_location = TensorProto.EXTERNAL
        for key, value in (("location", location), ("offset", "0"), ("length", str(length))):
            entry = tensor.external_data.add()
            entry.key, entry.value = key, value
    return patch


for _name, _location in (("missing", "absent.bin"), ("outside", "../absent.bin"), ("absolute", "/etc/passwd"),
                         ("short", "model.onnx")):
    rejected("weights", name=f"reject_external_{_name}",
             patch=_external(_location, 24 if _name != "short" else 1 << 30))(add_weights)


@rejected("is empty", patch=lambda model: b"")
def reject_empty_file(g):
    relu(g)


@rejected("malformed protobuf", patch=lambda model: bytes(range(256)) * 4)
def reject_garbage(g):
    relu(g)


@rejected("truncated", patch=lambda model: model.SerializeToString()[:-7])
def reject_truncated(g):
    relu(g)


def _deep(model):
    """Graphs in attributes of nodes in graphs, far deeper than any stack."""
    output = model.graph.output[0].SerializeToString()
    data = b""
    for _ in range(20000):
        graph = b"\x0a" + _length(data) + data if data else b""     # GraphProto.node
        attribute = b"\x0a\x01a\xa0\x01\x05" + b"\x32" + _length(graph) + graph        # name, type GRAPH, g
        data = b"\x12\x01y\x22\x02If\x2a" + _length(attribute) + attribute     # NodeProto.output, op_type, attribute
    graph = b"\x0a" + _length(data) + data + b"\x62" + _length(output) + output
    return b"\x08\x08" + b"\x3a" + _length(graph) + graph + b"\x42\x02\x10\x12"


def _length(data):
    n, out = len(data), b""
    while n > 127:
        out, n = out + bytes([n & 127 | 128]), n >> 7
    return out + bytes([n])


@rejected("nest deeper", patch=_deep)
def reject_deep_nesting(g):
    relu(g)
