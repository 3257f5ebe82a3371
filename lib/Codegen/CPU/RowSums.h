//===- RowSums.h - what a reduction carries along a row ---------*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LIB_CODEGEN_CPU_ROWSUMS_H
#define LIB_CODEGEN_CPU_ROWSUMS_H

#include "Codegen/CPU/Kernel.h"

namespace dlc::cpu {

struct RowSum {
  /// Vectors at a time, each in an accumulator of its own: so many hide the
  /// latency of one.
  static constexpr int64_t kWays = 4;

  Scalar neutral; ///< instead of elements that are not there
  llvm::SmallVector<mlir::Value> init;
  /// Takes the next `kWays` vectors, or fewer.
  std::function<llvm::SmallVector<mlir::Value>(llvm::ArrayRef<mlir::Value> x,
                                               mlir::ValueRange carried)>
      step;
  /// Combines what was carried to one value.
  std::function<mlir::Value(mlir::ValueRange carried)> finish;
};

/// Valid as long as the kernel is.
RowSum rowSumOf(Kernel &kernel, ReduceOp op);

} // namespace dlc::cpu

#endif // LIB_CODEGEN_CPU_ROWSUMS_H
