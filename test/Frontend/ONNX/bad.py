# Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Bad models: each gives exactly one error, exit code 1 and no output. The table
# below says which error, without the file's name in front.
#
# RUN: rm -rf %t && mkdir -p %t/model && %python %s %t/model read-onnx
import os
import subprocess
import sys

from onnxpb import *

CASES = {}


def bad(name, data, *lines):
    """`lines`: the error, and notes if there are any."""
    CASES[name] = (data, lines)


X, Y = value("x", FLOAT, [2]), value("y", FLOAT, [2])


def simple(*nodes, inputs=(X,), outputs=(Y,), weights=(), sparse=(), **more):
    return model(graph(nodes, inputs, outputs, weights, sparse), **more)


def weight(*args, **more):
    return simple(weights=[tensor("w", *args, **more)])


def with_attribute(*attributes):
    return simple(node("Op", ["x"], ["y"], attributes, name="n"))


def external(**entries):
    return weight(FLOAT, [4], external=entries)


relu = node("Relu", ["x"], ["y"], name="r")
good = simple(relu)

# Not a protobuf, or not the right one.
bad("empty", b"", "error: the file is empty")
bad("text", b"hello, world", "error: malformed protobuf: ModelProto field 13: wire type 4 is a group or unknown (at byte 2)")
bad("truncated", good[:-3], "error: malformed protobuf: ModelProto field 8: truncated, it says 9 bytes and 6 are left (at byte 72)")
bad("truncated_tag", good + b"\x80", "error: malformed protobuf: ModelProto ends within a field's tag (at byte 83)")
bad("group", b"\x0b", "error: malformed protobuf: ModelProto field 1: wire type 3 is a group or unknown (at byte 0)")
bad("field_zero", b"\x00\x00", "error: malformed protobuf: ModelProto has a field numbered 0, which protobuf does not allow (at byte 0)")
bad("huge_length", b"\x08\x08\x3a" + b"\xff" * 9 + b"\x01", "error: malformed protobuf: ModelProto field 7: truncated, it says 18446744073709551615 bytes and 0 are left (at byte 2)")
bad("long_varint", b"\x08" + b"\xff" * 11, "error: malformed protobuf: ModelProto field 1: the message ends within an integer, or it has over ten bytes (at byte 0)")
bad("graphdef", text(1, text(1, "x") + text(2, "Placeholder")), "error: malformed protobuf: ModelProto field 1: encoded as length-delimited where varint is expected (at byte 0)")
bad("two_graphs", good + text(7, b""), "error: malformed protobuf: ModelProto field 7: occurs twice (at byte 83)")
bad("in_node", simple(b"\x0a\x05x"), "error: malformed protobuf: NodeProto field 1: truncated, it says 5 bytes and 1 are left (at byte 14)")

# Versions.
bad("no_ir", text(7, b""), "error: IR version 0 is not supported; 3 to 14 are")
bad("old_ir", simple(relu, ir=2), "error: IR version 2 is not supported; 3 to 14 are")
bad("new_ir", simple(relu, ir=15), "error: IR version 15 is not supported; 3 to 14 are")
bad("old_opset", simple(relu, opsets=[opset(-1)]), "error: operator set 'ai.onnx' version -1 is not supported; 1 to 28 are")
bad("new_opset", simple(relu, opsets=[opset(29)]), "error: operator set 'ai.onnx' version 29 is not supported; 1 to 28 are")
bad("two_opsets", simple(relu, opsets=[opset(17), opset(18, "ai.onnx")]), "error: operator set 'ai.onnx' is imported in version 17 and in version 18")
bad("bad_opset", simple(relu, opsets=[opset(-1, "d")]), "error: operator set 'd' has version -1; versions count from 1")
bad("no_opset", simple(relu, opsets=[]), "node 'r' (Relu): error: operator set 'ai.onnx' is not imported by the model")
bad("no_domain", simple(node("Op", ["x"], ["y"], domain="d")), "node #0 -> 'y' (Op): error: operator set 'd' is not imported by the model")

# Names and order.
bad("no_graph", num(1, 8), "error: the model has no graph")
bad("undefined", simple(node("Relu", ["z"], ["y"])), "node #0 -> 'y' (Relu): error: value 'z' is not defined")
bad("undefined_in_graph", simple(node("If", ["x"], ["y"], [a_graph("then_branch", graph([node("Relu", ["z"], ["t"])], [], [text(1, "t")]))])), "node #0 -> 't' (Relu): error: value 'z' is not defined")
bad("undefined_graph_output", simple(node("If", ["x"], ["y"], [a_graph("then_branch", graph([], [], [text(1, "t")]))], name="i")), "node 'i' (If): error: value 't' is not defined")
bad("twice", simple(relu, node("Exp", ["x"], ["y"])), "node #1 -> 'y' (Exp): error: value 'y' is defined twice")
bad("twice_in_node", simple(node("Split", ["x"], ["y", "y"])), "node #0 -> 'y' (Split): error: value 'y' is defined twice")
bad("twice_weight", simple(relu, weights=[floats("w", [1]), floats("w", [1])]), "initializer 'w': error: value 'w' is defined twice")
bad("twice_input", simple(relu, inputs=[X, X]), "input 'x': error: value 'x' is defined twice")
bad("twice_weight_and_node", simple(relu, weights=[floats("y", [1])]), "node 'r' (Relu): error: value 'y' is defined twice")
bad("cycle", simple(node("Add", ["x", "b"], ["a"]), node("Relu", ["a"], ["b"]), node("Exp", ["b"], ["y"])), "node #0 -> 'a' (Add): error: value 'b' depends on itself: the graph has a cycle")
bad("own_output", simple(node("Add", ["x", "y"], ["y"])), "node #0 -> 'y' (Add): error: value 'y' depends on itself: the graph has a cycle")
bad("cycle_in_graph", simple(node("If", ["x"], ["y"], [a_graph("then_branch", graph([node("Relu", ["y"], ["t"])], [], [text(1, "t")]))])), "node #0 -> 't' (Relu): error: value 'y' depends on itself: the graph has a cycle")
bad("behind_cycle", simple(node("Exp", ["b"], ["y"]), node("Relu", ["x"], ["c"]), node("Add", ["c", "b"], ["a"]), node("Relu", ["a"], ["b"])), "node #3 -> 'b' (Relu): error: value 'a' depends on itself: the graph has a cycle")
bad("no_output", simple(node("Relu", ["x"], [], name="n")), "node 'n' (Relu): error: has no outputs")
bad("empty_outputs", simple(node("Relu", ["x"], [""], name="n")), "node 'n' (Relu): error: has no outputs")
bad("no_op", simple(texts(2, ["y"])), "node #0 -> 'y' (): error: has no operator type")
bad("no_graph_outputs", simple(relu, outputs=[]), "error: the graph has no outputs")
bad("not_computed", simple(), "output 'y': error: no node computes it")
bad("input_name", simple(relu, inputs=[value("")]), "error: input #0 has no name")
bad("weight_name", simple(relu, weights=[floats("", [1])]), "error: an initializer has no name")
bad("control", simple(node("Op", ["z"], ["y"], name="a\x1b[31m\nb")), "node 'a\\x1b[31m", "b' (Op): error: value 'z' is not defined")

# Types.
bad("no_type", simple(relu, inputs=[text(1, "x")]), "input 'x': error: the file gives no type")
bad("element_type", simple(relu, inputs=[value("x", 99)]), "input 'x': error: unknown element type 99")
bad("element_type_wraps", simple(relu, inputs=[value("x", (1 << 32) + 1)]), "input 'x': error: unknown element type -1")
bad("negative_dim", simple(relu, inputs=[value("x", FLOAT, [3, -2])]), "input 'x': error: dimension 1 is -2, which is negative")
bad("overflow", simple(relu, inputs=[value("x", FLOAT, [1 << 40, 1 << 40])]), "input 'x': error: the tensor's size overflows 64 bits")
bad("overflow_hidden", simple(relu, inputs=[value("x", FLOAT, [1 << 40, 1 << 40, 0])]), "input 'x': error: the tensor's size overflows 64 bits")
bad("sparse_type", simple(relu, inputs=[value("x", type=text(8, b""))]), "input 'x': error: sparse tensor types are not supported")
bad("opaque_type", simple(relu, inputs=[value("x", type=text(7, b""))]), "input 'x': error: opaque types are not supported")
bad("sequence_of_nothing", simple(relu, inputs=[value("x", type=text(4, b""))]), "input 'x': error: type of the elements is missing")
deep = tensor_type(FLOAT, [])
for _ in range(5000):
    deep = text(4, text(1, deep))
bad("deep_type", simple(relu, inputs=[value("x", type=deep)]), "input 'x': error: type nests deeper than 16 levels")

# Tensors.
bad("raw_size", weight(FLOAT, [4], raw=b"\0" * 15), "initializer 'w': error: has 15 bytes of data where its type needs 16")
bad("raw_too_long", weight(INT4, [3], raw=b"\0" * 3), "initializer 'w': error: has 3 bytes of data where its type needs 2")
bad("float_count", weight(FLOAT, [4], floats=[1, 2, 3]), "initializer 'w': error: has 12 bytes of data where its type needs 16")
bad("int_count", weight(INT8, [4], ints32=[1, 2, 3]), "initializer 'w': error: has 3 values where its type needs 4")
bad("no_data", weight(DOUBLE, [4]), "initializer 'w': error: has 0 bytes of data where its type needs 32")
bad("wrong_field", weight(INT64, [2], ints32=[1, 2]), "initializer 'w': error: has 0 values where its type needs 2")
bad("string_count", weight(STRING, [2], strings=["a"]), "initializer 'w': error: has 1 strings where its type needs 2")
bad("raw_strings", weight(STRING, [2], raw=b"ab"), "initializer 'w': error: strings are neither raw nor external data")
bad("tensor_type", weight(0, [2]), "initializer 'w': error: unknown element type 0")
bad("tensor_dim", weight(FLOAT, [-4], raw=b""), "initializer 'w': error: dimension 0 is -4, which is negative")
bad("tensor_overflow", weight(FLOAT, [1 << 62, 1 << 62, 0], raw=b""), "initializer 'w': error: the tensor's size overflows 64 bits")
bad("odd_floats", simple(weights=[text(8, "w") + num(2, FLOAT) + num(1, 1) + text(4, b"123")]), "initializer 'w': error: malformed protobuf: a packed field of 3 bytes is no multiple of 4 (at byte 26)")
bad("cut_ints", simple(weights=[text(8, "w") + num(2, INT64) + num(1, 1) + text(7, b"\x80")]), "initializer 'w': error: malformed protobuf: a packed integer is cut off or has over ten bytes (at byte 26)")
bad("segment", simple(weights=[tensor("w", FLOAT, [1], floats=[1]) + text(3, b"")]), "initializer 'w': error: tensors in segments are not supported")
bad("attribute_tensor", with_attribute(a_tensor("value", tensor("", FLOAT, [2], raw=b"1"))), "node 'n' (Op): error: attribute 'value': has 1 bytes of data where its type needs 8")


def sparse(indices, dims):
    return simple(sparse=[text(1, floats("w", [1, 2])) + text(2, indices) + packed(3, dims)])


bad("sparse_index", sparse(tensor("", INT64, [2], ints64=[0, 9]), [3, 3]), "initializer 'w': error: sparse index 9 of value 1 is outside of 9 elements")
bad("sparse_negative", sparse(tensor("", INT64, [2], ints64=[0, -1]), [3, 3]), "initializer 'w': error: sparse index -1 of value 1 is outside of 9 elements")
bad("sparse_row", sparse(tensor("", INT64, [2, 2], ints64=[0, 0, 1, 3]), [3, 3]), "initializer 'w': error: sparse index 3 of value 1 is outside of a dimension of 3")
bad("sparse_type_of_index", sparse(tensor("", INT32, [2], ints32=[0, 1]), [3, 3]), "initializer 'w': error: sparse indices should be int64 and one a value, or one row of them a value")
bad("sparse_huge", sparse(tensor("", INT64, [2], ints64=[0, 1]), [1 << 40]), "initializer 'w': error: sparse tensor is over 1 GiB when dense")
bad("sparse_nothing", simple(sparse=[b""]), "error: an initializer has no name")

# External data.
bad("external_no_location", external(offset="0"), "initializer 'w': error: external data has no location")
bad("external_missing", external(location="none.bin"), "initializer 'w': error: external data file 'none.bin' cannot be opened: no such file or directory")
bad("external_absolute", external(location="/etc/passwd"), "initializer 'w': error: external data file '/etc/passwd' is an absolute path; it should be relative to the model")
bad("external_up", external(location="a/../../w.bin"), "initializer 'w': error: external data file 'a/../../w.bin' lies outside of the model's folder")
bad("external_link", external(location="link.bin"), "initializer 'w': error: external data file 'link.bin' is a link to outside of the model's folder")
bad("external_folder", external(location="folder"), "initializer 'w': error: external data file 'folder' is not a regular file")
bad("external_zero", external(location="w.bin\0x"), "initializer 'w': error: external data file 'w.bin\\x00x' has a zero byte in its name")
bad("external_short", external(location="w.bin"), "initializer 'w': error: external data file 'w.bin' has 10 bytes; the data are 16 bytes from 0 on")
bad("external_offset", external(location="w.bin", offset="18446744073709551615"), "initializer 'w': error: external data file 'w.bin' has 10 bytes; the data are 16 bytes from 18446744073709551615 on")
bad("external_offset_text", external(location="w.bin", offset="-1"), "initializer 'w': error: external data offset '-1' is not a number")
bad("external_length_text", external(location="w.bin", length="1e3"), "initializer 'w': error: external data length '1e3' is not a number")
bad("external_length", external(location="w.bin", length="8"), "initializer 'w': error: external data has 8 bytes where the type needs 16")

# Attributes.
bad("attribute_name", with_attribute(a_int("", 1)), "node 'n' (Op): error: an attribute has no name")
bad("attribute_twice", with_attribute(a_int("a", 1), a_float("a", 1)), "node 'n' (Op): error: attribute 'a' occurs twice")
bad("attribute_kind", with_attribute(attribute("a", 2, text(4, "s"))), "node 'n' (Op): error: attribute 'a' is declared as int and holds string")
bad("attribute_two", with_attribute(attribute("a", 2, num(3, 1) + text(4, "s"))), "node 'n' (Op): error: attribute 'a' is declared as int and holds string")
bad("attribute_type", with_attribute(attribute("a", 77, num(3, 1))), "node 'n' (Op): error: attribute 'a' has unknown type 77")
bad("attribute_type_negative", with_attribute(attribute("a", -1)), "node 'n' (Op): error: attribute 'a' has unknown type -1")
bad("attribute_untyped", with_attribute(text(1, "a")), "node 'n' (Op): error: attribute 'a' has no type")
bad("attribute_empty", with_attribute(attribute("a", 4)), "node 'n' (Op): error: attribute 'a' is declared as tensor and holds nothing")
bad("attribute_ref", with_attribute(a_ref("a", 2, "b")), "node 'n' (Op): error: attribute 'a' refers to an attribute of a function, but is not in one")
bad("constant_nothing", simple(node("Constant", [], ["y"])), "node #0 -> 'y' (Constant): error: has 0 attributes where a constant has one, its value")
bad("constant_kind", simple(node("Constant", [], ["y"], [a_int("value", 1)])), "node #0 -> 'y' (Constant): error: a constant has no attribute 'value' of type int")
bad("constant_input", simple(node("Constant", ["x"], ["y"], [a_int("value_int", 1)])), "node #0 -> 'y' (Constant): error: has 1 inputs and 1 outputs where a constant has one output")

# Nesting and functions.
deep = graph([], [], [text(1, "x")])
for level in range(300):
    deep = graph([node("If", ["x"], ["t"], [a_graph("then_branch", deep)], name="if%d" % level)], [], [text(1, "t")])
bad("deep_graphs", simple(node("If", ["x"], ["y"], [a_graph("then_branch", deep)])), "node 'if200' (If): error: graphs and functions nest deeper than 100 levels")


def calls(*functions, inputs=("x",), outputs=("y",)):
    return simple(node("F0", inputs, outputs, domain="local", name="call"), functions=functions)


def call(name, number, *outputs):
    body = [node("F%d" % number, ["x"], [o], domain="local", name=name) for o in outputs]
    return body


identity = [node("Identity", ["x"], ["y"])]
bad("function_name", calls(function("", [], [], [])), "error: a function has no name")
bad("function_twice", calls(function("F0", ["x"], ["y"], identity), function("F0", ["x"], ["y"], identity)), "function 'F0': error: is defined twice in domain 'local'")
bad("function_recursion", calls(function("F0", ["x"], ["y"], call("inner", 0, "y"))), "node 'call' (F0): node 'inner' (F0): error: function 'F0' calls itself")
bad("function_ring", calls(function("F0", ["x"], ["y"], call("a", 1, "y")), function("F1", ["x"], ["y"], call("b", 0, "y"))), "node 'call' (F0): node 'a' (F1): node 'b' (F0): error: function 'F0' calls itself")
bad("function_inputs", calls(function("F0", ["x"], ["y"], identity), inputs=["x", "x"]), "node 'call' (F0): error: has 2 inputs and 1 outputs; function 'F0' has 1 and 1")
bad("function_outputs", calls(function("F0", ["x"], ["y"], identity), outputs=["y", "z"]), "node 'call' (F0): error: has 1 inputs and 2 outputs; function 'F0' has 1 and 1")
bad("function_no_output", calls(function("F0", ["x"], ["y"], [])), "node 'call' (F0): error: output 'y' of function 'F0' is not computed")
bad("function_capture", simple(node("Relu", ["x"], ["t"]), node("F", [], ["y"], domain="local", name="call"), functions=[function("F", [], ["y"], [node("Neg", ["t"], ["y"])])]), "node 'call' (F): node #0 -> 'y' (Neg): error: value 't' is not defined")
bad("function_opset", calls(function("F0", ["x"], ["y"], identity, opsets=[opset(99)])), "function 'F0': error: operator set 'ai.onnx' version 99 is not supported; 1 to 28 are")
bad("function_reference", simple(node("F", ["x"], ["y"], [a_int("a", 1)], domain="local", name="call"), functions=[function("F", ["x"], ["y"], [node("Elu", ["x"], ["y"], [a_ref("alpha", 1, "a")])])]), "node 'call' (F): node #0 -> 'y' (Elu): error: attribute 'alpha' is declared as float and refers to int 'a'")
doubling = [function("F%d" % i, ["x"], ["y"], call("c", i + 1, "t", "y")) for i in range(60)]
bad("function_bomb", calls(*doubling, function("F60", ["x"], ["y"], identity)), "*error: the model has over 2097152 nodes when its functions are inlined")


def derivatives(levels, many):
    """Of a sum of derivatives, of which each is of such a sum."""
    nodes, y = [], "x"
    for level in range(levels):
        found = ["d%d_%d" % (level, i) for i in range(many)]
        nodes += [node("Gradient", ["x"], [d], [a_strings("xs", ["x"]), a_string("y", y)], domain=training) for d in found]
        y = "y%d" % level
        nodes += [node("Sum", found, [y])]
    return model(graph(nodes, [X], [value(y, FLOAT, [2])]), [opset(17), opset(1, training)])


training = "ai.onnx.preview.training"
bad("gradient_bomb", derivatives(8, 100), "*error: the model has over 2097152 nodes with those that are differentiated")


def check(path, tool, name, lines):
    run = subprocess.run([tool, path], capture_output=True, text=True)
    expected = ""
    for line in lines:
        expected += line + "\n" if line.startswith("b' ") else path + ": " + line + "\n"
    found = run.stderr
    if lines[0].startswith("*"):
        found, expected = found[-len(lines[0]):], lines[0][1:] + "\n"
    if run.returncode == 1 and found == expected and not run.stdout:
        return True
    print("FAIL %s: exit code %d, %d bytes of output\n--- expected\n%s--- found\n%s" % (name, run.returncode, len(run.stdout), expected, run.stderr))
    return False


def main(folder, tool):
    with open(folder + "/w.bin", "wb") as f:
        f.write(b"0123456789")
    with open(folder + "/../outside.bin", "wb") as f:
        f.write(b"0" * 64)
    os.mkdir(folder + "/folder")
    os.symlink("../outside.bin", folder + "/link.bin")
    failures = 0
    for name, (data, lines) in CASES.items():
        path = "%s/%s.onnx" % (folder, name)
        write(path, data)
        failures += not check(path, tool, name, lines)
    # What holds for the good model may not depend on where it is cut.
    for size in range(len(good)):
        write(folder + "/cut.onnx", good[:size])
        run = subprocess.run([tool, "--quiet", folder + "/cut.onnx"], capture_output=True)
        if run.returncode or run.stderr.count(b"error:") > 1:
            print("FAIL: cut at byte %d" % size)
            failures += 1
    missing = subprocess.run([tool, folder + "/absent.onnx"], capture_output=True, text=True)
    if missing.stderr != folder + "/absent.onnx: error: no such file or directory\n":
        print("FAIL: missing file: " + missing.stderr)
        failures += 1
    return failures != 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
