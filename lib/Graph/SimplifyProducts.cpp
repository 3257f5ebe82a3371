//===- SimplifyProducts.cpp - products that read less -----------*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// Attention of one query, as it is when a text is written word by word, reads
// long keys and values for each query. What is done with these costs more than
// the product: factors go elsewhere, and heads that share keys become rows of
// one product. Products of one column, or of one term, are none.

#include "Graph/Permute.h"
#include "Graph/Simplify.h"
#include "dialects/dlc/SizeKey.h"

using namespace mlir;
using namespace dlc;

namespace {

/// The factor of all elements of a value, a tensor of rank 0.
Value factorOf(PatternRewriter &b, MulOp op, Value &rest) {
  for (auto [x, y] : {std::pair(op->getOperand(0), op->getOperand(1)),
                      std::pair(op->getOperand(1), op->getOperand(0))}) {
    SplatElementsAttr splat;
    auto broadcast = y.getDefiningOp<BroadcastOp>();
    rest = x;
    if (matchPattern(y, m_Constant(&splat)))
      return ConstantOp::create(b, op.getLoc(),
                                splat.resizeSplat(RankedTensorType::get(
                                    {}, typeOf(y).getElementType())));
    if (broadcast && typeOf(broadcast.getInput()).getRank() == 0)
      return broadcast.getInput();
  }
  return {};
}

/// A factor of an operand becomes one of the result, or of a row that is
/// smaller: as part of what computes these it costs next to nothing.
struct MoveFactor : OpRewritePattern<MatmulOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(MatmulOp op,
                                PatternRewriter &b) const override {
    // What is scaled afterwards would be out of an f16's range, or rounded
    // otherwise.
    auto type = dyn_cast<FloatType>(op.getType().getElementType());
    if (op.getPacked() || !type || type.getWidth() < 32)
      return b.notifyMatchFailure(op, "nothing that can be scaled");
    for (OpOperand *operand : {&op.getRhsMutable(), &op.getLhsMutable()}) {
      auto transpose = operand->get().getDefiningOp<TransposeOp>();
      auto mul = (transpose ? transpose.getInput() : operand->get())
                     .getDefiningOp<MulOp>();
      if (!mul || !mul->hasOneUse() || (transpose && !transpose->hasOneUse()) ||
          !isSmallBeside(op, operand))
        continue;
      Value rest, factor = factorOf(b, mul, rest);
      if (!factor)
        continue;
      if (transpose)
        rest = TransposeOp::create(b, transpose.getLoc(), transpose.getType(),
                                   rest, transpose.getPermutationAttr());
      scale(b, op, operand, rest, factor);
      return success();
    }
    return b.notifyMatchFailure(op, "no operand is scaled");
  }

  /// Whether what takes the factor is not much larger than what loses it.
  static bool isSmallBeside(MatmulOp op, OpOperand *operand) {
    int64_t rank = op.getType().getRank();
    if (operand == &op.getRhsMutable() &&
        op.getType().getDimSize(rank - 2) == 1)
      return true;
    // An open batch is left out where all have it, and what the product has of
    // this operand.
    int64_t from = 1, to = 1, own = operand == &op.getLhsMutable() ? 2 : 1;
    for (int64_t d = 0; d < rank; ++d) {
      int64_t x = typeOf(operand->get()).getDimSize(d),
              y = op.getType().getDimSize(d);
      bool isOpen = ShapedType::isDynamic(x) || ShapedType::isDynamic(y);
      if (isOpen && (d < rank - 2 ? haveSameSize(op.getLhs(), d, op.getRhs(), d)
                                  : d == rank - own))
        continue;
      if (isOpen || llvm::MulOverflow(from, x, from) ||
          llvm::MulOverflow(to, y, to))
        return false;
    }
    return to / 4 <= from;
  }

  static void scale(PatternRewriter &b, MatmulOp op, OpOperand *operand,
                    Value rest, Value factor) {
    bool isRow = operand == &op.getRhsMutable() &&
                 op.getType().getDimSize(op.getType().getRank() - 2) == 1;
    Value lhs = isRow ? scaled(b, op.getLhs(), factor) : op.getLhs();
    Value rhs = op.getRhs();
    (operand == &op.getRhsMutable() ? rhs : lhs) = rest;
    Value product =
        MatmulOp::create(b, op.getLoc(), op.getType(), lhs, rhs, IntegerAttr());
    b.replaceOp(op, isRow ? product : scaled(b, product, factor));
  }

  static Value scaled(PatternRewriter &b, Value v, Value factor) {
    SmallVector<Dim> sizes = ShapeAlgebra(v.getLoc(), &b).dims(v);
    Value factors =
        BroadcastOp::create(b, v.getLoc(), typeOf(v), factor, openSizes(sizes));
    return MulOp::create(b, v.getLoc(), typeOf(v), v, factors);
  }
};

/// A tensor of which each matrix stands for `count` of them in a row, along
/// dimension `at`.
struct Repeated {
  Value each;
  int64_t at, count;
};

/// v without a dimension of size 1.
Value withoutUnit(PatternRewriter &b, Value v, int64_t unit) {
  SmallVector<int64_t> shape(typeOf(v).getShape());
  shape.erase(shape.begin() + unit);
  auto reshape = v.getDefiningOp<ReshapeOp>();
  if (reshape && reshape.getInput().getType() == typeOf(v).clone(shape) &&
      typeOf(v).getNumDynamicDims() <= 1)
    return reshape.getInput();
  SmallVector<Dim> sizes = ShapeAlgebra(v.getLoc(), &b).dims(v);
  sizes.erase(sizes.begin() + unit);
  return reshaped(b, v, sizes);
}

/// A reshape of a broadcast that gives [.., n * count, ..] from [.., n, ..].
std::optional<Repeated> repeatedOf(PatternRewriter &b, Value v) {
  auto reshape = v.getDefiningOp<ReshapeOp>();
  auto broadcast =
      reshape ? reshape.getInput().getDefiningOp<BroadcastOp>() : BroadcastOp();
  if (!broadcast)
    return std::nullopt;
  RankedTensorType to = reshape.getType(), wide = broadcast.getType(),
                   from = broadcast.getInput().getType();
  int64_t rank = to.getRank();
  if (wide.getRank() != rank + 1 || from.getRank() != rank + 1 || rank < 3)
    return std::nullopt;
  for (int64_t at = 0; at < rank - 2; ++at) {
    int64_t count = wide.getDimSize(at + 1);
    if (from.getDimSize(at + 1) != 1 || count <= 1 ||
        ShapedType::isDynamic(from.getDimSize(at)) ||
        to.getDimSize(at) != from.getDimSize(at) * count)
      continue;
    bool same = true;
    for (int64_t d = 0; d < rank; ++d)
      same &= d == at || (to.getDimSize(d) == from.getDimSize(d + (d > at)) &&
                          wide.getDimSize(d + (d > at)) == to.getDimSize(d));
    same &= wide.getDimSize(at) == from.getDimSize(at);
    // One open size at most: it is the same one then.
    if (!same || to.getNumDynamicDims() > 1)
      continue;
    return Repeated{withoutUnit(b, broadcast.getInput(), at + 1), at, count};
  }
  return std::nullopt;
}

/// A row times each of some matrices that are the same is several rows times
/// this one. Of many rows that are known to be many the results would have to
/// be moved for what next reads them; an open number may be one.
struct RowsOfRepeated : OpRewritePattern<MatmulOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(MatmulOp op,
                                PatternRewriter &b) const override {
    RankedTensorType type = op.getType(), left = op.getLhs().getType();
    int64_t rank = type.getRank();
    int64_t given = type.getDimSize(rank - 2);
    if (op.getPacked() || (given != 1 && !ShapedType::isDynamic(given)))
      return b.notifyMatchFailure(op, "not one row");
    auto transpose = op.getRhs().getDefiningOp<TransposeOp>();
    if (transpose) {
      auto order = llvm::to_vector(llvm::seq<int64_t>(0, rank));
      std::swap(order[rank - 1], order[rank - 2]);
      if (transpose.getPermutation() != ArrayRef(order))
        return b.notifyMatchFailure(op, "rhs in another order");
    }
    std::optional<Repeated> r =
        repeatedOf(b, transpose ? transpose.getInput() : op.getRhs());
    if (!r || r->at != rank - 3 ||
        left.getShape().drop_back(2) != type.getShape().drop_back(2))
      return b.notifyMatchFailure(op, "nothing is repeated");
    ShapeAlgebra s(op.getLoc(), &b);
    SmallVector<Dim> rows = s.dims(op.getLhs()), sizes(rows);
    rows[r->at] = b.getIndexAttr(type.getDimSize(r->at) / r->count);
    rows[rank - 2] = s.mul(rows[rank - 2], s.constant(r->count));
    Value rhs = r->each;
    if (transpose)
      rhs = transposed(b, rhs, transpose.getPermutation());
    Value lhs = reshaped(b, op.getLhs(), rows);
    sizes.back() = rows.back() = s.dim(rhs, rank - 1);
    Value product =
        MatmulOp::create(b, op.getLoc(), typeOf(rows, type.getElementType()),
                         lhs, rhs, IntegerAttr());
    b.replaceOp(op, reshaped(b, product, sizes));
    return success();
  }
};

/// An operand with the sizes of what is computed of it.
Value spread(PatternRewriter &b, Location loc, Value v, ArrayRef<Dim> sizes) {
  RankedTensorType type = typeOf(sizes, typeOf(v).getElementType());
  if (type == typeOf(v))
    return v;
  return BroadcastOp::create(b, loc, type, v, openSizes(sizes));
}

/// Whether it is known that as many columns meet as many rows, and for each
/// batch size which side has it.
bool isKnownToFit(MatmulOp op) {
  ArrayRef<int64_t> left = op.getLhs().getType().getShape(),
                    right = op.getRhs().getType().getShape();
  int64_t terms = left.back();
  if (ShapedType::isDynamic(terms) || right.drop_back().back() != terms)
    return false;
  return llvm::all_of(
      llvm::zip(left.drop_back(2), right.drop_back(2)), [](auto sizes) {
        auto [x, y] = sizes;
        bool areKnown = !ShapedType::isDynamic(x) && !ShapedType::isDynamic(y);
        return areKnown || x == 1 || y == 1;
      });
}

/// A column times a row: each element is one product.
struct OuterProduct : OpRewritePattern<MatmulOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(MatmulOp op,
                                PatternRewriter &b) const override {
    RankedTensorType type = op.getType(), left = op.getLhs().getType();
    if (op.getPacked() || left.getShape().back() != 1 || !isKnownToFit(op) ||
        left.getElementType() != type.getElementType())
      return b.notifyMatchFailure(op, "more than one product is summed");
    ShapeAlgebra s(op.getLoc(), &b);
    SmallVector<Dim> sizes;
    if (failed(MatmulOp::shape(s, MatmulOp::Adaptor(op), sizes)))
      return failure();
    b.replaceOpWithNewOp<MulOp>(op, spread(b, op.getLoc(), op.getLhs(), sizes),
                                spread(b, op.getLoc(), op.getRhs(), sizes));
    return success();
  }
};

/// Rows times a column: sums over rows as they lie. As tiles of the product
/// they would be one lane wide.
struct OneColumn : OpRewritePattern<MatmulOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(MatmulOp op,
                                PatternRewriter &b) const override {
    constexpr int64_t shortest = 32;
    RankedTensorType type = op.getType(), left = op.getLhs().getType();
    int64_t rank = type.getRank();
    auto element = dyn_cast<FloatType>(type.getElementType());
    if (op.getPacked() || type.getShape().back() != 1 ||
        type.getDimSize(rank - 2) == 1 || left.getShape().back() < shortest ||
        !element || element.getWidth() < 32 || !isKnownToFit(op))
      return b.notifyMatchFailure(op, "not rows times a column");
    if (op.getLhs().getDefiningOp<TransposeOp>())
      return b.notifyMatchFailure(op, "the rows do not lie together");
    ShapeAlgebra s(op.getLoc(), &b);
    SmallVector<Dim> result;
    if (failed(MatmulOp::shape(s, MatmulOp::Adaptor(op), result)))
      return failure();
    SmallVector<Dim> sizes(result), row = s.dims(op.getRhs());
    sizes.back() = s.constant(left.getShape().back());
    std::swap(row[rank - 1], row[rank - 2]);
    Value products = MulOp::create(
        b, op.getLoc(), spread(b, op.getLoc(), op.getLhs(), sizes),
        spread(b, op.getLoc(), reshaped(b, op.getRhs(), row), sizes));
    Value sums = ReduceOp::create(
        b, op.getLoc(), typeOf(ArrayRef(result).drop_back(), element),
        ReduceKind::sum, products, b.getDenseI64ArrayAttr({rank - 1}));
    b.replaceOp(op, reshaped(b, sums, result));
    return success();
  }
};

} // namespace

void dlc::populateSimplifyProductPatterns(RewritePatternSet &patterns) {
  patterns.add<MoveFactor, OneColumn, OuterProduct, RowsOfRepeated>(
      patterns.getContext());
}
