# Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# The inner loops of products and convolutions keep all vectors in registers.
#
# RUN: rm -rf %t && mkdir %t
# RUN: %python %s %t x86-64-v4
# RUN: %python %s %t x86-64-v3
"""Compiles kernels and looks for vector registers that go over the stack inside
of innermost loops with multiply-adds."""
import random
import re
import struct
import subprocess
import sys


def weights(name, *shape):
    """A constant whose elements differ, so that it is packed and not folded away."""
    count = 1
    for size in shape:
        count *= size
    source = random.Random(1)
    data = struct.pack(f"<{count}f", *(source.uniform(-1, 1) for _ in range(count)))
    type = "tensor<" + "x".join(map(str, shape)) + "xf32>"
    return f'  %{name} = dlc.constant dense<"0x{data.hex().upper()}"> : {type}\n', type


def conv(height, channels, outputs, window, stride):
    pad = window // 2
    size = (height + 2 * pad - window) // stride + 1
    constant, kernel = weights("w", outputs, window, window, channels)
    bias, bias_type = weights("b", outputs)
    x, y = f"tensor<1x{height}x{height}x{channels}xf32>", f"tensor<1x{size}x{size}x{outputs}xf32>"
    return f"""func.func @main(%x: {x}) -> {y} {{
{constant}{bias}  %zero = dlc.constant dense<0.0> : {y}
  %0 = dlc.conv %x, %w strides [{stride}, {stride}] dilations [1, 1] pads [{pad}, {pad}, {pad}, {pad}] groups 1
    : ({x}, {kernel}) -> {y}
  %1 = dlc.broadcast %b : {bias_type} -> {y}
  %2 = dlc.add %0, %1 : {y}
  %3 = dlc.max %2, %zero : {y}
  return %3 : {y}
}}
"""


def matmul(rows, depth, columns, element="f32"):
    constant, type = weights("w", depth, columns)
    m = "?" if rows is None else rows
    x, y = f"tensor<{m}x{depth}x{element}>", f"tensor<{m}x{columns}x{element}>"
    wide = type.replace("f32", element)
    return f"""func.func @main(%x: {x}) -> {y} {{
{constant}  %v = dlc.cast %w : {type} -> {wide}
  %0 = dlc.matmul %x, %v : ({x}, {wide}) -> {y}
  return %0 : {y}
}}
"""


# A depthwise convolution shares loads between pixels.
DEPTHWISE = """func.func @main(%x: tensor<1x28x28x96xf32>, %k: tensor<96x3x3x1xf32>) -> tensor<1x28x28x96xf32> {
  %0 = dlc.conv %x, %k strides [1, 1] dilations [1, 1] pads [1, 1, 1, 1] groups 96
    : (tensor<1x28x28x96xf32>, tensor<96x3x3x1xf32>) -> tensor<1x28x28x96xf32>
  return %0 : tensor<1x28x28x96xf32>
}
"""

# Without Winograd's algorithm.
DIRECT = {
    "conv3x3": conv(14, 32, 64, 3, 1),
}
MODELS = {
    "winograd": conv(14, 32, 64, 3, 1),
    "winograd48": conv(30, 40, 48, 3, 1),
    "winograd2": conv(7, 128, 128, 3, 1),
    "conv3x3s2": conv(15, 16, 48, 3, 2),
    "conv1x1": conv(14, 64, 64, 1, 1),
    # Panels of one vector of AVX2, and of AVX-512.
    "conv1x1_24": conv(14, 64, 24, 1, 1),
    "conv1x1_80": conv(14, 64, 80, 1, 1),
    "winograd80": conv(30, 40, 80, 3, 1),
    "matmul": matmul(100, 64, 128),
    "matmul48": matmul(100, 64, 48),
    "strassen": matmul(192, 512, 256),
    "strassen96": matmul(192, 512, 192),
    "matmul_few": matmul(12, 512, 256),
    "matmul_rows": matmul(None, 64, 96),
    "matmul_f64": matmul(100, 64, 96, "f64"),
    "matmul_vector": matmul(1, 64, 512),
    "depthwise": DEPTHWISE,
}

INSTRUCTION = re.compile(r"^\s*([0-9a-f]+):\s+(\S+)\s*(.*)$")


def functions(listing):
    name, code = None, []
    for line in listing.splitlines():
        if header := re.match(r"^[0-9a-f]+ <(.*)>:$", line):
            if code:
                yield name, code
            name, code = header[1], []
        elif instruction := INSTRUCTION.match(line):
            code.append((int(instruction[1], 16), instruction[2], instruction[3]))
    if code:
        yield name, code


def inner_loops(code):
    """What a jump backwards encloses, where nothing in it jumps backwards too."""
    jumps = []
    for at, name, operands in code:
        target = re.match(r"(?:0x)?([0-9a-f]+)", operands)
        if name.startswith("j") and target and int(target[1], 16) <= at:
            jumps.append((int(target[1], 16), at))
    for first, last in jumps:
        if not any(first <= f and l < last for f, l in jumps):
            yield [i for i in code if first <= i[0] <= last]


def check(name, listing):
    hot, spills = 0, []
    for function, code in functions(listing):
        for loop in inner_loops(code):
            if not any(i[1].startswith("vfmadd") for i in loop):
                continue
            hot += 1
            for at, mnemonic, operands in loop:
                if re.search(r"\([^)]*%rsp", operands) and re.search(r"%[xyz]mm", operands):
                    spills.append(f"{name}: {function}: {at:x}: {mnemonic} {operands}")
    if not hot:
        sys.exit(f"{name}: no inner loop multiplies and adds")
    return spills


def main():
    folder, march = sys.argv[1:]
    spills = []
    for name, text in (MODELS | DIRECT).items():
        base = f"{folder}/{name}.{march}"
        with open(base + ".mlir", "w") as file:
            file.write(text)
        algorithm = "-fno-winograd" if name in DIRECT else "-fwinograd"
        command = ["dlc", base + ".mlir", "-c", f"-march={march}", algorithm, "-o", base + ".o"]
        subprocess.run(command, check=True)
        listing = subprocess.run(
            ["llvm-objdump", "-d", "--no-show-raw-insn", base + ".o"], check=True, capture_output=True, text=True
        ).stdout
        spills += check(name, listing)
    if spills:
        sys.exit("\n".join(spills))


if __name__ == "__main__":
    main()
