//===- InterleaveVectors.cpp - several vectors at once ----------*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Codegen/CPU/Kernel.h"
#include "Codegen/CPU/Passes.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/SCF/Utils/Utils.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

using namespace mlir;

namespace dlc::cpu {

#define GEN_PASS_DEF_INTERLEAVEVECTORS
#include "lib/Codegen/CPU/Passes.h.inc"

static constexpr StringLiteral independent = "dlc.independent";

void markIndependent(func::FuncOp func) {
  func.walk([](scf::ForOp loop) {
    if (!loop.getBody()
             ->walk([](scf::ForOp) { return WalkResult::interrupt(); })
             .wasInterrupted())
      loop->setAttr(independent, UnitAttr::get(loop.getContext()));
  });
}

namespace {

/// Whether it does nothing but compute its results from operands and memory.
bool onlyComputes(Operation *op) {
  // The intrinsics that functions become (scalef) touch no memory.
  return isMemoryEffectFree(op) || hasSingleEffect<MemoryEffects::Read>(op) ||
         isa<LLVM::CallIntrinsicOp>(op);
}

bool isArithmetic(Operation &op) {
  return isa<LLVM::CallIntrinsicOp, vector::FMAOp>(op) ||
         (op.getDialect() ==
              op.getContext()->getLoadedDialect<arith::ArithDialect>() &&
          op.getNumResults() == 1 &&
          isa<VectorType>(op.getResult(0).getType()));
}

/// What is furthest from the last result comes first, so that equal steps of
/// different vectors follow each other; what is stored comes last.
void interleave(Block &body) {
  if (llvm::any_of(body, [](Operation &op) { return op.getNumRegions() > 0; }))
    return;
  llvm::DenseMap<Operation *, int64_t> height;
  SmallVector<Operation *> computing;
  for (Operation &op : llvm::reverse(body.without_terminator())) {
    if (!onlyComputes(&op))
      continue;
    int64_t most = 0;
    for (Operation *user : op.getUsers())
      most = std::max(most, height.lookup(user));
    height[&op] = most + 1;
    computing.push_back(&op);
  }
  std::reverse(computing.begin(), computing.end());
  llvm::stable_sort(computing, [&](Operation *a, Operation *b) {
    return height[a] > height[b];
  });
  for (Operation *op : llvm::reverse(computing))
    op->moveBefore(&body, body.begin());
}

struct InterleaveVectors : impl::InterleaveVectorsBase<InterleaveVectors> {
  using InterleaveVectorsBase::InterleaveVectorsBase;

  void runOnOperation() override {
    SmallVector<scf::ForOp> loops;
    getOperation().walk([&](scf::ForOp loop) {
      if (loop->removeAttr(independent))
        loops.push_back(loop);
    });
    for (scf::ForOp loop : loops) {
      // One vector is a chain of so many steps, of which each waits for the
      // one before, that few of them fit into the processor's window.
      constexpr int64_t longChain = 10, most = 60;
      int64_t steps = llvm::count_if(*loop.getBody(), isArithmetic);
      Block *body = loop.getBody();
      if (loop.getInitArgs().empty()) {
        if (steps < longChain || steps > most ||
            llvm::any_of(*body,
                         [](Operation &op) { return op.getNumRegions() > 0; }))
          continue;
        FailureOr<UnrolledLoopInfo> unrolled = loopUnrollByFactor(loop, ways);
        if (failed(unrolled))
          continue;
        body = unrolled->mainLoopOp ? unrolled->mainLoopOp->getBody() : nullptr;
      }
      if (body)
        interleave(*body);
    }
  }
};

} // namespace
} // namespace dlc::cpu
