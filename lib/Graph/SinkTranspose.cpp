//===- SinkTranspose.cpp - op(transpose(x)) as transpose(op(x)) -*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// One pattern for each kind of operation that commutes with a transpose.

#include "Graph/SinkTranspose.h"
#include "Graph/Permute.h"

#include "mlir/Dialect/Utils/IndexingUtils.h"
#include <numeric>

using namespace mlir;
using namespace dlc;

/// The transpose that makes a value.
static TransposeOp transposeOf(Value v) {
  return v.getDefiningOp<TransposeOp>();
}

/// A permutation that some operand is transposed by and that all others can be
/// seen to be for free.
static std::optional<Ints> commonPermutation(ValueRange operands) {
  for (Value candidate : operands)
    if (auto transpose = transposeOf(candidate)) {
      Ints p(transpose.getPermutation());
      if (llvm::all_of(operands, [&](Value v) { return isFreeToUndo(v, p); }))
        return p;
    }
  return std::nullopt;
}

/// Replaces op by the transpose by p of `inner`.
static void finish(PatternRewriter &rewriter, Operation *op, Value inner,
                   Permutation p) {
  auto type = cast<RankedTensorType>(op->getResult(0).getType());
  rewriter.replaceOp(op, transposed(rewriter, inner, p, type));
}

namespace {

/// All operands are transposes by one p, or can be seen so for free.
struct SinkBelowPointwise : OpInterfaceRewritePattern<PointwiseOpInterface> {
  using OpInterfaceRewritePattern::OpInterfaceRewritePattern;
  LogicalResult matchAndRewrite(PointwiseOpInterface op,
                                PatternRewriter &rewriter) const override {
    std::optional<Ints> p = commonPermutation(op->getOperands());
    if (!p)
      return rewriter.notifyMatchFailure(op, "operands have no common layout");
    SmallVector<Value> operands;
    for (Value v : op->getOperands())
      operands.push_back(undo(rewriter, v, *p));
    auto type = cast<RankedTensorType>(op->getResult(0).getType());
    Operation *inner =
        rewriter.create(op->getLoc(), op->getName().getIdentifier(), operands,
                        {toSource(type, *p)}, op->getAttrs());
    finish(rewriter, op, inner->getResult(0), *p);
    return success();
  }
};

struct SinkBelowConcat : OpRewritePattern<ConcatOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(ConcatOp op,
                                PatternRewriter &rewriter) const override {
    std::optional<Ints> p = commonPermutation(op.getInputs());
    if (!p)
      return rewriter.notifyMatchFailure(op, "operands have no common layout");
    SmallVector<Value> inputs;
    for (Value v : op.getInputs())
      inputs.push_back(undo(rewriter, v, *p));
    Value inner =
        ConcatOp::create(rewriter, op.getLoc(), toSource(op.getType(), *p),
                         inputs, (*p)[op.getAxis()]);
    finish(rewriter, op, inner, *p);
    return success();
  }
};

struct SinkBelowSlice : OpRewritePattern<SliceOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(SliceOp op,
                                PatternRewriter &rewriter) const override {
    TransposeOp transpose = transposeOf(op.getInput());
    if (!transpose)
      return rewriter.notifyMatchFailure(op, "the input is no transpose");
    Ints p(transpose.getPermutation());
    // Rows are read where they lie; others would be turned at each step.
    if (transpose->getBlock() != op->getBlock() &&
        p.back() != static_cast<int64_t>(p.size()) - 1)
      return rewriter.notifyMatchFailure(op, "work would go into a loop");
    SmallVector<Dim> offsets = toSource(ArrayRef<Dim>(op.getMixedOffsets()), p);
    SmallVector<Dim> sizes =
        toSource(ArrayRef<Dim>(mixedSizes(op.getType(), op.getSizes())), p);
    Value inner = sliced(rewriter, op.getLoc(), transpose.getInput(), offsets,
                         sizes, toSource(op.getSteps(), p));
    finish(rewriter, op, inner, p);
    return success();
  }
};

struct SinkBelowPad : OpRewritePattern<PadOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(PadOp op,
                                PatternRewriter &rewriter) const override {
    TransposeOp transpose = transposeOf(op.getInput());
    if (!transpose)
      return rewriter.notifyMatchFailure(op, "the input is no transpose");
    Ints p(transpose.getPermutation());
    SmallVector<Dim> low = toSource(ArrayRef<Dim>(op.getMixedLow()), p);
    SmallVector<Dim> sizes =
        toSource(ArrayRef<Dim>(mixedSizes(op.getType(), op.getSizes())), p);
    Value inner = PadOp::create(
        rewriter, op.getLoc(), toSource(op.getType(), p), transpose.getInput(),
        op.getValue(), openSizes(low), openSizes(sizes),
        rewriter.getDenseI64ArrayAttr(toSource(op.getStaticLow(), p)),
        op.getModeAttr());
    finish(rewriter, op, inner, p);
    return success();
  }
};

struct SinkBelowReduce : OpRewritePattern<ReduceOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(ReduceOp op,
                                PatternRewriter &rewriter) const override {
    TransposeOp transpose = transposeOf(op.getInput());
    if (!transpose)
      return rewriter.notifyMatchFailure(op, "the input is no transpose");
    Permutation p = transpose.getPermutation();
    Ints axes, kept;
    for (auto [i, source] : llvm::enumerate(p))
      (llvm::is_contained(op.getAxes(), int64_t(i)) ? axes : kept)
          .push_back(source);
    llvm::sort(axes);
    // Where each dimension that stays comes among those that stay.
    Ints q = llvm::map_to_vector(kept, [&](int64_t k) -> int64_t {
      return llvm::count_if(kept, [&](int64_t other) { return other < k; });
    });
    Value inner =
        ReduceOp::create(rewriter, op.getLoc(), toSource(op.getType(), q),
                         op.getKind(), transpose.getInput(), axes);
    finish(rewriter, op, inner, q);
    return success();
  }
};

struct SinkBelowScan : OpRewritePattern<ScanOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(ScanOp op,
                                PatternRewriter &rewriter) const override {
    TransposeOp transpose = transposeOf(op.getInput());
    if (!transpose)
      return rewriter.notifyMatchFailure(op, "the input is no transpose");
    Ints p(transpose.getPermutation());
    Value inner =
        ScanOp::create(rewriter, op.getLoc(), toSource(op.getType(), p),
                       op.getKind(), transpose.getInput(), p[op.getAxis()],
                       op.getExclusive(), op.getReverse());
    finish(rewriter, op, inner, p);
    return success();
  }
};

struct SinkBelowGather : OpRewritePattern<GatherOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(GatherOp op,
                                PatternRewriter &rewriter) const override {
    TransposeOp transpose = transposeOf(op.getData());
    if (!transpose)
      return rewriter.notifyMatchFailure(op, "the data is no transpose");
    Permutation p = transpose.getPermutation();
    int64_t rank = p.size(), axis = op.getAxis();
    int64_t spread =
        cast<RankedTensorType>(op.getIndices().getType()).getRank();
    if (spread > 0 && axis != rank - 1 && p[axis] == rank - 1)
      return rewriter.notifyMatchFailure(
          op, "runs of elements would be picked one by one");
    // The dimensions of the new gather's result: those of the data by number,
    // those of the indices behind them.
    auto resultOf = [&](int64_t at, auto &&dimension) {
      Ints labels;
      for (int64_t i = 0; i < rank; ++i) {
        if (i != at)
          labels.push_back(dimension(i));
        for (int64_t j = 0; i == at && j < spread; ++j)
          labels.push_back(rank + j);
      }
      return labels;
    };
    Ints before = resultOf(p[axis], [](int64_t i) { return i; });
    Ints after = resultOf(axis, [&](int64_t i) { return p[i]; });
    Ints q = llvm::map_to_vector(after, [&](int64_t label) -> int64_t {
      return llvm::find(before, label) - before.begin();
    });
    Value inner =
        GatherOp::create(rewriter, op.getLoc(), toSource(op.getType(), q),
                         transpose.getInput(), op.getIndices(), p[axis]);
    finish(rewriter, op, inner, q);
    return success();
  }
};

/// Leading dimensions come in front of the transposed ones. Only where the
/// result, which is then transposed, is not much larger.
struct SinkBelowBroadcast : OpRewritePattern<BroadcastOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(BroadcastOp op,
                                PatternRewriter &rewriter) const override {
    TransposeOp transpose = transposeOf(op.getInput());
    if (!transpose)
      return rewriter.notifyMatchFailure(op, "the input is no transpose");
    std::optional<int64_t> from = elementsOf(op.getInput()),
                           to = elementsOf(op.getResult());
    if (from && to && *from < *to / 8)
      return rewriter.notifyMatchFailure(op, "the input is much smaller");
    int64_t lead = op.getType().getRank() - transpose.getType().getRank();
    Ints p = llvm::to_vector(llvm::seq<int64_t>(0, lead));
    for (int64_t source : transpose.getPermutation())
      p.push_back(lead + source);
    SmallVector<Dim> sizes =
        toSource(ArrayRef<Dim>(mixedSizes(op.getType(), op.getSizes())), p);
    Value inner =
        BroadcastOp::create(rewriter, op.getLoc(), toSource(op.getType(), p),
                            transpose.getInput(), openSizes(sizes));
    finish(rewriter, op, inner, p);
    return success();
  }
};

} // namespace

//===----------------------------------------------------------------------===//
// Reshape
//===----------------------------------------------------------------------===//

namespace {
/// Neighbouring dimensions that become neighbouring dimensions.
struct Group {
  Ints from, to;
};
} // namespace

/// Sizes with a number standing for the open size, if there is just one.
static std::optional<Ints> numbers(ArrayRef<int64_t> shape, int64_t open) {
  Ints sizes;
  int64_t product = 1;
  for (int64_t size : shape) {
    sizes.push_back(ShapedType::isDynamic(size) ? open : size);
    if (size == 0 || llvm::MulOverflow(product, sizes.back(), product))
      return std::nullopt;
  }
  return sizes;
}

/// The same of two shapes of as many elements, whose open sizes may be
/// multiples of one another: the numbers of a batch's images and of all their
/// heads.
static std::optional<std::pair<Ints, Ints>> numbers(ArrayRef<int64_t> from,
                                                    ArrayRef<int64_t> to) {
  constexpr int64_t open = 1000003;
  auto known = [](ArrayRef<int64_t> shape) -> std::optional<int64_t> {
    if (llvm::count_if(shape, ShapedType::isDynamic) > 1)
      return std::nullopt;
    std::optional<Ints> sizes = numbers(shape, 1);
    return sizes ? std::optional(llvm::product_of(*sizes)) : std::nullopt;
  };
  std::optional<int64_t> x = known(from), y = known(to);
  if (!x || !y || *x == 0 || *y == 0)
    return std::nullopt;
  int64_t common = std::gcd(*x, *y), ofFrom, ofTo;
  if (llvm::MulOverflow(open, *y / common, ofFrom) ||
      llvm::MulOverflow(open, *x / common, ofTo))
    return std::nullopt;
  std::optional<Ints> a = numbers(from, ofFrom), b = numbers(to, ofTo);
  if (!a || !b)
    return std::nullopt;
  return std::pair(std::move(*a), std::move(*b));
}

/// The finest partition under which a reshape acts on each group alone.
static std::optional<SmallVector<Group>> groupsOf(ArrayRef<int64_t> from,
                                                  ArrayRef<int64_t> to) {
  auto sizes = numbers(from, to);
  if (!sizes)
    return std::nullopt;
  auto &[a, b] = *sizes;
  auto product = [](ArrayRef<int64_t> sizes) {
    return llvm::product_of(sizes);
  };
  if (product(a) != product(b) || a.empty() || b.empty())
    return std::nullopt;
  SmallVector<Group> groups;
  size_t i = 0, j = 0;
  while (i < a.size() && j < b.size()) {
    Group group{{int64_t(i)}, {int64_t(j)}};
    int64_t p = a[i++], q = b[j++];
    while (p != q) {
      if (p < q && i < a.size()) {
        group.from.push_back(i);
        p *= a[i++];
      } else if (q < p && j < b.size()) {
        group.to.push_back(j);
        q *= b[j++];
      } else {
        return std::nullopt;
      }
    }
    groups.push_back(std::move(group));
  }
  for (; i < a.size(); ++i)
    groups.back().from.push_back(i);
  for (; j < b.size(); ++j)
    groups.back().to.push_back(j);
  return groups;
}

/// Puts groups into the order of their last dimensions in the source. Gives
/// that order of dimensions: sorted if those of a group are neighbours in the
/// source.
static Ints sortBySource(SmallVectorImpl<Group> &groups,
                         TransposeOp transpose) {
  Permutation p = transpose.getPermutation();
  auto key = [&](const Group &group) {
    int64_t last = -1, lastUnit = -1;
    for (int64_t i : group.from)
      if (transpose.getType().getDimSize(i) == 1)
        lastUnit = std::max(lastUnit, p[i]);
      else
        last = std::max(last, p[i]);
    return last < 0 ? lastUnit : last;
  };
  llvm::sort(groups,
             [&](const Group &a, const Group &b) { return key(a) < key(b); });
  Ints order;
  for (const Group &group : groups)
    for (int64_t i : group.from)
      order.push_back(p[i]);
  return order;
}

/// Whether a transpose by p of v would meet its inverse below.
static bool cancelsBelow(Value v, Permutation p, int depth) {
  auto type = cast<RankedTensorType>(v.getType());
  return llvm::any_of(v.getUsers(), [&](Operation *user) {
    if (auto other = dyn_cast<TransposeOp>(user))
      return movesOnlyUnits(toSource(type, p),
                            applyPermutation(p, other.getPermutation()));
    bool sinks = isa<PointwiseOpInterface, ConcatOp, SliceOp, PadOp>(user);
    return sinks && depth > 0 && cancelsBelow(user->getResult(0), p, depth - 1);
  });
}

namespace {
/// A reshape that splits and merges dimensions which are neighbours before the
/// transpose too: the transpose then moves what each group became. Groups whose
/// dimensions are no neighbours (a channel shuffle) take a transpose of their
/// own, where the other one goes.
struct SinkBelowReshape : OpRewritePattern<ReshapeOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(ReshapeOp op,
                                PatternRewriter &rewriter) const override {
    TransposeOp transpose = transposeOf(op.getInput());
    if (!transpose)
      return rewriter.notifyMatchFailure(op, "the input is no transpose");
    std::optional<SmallVector<Group>> groups =
        groupsOf(transpose.getType().getShape(), op.getType().getShape());
    if (!groups)
      return rewriter.notifyMatchFailure(op, "splits over several dimensions");
    Value input = transpose.getInput();
    Ints order = sortBySource(*groups, transpose), inverse;
    for (const Group &group : *groups)
      llvm::append_range(inverse, group.to);
    Ints p = invertPermutationVector(inverse);
    if (!movesOnlyUnits(cast<RankedTensorType>(input.getType()), order)) {
      if (movesOnlyUnits(toSource(op.getType(), p), p) ||
          !cancelsBelow(op.getResult(), p, 4))
        return rewriter.notifyMatchFailure(op, "mixes dimensions that move");
      input = transposed(rewriter, input, order);
    }
    SmallVector<Dim> sizes =
        toSource(ArrayRef<Dim>(mixedSizes(op.getType(), op.getSizes())), p);
    Value inner = reshaped(rewriter, input, sizes);
    finish(rewriter, op, inner, p);
    return success();
  }
};

/// What only moves dimensions of size 1 is a reshape.
struct UnitTranspose : OpRewritePattern<TransposeOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(TransposeOp op,
                                PatternRewriter &rewriter) const override {
    if (op.getInput().getDefiningOp<TransposeOp>())
      return rewriter.notifyMatchFailure(op, "folds into another transpose");
    if (!constantOf(op.getInput()) &&
        !movesOnlyUnits(op.getInput().getType(), op.getPermutation()))
      return rewriter.notifyMatchFailure(op, "moves larger dimensions");
    Value v =
        transposed(rewriter, op.getInput(), op.getPermutation(), op.getType());
    if (auto same = v.getDefiningOp<TransposeOp>()) {
      rewriter.eraseOp(same);
      return rewriter.notifyMatchFailure(op, "stays a transpose");
    }
    rewriter.replaceOp(op, v);
    return success();
  }
};
} // namespace

void dlc::populateSinkTransposePatterns(RewritePatternSet &patterns) {
  patterns.add<SinkBelowPointwise, SinkBelowConcat, SinkBelowSlice,
               SinkBelowPad, SinkBelowReduce, SinkBelowScan, SinkBelowGather,
               SinkBelowBroadcast, SinkBelowReshape>(patterns.getContext());
}

void dlc::populateUnitTransposePatterns(RewritePatternSet &patterns) {
  patterns.add<UnitTranspose>(patterns.getContext());
}
