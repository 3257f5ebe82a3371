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
// so that the kernel of the product, or of a reduction, computes it.
//
//===----------------------------------------------------------------------===//

#include "Graph/Passes.h"
#include "Graph/Producers.h"
#include "Graph/Simplify.h"

#include "mlir/Dialect/MemRef/Transforms/Transforms.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/IR/PatternMatch.h"

namespace dlc {
#define GEN_PASS_DEF_SINKRESHAPES
#include "lib/Graph/Passes.h.inc"
} // namespace dlc

using namespace mlir;
using namespace dlc;

namespace {

/// Rows are reduced in one kernel with what spreads the results over the rows
/// again, and that wants them as they are.
bool isReductionOfRows(ReduceOp op) {
  return op.getAxes() ==
         ArrayRef<int64_t>{op.getInput().getType().getRank() - 1};
}

/// A reshape of what a matmul, a convolution or a reduction computes, perhaps
/// with pointwise operations in between, that nothing else reads.
bool isOfProduct(ReshapeOp reshape) {
  // Towards fewer dimensions only, so that two reshaped products do not take
  // turns.
  if (reshape.getInput().getType().getRank() >= reshape.getType().getRank())
    return false;
  return hasProducer(
      reshape.getInput(),
      [](Operation *op) { return isa<PointwiseOpInterface>(op); },
      [](Operation *op) {
        auto reduce = dyn_cast<ReduceOp>(op);
        return isa<MatmulOp, ConvOp>(op) ||
               (reduce && !isReductionOfRows(reduce));
      });
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
    auto isMoved = [&](Value v) { return v == reshape.getResult(); };
    for (Value operand : op->getOperands())
      if (!isMoved(operand) && wayBack(operand, reshape) == Way::none)
        return rewriter.notifyMatchFailure(op,
                                           "an operand can't be reshaped back");
    SmallVector<Value> operands;
    for (Value operand : op->getOperands())
      operands.push_back(isMoved(operand)
                             ? reshape.getInput()
                             : inverse(operand, reshape, rewriter));
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

  /// How an operand gets the shape that the reshape had.
  enum class Way { none, other, splat, repeated, view };

  static RankedTensorType moved(Value operand, ReshapeOp reshape) {
    return cast<RankedTensorType>(operand.getType())
        .clone(reshape.getInput().getType().getShape());
  }

  /// None where that would cost anything. Makes nothing: a pattern that is
  /// found not to match must have left everything as it was.
  static Way wayBack(Value operand, ReshapeOp reshape) {
    RankedTensorType type = moved(operand, reshape);
    // The number of elements fixes one open size, not two.
    if (auto other = operand.getDefiningOp<ReshapeOp>();
        other && other.getInput().getType() == type &&
        type.getNumDynamicDims() <= 1)
      return Way::other;
    DenseElementsAttr splat;
    if (matchPattern(operand, m_Constant(&splat)) && splat.isSplat() &&
        type.hasStaticShape())
      return Way::splat;
    if (auto broadcast = operand.getDefiningOp<BroadcastOp>())
      return isRepeatedRow(broadcast, reshape) ? Way::repeated : Way::none;
    // What is in memory can be viewed in another shape.
    Operation *def = operand.getDefiningOp();
    bool isView = !def || isa<MatmulOp, ConvOp, ReshapeOp>(def) ||
                  !operand.hasOneUse() || isa<PointwiseOpInterface>(def);
    return isView ? Way::view : Way::none;
  }

  static bool isScalar(RankedTensorType type) {
    return type.hasStaticShape() && type.getNumElements() == 1;
  }

  /// Repeated over all dimensions but the last, or over all.
  static bool isRepeatedRow(BroadcastOp broadcast, ReshapeOp reshape) {
    ArrayRef<int64_t> from = reshape.getInput().getType().getShape(),
                      to = reshape.getType().getShape();
    RankedTensorType small = broadcast.getInput().getType();
    bool lastOnly =
        llvm::all_of(small.getShape().drop_back(small.getRank() ? 1 : 0),
                     [](int64_t d) { return d == 1; });
    bool sameLast = !from.empty() && !to.empty() &&
                    !ShapedType::isDynamic(from.back()) &&
                    from.back() == to.back();
    // To drop its leading ones takes a reshape, to sizes that are known.
    bool isRow = small.getRank() <= 1 || small.hasStaticShape();
    return lastOnly && isRow && (sameLast || isScalar(small));
  }

  static Value repeated(BroadcastOp broadcast, RankedTensorType type,
                        ValueRange sizes, PatternRewriter &rewriter) {
    Value flat = broadcast.getInput();
    RankedTensorType small = broadcast.getInput().getType();
    ArrayRef<int64_t> shape = small.getShape();
    shape = isScalar(small) ? ArrayRef<int64_t>() : shape.take_back(1);
    Location loc = broadcast.getLoc();
    if (shape != small.getShape())
      flat = ReshapeOp::create(rewriter, loc, small.clone(shape), flat,
                               ValueRange());
    return BroadcastOp::create(rewriter, loc, type, flat, sizes);
  }

  static Value inverse(Value operand, ReshapeOp reshape,
                       PatternRewriter &rewriter) {
    RankedTensorType type = moved(operand, reshape);
    Way way = wayBack(operand, reshape);
    if (way == Way::other)
      return operand.getDefiningOp<ReshapeOp>().getInput();
    if (way == Way::splat) {
      DenseElementsAttr splat;
      matchPattern(operand, m_Constant(&splat));
      return ConstantOp::create(rewriter, operand.getLoc(),
                                splat.resizeSplat(type));
    }
    SmallVector<Value> sizes;
    for (int64_t d = 0; d < type.getRank(); ++d)
      if (type.isDynamicDim(d))
        sizes.push_back(tensor::DimOp::create(rewriter, operand.getLoc(),
                                              reshape.getInput(), d));
    if (way == Way::repeated)
      return repeated(operand.getDefiningOp<BroadcastOp>(), type, sizes,
                      rewriter);
    return ReshapeOp::create(rewriter, operand.getLoc(), type, operand, sizes);
  }
};

struct SinkReshapes : dlc::impl::SinkReshapesBase<SinkReshapes> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    patterns.add<SinkReshape>(&getContext());
    populateSameReshapePatterns(patterns);
    // Sizes of results become those of operands, so that only elements keep
    // an operation alive.
    memref::populateResolveRankedShapedTypeResultDimsPatterns(patterns);
    applyPatterns(getOperation(), std::move(patterns));
  }
};

} // namespace
