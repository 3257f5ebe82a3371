//===- IndexMath.h - folded arithmetic on index values -*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LIB_CODEGEN_CPU_INDEXMATH_H
#define LIB_CODEGEN_CPU_INDEXMATH_H

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/Builders.h"

namespace dlc::cpu {

/// A builder whose index arithmetic folds as it is built, so that static sizes
/// leave nothing behind.
class IndexMath {
public:
  mlir::OpBuilder &b;
  mlir::Location loc;

  IndexMath(mlir::OpBuilder &b, mlir::Location loc) : b(b), loc(loc) {}

  mlir::Value cst(int64_t v) {
    return mlir::arith::ConstantIndexOp::create(b, loc, v);
  }
  mlir::Value value(mlir::OpFoldResult d);
  mlir::Value add(mlir::Value x, mlir::Value y);
  mlir::Value add(mlir::Value x, int64_t y) { return add(x, cst(y)); }
  mlir::Value sub(mlir::Value x, mlir::Value y);
  mlir::Value mul(mlir::Value x, mlir::Value y);
  mlir::Value mul(mlir::Value x, int64_t y) { return mul(x, cst(y)); }
  /// Of numbers that are not negative, with a positive divisor.
  mlir::Value div(mlir::Value x, mlir::Value y);
  mlir::Value rem(mlir::Value x, mlir::Value y);
  mlir::Value ceilDiv(mlir::Value x, int64_t y);
  mlir::Value min(mlir::Value x, mlir::Value y);
  mlir::Value max(mlir::Value x, mlir::Value y);
  mlir::Value less(mlir::Value x, mlir::Value y);
  mlir::Value product(mlir::ValueRange values);
  /// The bytes that a tensor takes, at least one element's: an index into an
  /// empty one is clamped to that. More than any machine has where the product
  /// would overflow, so that asking for them fails.
  mlir::Value byteSize(mlir::ValueRange sizes, int64_t elementBytes);

  /// The coordinates of element `linear` of a row-major space of these sizes.
  /// The first size is not needed: the first coordinate takes what is left.
  llvm::SmallVector<mlir::Value> delinearize(mlir::Value linear,
                                             mlir::ValueRange sizes);
  mlir::Value linearize(mlir::ValueRange indices, mlir::ValueRange sizes);

  /// Emits `for (i = lo; i < hi; i += step) body(i)`; a loop that runs once
  /// for sure is emitted without the loop.
  void loop(mlir::Value lo, mlir::Value hi, int64_t step,
            llvm::function_ref<void(mlir::Value)> body);
  /// The same with values carried from iteration to iteration.
  llvm::SmallVector<mlir::Value>
  loop(mlir::Value lo, mlir::Value hi, int64_t step, mlir::ValueRange init,
       llvm::function_ref<llvm::SmallVector<mlir::Value>(mlir::Value,
                                                         mlir::ValueRange)>
           body);
  void ifThen(mlir::Value condition, llvm::function_ref<void()> body);
};

/// The constant an index value is.
std::optional<int64_t> constantIndex(mlir::Value v);

} // namespace dlc::cpu

#endif // LIB_CODEGEN_CPU_INDEXMATH_H
