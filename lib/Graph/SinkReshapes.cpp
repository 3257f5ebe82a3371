//===- SinkReshapes.cpp - reshapes below pointwise operations ---*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
//   %r = dlc.reshape %product : [m, n] -> [b, s, n]
//   %y = dlc.add %r, dlc.broadcast(%bias)
// becomes
//   %s = dlc.add %product, dlc.broadcast'(%bias) : [m, n]
//   %y = dlc.reshape %s
//
//===----------------------------------------------------------------------===//

#include "Graph/Passes.h"
#include "Graph/Producers.h"

#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/IR/PatternMatch.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

namespace dlc {
#define GEN_PASS_DEF_SINKRESHAPES
#include "lib/Graph/Passes.h.inc"
} // namespace dlc

using namespace mlir;
using namespace dlc;

namespace {

/// A reshape of what a matmul or convolution computes, perhaps with pointwise
/// operations in between, that nothing else reads.
bool isOfProduct(ReshapeOp reshape) {
  // Towards fewer dimensions only, so that two reshaped products do not take
  // turns.
  if (reshape.getInput().getType().getRank() >= reshape.getType().getRank())
    return false;
  return hasProducer(
      reshape.getInput(),
      [](Operation *op) { return isa<PointwiseOpInterface>(op); },
      [](Operation *op) { return isa<MatmulOp, ConvOp>(op); });
}

struct SinkReshape : OpInterfaceRewritePattern<PointwiseOpInterface> {
  using OpInterfaceRewritePattern::OpInterfaceRewritePattern;

  LogicalResult matchAndRewrite(PointwiseOpInterface op,
                                PatternRewriter &rewriter) const override {
    ReshapeOp reshape;
    for (Value operand : op->getOperands())
      if (auto candidate = operand.getDefiningOp<ReshapeOp>();
          candidate && isOfProduct(candidate) && readPointwise(candidate))
        reshape = candidate;
    if (!reshape)
      return rewriter.notifyMatchFailure(op,
                                         "no operand is a reshaped product");
    RankedTensorType from = reshape.getInput().getType(),
                     to = reshape.getType();
    SmallVector<Value> operands;
    for (Value operand : op->getOperands()) {
      Value moved = operand == reshape.getResult()
                        ? reshape.getInput()
                        : inverse(operand, reshape, rewriter);
      if (!moved)
        return rewriter.notifyMatchFailure(op,
                                           "an operand can't be reshaped back");
      operands.push_back(moved);
    }
    auto element =
        cast<RankedTensorType>(op->getResult(0).getType()).getElementType();
    OperationState state(
        op.getLoc(), op->getName(), operands,
        TypeRange(RankedTensorType::get(from.getShape(), element)),
        op->getAttrs());
    Operation *sunk = rewriter.create(state);
    rewriter.replaceOpWithNewOp<ReshapeOp>(
        op, RankedTensorType::get(to.getShape(), element), sunk->getResult(0),
        reshape.getSizes());
    return success();
  }

  static bool readPointwise(ReshapeOp reshape) {
    return llvm::all_of(reshape->getUsers(), [](Operation *user) {
      return isa<PointwiseOpInterface, tensor::DimOp>(user);
    });
  }

  /// The operand in the shape that the reshape had; null where that would cost
  /// anything.
  static Value inverse(Value operand, ReshapeOp reshape,
                       PatternRewriter &rewriter) {
    RankedTensorType from = reshape.getInput().getType(),
                     to = reshape.getType();
    auto type = cast<RankedTensorType>(operand.getType());
    auto moved = RankedTensorType::get(from.getShape(), type.getElementType());
    // The number of elements fixes one open size, not two.
    if (auto other = operand.getDefiningOp<ReshapeOp>();
        other && other.getInput().getType() == moved &&
        moved.getNumDynamicDims() <= 1)
      return other.getInput();
    SmallVector<Value> sizes;
    for (int64_t d = 0; d < from.getRank(); ++d)
      if (from.isDynamicDim(d))
        sizes.push_back(tensor::DimOp::create(rewriter, operand.getLoc(),
                                              reshape.getInput(), d));
    DenseElementsAttr splat;
    if (matchPattern(operand, m_Constant(&splat)) && splat.isSplat() &&
        moved.hasStaticShape())
      return ConstantOp::create(rewriter, operand.getLoc(),
                                splat.resizeSplat(moved));
    if (auto broadcast = operand.getDefiningOp<BroadcastOp>()) {
      // What is repeated over all dimensions but the last, or over all.
      RankedTensorType small = broadcast.getInput().getType();
      bool lastOnly =
          llvm::all_of(small.getShape().drop_back(small.getRank() ? 1 : 0),
                       [](int64_t d) { return d == 1; });
      bool sameLast = from.getRank() > 0 && to.getRank() > 0 &&
                      !ShapedType::isDynamic(from.getShape().back()) &&
                      from.getShape().back() == to.getShape().back();
      bool scalar = small.hasStaticShape() && small.getNumElements() == 1;
      if (lastOnly && (sameLast || scalar)) {
        Value flat = broadcast.getInput();
        if (small.getRank() > 1)
          flat = ReshapeOp::create(
              rewriter, operand.getLoc(),
              RankedTensorType::get(scalar ? ArrayRef<int64_t>()
                                           : small.getShape().take_back(1),
                                    small.getElementType()),
              flat, ValueRange());
        if (scalar && small.getRank() == 1 && to.getShape().back() != 1)
          flat = ReshapeOp::create(
              rewriter, operand.getLoc(),
              RankedTensorType::get({}, small.getElementType()), flat,
              ValueRange());
        return BroadcastOp::create(rewriter, operand.getLoc(), moved, flat,
                                   sizes);
      }
      return Value();
    }
    // What is in memory can be viewed in another shape.
    Operation *def = operand.getDefiningOp();
    if (!def || isa<MatmulOp, ConvOp, ReshapeOp>(def) || !operand.hasOneUse() ||
        isa<PointwiseOpInterface>(def))
      return ReshapeOp::create(rewriter, operand.getLoc(), moved, operand,
                               sizes);
    return Value();
  }
};

struct SinkReshapes : dlc::impl::SinkReshapesBase<SinkReshapes> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    patterns.add<SinkReshape>(&getContext());
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns))))
      signalPassFailure();
  }
};

} // namespace
