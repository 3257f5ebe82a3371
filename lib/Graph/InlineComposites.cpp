//===- InlineComposites.cpp - composites become their bodies ----*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Graph/Passes.h"

namespace dlc {
#define GEN_PASS_DEF_INLINECOMPOSITES
#include "lib/Graph/Passes.h.inc"
} // namespace dlc

using namespace mlir;
using namespace dlc;

namespace {
struct InlineComposites : dlc::impl::InlineCompositesBase<InlineComposites> {
  void runOnOperation() override {
    IRRewriter rewriter(&getContext());
    // Innermost first: a walk visits bodies before the operation that holds
    // them.
    getOperation()->walk([&](CompositeOp op) {
      Block &body = op.getBody().front();
      Operation *yield = body.getTerminator();
      rewriter.inlineBlockBefore(&body, op, op.getInputs());
      rewriter.replaceOp(op, yield->getOperands());
      rewriter.eraseOp(yield);
    });
  }
};
} // namespace
