# Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Prints functions with a table of 120 rows that a gather picks from, and a product's
panels: too large to be written out in a test."""
import numpy as np

ROWS, K, WIDTH = 120, 140, 32
PANELS = -(-ROWS // WIDTH)


def constant(array):
    shape = "x".join(map(str, array.shape))
    return f'dlc.constant dense<"0x{array.astype("<f4").tobytes().hex().upper()}"> : tensor<{shape}xf32>'


def function(name, table, panels, more=""):
    print(f"""func.func @{name}(%ids: tensor<3xi64>, %x: tensor<2x{K}xf32>) -> (tensor<3x{K}xf32>, tensor<2x{ROWS}xf32>) {{
  %table = {constant(table)}
  %panels = {constant(panels)}
  %words = dlc.gather %table, %ids axis = 0 : (tensor<{ROWS}x{K}xf32>, tensor<3xi64>) -> tensor<3x{K}xf32>
  %y = dlc.matmul %x, %panels packed {ROWS} : (tensor<2x{K}xf32>, tensor<{PANELS}x{K}x{WIDTH}xf32>) -> tensor<2x{ROWS}xf32>
{more}  return %words, %y : tensor<3x{K}xf32>, tensor<2x{ROWS}xf32>
}}""")


table = np.random.default_rng(1).normal(size=(ROWS, K)).astype(np.float32)
padded = np.zeros((PANELS * WIDTH, K), np.float32)
padded[:ROWS] = table
panels = padded.reshape(PANELS, WIDTH, K).transpose(0, 2, 1)
other = table.copy()
other[-1, -1] += 1
function("tied", table, panels)
function("other", other, panels)
function("read", table, panels, f"""  %row = dlc.slice %table [0, 0] steps [1, 1] : tensor<{ROWS}x{K}xf32> -> tensor<1x{K}xf32>
  %twice = dlc.add %row, %row : tensor<1x{K}xf32>
""")
