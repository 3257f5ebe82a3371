//===- ConcatParts.h - what kernels write straight into a concat -*- C++
//-*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LIB_CODEGEN_CPU_CONCATPARTS_H
#define LIB_CODEGEN_CPU_CONCATPARTS_H

#include "dialects/dlc/Dlc.h"

namespace dlc::cpu {

/// A stretch of what a cluster concatenates.
struct ConcatPart {
  mlir::Value whole;
  int64_t bytes;                       ///< in front of it, times the product of
  llvm::SmallVector<mlir::Value> open; ///< these sizes
};

/// Concatenations along the first dimension that is not 1, of what kernels
/// compute: these write to their stretch of the result and nothing is copied.
struct ConcatParts {
  llvm::DenseMap<mlir::Value, ConcatPart> places;
  /// By the cluster's result, what is written into it.
  llvm::DenseMap<mlir::Value, llvm::SmallVector<mlir::Value>> wholes;

  /// Finds those of a program; `hasPlace` tells what must be elsewhere.
  void find(mlir::Block &program,
            llvm::function_ref<bool(mlir::Value)> hasPlace);

  bool isPart(mlir::Value v) const { return places.contains(v); }
  bool isWhole(mlir::Value v) const { return wholes.contains(v); }
  /// What is written into v, and into what is written into it.
  void forParts(mlir::Value v,
                llvm::function_ref<void(mlir::Value)> visit) const;

private:
  void place(ClusterOp cluster, llvm::function_ref<bool(mlir::Value)> hasPlace);
};

} // namespace dlc::cpu

#endif // LIB_CODEGEN_CPU_CONCATPARTS_H
