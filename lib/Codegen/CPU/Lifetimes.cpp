//===- Lifetimes.cpp - when the values of a program are needed --*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Codegen/CPU/Lifetimes.h"

#include "dialects/dlc/Dlc.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;
using namespace dlc;
using namespace dlc::cpu;

void Lifetimes::number(Block &block) {
  for (Operation &op : block) {
    starts[&op] = steps++;
    if (!isa<ClusterOp>(op))
      for (Region &region : op.getRegions())
        for (Block &inner : region)
          number(inner);
    ends[&op] = op.getNumRegions() ? steps++ : starts[&op];
  }
}

int64_t Lifetimes::lastUse(Value v) const {
  return std::max(ends.lookup(v.getDefiningOp()),
                  lastUse(v, v.getParentBlock()));
}

int64_t Lifetimes::lastUse(Value v, Block *home) const {
  int64_t last = 0;
  for (OpOperand &use : v.getUses()) {
    Operation *user = use.getOwner();
    if (Operation *within = home->findAncestorOpInBlock(*user))
      last = std::max(last, ends.lookup(within));
    if (auto reshape = dyn_cast<ReshapeOp>(user))
      last = std::max(last, lastUse(reshape.getResult(), home));
    // Another view, or memory that is handed on as it is.
    if (auto loop = dyn_cast<LoopLikeOpInterface>(user))
      if (OpResult result = loop.getTiedLoopResult(&use))
        last = std::max(last, lastUse(result, home));
    if (isa<arith::SelectOp>(user))
      last = std::max(last, lastUse(user->getResult(0), home));
    if (auto branch = dyn_cast<scf::IfOp>(user->getParentOp());
        branch && isa<scf::YieldOp>(user))
      last = std::max(last, lastUse(branch.getResult(use.getOperandNumber()),
                                    branch->getBlock()));
  }
  return last;
}
