//===- RowSums.cpp - what a reduction carries along a row -------*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Codegen/CPU/RowSums.h"

#include "dialects/dlc/ScalarEmitter.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace dlc;
using namespace dlc::cpu;

static RowSum combined(Kernel &kernel, ReduceOp op, Scalar neutral) {
  auto join = [&kernel, op, type = neutral.type](Value x, Value y) mutable {
    // As one operation it is rounded once.
    if (auto mul = y.getDefiningOp<arith::MulFOp>();
        mul && op.getKind() == ReduceKind::sum)
      return kernel.multiplyAdd(mul.getLhs(), mul.getRhs(), x);
    ScalarEmitter s(kernel.b, kernel.loc);
    return combine(s, op.getKind(), {type, x}, {type, y}).value;
  };
  auto step = [join](ArrayRef<Value> x, ValueRange args) mutable {
    SmallVector<Value> next(args);
    for (auto [sum, v] : llvm::zip(next, x))
      sum = join(sum, v);
    return next;
  };
  auto finish = [&kernel, join](ValueRange sums) mutable {
    Value sum = join(join(sums[0], sums[1]), join(sums[2], sums[3]));
    return combineLanes(kernel.b, kernel.loc, sum, join);
  };
  return {neutral, SmallVector<Value>(RowSum::kWays, neutral.value), step,
          finish};
}

static RowSum extremeOf(Kernel &kernel, ReduceOp op, Scalar neutral) {
  Extreme extreme{kernel.b, kernel.loc, op.getKind()};
  auto flags = VectorType::get({kernel.lanes()}, kernel.b.getI1Type());
  SmallVector<Value> init(RowSum::kWays, neutral.value);
  init.push_back(arith::ConstantOp::create(kernel.b, kernel.loc, flags,
                                           kernel.b.getZeroAttr(flags)));
  auto step = [extreme](ArrayRef<Value> x, ValueRange args) mutable {
    SmallVector<Value> next(args);
    for (auto [acc, v] : llvm::zip(next, x))
      acc = extreme.join(acc, v);
    next.back() = extreme.noteNans(next.back(), x);
    return next;
  };
  auto finish = [&kernel, extreme](ValueRange found) mutable {
    auto join = [&](Value x, Value y) { return extreme.join(x, y); };
    Value most = join(join(found[0], found[1]), join(found[2], found[3]));
    most = combineLanes(kernel.b, kernel.loc, most, join);
    Value isNan = vector::ReductionOp::create(
        kernel.b, kernel.loc, vector::CombiningKind::OR, found.back());
    return extreme.finish(most, isNan);
  };
  return {neutral, init, step, finish};
}

RowSum cpu::rowSumOf(Kernel &kernel, ReduceOp op) {
  ScalarEmitter s(kernel.b, kernel.loc);
  Type type = accumulatorType(getElementTypeOrSelf(op.getInput()));
  Scalar neutral = kernel.splat(neutralElement(s, op.getKind(), type));
  return Extreme::covers(op.getKind(), type) ? extremeOf(kernel, op, neutral)
                                             : combined(kernel, op, neutral);
}
