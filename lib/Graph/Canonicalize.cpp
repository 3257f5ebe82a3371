//===- Canonicalize.cpp - simplifies the dlc dialect -*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Graph/Passes.h"
#include "Graph/Simplify.h"
#include "Graph/SinkTranspose.h"
#include "mlir/Dialect/MemRef/Transforms/Transforms.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

namespace dlc {
#define GEN_PASS_DEF_CANONICALIZE
#include "lib/Graph/Passes.h.inc"
} // namespace dlc

using namespace mlir;

void dlc::applyPatterns(Operation *root, RewritePatternSet patterns) {
  (void)applyPatternsGreedily(root, std::move(patterns));
}

namespace {
struct Canonicalize : dlc::impl::CanonicalizeBase<Canonicalize> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    for (Dialect *dialect : getContext().getLoadedDialects())
      dialect->getCanonicalizationPatterns(patterns);
    for (RegisteredOperationName op : getContext().getRegisteredOperations())
      op.getCanonicalizationPatterns(patterns, &getContext());
    dlc::populateSimplifyPointwisePatterns(patterns);
    dlc::populateSimplifyMovementPatterns(patterns);
    dlc::populateSimplifyProductPatterns(patterns);
    dlc::populateSizeOriginPatterns(patterns);
    dlc::populateUnitTransposePatterns(patterns);
    // Sizes of results become those of operands, so that only elements keep
    // an operation alive.
    memref::populateResolveRankedShapedTypeResultDimsPatterns(patterns);
    dlc::applyPatterns(getOperation(), std::move(patterns));
  }
};
} // namespace
