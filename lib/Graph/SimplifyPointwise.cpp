//===- SimplifyPointwise.cpp - identities of arithmetic -*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Evaluate/Elements.h"
#include "Graph/Permute.h"
#include "Graph/Simplify.h"

using namespace mlir;
using namespace dlc;

/// The number that every element of v is.
static std::optional<double> splatOf(Value v) {
  if (auto broadcast = v.getDefiningOp<BroadcastOp>())
    v = broadcast.getInput();
  ElementsAttr attr = constantOf(v);
  if (!attr || (!attr.isSplat() && attr.getNumElements() != 1))
    return std::nullopt;
  FailureOr<HostTensor> tensor = HostTensor::get(attr);
  if (failed(tensor) || attr.getNumElements() == 0)
    return std::nullopt;
  Reader reader(*tensor);
  if (reader.isFloat())
    return reader.get<double>(0);
  return static_cast<double>(reader.get<int64_t>(0));
}

static bool isFloat(Value v) { return isa<FloatType>(getElementTypeOrSelf(v)); }

/// A number in every element of the shape of `like`.
static Value spread(PatternRewriter &rewriter, Location loc, double number,
                    Value like) {
  auto type = cast<RankedTensorType>(like.getType());
  auto scalar = RankedTensorType::get({}, type.getElementType());
  FailureOr<HostTensor> tensor = HostTensor::allocate(scalar);
  if (failed(tensor))
    return {};
  Writer(*tensor).set(0, number);
  Value constant = ConstantOp::create(rewriter, loc, tensor->toAttr());
  return BroadcastOp::create(
      rewriter, loc, type, constant,
      openSizes(ShapeAlgebra(loc, &rewriter).dims(like)));
}

namespace {

/// x + 0, x - 0, x * 1, x / 1, x ** 1.
template <typename Op> struct Neutral : OpRewritePattern<Op> {
  Neutral(MLIRContext *context, double number, bool eitherSide = false)
      : OpRewritePattern<Op>(context), number(number), eitherSide(eitherSide) {}
  double number;
  bool eitherSide;

  LogicalResult matchAndRewrite(Op op,
                                PatternRewriter &rewriter) const override {
    if (splatOf(op.getY()) == number)
      rewriter.replaceOp(op, op.getX());
    else if (eitherSide && splatOf(op.getX()) == number)
      rewriter.replaceOp(op, op.getY());
    else
      return rewriter.notifyMatchFailure(op, "no neutral operand");
    return success();
  }
};

/// op(op(x)) is x.
template <typename Op> struct Involution : OpRewritePattern<Op> {
  using OpRewritePattern<Op>::OpRewritePattern;
  LogicalResult matchAndRewrite(Op op,
                                PatternRewriter &rewriter) const override {
    auto inner = op.getX().template getDefiningOp<Op>();
    if (!inner)
      return rewriter.notifyMatchFailure(op, "is not applied twice");
    rewriter.replaceOp(op, inner.getX());
    return success();
  }
};

/// op(x, x) is x.
template <typename Op> struct Idempotent : OpRewritePattern<Op> {
  using OpRewritePattern<Op>::OpRewritePattern;
  LogicalResult matchAndRewrite(Op op,
                                PatternRewriter &rewriter) const override {
    if (op.getX() != op.getY())
      return rewriter.notifyMatchFailure(op, "operands differ");
    rewriter.replaceOp(op, op.getX());
    return success();
  }
};

/// A factor of 0 counts for integers only: a float may be a NaN or infinite.
struct SimplifyMul : OpRewritePattern<MulOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(MulOp op,
                                PatternRewriter &rewriter) const override {
    std::optional<double> factor = splatOf(op.getY());
    if (factor == 0 && !isFloat(op.getY())) {
      rewriter.replaceOp(op, op.getY());
      return success();
    }
    Type element = getElementTypeOrSelf(op.getType());
    if (factor != -1 || isUnsignedScalar(element))
      return rewriter.notifyMatchFailure(op, "the factor is neither 0 nor -1");
    rewriter.replaceOpWithNewOp<NegOp>(op, op.getType(), op.getX());
    return success();
  }
};

/// A power of two divides exactly as its inverse multiplies.
struct DivideByPowerOfTwo : OpRewritePattern<DivOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(DivOp op,
                                PatternRewriter &rewriter) const override {
    std::optional<double> divisor = splatOf(op.getY());
    int exponent;
    if (!divisor || !isFloat(op.getY()) || !std::isfinite(*divisor) ||
        std::fabs(std::frexp(*divisor, &exponent)) != 0.5 ||
        std::abs(exponent) > 12) // normal in every type
      return rewriter.notifyMatchFailure(op,
                                         "the divisor has no exact inverse");
    Value inverse = spread(rewriter, op.getLoc(), 1 / *divisor, op.getY());
    if (!inverse)
      return rewriter.notifyMatchFailure(op, "no memory");
    rewriter.replaceOpWithNewOp<MulOp>(op, op.getType(), op.getX(), inverse);
    return success();
  }
};

struct SimplifySelect : OpRewritePattern<SelectOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(SelectOp op,
                                PatternRewriter &rewriter) const override {
    if (op.getY() == op.getZ()) {
      rewriter.replaceOp(op, op.getY());
      return success();
    }
    if (std::optional<double> condition = splatOf(op.getCondition())) {
      rewriter.replaceOp(op, *condition != 0 ? op.getY() : op.getZ());
      return success();
    }
    auto inverted = op.getCondition().getDefiningOp<NotOp>();
    if (!inverted)
      return rewriter.notifyMatchFailure(op, "the condition is not known");
    rewriter.replaceOpWithNewOp<SelectOp>(op, op.getType(), inverted.getX(),
                                          op.getZ(), op.getY());
    return success();
  }
};

/// Of operands that are all broadcast the same way, or from single elements,
/// the operation computes before the broadcast.
struct PointwiseOfBroadcasts : OpInterfaceRewritePattern<PointwiseOpInterface> {
  using OpInterfaceRewritePattern::OpInterfaceRewritePattern;
  LogicalResult matchAndRewrite(PointwiseOpInterface op,
                                PatternRewriter &rewriter) const override {
    BroadcastOp widest;
    for (Value v : op->getOperands()) {
      auto broadcast = v.getDefiningOp<BroadcastOp>();
      if (!broadcast || !broadcast.getInput().getType().hasStaticShape())
        return rewriter.notifyMatchFailure(op, "an operand is no broadcast");
      if (!widest ||
          elementsOf(broadcast.getInput()) > elementsOf(widest.getInput()))
        widest = broadcast;
    }
    RankedTensorType shape = widest.getInput().getType();
    auto type = cast<RankedTensorType>(op->getResult(0).getType());
    if (shape.getShape() == type.getShape())
      return rewriter.notifyMatchFailure(op, "nothing is broadcast");
    auto hasShape = [&](Value v) {
      return cast<RankedTensorType>(v.getType()).getShape() == shape.getShape();
    };
    auto inputs = llvm::map_to_vector(op->getOperands(), [](Value v) -> Value {
      return v.getDefiningOp<BroadcastOp>().getInput();
    });
    if (!llvm::all_of(
            inputs, [&](Value v) { return hasShape(v) || elementsOf(v) == 1; }))
      return rewriter.notifyMatchFailure(op, "operands differ in shape");
    for (Value &v : inputs)
      if (!hasShape(v))
        v = BroadcastOp::create(rewriter, op->getLoc(),
                                shape.clone(getElementTypeOrSelf(v)),
                                reshaped(rewriter, v, {}), ValueRange());
    Operation *inner =
        rewriter.create(op->getLoc(), op->getName().getIdentifier(), inputs,
                        {shape.clone(type.getElementType())}, op->getAttrs());
    rewriter.replaceOpWithNewOp<BroadcastOp>(op, type, inner->getResult(0),
                                             widest.getSizes());
    return success();
  }
};

} // namespace

//===----------------------------------------------------------------------===//
// Casts
//===----------------------------------------------------------------------===//

namespace {
/// Which numbers a type holds.
struct NumberRange {
  bool isFloat, isSigned;
  int64_t digits;    ///< bits of an integer's magnitude or a significand
  int64_t low, high; ///< exponents of a float
};
} // namespace

static std::optional<NumberRange> rangeOf(Type type) {
  if (auto f = dyn_cast<FloatType>(type)) {
    if (!f.isF16() && !f.isBF16() && !f.isF32() && !f.isF64())
      return std::nullopt;
    const llvm::fltSemantics &s = f.getFloatSemantics();
    return NumberRange{true, true, f.getFPMantissaWidth(),
                       llvm::APFloat::semanticsMinExponent(s),
                       llvm::APFloat::semanticsMaxExponent(s)};
  }
  auto integer = dyn_cast<IntegerType>(type);
  if (!integer)
    return std::nullopt;
  bool isSigned = !isUnsignedScalar(type);
  return NumberRange{false, isSigned, integer.getWidth() - isSigned, 0, 0};
}

/// Whether `to` holds each number of `from`.
static bool holdsAll(Type to, Type from) {
  std::optional<NumberRange> a = rangeOf(from), b = rangeOf(to);
  if (!a || !b || (a->isFloat && !b->isFloat))
    return false;
  if (b->digits < a->digits || (a->isSigned && !b->isSigned))
    return false;
  if (!b->isFloat)
    return true;
  // Denormal numbers are covered too: there are at least as many digits.
  return a->isFloat ? a->low >= b->low && a->high <= b->high
                    : a->digits <= b->high;
}

namespace {
/// A cast of a cast that lost nothing. A detour over floats saturates where an
/// integer would wrap, so there the last type must hold all.
struct CastOfCast : OpRewritePattern<CastOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(CastOp op,
                                PatternRewriter &rewriter) const override {
    if (op.getX().getType() == op.getType()) {
      rewriter.replaceOp(op, op.getX());
      return success();
    }
    auto inner = op.getX().getDefiningOp<CastOp>();
    if (!inner)
      return rewriter.notifyMatchFailure(op, "casts no cast");
    Type from = getElementTypeOrSelf(inner.getX()),
         over = getElementTypeOrSelf(inner.getType()),
         to = getElementTypeOrSelf(op.getType());
    bool detour = isa<IntegerType>(from) && isa<FloatType>(over) &&
                  isa<IntegerType>(to) && !to.isInteger(1);
    if (!holdsAll(over, from) || (detour && !holdsAll(to, from)))
      return rewriter.notifyMatchFailure(op, "the inner cast may lose digits");
    rewriter.replaceOpWithNewOp<CastOp>(op, op.getType(), inner.getX());
    return success();
  }
};

/// In a softmax each e^(x - max) is divided by their sum. This is at least 1,
/// as one of them is 1: a product with its inverse, which a row has one of, can
/// neither overflow nor lose more than another rounding.
struct ScaleSoftmax : OpRewritePattern<DivOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(DivOp op,
                                PatternRewriter &rewriter) const override {
    auto exp = op.getX().getDefiningOp<ExpOp>();
    auto spread = op.getY().getDefiningOp<BroadcastOp>();
    ReduceOp sum = spread ? reducedOf(spread) : ReduceOp();
    Type element = op.getType().getElementType();
    if (!exp || !sum || !(element.isF32() || element.isF64()) ||
        sum.getKind() != ReduceKind::sum || sum.getInput() != op.getX() ||
        !isBelowMax(exp, sum.getAxes()))
      return rewriter.notifyMatchFailure(op, "no division of a softmax");
    Value total = spread.getInput();
    Value one = ::spread(rewriter, op.getLoc(), 1, total);
    Value inverse =
        DivOp::create(rewriter, op.getLoc(), typeOf(total), one, total);
    Value factors = BroadcastOp::create(rewriter, op.getLoc(), typeOf(spread),
                                        inverse, spread.getSizes());
    rewriter.replaceOpWithNewOp<MulOp>(op, op.getType(), op.getX(), factors);
    return success();
  }

  /// What is repeated, but for dimensions of size 1.
  static ReduceOp reducedOf(BroadcastOp op) {
    Value v = op.getInput();
    while (auto reshape = v.getDefiningOp<ReshapeOp>())
      v = reshape.getInput();
    return v.getDefiningOp<ReduceOp>();
  }

  /// Whether the operand is x less the greatest x along these axes.
  static bool isBelowMax(ExpOp exp, ArrayRef<int64_t> axes) {
    auto sub = exp.getX().getDefiningOp<SubOp>();
    auto spread = sub ? sub.getY().getDefiningOp<BroadcastOp>() : BroadcastOp();
    ReduceOp max = spread ? reducedOf(spread) : ReduceOp();
    return max && max.getKind() == ReduceKind::max &&
           max.getInput() == sub.getX() && max.getAxes() == axes;
  }
};
} // namespace

void dlc::populateSimplifyPointwisePatterns(RewritePatternSet &patterns) {
  MLIRContext *context = patterns.getContext();
  patterns.add<Neutral<AddOp>>(context, 0.0, true);
  patterns.add<Neutral<SubOp>>(context, 0.0);
  patterns.add<Neutral<MulOp>>(context, 1.0, true);
  patterns.add<Neutral<DivOp>>(context, 1.0);
  patterns.add<Neutral<PowOp>>(context, 1.0);
  patterns.add<Involution<NegOp>, Involution<NotOp>, Idempotent<MaxOp>,
               Idempotent<MinOp>, Idempotent<AndOp>, Idempotent<OrOp>,
               SimplifyMul, DivideByPowerOfTwo, ScaleSoftmax, SimplifySelect,
               CastOfCast, PointwiseOfBroadcasts>(context);
}
