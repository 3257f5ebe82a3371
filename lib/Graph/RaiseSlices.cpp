//===- RaiseSlices.cpp - compute only what is sliced out --------*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
//   %y = dlc.matmul %x, %w : [m, k] x [k, n]
//   %s = dlc.slice %y [i, 0]             the only use of %y
// becomes
//   %r = dlc.slice %x [i, 0]
//   %s = dlc.matmul %r, %w
//
// A language model whose last token alone is asked for computes nothing else
// from the last attention's keys and values on.
//
//===----------------------------------------------------------------------===//

#include "Graph/Passes.h"
#include "Graph/Permute.h"
#include "Graph/Producers.h"
#include "Graph/Simplify.h"
#include "dialects/dlc/SizeKey.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/IR/PatternMatch.h"
#include "llvm/ADT/TypeSwitch.h"

namespace dlc {
#define GEN_PASS_DEF_RAISESLICES
#include "lib/Graph/Passes.h.inc"
} // namespace dlc

using namespace mlir;
using namespace dlc;

namespace {

/// What is taken of a dimension; nothing: all of it.
struct Range {
  Dim offset, size;
  int64_t step;
};
using Ranges = SmallVector<std::optional<Range>>;

Ranges rangesOf(SliceOp op, const ShapeAlgebra &s) {
  SmallVector<Dim> sizes = mixedSizes(op.getType(), op.getSizes());
  Ranges ranges;
  for (auto [d, offset, step] :
       llvm::enumerate(op.getMixedOffsets(), op.getSteps())) {
    bool isWhole = staticDim(offset) == 0 && step == 1 &&
                   haveSameSize(op.getInput(), d, op.getResult(), d);
    if (isWhole)
      ranges.push_back(std::nullopt);
    else
      ranges.push_back(Range{offset, sizes[d], step});
  }
  return ranges;
}

/// Finds what an operation has to read for a part of its result, and then
/// computes that part.
struct Raiser {
  OpBuilder &b;
  Location loc;
  const Ranges &ranges; ///< of the result

  /// The ranges of each operand; nothing where it takes more than ranges.
  static std::optional<SmallVector<Ranges>> operandRanges(Operation *op,
                                                          const Ranges &of) {
    SmallVector<Ranges> list;
    auto add = [&](std::optional<Ranges> ranges) {
      if (ranges)
        list.push_back(std::move(*ranges));
      return ranges.has_value();
    };
    bool known =
        TypeSwitch<Operation *, bool>(op)
            .Case([&](PointwiseOpInterface) {
              return llvm::all_of(op->getOperands(), [&](Value v) {
                return add(ofDims(v, op, of, llvm::seq<int64_t>(0, of.size())));
              });
            })
            .Case([&](BroadcastOp op) {
              int64_t rank = op.getInput().getType().getRank(),
                      first = of.size() - rank;
              return add(repeated(op.getInput(), op, of,
                                  llvm::seq<int64_t>(first, first + rank)));
            })
            .Case([&](TransposeOp op) {
              Ranges from(of.size());
              for (auto [i, p] : llvm::enumerate(op.getPermutation()))
                from[p] = of[i];
              return add(std::move(from));
            })
            .Case([&](ReduceOp op) {
              Ranges from;
              int64_t next = 0;
              for (int64_t d = 0; d < op.getInput().getType().getRank(); ++d)
                from.push_back(llvm::is_contained(op.getAxes(), d)
                                   ? std::nullopt
                                   : of[next++]);
              return add(std::move(from));
            })
            .Case([&](MatmulOp op) { return product(op, of, add); })
            .Case([&](ReshapeOp op) { return add(reshape(op, of)); })
            .Default(false);
    if (!known)
      return std::nullopt;
    return list;
  }

  /// An operand whose dimensions are those of the result in this list.
  static std::optional<Ranges> ofDims(Value operand, Operation *op,
                                      const Ranges &of,
                                      ArrayRef<int64_t> dims) {
    Ranges from;
    for (auto [d, at] : llvm::enumerate(dims)) {
      if (of[at] && !haveSameSize(operand, d, op->getResult(0), at))
        return std::nullopt;
      from.push_back(of[at]);
    }
    return from;
  }
  static std::optional<Ranges> ofDims(Value operand, Operation *op,
                                      const Ranges &of,
                                      llvm::iota_range<int64_t> dims) {
    return ofDims(operand, op, of, llvm::to_vector(dims));
  }
  /// The same of one whose sizes of 1 are repeated.
  static std::optional<Ranges> repeated(Value operand, Operation *op, Ranges of,
                                        llvm::iota_range<int64_t> dims) {
    for (auto [d, at] : llvm::enumerate(dims))
      if (typeOf(operand).getDimSize(d) == 1)
        of[at] = std::nullopt;
    return ofDims(operand, op, of, dims);
  }

  static bool product(MatmulOp op, const Ranges &of,
                      function_ref<bool(std::optional<Ranges>)> add) {
    int64_t rank = of.size();
    if (op.getPacked())
      return false;
    Ranges left = of, right = of;
    left[rank - 1] = right[rank - 2] = std::nullopt;
    auto dims = llvm::seq<int64_t>(0, rank);
    return add(repeated(op.getLhs(), op, left, dims)) &&
           add(repeated(op.getRhs(), op, right, dims));
  }

  /// Dimensions that a reshape leaves alone can be sliced: those in front of
  /// what it joins or splits, and those behind.
  static std::optional<Ranges> reshape(ReshapeOp op, const Ranges &of) {
    RankedTensorType input = op.getInput().getType(), type = op.getType();
    int64_t from = input.getRank(), to = type.getRank();
    Ranges ranges(from);
    BitVector done(to);
    auto isUnit = [](RankedTensorType t, int64_t d) {
      return t.getDimSize(d) == 1;
    };
    auto match = [&](int64_t i, int64_t j, int64_t step) {
      auto isInside = [](int64_t d, int64_t rank) {
        return d >= 0 && d < rank;
      };
      while (isInside(i, from) && isInside(j, to)) {
        if (haveSameSize(op.getInput(), i, op.getResult(), j)) {
          if (of[j])
            ranges[i] = of[j];
          done.set(j);
          i += step;
          j += step;
        } else if (isUnit(input, i)) {
          i += step;
        } else if (isUnit(type, j)) {
          j += step;
        } else {
          break;
        }
      }
    };
    match(0, 0, 1);
    match(from - 1, to - 1, -1);
    for (int64_t d = 0; d < to; ++d)
      if (of[d] && !done[d])
        return std::nullopt;
    return ranges;
  }

  Value cut(Value v, const Ranges &ranges) {
    if (llvm::none_of(ranges, [](auto &r) { return r.has_value(); }))
      return v;
    ShapeAlgebra s(loc, &b);
    SmallVector<Dim> sizes = s.dims(v), offsets(ranges.size(), s.constant(0));
    Ints steps(ranges.size(), 1);
    for (auto [d, range] : llvm::enumerate(ranges))
      if (range) {
        offsets[d] = range->offset;
        sizes[d] = range->size;
        steps[d] = range->step;
      }
    return sliced(b, loc, v, offsets, sizes, steps);
  }

  /// `op` with a part of its result, of these sizes.
  Value compute(Operation *op, ArrayRef<Ranges> operands, ArrayRef<Dim> sizes) {
    auto element = typeOf(op->getResult(0)).getElementType();
    RankedTensorType type = dlc::typeOf(sizes, element);
    if (auto reshape = dyn_cast<ReshapeOp>(op))
      return ReshapeOp::create(b, op->getLoc(), type,
                               cut(reshape.getInput(), operands[0]),
                               openSizes(sizes));
    if (auto broadcast = dyn_cast<BroadcastOp>(op))
      return BroadcastOp::create(b, op->getLoc(), type,
                                 cut(broadcast.getInput(), operands[0]),
                                 openSizes(sizes));
    SmallVector<Value> parts;
    for (auto [v, ranges] : llvm::zip_equal(op->getOperands(), operands))
      parts.push_back(cut(v, ranges));
    OperationState state(op->getLoc(), op->getName(), parts, TypeRange(type),
                         op->getAttrs());
    return b.create(state)->getResult(0);
  }
};

/// What a language's flattened rows are multiplied by: a reshape of a product
/// of a reshape, of the same leading sizes.
struct FlatProduct {
  MatmulOp product;
  ReshapeOp left;

  explicit FlatProduct(Operation *op) {
    auto outer = dyn_cast<ReshapeOp>(op);
    product = outer ? outer.getInput().getDefiningOp<MatmulOp>() : nullptr;
    if (!product || !product->hasOneUse() || product.getPacked() ||
        product.getType().getRank() != 2) {
      product = nullptr;
      return;
    }
    left = product.getLhs().getDefiningOp<ReshapeOp>();
    int64_t rank = outer.getType().getRank();
    bool fits = left && left.getInput().getType().getRank() == rank &&
                haveSameSize(product, 1, outer, rank - 1) &&
                haveSameSize(left.getInput(), rank - 1, left, 1);
    for (int64_t d = 0; fits && d + 1 < rank; ++d)
      fits = haveSameSize(left.getInput(), d, outer, d);
    if (!fits)
      product = nullptr;
  }
  explicit operator bool() { return bool(product); }

  Value compute(Raiser &r, ArrayRef<Dim> sizes) {
    ShapeAlgebra s(r.loc, &r.b);
    Ranges rows = r.ranges, columns(2);
    rows.back() = std::nullopt;
    columns[1] = r.ranges.back();
    Value lhs = r.cut(left.getInput(), rows),
          rhs = r.cut(product.getRhs(), columns);
    SmallVector<Dim> flat{s.constant(1), s.dim(lhs, rows.size() - 1)};
    for (Dim size : sizes.drop_back())
      flat[0] = s.mul(flat[0], size);
    lhs = ReshapeOp::create(r.b, left.getLoc(),
                            dlc::typeOf(flat, typeOf(lhs).getElementType()),
                            lhs, openSizes(flat));
    Value part =
        MatmulOp::create(r.b, product.getLoc(), lhs, rhs, IntegerAttr());
    return ReshapeOp::create(r.b, r.loc,
                             dlc::typeOf(sizes, typeOf(part).getElementType()),
                             part, openSizes(sizes));
  }
};

struct RaiseSlice : OpRewritePattern<SliceOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(SliceOp op,
                                PatternRewriter &rewriter) const override {
    Operation *source = op.getInput().getDefiningOp();
    if (!source || source->getBlock() != op->getBlock())
      return rewriter.notifyMatchFailure(op, "slices no result");
    SmallVector<SliceOp> slices;
    SmallVector<tensor::DimOp> sizesAsked;
    for (Operation *user : source->getUsers()) {
      if (auto dim = dyn_cast<tensor::DimOp>(user);
          dim && dim.getConstantIndex()) {
        sizesAsked.push_back(dim);
        continue;
      }
      auto slice = dyn_cast<SliceOp>(user);
      if (!slice || !isTheSame(slice, op))
        return rewriter.notifyMatchFailure(op, "other parts are used, too");
      slices.push_back(slice);
    }
    auto isProduct = [](Operation *o) { return isa<MatmulOp, ReduceOp>(o); };
    auto isPassed = [](Operation *o) {
      return isa<PointwiseOpInterface, BroadcastOp, ReshapeOp, TransposeOp>(o);
    };
    if (!isa<BroadcastOp>(source) &&
        !hasProducer(op.getInput(), isPassed, isProduct))
      return rewriter.notifyMatchFailure(op, "there is little to save");

    SliceOp first = *llvm::min_element(
        slices, [](SliceOp x, SliceOp y) { return x->isBeforeInBlock(y); });
    ShapeAlgebra s(op.getLoc(), &rewriter);
    Ranges ranges = rangesOf(op, s);
    if (llvm::none_of(ranges, [](auto &r) { return r.has_value(); }))
      return rewriter.notifyMatchFailure(op, "takes everything");
    FlatProduct flat(source);
    auto operands = Raiser::operandRanges(source, ranges);
    if (!flat && !operands)
      return rewriter.notifyMatchFailure(op, "a part takes more than a part");
    if (failed(replaceSizes(source, sizesAsked, rewriter)))
      return rewriter.notifyMatchFailure(op, "its size is asked for");

    rewriter.setInsertionPoint(first);
    Raiser raiser{rewriter, op.getLoc(), ranges};
    SmallVector<Dim> sizes = mixedSizes(first.getType(), first.getSizes());
    Value part = operands ? raiser.compute(source, *operands, sizes)
                          : flat.compute(raiser, sizes);
    for (SliceOp slice : slices)
      rewriter.replaceOp(slice, part);
    eraseUnused(source, rewriter);
    return success();
  }

  /// Sizes may be other values for the same size.
  static bool isTheSame(SliceOp x, SliceOp y) {
    return x == y ||
           (x.getType() == y.getType() && x.getOffsets() == y.getOffsets() &&
            x.getStaticOffsets() == y.getStaticOffsets() &&
            x.getSteps() == y.getSteps() && x->getBlock() == y->getBlock() &&
            haveSameSizes(x, y));
  }

  /// Once an operation is gone, all uses of what it read may be slices.
  static void eraseUnused(Operation *op, PatternRewriter &rewriter) {
    SmallVector<Operation *> work{op};
    while (!work.empty()) {
      Operation *next = work.pop_back_val();
      if (!isOpTriviallyDead(next))
        continue;
      for (Value operand : next->getOperands())
        if (Operation *def = operand.getDefiningOp();
            def && !llvm::is_contained(work, def))
          work.push_back(def);
      rewriter.eraseOp(next);
    }
  }

  /// What asks for sizes of a result that is not going to be.
  static LogicalResult replaceSizes(Operation *source,
                                    ArrayRef<tensor::DimOp> asked,
                                    PatternRewriter &rewriter) {
    if (asked.empty())
      return success();
    rewriter.setInsertionPointAfter(source);
    ReifiedRankedShapedTypeDims dims;
    if (failed(reifyResultShapes(rewriter, source, dims)))
      return failure();
    for (tensor::DimOp dim : asked) {
      rewriter.setInsertionPoint(dim);
      Dim size = dims[0][*dim.getConstantIndex()];
      rewriter.replaceOp(
          dim, getValueOrCreateConstantIndexOp(rewriter, dim.getLoc(), size));
    }
    return success();
  }
};

struct RaiseSlices : dlc::impl::RaiseSlicesBase<RaiseSlices> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    patterns.add<RaiseSlice>(&getContext());
    applyPatterns(getOperation(), std::move(patterns));
  }
};

} // namespace
