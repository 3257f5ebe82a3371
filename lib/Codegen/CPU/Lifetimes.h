//===- Lifetimes.h - when the values of a program are needed ----*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LIB_CODEGEN_CPU_LIFETIMES_H
#define LIB_CODEGEN_CPU_LIFETIMES_H

#include "mlir/IR/Block.h"
#include "mlir/IR/Operation.h"

namespace dlc::cpu {

/// Numbers the operations of a program in their order, a loop's body behind the
/// loop. What is made in front of a loop and read within lives to the loop's
/// end.
class Lifetimes {
public:
  explicit Lifetimes(mlir::Block &program) { number(program); }

  int64_t end() const { return steps; }
  int64_t start(mlir::Operation *op) const { return starts.lookup(op); }
  int64_t finish(mlir::Operation *op) const { return ends.lookup(op); }
  /// The last step at which the memory of a value is read, be it as another
  /// view or by a loop that starts from it.
  int64_t lastUse(mlir::Value v) const;

private:
  int64_t steps = 0;
  llvm::DenseMap<mlir::Operation *, int64_t> starts, ends;

  void number(mlir::Block &block);
  int64_t lastUse(mlir::Value v, mlir::Block *home) const;
};

} // namespace dlc::cpu

#endif // LIB_CODEGEN_CPU_LIFETIMES_H
