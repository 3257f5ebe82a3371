# Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Every element type, in raw and in typed data, prints the same values.
#
# RUN: %python %s %t.onnx && read-onnx --round-trip %t.onnx | FileCheck %s
import struct
import sys

from onnxpb import *

# CHECK-DAG: "f32_raw" = dense<[1.000000e+00, -2.500000e+00]> : tensor<2xf32>
# CHECK-DAG: "f32" = dense<[1.000000e+00, -2.500000e+00]> : tensor<2xf32>
# CHECK-DAG: "ui8" = dense<[1, 255]> : tensor<2xui8>
# CHECK-DAG: "i8" = dense<[-1, 127]> : tensor<2xi8>
# CHECK-DAG: "ui16" = dense<[1, 65535]> : tensor<2xui16>
# CHECK-DAG: "i16" = dense<[-1, 32767]> : tensor<2xi16>
# CHECK-DAG: "i32" = dense<[-1, 2147483647]> : tensor<2xi32>
# CHECK-DAG: "i64" = dense<[-1, 9223372036854775807]> : tensor<2xi64>
# CHECK-DAG: "string" = dense<["a", "b\0Ac"]> : tensor<2x!graph.string>
# CHECK-DAG: "bool" = dense<[true, false]> : tensor<2xi1>
# CHECK-DAG: "bool_raw" = dense<[true, false]> : tensor<2xi1>
# CHECK-DAG: "f16" = dense<[1.000000e+00, -2.000000e+00]> : tensor<2xf16>
# CHECK-DAG: "f64" = dense<[1.000000e+00, -2.500000e+00]> : tensor<2xf64>
# CHECK-DAG: "ui32" = dense<[1, 4294967295]> : tensor<2xui32>
# CHECK-DAG: "ui64" = dense<[1, 18446744073709551615]> : tensor<2xui64>
# CHECK-DAG: "c64" = dense<(1.000000e+00,2.000000e+00)> : tensor<1xcomplex<f32>>
# CHECK-DAG: "c128" = dense<(1.000000e+00,2.000000e+00)> : tensor<1xcomplex<f64>>
# CHECK-DAG: "bf16" = dense<[1.000000e+00, -2.000000e+00]> : tensor<2xbf16>
# CHECK-DAG: "f8E4M3FN" = dense<[1.000000e+00, -1.000000e+00]> : tensor<2xf8E4M3FN>
# CHECK-DAG: "f8E8M0" = dense<[1.000000e+00, 2.000000e+00]> : tensor<2xf8E8M0FNU>
# CHECK-DAG: "ui4" = dense<[1, 15, 2]> : tensor<3xui4>
# CHECK-DAG: "i4" = dense<[1, -1, 2]> : tensor<3xi4>
# CHECK-DAG: "i4_raw" = dense<[1, -1, 2]> : tensor<3xi4>
# CHECK-DAG: "f4" = dense<[1.000000e+00, -1.000000e+00]> : tensor<2xf4E2M1FN>
# CHECK-DAG: "ui2" = dense<[0, 1, 2, 3, 2]> : tensor<5xui2>
# CHECK-DAG: "i2" = dense<[0, 1, -2, -1, -2]> : tensor<5xi2>
# CHECK-DAG: "f6" = dense<[1.000000e+00, -1.000000e+00, 0.000000e+00, 1.000000e+00, 1.000000e+00]> : tensor<5xf6E2M3FN>
# CHECK-DAG: "f6_raw" = dense<[1.000000e+00, -1.000000e+00, 0.000000e+00, 1.000000e+00, 1.000000e+00]> : tensor<5xf6E2M3FN>
# CHECK-DAG: "scalar" = dense<5> : tensor<i64>
# CHECK-DAG: "empty" = dense<> : tensor<0x3xf32>
# CHECK-DAG: "unpacked" = dense<[1.000000e+00, -2.500000e+00]> : tensor<2xf32>
# CHECK-DAG: "sparse" = dense<{{\[\[}}0.000000e+00, 1.000000e+00], [-2.500000e+00, 0.000000e+00{{\]\]}}> : tensor<2x2xf32>
# CHECK-DAG: "sparse_rows" = dense<{{\[\[}}0.000000e+00, 1.000000e+00], [-2.500000e+00, 0.000000e+00{{\]\]}}> : tensor<2x2xf32>
ones6 = [0x08, 0x28, 0, 0x08, 0x08]
bits = sum(v << 6 * i for i, v in enumerate(ones6))
pair = struct.pack("<2f", 1, -2.5)
T = tensor
initializers = [
    T("f32_raw", FLOAT, [2], raw=pair),
    T("f32", FLOAT, [2], floats=[1, -2.5]),
    T("ui8", UINT8, [2], ints32=[1, 255]),
    T("i8", INT8, [2], ints32=[-1, 127]),
    T("ui16", UINT16, [2], ints32=[1, 65535]),
    T("i16", INT16, [2], ints32=[-1, 32767]),
    T("i32", INT32, [2], ints32=[-1, 2**31 - 1]),
    T("i64", INT64, [2], ints64=[-1, 2**63 - 1]),
    T("string", STRING, [2], strings=["a", "b\nc"]),
    T("bool", BOOL, [2], ints32=[1, 0]),
    T("bool_raw", BOOL, [2], raw=b"\x07\0"),
    T("f16", FLOAT16, [2], ints32=[0x3C00, 0xC000]),
    T("f64", DOUBLE, [2], doubles=[1, -2.5]),
    T("ui32", UINT32, [2], uints64=[1, 2**32 - 1]),
    T("ui64", UINT64, [2], uints64=[1, 2**64 - 1]),
    T("c64", COMPLEX64, [1], floats=[1, 2]),
    T("c128", COMPLEX128, [1], doubles=[1, 2]),
    T("bf16", BFLOAT16, [2], ints32=[0x3F80, 0xC000]),
    T("f8E4M3FN", F8E4M3FN, [2], ints32=[0x38, 0xB8]),
    T("f8E8M0", F8E8M0, [2], ints32=[127, 128]),
    T("ui4", UINT4, [3], ints32=[0xF1, 0x02]),
    T("i4", INT4, [3], ints32=[0xF1, 0x02]),
    T("i4_raw", INT4, [3], raw=b"\xf1\x02"),
    T("f4", F4E2M1, [2], ints32=[0xA2]),
    T("ui2", UINT2, [5], ints32=[0xE4, 2]),
    T("i2", INT2, [5], raw=b"\xe4\x02"),
    T("f6", F6E2M3, [5], ints32=ones6),
    T("f6_raw", F6E2M3, [5], raw=bits.to_bytes(4, "little")),
    T("scalar", INT64, [], ints64=[5]),
    T("empty", FLOAT, [0, 3]),
    num(1, 2) + num(2, FLOAT) + text(8, "unpacked") + tag(4, 5) + pair[:4] + tag(4, 5) + pair[4:],
]
sparse = [
    text(1, T(name, FLOAT, [2], raw=pair)) + text(2, indices) + packed(3, [2, 2])
    for name, indices in [
        ("sparse", T("", INT64, [2], ints64=[1, 2])),
        ("sparse_rows", T("", INT64, [2, 2], ints64=[0, 1, 1, 0])),
    ]
]
write(sys.argv[1], model(graph([], [], [value("f32", FLOAT, [2])], initializers, sparse), ir=14, opsets=[opset(28)]))
