//===- PropagateLayout.cpp - moves transposes until they cancel -*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// Convolutions come wrapped in transposes to channels-last and back. Sinking
// the latter below all that lies between two convolutions lets them meet the
// former and vanish. What is left where layouts mix is hoisted, if fewer
// remain.

#include "Graph/Passes.h"
#include "Graph/Permute.h"
#include "Graph/Simplify.h"
#include "Graph/SinkTranspose.h"
#include "mlir/Dialect/MemRef/Transforms/Transforms.h"
#include "mlir/Dialect/Utils/IndexingUtils.h"

namespace dlc {
#define GEN_PASS_DEF_PROPAGATELAYOUT
#include "lib/Graph/Passes.h.inc"
} // namespace dlc

using namespace mlir;
using namespace dlc;

/// How far up to look for transposes that would cancel.
static constexpr int kDepth = 8;

/// How many more transposes there are when v is wanted transposed by p.
static int costOf(Value v, Permutation p, int depth) {
  if (isFreeToUndo(v, invertPermutationVector(p)))
    return v.getDefiningOp<TransposeOp>() && v.hasOneUse() ? -1 : 0;
  for (Operation *user : v.getUsers())
    if (auto other = dyn_cast<TransposeOp>(user);
        other && other.getPermutation() == p && !v.hasOneUse())
      return 0;
  auto op = v.getDefiningOp<PointwiseOpInterface>();
  if (!op || !v.hasOneUse() || depth == 0)
    return 1;
  int cost = 0;
  for (Value operand : op->getOperands())
    cost += costOf(operand, p, depth - 1);
  return std::min(cost, 1);
}

namespace {
/// transpose(op(x, y)) becomes op(transpose(x), transpose(y)) where that leaves
/// fewer transposes.
struct HoistAbovePointwise : OpRewritePattern<TransposeOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(TransposeOp transpose,
                                PatternRewriter &rewriter) const override {
    auto op = transpose.getInput().getDefiningOp<PointwiseOpInterface>();
    if (!op || !op->hasOneUse())
      return rewriter.notifyMatchFailure(transpose, "is not above pointwise");
    Ints p(transpose.getPermutation()), inverse = invertPermutationVector(p);
    int cost = 0;
    for (Value operand : op->getOperands())
      cost += costOf(operand, p, kDepth);
    if (cost > 0)
      return rewriter.notifyMatchFailure(transpose, "nothing would be saved");
    SmallVector<Value> operands;
    for (Value operand : op->getOperands())
      operands.push_back(undo(rewriter, operand, inverse));
    Operation *moved =
        rewriter.create(op->getLoc(), op->getName().getIdentifier(), operands,
                        {transpose.getType()}, op->getAttrs());
    rewriter.replaceOp(transpose, moved);
    return success();
  }
};

struct PropagateLayout : dlc::impl::PropagateLayoutBase<PropagateLayout> {
  void runOnOperation() override {
    RewritePatternSet sink(&getContext()), hoist(&getContext());
    populateUnitTransposePatterns(sink);
    // Sizes of results become those of operands, so that only elements keep
    // an operation alive.
    memref::populateResolveRankedShapedTypeResultDimsPatterns(sink);
    populateSinkTransposePatterns(sink);
    populateUnitTransposePatterns(hoist);
    memref::populateResolveRankedShapedTypeResultDimsPatterns(hoist);
    hoist.add<HoistAbovePointwise>(&getContext());
    applyPatterns(getOperation(), std::move(sink));
    applyPatterns(getOperation(), std::move(hoist));
  }
};
} // namespace
