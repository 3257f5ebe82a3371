//===- IntRange.h - between which numbers integers lie ----------*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LIB_GRAPH_INTRANGE_H
#define LIB_GRAPH_INTRANGE_H

#include "mlir/IR/Value.h"

namespace dlc {

/// Both ends belong to it. Unknown ends lie beyond every size.
struct IntRange {
  static constexpr int64_t far = int64_t(1) << 62;
  int64_t low = -far, high = far;
};

/// Where the elements of a tensor of integers lie, as far as its definition
/// tells.
IntRange rangeOf(mlir::Value tensor, unsigned depth = 0);

} // namespace dlc

#endif // LIB_GRAPH_INTRANGE_H
