//===- HoistFromLoops.cpp - what each step would compute again --*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Graph/Passes.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Interfaces/LoopLikeInterface.h"
#include "mlir/Transforms/LoopInvariantCodeMotionUtils.h"

namespace dlc {
#define GEN_PASS_DEF_HOISTFROMLOOPS
#include "lib/Graph/Passes.h.inc"
} // namespace dlc

using namespace mlir;
using namespace dlc;

/// Whether an operation may find fault with its operands, be it by the checks
/// that it needs: then it must not go where it was not asked for.
static bool mayFail(Operation *op) {
  auto isOpen = [](Type type) {
    auto tensor = dyn_cast<RankedTensorType>(type);
    return tensor && !tensor.hasStaticShape();
  };
  return isa<GatherOp, ScatterOp>(op) || op->getNumRegions() != 0 ||
         llvm::any_of(op->getOperandTypes(), isOpen) ||
         llvm::any_of(op->getResultTypes(), isOpen);
}

namespace {
struct HoistFromLoops : dlc::impl::HoistFromLoopsBase<HoistFromLoops> {
  void runOnOperation() override {
    // Inner loops first: what leaves them may go on.
    getOperation().walk([](LoopLikeOpInterface loop) {
      moveLoopInvariantCode(
          loop.getLoopRegions(),
          [&](Value v, Region *) { return loop.isDefinedOutsideOfLoop(v); },
          [&](Operation *op, Region *) {
            return isPure(op) && !(isa<LoopOp>(loop) && mayFail(op)) &&
                   !isa<BroadcastOp, IotaOp, SliceOp>(op);
          },
          [&](Operation *op, Region *) { loop.moveOutOfLoop(op); });
    });
  }
};
} // namespace
