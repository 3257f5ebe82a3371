//===- RuntimeAxes.h - axes that only the running model knows -*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// The standard lets axes be inputs like any other. What is not constant becomes
// a mask: one i1 scalar for each dimension.

#ifndef DLC_FRONTEND_ONNX_RUNTIMEAXES_H
#define DLC_FRONTEND_ONNX_RUNTIMEAXES_H

#include "Frontend/Common/OpTable.h"

namespace dlc::onnx {

/// Axes of a tensor of rank `rank` as a vector of integers; negative ones count
/// from the end.
class RuntimeAxes {
public:
  /// Null with a report if `axes` is no vector of known length.
  static std::optional<RuntimeAxes> get(TensorBuilder &b, NodeArgs &n,
                                        Tensor axes, int64_t rank);

  int64_t count() const { return axes.shape()[0]; }
  /// Whether dimension i is an axis.
  Tensor contains(int64_t i) const;
  /// The entry of `values`, a vector as long as the axes, for dimension i; 0 if
  /// it is no axis.
  Tensor pick(Tensor values, int64_t i) const;
  /// The sizes without those of the axes.
  Dims drop(llvm::ArrayRef<Dim> dims) const;
  /// The sizes with a 1 inserted at each axis of the result.
  Dims insertOnes(llvm::ArrayRef<Dim> dims) const;

private:
  Tensor axes;
  int64_t rank;

  RuntimeAxes(Tensor axes, int64_t rank) : axes(axes), rank(rank) {}
  Tensor isEntry(int64_t i) const;
  /// 1 where dimension i is no axis.
  Tensor stays(int64_t i) const;
};

} // namespace dlc::onnx

#endif // DLC_FRONTEND_ONNX_RUNTIMEAXES_H
