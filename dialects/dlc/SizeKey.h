//===- SizeKey.h - what a size is -------------------------------*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DIALECTS_DLC_SIZEKEY_H
#define DIALECTS_DLC_SIZEKEY_H

#include "dialects/dlc/Dlc.h"

namespace dlc {

/// What a size is: a constant, a size of an argument, or some index value.
struct SizeKey {
  mlir::Value value;  ///< null for a constant
  int64_t number = 0; ///< the constant, or the dimension; -1 for an index value

  bool isConstant() const { return !value; }
  bool operator==(const SizeKey &other) const {
    return value == other.value && number == other.number;
  }
};

/// Sizes with equal keys are equal. What it takes to tell is built with `b`.
SizeKey sizeKey(mlir::OpBuilder &b, mlir::OpFoldResult size);
SizeKey sizeKey(mlir::OpBuilder &b, mlir::Value tensor, int64_t d);

/// The open sizes that the maker of a tensor states, in order: a kernel, a
/// view, a call or memory that nothing fills. None of any other, or of a known
/// shape.
llvm::SmallVector<mlir::Value> statedSizes(mlir::Value tensor);

/// Whether two dimensions are known to have the same size. Leaves nothing
/// behind in the program.
bool haveSameSize(mlir::Value x, int64_t dx, mlir::Value y, int64_t dy);
/// Whether two tensors are known to have the same sizes: equal types do not say
/// so where sizes are open. Leaves nothing behind in the program.
bool haveSameSizes(mlir::Value x, mlir::Value y);

} // namespace dlc

#endif // DIALECTS_DLC_SIZEKEY_H
