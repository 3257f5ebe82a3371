//===- SimplifyMovement.cpp - identities of movements -*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Evaluate/Elements.h"
#include "Graph/Permute.h"
#include "Graph/Simplify.h"
#include "dialects/dlc/SizeKey.h"

#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"

using namespace mlir;
using namespace dlc;

/// Sizes of an op's result.
template <typename Op> static SmallVector<Dim> sizesOf(Op op) {
  return mixedSizes(op.getType(), op.getSizes());
}

namespace {

//===----------------------------------------------------------------------===//
// broadcast
//===----------------------------------------------------------------------===//

struct BroadcastOfBroadcast : OpRewritePattern<BroadcastOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(BroadcastOp op,
                                PatternRewriter &rewriter) const override {
    auto inner = op.getInput().getDefiningOp<BroadcastOp>();
    if (!inner)
      return rewriter.notifyMatchFailure(op, "broadcasts no broadcast");
    rewriter.modifyOpInPlace(
        op, [&] { op.getInputMutable().assign(inner.getInput()); });
    return success();
  }
};

/// A reshape that only puts dimensions of size 1 in front: broadcast adds these
/// by itself.
struct BroadcastOfLeadingUnits : OpRewritePattern<BroadcastOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(BroadcastOp op,
                                PatternRewriter &rewriter) const override {
    ArrayRef<int64_t> shape = op.getInput().getType().getShape();
    if (shape.empty() || shape.front() != 1 ||
        !op.getInput().getType().hasStaticShape())
      return rewriter.notifyMatchFailure(op, "no leading dimension of size 1");
    ArrayRef<int64_t> rest =
        shape.drop_while([](int64_t size) { return size == 1; });
    Value input = op.getInput(), inner;
    if (auto reshape = input.getDefiningOp<ReshapeOp>())
      if (reshape.getInput().getType().getShape() == rest)
        inner = reshape.getInput();
    if (!inner && constantOf(input)) {
      SmallVector<Dim> sizes = getAsIndexOpFoldResult(op.getContext(), rest);
      inner = reshaped(rewriter, input, sizes);
    }
    if (!inner)
      return rewriter.notifyMatchFailure(op, "the input is no such reshape");
    rewriter.modifyOpInPlace(op, [&] { op.getInputMutable().assign(inner); });
    return success();
  }
};

/// A movement of equal elements: they are spread over the new shape instead.
template <typename Op> struct MoveOfSplat : OpRewritePattern<Op> {
  using OpRewritePattern<Op>::OpRewritePattern;
  LogicalResult matchAndRewrite(Op op,
                                PatternRewriter &rewriter) const override {
    auto source = op->getOperand(0).template getDefiningOp<BroadcastOp>();
    if (!source || elementsOf(source.getInput()) != 1)
      return rewriter.notifyMatchFailure(op, "elements may differ");
    auto type = cast<RankedTensorType>(op->getResult(0).getType());
    ReifiedRankedShapedTypeDims sizes;
    if (failed(op.reifyResultShapes(rewriter, sizes)))
      return rewriter.notifyMatchFailure(op, "the shape is not known");
    SmallVector<Dim> open;
    for (auto [i, d] : llvm::enumerate(sizes.front()))
      if (type.isDynamicDim(i))
        open.push_back(d);
    if (!llvm::all_of(open, [](Dim d) { return isa<Value>(d); }))
      return rewriter.notifyMatchFailure(op, "the type knows too little");
    Value scalar = reshaped(rewriter, source.getInput(), {});
    rewriter.replaceOpWithNewOp<BroadcastOp>(op, type, scalar, openSizes(open));
    return success();
  }
};

//===----------------------------------------------------------------------===//
// slice
//===----------------------------------------------------------------------===//

struct SliceOfSlice : OpRewritePattern<SliceOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(SliceOp op,
                                PatternRewriter &rewriter) const override {
    auto inner = op.getInput().getDefiningOp<SliceOp>();
    if (!inner)
      return rewriter.notifyMatchFailure(op, "slices no slice");
    for (int64_t d = 0; d < op.getType().getRank(); ++d)
      if (mayLeave(op, inner, d))
        return rewriter.notifyMatchFailure(op, "may reach behind the slice");
    ShapeAlgebra s(op.getLoc(), &rewriter);
    SmallVector<Dim> offsets;
    Ints steps;
    for (auto [outer, outerStep, first, step] :
         llvm::zip_equal(op.getMixedOffsets(), op.getSteps(),
                         inner.getMixedOffsets(), inner.getSteps())) {
      offsets.push_back(s.add(first, s.mul(outer, s.constant(step))));
      steps.push_back(outerStep * step);
    }
    rewriter.replaceOpWithNewOp<SliceOp>(
        op, op.getType(), inner.getInput(), openSizes(offsets), op.getSizes(),
        rewriter.getDenseI64ArrayAttr(staticDims(offsets)),
        rewriter.getDenseI64ArrayAttr(steps));
    return success();
  }

  /// Whether a part of known size may not be within the inner slice, which a
  /// check is yet to find out: within what that is of, it may be.
  static bool mayLeave(SliceOp op, SliceOp inner, int64_t d) {
    bool isKnown = !ShapedType::isDynamic(op.getStaticOffsets()[d]) &&
                   !inner.getType().isDynamicDim(d);
    return !isKnown && !op.getType().isDynamicDim(d) &&
           (inner.getSteps()[d] != 1 ||
            !haveSameSize(inner.getInput(), d, inner.getResult(), d));
  }
};

/// A reshape of a slice as a slice of a reshape: this is of what lies in memory
/// and costs nothing, and kernels read slices where they are.
struct ReshapeOfSlice : OpRewritePattern<ReshapeOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(ReshapeOp op,
                                PatternRewriter &rewriter) const override {
    auto slice = op.getInput().getDefiningOp<SliceOp>();
    if (!slice || !slice->hasOneUse() ||
        slice.getInput().getDefiningOp<TransposeOp>())
      return rewriter.notifyMatchFailure(op, "reshapes no slice");
    std::optional<int64_t> cut = cutDimension(slice);
    if (!cut)
      return rewriter.notifyMatchFailure(op, "no range of one dimension");
    // What is in front of it may be as open as it likes.
    int64_t d = *cut;
    ArrayRef<int64_t> whole =
                          slice.getInput().getType().getShape().drop_front(d),
                      part = slice.getType().getShape().drop_front(d),
                      to = op.getType().getShape();
    auto isPositive = [](int64_t size) { return size > 0; };
    if (!llvm::all_of(whole, isPositive) || !llvm::all_of(part, isPositive))
      return rewriter.notifyMatchFailure(op, "an open or empty range");
    int64_t inner = ShapedType::getNumElements(whole.drop_front()),
            lead = to.size(), rest = 1, row = 1;
    while (row < part[0] * inner && lead > 0 && isPositive(to[lead - 1])) {
      rest = row;
      row *= to[--lead];
    }
    if (lead == static_cast<int64_t>(to.size()) || row != part[0] * inner)
      return rewriter.notifyMatchFailure(op, "cuts across dimensions");
    int64_t offset = slice.getStaticOffsets()[d] * inner;
    if (whole[0] * inner % rest != 0 || offset % rest != 0)
      return rewriter.notifyMatchFailure(op, "cuts within a row");
    SmallVector<Dim> shape = sizesOf(op);
    Ints offsets(to.size(), 0);
    shape[lead] = rewriter.getIndexAttr(whole[0] * inner / rest);
    offsets[lead] = offset / rest;
    Value view = reshaped(rewriter, slice.getInput(), shape);
    rewriter.replaceOpWithNewOp<SliceOp>(
        op, op.getType(), view, ValueRange(), op.getSizes(),
        rewriter.getDenseI64ArrayAttr(offsets),
        rewriter.getDenseI64ArrayAttr(Ints(to.size(), 1)));
    return success();
  }

  /// The only dimension of which a slice takes a part, a known range.
  static std::optional<int64_t> cutDimension(SliceOp op) {
    std::optional<int64_t> cut;
    for (int64_t d = 0; d < op.getType().getRank(); ++d) {
      int64_t offset = op.getStaticOffsets()[d];
      if (ShapedType::isDynamic(offset) || op.getSteps()[d] != 1)
        return std::nullopt;
      if (haveSameSize(op.getInput(), d, op.getResult(), d)) {
        if (offset != 0)
          return std::nullopt;
        continue;
      }
      if (cut)
        return std::nullopt;
      cut = d;
    }
    return cut;
  }
};

/// A reshape to the sizes that there are.
struct SameReshape : OpRewritePattern<ReshapeOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(ReshapeOp op,
                                PatternRewriter &rewriter) const override {
    if (op.getInput().getType() != op.getType() ||
        !haveSameSizes(op.getInput(), op.getResult()))
      return rewriter.notifyMatchFailure(op, "sizes may differ");
    rewriter.replaceOp(op, op.getInput());
    return success();
  }
};

/// A slice that touches one part of a concatenation only.
struct SliceOfConcat : OpRewritePattern<SliceOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(SliceOp op,
                                PatternRewriter &rewriter) const override {
    auto concat = op.getInput().getDefiningOp<ConcatOp>();
    if (!concat)
      return rewriter.notifyMatchFailure(op, "slices no concat");
    int64_t axis = concat.getAxis(), offset = op.getStaticOffsets()[axis],
            size = op.getType().getDimSize(axis);
    if (ShapedType::isDynamic(offset) || ShapedType::isDynamic(size) ||
        size == 0)
      return rewriter.notifyMatchFailure(op, "the range is not known");
    int64_t last = offset + (size - 1) * op.getSteps()[axis];
    int64_t low = std::min(offset, last), high = std::max(offset, last);
    int64_t start = 0;
    for (Value part : concat.getInputs()) {
      int64_t length = cast<RankedTensorType>(part.getType()).getDimSize(axis);
      if (ShapedType::isDynamic(length))
        break;
      if (low >= start && high < start + length) {
        Ints offsets(op.getStaticOffsets());
        offsets[axis] -= start;
        rewriter.replaceOpWithNewOp<SliceOp>(
            op, op.getType(), part, op.getOffsets(), op.getSizes(),
            rewriter.getDenseI64ArrayAttr(offsets), op.getStepsAttr());
        return success();
      }
      start += length;
    }
    return rewriter.notifyMatchFailure(op, "touches several parts");
  }
};

//===----------------------------------------------------------------------===//
// concat
//===----------------------------------------------------------------------===//

/// Parts that are concatenations themselves, and empty ones.
struct FlattenConcat : OpRewritePattern<ConcatOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(ConcatOp op,
                                PatternRewriter &rewriter) const override {
    SmallVector<Value> parts;
    bool changed = false;
    int64_t axis = op.getAxis();
    for (Value part : op.getInputs()) {
      auto inner = part.getDefiningOp<ConcatOp>();
      if (inner && inner.getAxis() == op.getAxis())
        llvm::append_range(parts, inner.getInputs());
      else if (cast<RankedTensorType>(part.getType()).getDimSize(axis) != 0)
        parts.push_back(part);
      changed |= parts.empty() || parts.back() != part;
    }
    if (!changed || parts.empty())
      return rewriter.notifyMatchFailure(op, "no part can be merged");
    rewriter.replaceOpWithNewOp<ConcatOp>(op, op.getType(), parts, axis);
    return success();
  }
};

//===----------------------------------------------------------------------===//
// reduce, pad
//===----------------------------------------------------------------------===//

/// Over dimensions of size 1 there is nothing to combine.
struct ReduceOfUnits : OpRewritePattern<ReduceOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(ReduceOp op,
                                PatternRewriter &rewriter) const override {
    auto from = cast<RankedTensorType>(op.getInput().getType());
    if (!llvm::all_of(op.getAxes(),
                      [&](int64_t axis) { return from.getDimSize(axis) == 1; }))
      return rewriter.notifyMatchFailure(op, "combines several elements");
    SmallVector<Dim> sizes,
        all = ShapeAlgebra(op.getLoc(), &rewriter).dims(op.getInput());
    for (auto [i, d] : llvm::enumerate(all))
      if (!llvm::is_contained(op.getAxes(), int64_t(i)))
        sizes.push_back(d);
    if (typeOf(sizes, from.getElementType()) != op.getType())
      return rewriter.notifyMatchFailure(op, "the type knows more");
    rewriter.replaceOp(op, reshaped(rewriter, op.getInput(), sizes));
    return success();
  }
};

struct EmptyPad : OpRewritePattern<PadOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(PadOp op,
                                PatternRewriter &rewriter) const override {
    bool nothingLow =
        llvm::all_of(op.getStaticLow(), [](int64_t low) { return low == 0; });
    if (!nothingLow || op.getInput().getType() != op.getType() ||
        !op.getType().hasStaticShape())
      return rewriter.notifyMatchFailure(op, "adds elements");
    rewriter.replaceOp(op, op.getInput());
    return success();
  }
};

/// A convolution pads with zeros itself.
struct PadIntoConv : OpRewritePattern<ConvOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(ConvOp op,
                                PatternRewriter &rewriter) const override {
    auto pad = op.getInput().getDefiningOp<PadOp>();
    if (!pad || pad.getMode() != PadMode::constant)
      return rewriter.notifyMatchFailure(op, "the input is not padded");
    ElementsAttr value = constantOf(pad.getValue());
    FailureOr<HostTensor> number =
        value ? HostTensor::get(value) : FailureOr<HostTensor>();
    if (failed(number))
      return rewriter.notifyMatchFailure(op, "the padding is not known");
    Reader reader(*number);
    if (reader.isFloat() ? reader.get<double>(0) != 0
                         : reader.get<int64_t>(0) != 0)
      return rewriter.notifyMatchFailure(op, "the padding is not zero");

    RankedTensorType from = pad.getInput().getType(), to = pad.getType();
    Ints pads(op.getPads());
    int64_t rank = from.getRank(), spatial = rank - 2;
    for (int64_t i = 0; i < rank; ++i) {
      int64_t low = pad.getStaticLow()[i], before = from.getDimSize(i),
              after = to.getDimSize(i);
      // An open size that gets nothing in front may get something behind.
      bool isOuter = i == 0 || i == rank - 1;
      if (ShapedType::isDynamic(low) || ShapedType::isDynamic(before) ||
          ShapedType::isDynamic(after) || low < 0 || after - before - low < 0)
        return rewriter.notifyMatchFailure(op, "a pad is not known or crops");
      if (isOuter && after != before)
        return rewriter.notifyMatchFailure(op, "pads more than space");
      if (isOuter)
        continue;
      pads[i - 1] += low;
      pads[spatial + i - 1] += after - before - low;
    }
    rewriter.modifyOpInPlace(op, [&] {
      op.getInputMutable().assign(pad.getInput());
      op.setPads(pads);
    });
    return success();
  }
};

} // namespace

namespace {
struct SizeAtOrigin : OpRewritePattern<tensor::DimOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(tensor::DimOp op,
                                PatternRewriter &rewriter) const override {
    std::optional<int64_t> d = op.getConstantIndex();
    Value source = op.getSource();
    if (!d || *d < 0 ||
        *d >= cast<RankedTensorType>(source.getType()).getRank())
      return rewriter.notifyMatchFailure(op, "no known dimension");
    SizeRef origin = sizeOrigin(source, *d);
    if (origin == SizeRef{source, *d})
      return rewriter.notifyMatchFailure(op, "it comes from nowhere else");
    rewriter.replaceOpWithNewOp<tensor::DimOp>(op, origin.tensor, origin.dim);
    return success();
  }
};
} // namespace

void dlc::populateSizeOriginPatterns(RewritePatternSet &patterns) {
  patterns.add<SizeAtOrigin>(patterns.getContext());
}

void dlc::populateSameReshapePatterns(RewritePatternSet &patterns) {
  patterns.add<SameReshape>(patterns.getContext());
}

void dlc::populateSimplifyMovementPatterns(RewritePatternSet &patterns) {
  patterns
      .add<BroadcastOfBroadcast, BroadcastOfLeadingUnits,
           MoveOfSplat<TransposeOp>, MoveOfSplat<ReshapeOp>,
           MoveOfSplat<SliceOp>, SliceOfSlice, ReshapeOfSlice, SliceOfConcat,
           FlattenConcat, ReduceOfUnits, EmptyPad, PadIntoConv>(
          patterns.getContext());
  populateSameReshapePatterns(patterns);
}
