#===- run-loops.py - what run-loops.mlir must compute ---------*- Python -*-===#
#
# Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
#===------------------------------------------------------------------------===#
import subprocess
import sys

import numpy as np

program, steps = sys.argv[1], int(sys.argv[2])
x = np.arange(steps * 4, dtype="f").reshape(steps, 4) - 7
y = np.arange(12, dtype="f").reshape(3, 4) + 1
np.savez("in.npz", x=x, y=y)
subprocess.run([program, "--inputs", "in.npz", "--outputs", "out.npz"], check=True)
got = np.load("out.npz")

want = {"sums": np.cumsum(x[::-1], axis=0, dtype="f")[::-1]}
p = q = y
for _ in range(steps):
    p, q = q, q - p
want["p"], want["q"] = p, q
a, b = y.copy(), y.copy()
for t in (0, 2):
    a[:, t] = a[:, 3]
    b[t] = 2 * b[1]
want["columns"], want["rows"] = a, b
m, count = y, 0
for t in range(steps):
    m, count = m + t + m, count + t
want["nested"], want["count"] = m, np.int64([count])

for name, value in want.items():
    np.testing.assert_array_equal(got[name], value, name)
