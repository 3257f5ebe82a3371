//===- Combine.h - what reductions and pooling accumulate -*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LIB_EVALUATE_COMBINE_H
#define LIB_EVALUATE_COMBINE_H

#include "Evaluate/Elements.h"
#include "dialects/dlc/Dlc.h"

namespace dlc {

/// What changes no element that it is combined with.
template <typename T> T neutral(ReduceKind kind, mlir::Type type) {
  double sign = kind == ReduceKind::max ? -1 : 1;
  switch (kind) {
  case ReduceKind::sum:
  case ReduceKind::any:
    return 0;
  case ReduceKind::prod:
  case ReduceKind::all:
    return 1;
  case ReduceKind::max:
  case ReduceKind::min:
    break;
  }
  if constexpr (std::is_same_v<T, double>)
    return sign * HUGE_VAL;
  else
    return static_cast<T>(saturateToType(type, sign * HUGE_VAL));
}

template <typename T> T combine(ReduceKind kind, T a, T b) {
  switch (kind) {
  case ReduceKind::sum:
    return addNumbers(a, b);
  case ReduceKind::prod:
    return multiplyNumbers(a, b);
  case ReduceKind::all:
    return a != 0 && b != 0;
  case ReduceKind::any:
    return a != 0 || b != 0;
  case ReduceKind::max:
  case ReduceKind::min:
    break;
  }
  if constexpr (std::is_same_v<T, double>)
    if (std::isnan(a) || std::isnan(b))
      return std::isnan(a) ? a : b;
  return (kind == ReduceKind::max) == (a < b) ? b : a;
}

} // namespace dlc

#endif // LIB_EVALUATE_COMBINE_H
