//===- InterleaveVectors.cpp - several vectors at once ----------*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Codegen/CPU/Kernel.h"
#include "Codegen/CPU/Passes.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/SCF/Utils/Utils.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

using namespace mlir;

namespace dlc::cpu {

#define GEN_PASS_DEF_INTERLEAVEVECTORS
#include "lib/Codegen/CPU/Passes.h.inc"

static constexpr StringLiteral independent = "dlc.independent";
static constexpr int64_t longChain = 10; ///< steps

void markIndependent(Operation *store) {
  store->setAttr(independent, UnitAttr::get(store->getContext()));
}

/// Whether a loop's body loads from memory that it stores to.
static bool readsOwnStores(scf::ForOp loop) {
  llvm::SmallDenseSet<Value> stored, loaded;
  loop.getBody()->walk([&](Operation *op) {
    auto effects = dyn_cast<MemoryEffectOpInterface>(op);
    if (!effects || isa<memref::PrefetchOp>(op))
      return;
    SmallVector<MemoryEffects::EffectInstance> found;
    effects.getEffects(found);
    for (const MemoryEffects::EffectInstance &effect : found) {
      if (isa<MemoryEffects::Write>(effect.getEffect()))
        stored.insert(effect.getValue());
      if (isa<MemoryEffects::Read>(effect.getEffect()))
        loaded.insert(effect.getValue());
    }
  });
  return llvm::any_of(stored, [&](Value v) { return loaded.contains(v); });
}

void markIndependent(func::FuncOp func) {
  func.walk([](scf::ForOp loop) {
    bool isInnermost =
        !loop.getBody()
             ->walk([](scf::ForOp) { return WalkResult::interrupt(); })
             .wasInterrupted();
    if (isInnermost && !readsOwnStores(loop))
      markIndependent(loop.getOperation());
  });
}

namespace {

/// Whether it does nothing but compute its results from operands and memory.
bool onlyComputes(Operation *op) {
  // The intrinsics that functions become (scalef) touch no memory.
  return isMemoryEffectFree(op) || hasSingleEffect<MemoryEffects::Read>(op) ||
         isa<LLVM::CallIntrinsicOp>(op);
}

bool isArithmetic(Operation *op) {
  return isa<LLVM::CallIntrinsicOp, vector::FMAOp>(op) ||
         (op->getDialect() ==
              op->getContext()->getLoadedDialect<arith::ArithDialect>() &&
          op->getNumResults() == 1 &&
          isa<VectorType>(op->getResult(0).getType()));
}

/// Whether it is one of a sum of products of what is in memory: those of a tile
/// are in an order that needs few registers.
bool isTerm(Operation *op) {
  return isa<vector::FMAOp>(op) && llvm::any_of(op->getOperands(), [](Value v) {
           Operation *from = v.getDefiningOp();
           return isa_and_nonnull<vector::LoadOp, vector::MaskedLoadOp>(from);
         });
}

/// What is furthest from the last result comes first, so that equal steps of
/// different vectors follow each other; what is stored comes last.
void interleave(ArrayRef<Operation *> ops) {
  llvm::DenseMap<Operation *, int64_t> height;
  SmallVector<Operation *> computing;
  for (Operation *op : llvm::reverse(ops)) {
    if (!onlyComputes(op))
      continue;
    int64_t most = 0;
    for (Operation *user : op->getUsers())
      most = std::max(most, height.lookup(user));
    height[op] = most + 1;
    computing.push_back(op);
  }
  std::reverse(computing.begin(), computing.end());
  llvm::stable_sort(computing, [&](Operation *a, Operation *b) {
    return height[a] > height[b];
  });
  Operation *first = ops.front();
  for (Operation *op : computing) {
    if (op == first)
      first = first->getNextNode();
    else
      op->moveBefore(first);
  }
}

/// Whether all can change places: a region may read what would move, and what
/// stays behind must have no users.
bool canInterleave(ArrayRef<Operation *> ops) {
  return llvm::all_of(ops, [](Operation *op) {
    return op->getNumRegions() == 0 &&
           (onlyComputes(op) || op->getNumResults() == 0);
  });
}

SmallVector<Operation *> opsOf(Block &body) {
  return llvm::map_to_vector(body.without_terminator(),
                             [](Operation &op) { return &op; });
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
      constexpr int64_t most = 60;
      Block *body = loop.getBody();
      SmallVector<Operation *> ops = opsOf(*body);
      if (!canInterleave(ops))
        continue;
      int64_t steps = llvm::count_if(ops, isArithmetic);
      if (loop.getInitArgs().empty()) {
        if (steps < longChain || steps > most)
          continue;
        FailureOr<UnrolledLoopInfo> unrolled = loopUnrollByFactor(loop, ways);
        if (failed(unrolled))
          continue;
        body = unrolled->mainLoopOp ? unrolled->mainLoopOp->getBody() : nullptr;
      }
      if (body)
        interleave(opsOf(*body));
    }
    getOperation().walk([&](Block *block) { interleaveTiles(*block); });
  }

  /// The vectors of a tile, one after the other, up to where they are stored.
  void interleaveTiles(Block &block) {
    // The tile's sums have registers, too.
    int64_t together = std::max<int64_t>(1, ways / 2);
    SmallVector<Operation *> ops;
    int64_t stores = 0;
    for (Operation &op :
         llvm::make_early_inc_range(block.without_terminator())) {
      bool isMarked = op.removeAttr(independent) != nullptr;
      bool isBorder = !isMarked && !onlyComputes(&op);
      if (isBorder || op.getNumRegions() > 0 || isTerm(&op)) {
        ops.clear();
        stores = 0;
        continue;
      }
      ops.push_back(&op);
      if (!isMarked || ++stores < together)
        continue;
      if (llvm::count_if(ops, isArithmetic) >= longChain * stores)
        interleave(ops);
      ops.clear();
      stores = 0;
    }
  }
};

} // namespace
} // namespace dlc::cpu
