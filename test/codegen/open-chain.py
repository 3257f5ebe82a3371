# Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# What a long chain of operations with open sizes asks of sizes is computed once for each
# tensor: it took time and memory exponential in the chain's length.
#
# RUN: %python %s > %t.mlir
# RUN: dlc %t.mlir -O0 -c -o %t.o
LENGTH = 60
x = "tensor<?x?xf32>"
print(f"func.func @main(%x: {x}, %y: {x}) -> {x} {{")
print("  %zero = arith.constant 0 : index")
print("  %one = arith.constant 1 : index")
print(f"  %m = tensor.dim %x, %zero : {x}")
print(f"  %n = tensor.dim %x, %one : {x}")
print("  %v0 = dlc.abs %x : " + x)
for i in range(LENGTH):
    print(f"  %w{i} = dlc.broadcast %y sizes(%m, %n) : {x} -> {x}")
    print(f"  %u{i} = dlc.mul %w{i}, %v{i} : {x}")
    print(f"  %v{i + 1} = dlc.add %v{i}, %u{i} : {x}")
print(f"  return %v{LENGTH} : {x}\n}}")
