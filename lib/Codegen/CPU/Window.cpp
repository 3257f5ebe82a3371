//===- Window.cpp - where windows meet their input's edges ------*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Codegen/CPU/Window.h"

#include "Codegen/CPU/Tile.h"

using namespace mlir;
using namespace dlc::cpu;

Value WindowDim::start(IndexMath &m, Value output) const {
  return m.add(m.mul(output, stride), -pad);
}

Span WindowDim::clip(IndexMath &m, Value start) const {
  Value zero = m.cst(0);
  Value first = m.div(m.max(m.add(m.sub(zero, start), dilation - 1), zero),
                      m.cst(dilation));
  Value last = m.div(m.max(m.add(m.sub(input, start), dilation - 1), zero),
                     m.cst(dilation));
  return {first, m.min(last, m.cst(window))};
}

Span WindowDim::inside(IndexMath &m) const {
  int64_t reach = (window - 1) * dilation;
  Value first =
      m.min(m.cst((std::max<int64_t>(pad, 0) + stride - 1) / stride), output);
  // Division is of numbers that are not negative.
  Value fitting = m.div(m.max(m.add(input, pad - reach - 1 + stride), m.cst(0)),
                        m.cst(stride));
  return {first, m.max(first, m.min(fitting, output))};
}

bool WindowDim::isInside(IndexMath &m) const {
  Span range = inside(m);
  auto to = constantIndex(output);
  return to && constantIndex(range.first) == 0 &&
         constantIndex(range.last) == *to;
}

Value Part::number(IndexMath &m, Value i) const {
  if (!without.first)
    return i;
  Value isBefore = m.less(i, without.first),
        behind = m.add(i, m.sub(without.last, without.first));
  return arith::SelectOp::create(m.b, m.loc, isBefore, i, behind);
}

SmallVector<Part> dlc::cpu::tilesOf(IndexMath &m, int64_t count, int64_t most,
                                    int64_t from, int64_t to) {
  SmallVector<Part> parts;
  RowSplit split(count, most);
  for (int64_t i = 0, x = 0; x < count; ++i) {
    int64_t size = split.rows - (i >= split.high), next = x + size;
    bool isWhole = from <= x && next <= to;
    if (isWhole && !parts.empty() && parts.back().isWhole &&
        parts.back().size == size)
      parts.back().range.last = m.cst(next);
    else
      parts.push_back({{m.cst(x), m.cst(next)}, size, isWhole});
    x = next;
  }
  return parts;
}

SmallVector<WindowDim> dlc::cpu::windowDims(ValueRange input, ValueRange output,
                                            ArrayRef<int64_t> window,
                                            ArrayRef<int64_t> strides,
                                            ArrayRef<int64_t> dilations,
                                            ArrayRef<int64_t> pads) {
  SmallVector<WindowDim> dims;
  for (size_t d = 0; d < window.size(); ++d)
    dims.push_back({input[d + 1], output[d + 1], window[d], strides[d],
                    dilations[d], pads[d]});
  return dims;
}
