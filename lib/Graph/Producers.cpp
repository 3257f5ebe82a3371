//===- Producers.cpp - what a value is made of ------------------*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Graph/Producers.h"

#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "llvm/ADT/SetVector.h"

using namespace mlir;

bool dlc::hasProducer(Value v, llvm::function_ref<bool(Operation *)> through,
                      llvm::function_ref<bool(Operation *)> wanted) {
  // Enough for any epilogue; without a limit, asking for each operation of a
  // long chain would take quadratic time.
  constexpr size_t most = 64;
  llvm::SmallSetVector<Operation *, 16> work;
  auto add = [&](Value operand) {
    if (Operation *def = operand.getDefiningOp(); def && work.size() < most)
      work.insert(def);
  };
  add(v);
  for (size_t i = 0; i < work.size(); ++i) {
    Operation *op = work[i];
    if (wanted(op))
      return true;
    if (through(op))
      for (Value operand : op->getOperands())
        add(operand);
  }
  return false;
}

bool dlc::hasOneReader(Value v) {
  return llvm::count_if(v.getUsers(), [](Operation *user) {
           return !isa<tensor::DimOp>(user);
         }) == 1;
}
