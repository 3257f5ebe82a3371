//===- SimplifyProducts.cpp - products that read less -----------*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// Attention of one query, as it is when a text is written word by word, reads
// long keys and values for each query. What is done with these costs more than
// the product: a factor goes to the query, and heads that share keys become
// rows of one product.

#include "Graph/Permute.h"
#include "Graph/Simplify.h"

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

/// x times (f * y) is (f * x) times y, where x is the smaller one.
struct ScaleSmaller : OpRewritePattern<MatmulOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(MatmulOp op,
                                PatternRewriter &b) const override {
    auto transpose = op.getRhs().getDefiningOp<TransposeOp>();
    auto mul =
        (transpose ? transpose.getInput() : op.getRhs()).getDefiningOp<MulOp>();
    if (op.getPacked() || !mul || !mul->hasOneUse() ||
        (transpose && !transpose->hasOneUse()) ||
        !isa<FloatType>(elementOf(op)))
      return b.notifyMatchFailure(op, "rhs is not scaled");
    if (op.getType().getDimSize(op.getType().getRank() - 2) != 1)
      return b.notifyMatchFailure(op, "lhs is not the smaller one");
    Value rest, factor = factorOf(b, mul, rest);
    if (!factor)
      return b.notifyMatchFailure(op, "not by one factor");
    SmallVector<Dim> sizes = ShapeAlgebra(op.getLoc(), &b).dims(op.getLhs());
    Value factors = BroadcastOp::create(b, mul.getLoc(), op.getLhs().getType(),
                                        factor, openSizes(sizes));
    Value lhs = MulOp::create(b, mul.getLoc(), op.getLhs().getType(),
                              op.getLhs(), factors);
    if (transpose)
      rest = TransposeOp::create(b, transpose.getLoc(), transpose.getType(),
                                 rest, transpose.getPermutationAttr());
    b.replaceOpWithNewOp<MatmulOp>(op, op.getType(), lhs, rest, IntegerAttr());
    return success();
  }

  static Type elementOf(MatmulOp op) { return op.getType().getElementType(); }
};

/// A tensor whose batches were repeated: dimension `at` of the tensor stands
/// for `at` times `count` of them.
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

/// One row times each of some matrices that are the same is several rows times
/// this one.
struct RowsOfRepeated : OpRewritePattern<MatmulOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(MatmulOp op,
                                PatternRewriter &b) const override {
    RankedTensorType type = op.getType(), left = op.getLhs().getType();
    int64_t rank = type.getRank();
    if (op.getPacked() || type.getDimSize(rank - 2) != 1)
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
    rows[rank - 2] = b.getIndexAttr(r->count);
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

} // namespace

void dlc::populateSimplifyProductPatterns(RewritePatternSet &patterns) {
  patterns.add<ScaleSmaller, RowsOfRepeated>(patterns.getContext());
}
