# Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

"""Writes ONNX files byte by byte, so that tests can also write wrong ones.

Every function returns the bytes of one message. Field numbers are onnx.proto's.
"""
import struct

FLOAT, UINT8, INT8, UINT16, INT16, INT32, INT64, STRING, BOOL = range(1, 10)
FLOAT16, DOUBLE, UINT32, UINT64, COMPLEX64, COMPLEX128, BFLOAT16 = range(10, 17)
F8E4M3FN, F8E4M3FNUZ, F8E5M2, F8E5M2FNUZ, UINT4, INT4, F4E2M1, F8E8M0 = range(17, 25)
UINT2, INT2, F6E2M3, F6E3M2 = range(25, 29)


def varint(value):
    value &= (1 << 64) - 1
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def tag(number, wire):
    return varint(number << 3 | wire)


def num(number, value):
    return tag(number, 0) + varint(value)


def text(number, value):
    value = value.encode() if isinstance(value, str) else value
    return tag(number, 2) + varint(len(value)) + value


def texts(number, values):
    return b"".join(text(number, v) for v in values)


def packed(number, values, form=None):
    """A packed run: varints, or a struct format such as '<f'."""
    return text(number, b"".join(struct.pack(form, v) if form else varint(v) for v in values))


def tensor_type(element, dims=None):
    """TypeProto of a tensor; dims are numbers, names or None."""
    body = num(1, element)
    if dims is not None:
        shape = b""
        for dim in dims:
            is_name = isinstance(dim, str)
            shape += text(1, b"" if dim is None else text(2, dim) if is_name else num(1, dim))
        body += text(2, shape)
    return text(1, body)


def value(name, element=FLOAT, dims=(), type=None):
    return text(1, name) + text(2, tensor_type(element, dims) if type is None else type)


def entries(number, pairs):
    return b"".join(text(number, text(1, k) + text(2, v)) for k, v in pairs.items())


def tensor(name, element, dims, raw=None, floats=(), ints32=(), strings=(), ints64=(), doubles=(), uints64=(), external=None):
    out = packed(1, dims) + num(2, element) + text(8, name)
    out += packed(4, floats, "<f") if floats else b""
    out += packed(5, ints32) if ints32 else b""
    out += texts(6, strings)
    out += packed(7, ints64) if ints64 else b""
    out += text(9, raw) if raw is not None else b""
    out += packed(10, doubles, "<d") if doubles else b""
    out += packed(11, uints64) if uints64 else b""
    if external is not None:
        out += entries(13, external) + num(14, 1)
    return out


def floats(name, values, dims=None):
    values = list(values)
    return tensor(name, FLOAT, [len(values)] if dims is None else dims, raw=struct.pack("<%df" % len(values), *values))


def attribute(name, kind, body=b""):
    return text(1, name) + num(20, kind) + body


def a_float(name, v):
    return attribute(name, 1, tag(2, 5) + struct.pack("<f", v))


def a_int(name, v):
    return attribute(name, 2, num(3, v))


def a_string(name, v):
    return attribute(name, 3, text(4, v))


def a_tensor(name, v):
    return attribute(name, 4, text(5, v))


def a_graph(name, v):
    return attribute(name, 5, text(6, v))


def a_floats(name, v):
    return attribute(name, 6, packed(7, v, "<f"))


def a_ints(name, v):
    return attribute(name, 7, packed(8, v))


def a_strings(name, v):
    return attribute(name, 8, texts(9, v))


def a_ref(name, kind, reference):
    return attribute(name, kind, text(21, reference))


def node(op, inputs=(), outputs=(), attributes=(), name="", domain="", overload=""):
    out = texts(1, inputs) + texts(2, outputs)
    out += text(3, name) if name else b""
    out += text(4, op) + texts(5, attributes)
    out += text(7, domain) if domain else b""
    return out + (text(8, overload) if overload else b"")


def graph(nodes=(), inputs=(), outputs=(), initializers=(), sparse=()):
    return texts(1, nodes) + text(2, "g") + texts(5, initializers) + texts(11, inputs) + texts(12, outputs) + texts(15, sparse)


def opset(version, domain=""):
    return text(1, domain) + num(2, version)


def function(name, inputs, outputs, nodes, attributes=(), defaults=(), opsets=(opset(17),), domain="local", overload=""):
    out = text(1, name) + texts(4, inputs) + texts(5, outputs) + texts(6, attributes) + texts(7, nodes)
    out += texts(9, opsets) + text(10, domain) + texts(11, defaults)
    return out + (text(13, overload) if overload else b"")


def model(graph, opsets=(opset(17), opset(1, "local")), functions=(), ir=8):
    return num(1, ir) + text(2, "onnxpb") + text(7, graph) + texts(8, opsets) + texts(25, functions)


def write(path, data):
    with open(path, "wb") as f:
        f.write(data)
