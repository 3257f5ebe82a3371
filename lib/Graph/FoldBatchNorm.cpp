//===- FoldBatchNorm.cpp - factors and summands into weights -*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// Behind a convolution or matmul with constant weights, what multiplies or adds
// a constant to each output channel goes into the weights and one bias:
//
//   (conv(x, k) + b) * s + t   becomes   conv(x, k * s) + (b * s + t)

#include "Evaluate/Elements.h"
#include "Graph/Passes.h"
#include "Graph/Permute.h"
#include "Graph/Producers.h"
#include "Graph/Simplify.h"

namespace dlc {
#define GEN_PASS_DEF_FOLDBATCHNORM
#include "lib/Graph/Passes.h.inc"
} // namespace dlc

using namespace mlir;
using namespace dlc;

using Channels = std::vector<double>;

/// The kernel of a convolution or the right side of a matmul.
static OpOperand *weightsOf(Operation *op) {
  return isa_and_nonnull<ConvOp, MatmulOp>(op) ? &op->getOpOperand(1) : nullptr;
}

/// Whether v is the product of weights, used once: it may be scaled at will.
static bool isProduct(Value v) {
  OpOperand *weights = weightsOf(v.getDefiningOp());
  return weights && hasOneReader(v) && constantOf(weights->get()) &&
         isa<FloatType>(getElementTypeOrSelf(v));
}

/// What v is along its last dimension, if it is a constant that depends on
/// nothing else.
static std::optional<Channels> channelsOf(Value v) {
  auto type = cast<RankedTensorType>(v.getType());
  if (!isFloatScalar(type.getElementType()) || type.getRank() == 0 ||
      type.isDynamicDim(type.getRank() - 1))
    return std::nullopt;
  size_t count = type.getShape().back();
  if (auto broadcast = v.getDefiningOp<BroadcastOp>())
    v = broadcast.getInput();
  ElementsAttr attr = constantOf(v);
  if (!attr || attr.getNumElements() == 0)
    return std::nullopt;
  ArrayRef<int64_t> shape = attr.getShapedType().getShape();
  bool isVector =
      !shape.empty() &&
      llvm::all_of(shape.drop_back(), [](int64_t d) { return d == 1; });
  bool fits = attr.isSplat() || attr.getNumElements() == 1 ||
              (isVector && attr.getNumElements() == int64_t(count));
  FailureOr<HostTensor> tensor = HostTensor::get(attr);
  if (!fits || failed(tensor))
    return std::nullopt;
  Reader reader(*tensor);
  Channels values(count);
  for (size_t i = 0; i < count; ++i)
    values[i] = reader.get<double>(attr.getNumElements() == 1 ? 0 : i);
  return values;
}

/// A constant for each channel, spread as the constant `like` is.
static Value spread(OpBuilder &b, Location loc, const Channels &values,
                    Value like) {
  auto type = cast<RankedTensorType>(like.getType());
  auto vector = RankedTensorType::get({static_cast<int64_t>(values.size())},
                                      type.getElementType());
  FailureOr<HostTensor> tensor = HostTensor::allocate(vector);
  if (failed(tensor))
    return {};
  Writer writer(*tensor);
  for (auto [i, value] : llvm::enumerate(values))
    writer.set(i, value);
  Value constant = ConstantOp::create(b, loc, tensor->toAttr());
  auto broadcast = like.getDefiningOp<BroadcastOp>();
  return BroadcastOp::create(b, loc, type, constant,
                             broadcast ? broadcast.getSizes() : ValueRange());
}

/// Weights with each output channel multiplied by its factor.
static ElementsAttr scaled(ElementsAttr weights, const Channels &factors,
                           bool channelIsFirst) {
  auto type = cast<RankedTensorType>(weights.getShapedType());
  FailureOr<HostTensor> from = HostTensor::get(weights);
  if (failed(from))
    return {};
  FailureOr<HostTensor> to = HostTensor::allocate(type);
  if (failed(to))
    return {};
  Reader reader(*from);
  Writer writer(*to);
  int64_t count = type.getNumElements(), channels = factors.size();
  int64_t run = channelIsFirst ? count / channels : 1;
  for (int64_t i = 0; i < count; ++i)
    writer.set(i, reader.get<double>(i) * factors[i / run % channels]);
  return to->toAttr();
}

/// A product and the constant that is added to it.
static bool isBiased(Value v) {
  auto add = v.getDefiningOp<AddOp>();
  return add && hasOneReader(v) && isProduct(add.getX()) &&
         channelsOf(add.getY());
}

namespace {

/// y / s and y * s with y a product: into the weights.
template <typename Op> struct ScaleWeights : OpRewritePattern<Op> {
  using OpRewritePattern<Op>::OpRewritePattern;
  LogicalResult matchAndRewrite(Op op,
                                PatternRewriter &rewriter) const override {
    std::optional<Channels> factors = channelsOf(op.getY());
    if (!factors || factors->empty() || !isProduct(op.getX()))
      return rewriter.notifyMatchFailure(op, "doesn't scale a product");
    for (double &factor : *factors) {
      if (std::is_same_v<Op, DivOp>)
        factor = 1 / factor;
      if (!std::isfinite(factor))
        return rewriter.notifyMatchFailure(op, "a factor is not finite");
    }
    Operation *product = op.getX().getDefiningOp();
    OpOperand *weights = weightsOf(product);
    ElementsAttr attr =
        scaled(constantOf(weights->get()), *factors, isa<ConvOp>(product));
    if (!attr)
      return rewriter.notifyMatchFailure(op, "no memory");
    Value constant =
        ConstantOp::create(rewriter, weights->get().getLoc(), attr);
    rewriter.modifyOpInPlace(product, [&] { weights->set(constant); });
    rewriter.replaceOp(op, op.getX());
    return success();
  }
};

/// (y + b) * s becomes y * s + b * s.
template <typename Op> struct ScaleBias : OpRewritePattern<Op> {
  using OpRewritePattern<Op>::OpRewritePattern;
  LogicalResult matchAndRewrite(Op op,
                                PatternRewriter &rewriter) const override {
    std::optional<Channels> factors = channelsOf(op.getY());
    if (!factors || !isBiased(op.getX()))
      return rewriter.notifyMatchFailure(op, "doesn't scale a biased product");
    auto add = op.getX().template getDefiningOp<AddOp>();
    Channels bias = *channelsOf(add.getY());
    for (auto [b, factor] : llvm::zip_equal(bias, *factors))
      b = std::is_same_v<Op, DivOp> ? b / factor : b * factor;
    rewriter.setInsertionPoint(op);
    Value summand = spread(rewriter, op.getLoc(), bias, op.getY());
    if (!summand)
      return rewriter.notifyMatchFailure(op, "no memory");
    Value product =
        Op::create(rewriter, op.getLoc(), op.getType(), add.getX(), op.getY());
    rewriter.replaceOpWithNewOp<AddOp>(op, op.getType(), product, summand);
    return success();
  }
};

/// (y + b) + t becomes y + (b + t), and so does (y + b) - t.
template <typename Op> struct MergeBias : OpRewritePattern<Op> {
  using OpRewritePattern<Op>::OpRewritePattern;
  LogicalResult matchAndRewrite(Op op,
                                PatternRewriter &rewriter) const override {
    std::optional<Channels> more = channelsOf(op.getY());
    if (!more || !isBiased(op.getX()))
      return rewriter.notifyMatchFailure(op, "doesn't add to a biased product");
    auto add = op.getX().template getDefiningOp<AddOp>();
    Channels bias = *channelsOf(add.getY());
    for (auto [b, m] : llvm::zip_equal(bias, *more))
      b = std::is_same_v<Op, SubOp> ? b - m : b + m;
    Value summand = spread(rewriter, op.getLoc(), bias, op.getY());
    if (!summand)
      return rewriter.notifyMatchFailure(op, "no memory");
    rewriter.replaceOpWithNewOp<AddOp>(op, op.getType(), add.getX(), summand);
    return success();
  }
};

/// y - b becomes y + -b.
struct SubtractBias : OpRewritePattern<SubOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(SubOp op,
                                PatternRewriter &rewriter) const override {
    std::optional<Channels> bias = channelsOf(op.getY());
    if (!bias || !isProduct(op.getX()))
      return rewriter.notifyMatchFailure(op, "doesn't subtract from a product");
    for (double &b : *bias)
      b = -b;
    Value summand = spread(rewriter, op.getLoc(), *bias, op.getY());
    if (!summand)
      return rewriter.notifyMatchFailure(op, "no memory");
    rewriter.replaceOpWithNewOp<AddOp>(op, op.getType(), op.getX(), summand);
    return success();
  }
};

/// Constants go to the right.
template <typename Op> struct ConstantRight : OpRewritePattern<Op> {
  using OpRewritePattern<Op>::OpRewritePattern;
  LogicalResult matchAndRewrite(Op op,
                                PatternRewriter &rewriter) const override {
    bool biased = isProduct(op.getY()) || isBiased(op.getY());
    if (!biased || !channelsOf(op.getX()))
      return rewriter.notifyMatchFailure(op, "needs no other order");
    rewriter.replaceOpWithNewOp<Op>(op, op.getType(), op.getY(), op.getX());
    return success();
  }
};

struct FoldBatchNorm : dlc::impl::FoldBatchNormBase<FoldBatchNorm> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    patterns.add<ScaleWeights<MulOp>, ScaleWeights<DivOp>, ScaleBias<MulOp>,
                 ScaleBias<DivOp>, MergeBias<AddOp>, MergeBias<SubOp>,
                 SubtractBias, ConstantRight<AddOp>, ConstantRight<MulOp>>(
        &getContext());
    applyPatterns(getOperation(), std::move(patterns));
  }
};

} // namespace
